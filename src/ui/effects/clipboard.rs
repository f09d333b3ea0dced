//! Copying.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

/// Copies `text` and tells whether that worked; it may not, without a secure origin or permission.
pub fn copy(text: &str, on_done: Callback<bool>) {
    let navigator = gloo::utils::window().navigator();
    let has_clipboard = js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false)
        && gloo::utils::window().is_secure_context();
    if !has_clipboard {
        on_done.emit(false);
        return;
    }
    let written = navigator.clipboard().write_text(text);
    spawn_local(async move {
        on_done.emit(JsFuture::from(written).await.is_ok());
    });
}
