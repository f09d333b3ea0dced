//! The browser's modal dialog: it keeps the focus inside, makes the page behind it inert, closes on
//! Escape, and gives the focus back.

use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, MouseEvent};
use yew::prelude::*;

/// Shows the dialog as a modal one for as long as it is in the page.
#[hook]
pub fn use_modal(dialog: &NodeRef) {
    let dialog = dialog.clone();
    use_effect_with((), move |()| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            // Refused only if it is open already.
            let _ = dialog.show_modal();
        }
        move || {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        }
    });
}

/// Whether a press fell on the dialog's own element: on the scrim around what it shows.
#[must_use]
pub fn is_scrim(event: &MouseEvent) -> bool {
    event
        .target()
        .is_some_and(|target| target.has_type::<HtmlDialogElement>())
}
