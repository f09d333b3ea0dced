//! The plain worker: simulations, and the stand-ins for processes, event loops and the slicer.
//!
//! Started by `static/boot/worker.js`; says `ready` once its handlers are in place.

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    if let Err(error) = scope.post_message(&JsValue::from_str("ready")) {
        web_sys::console::error_1(&error);
    }
}
