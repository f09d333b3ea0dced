//! The text area's own state: caret, selection, scrolling, and the browser's undo, which is replaced
//! by the page's.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement, InputEvent, InputEventInit};
use yew::prelude::*;

use crate::ui::state::{Action, Caret};
use crate::ui::text_units::unit_of_byte;

/// Puts the caret where it is wished, once for each wish, and scrolls it into sight.
#[hook]
pub fn use_caret(area: &NodeRef, text: &AttrValue, caret: Option<&Caret>) {
    let area = area.clone();
    let text = text.clone();
    use_effect_with(caret.cloned(), move |caret| {
        let (Some(caret), Some(area)) = (caret, area.cast::<HtmlTextAreaElement>()) else {
            return;
        };
        let (start, end) = (
            unit_of_byte(&text, caret.span.start),
            unit_of_byte(&text, caret.span.end),
        );
        // Refused only where there is no selection to speak of.
        let _ = area.focus();
        let _ = area.set_selection_range(start, end);
        let line = text[..text.floor_char_boundary(caret.span.start)]
            .matches('\n')
            .count();
        reveal(&area, line);
    });
}

/// Scrolls the editor's frame so that a line (from zero) is in its upper third.
fn reveal(area: &HtmlTextAreaElement, line: usize) {
    let Some(frame) = area.closest(".code").ok().flatten() else {
        return;
    };
    let lines = area.value().matches('\n').count() + 1;
    let line_height = f64::from(area.scroll_height()) / lines as f64;
    let top = line as f64 * line_height;
    let (seen_from, height) = (
        f64::from(frame.scroll_top()),
        f64::from(frame.client_height()),
    );
    if top < seen_from || top + 2.0 * line_height > seen_from + height {
        frame.set_scroll_top((top - height / 3.0).max(0.0) as i32);
    }
}

/// Replaces the selection by `text`, as if it had been typed.
pub fn insert(area: &HtmlTextAreaElement, text: &str) {
    let caret = area.selection_start().ok().flatten().unwrap_or(0);
    let end = area.selection_end().ok().flatten().unwrap_or(caret);
    let old: Vec<u16> = area.value().encode_utf16().collect();
    let clip = |unit: u32| (unit as usize).min(old.len());
    let mut new = old[..clip(caret)].to_vec();
    new.extend(text.encode_utf16());
    new.extend(&old[clip(end)..]);
    area.set_value(&String::from_utf16_lossy(&new));
    let behind = caret + text.encode_utf16().count() as u32;
    let _ = area.set_selection_range(behind, behind);
    // The component hears of it as of any typing.
    let init = InputEventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = InputEvent::new_with_event_init_dict("input", &init) {
        let _ = area.dispatch_event(&event);
    }
}

/// Undo and redo from the browser's menus and from phones become the page's own.
#[hook]
pub fn use_browser_undo(area: &NodeRef, dispatch: &Callback<Action>) {
    let area = area.clone();
    use_effect_with(dispatch.clone(), move |dispatch| {
        let dispatch = dispatch.clone();
        let listener = area.cast::<Element>().map(|area| {
            let options = gloo::events::EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&area, "beforeinput", options, move |event| {
                let Some(event) = event.dyn_ref::<InputEvent>() else {
                    return;
                };
                let action = match event.input_type().as_str() {
                    "historyUndo" => Action::Undo,
                    "historyRedo" => Action::Redo,
                    _ => return,
                };
                event.prevent_default();
                dispatch.emit(action);
            })
        });
        move || drop(listener)
    });
}
