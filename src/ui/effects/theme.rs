//! The colours: an attribute of the document's root, chosen by the visitor and kept, or the system's
//! wish, which may change while the page is open.

use gloo::events::EventListener;
use yew::prelude::*;

use super::storage;
use crate::ui::state::{Action, State, ThemeChoice};

const THEME: &str = "timeslice.theme";

/// The choice that was kept.
#[must_use]
pub fn kept() -> ThemeChoice {
    let kept = storage::read(THEME);
    kept.map_or(ThemeChoice::System, |word| ThemeChoice::from_word(&word))
}

/// Puts the choice on the document and hears of the system's changes.
#[hook]
pub fn use_theme(state: &UseReducerHandle<State>) {
    use_effect_with(state.theme, |theme| {
        let root = gloo::utils::document_element();
        // Setting a plain attribute on the root cannot fail.
        let _ = match theme {
            ThemeChoice::System => root.remove_attribute("data-theme"),
            chosen => root.set_attribute("data-theme", chosen.word()),
        };
        // Without storage the choice holds until the page is closed.
        let _ = storage::write(THEME, theme.word());
    });
    let dispatcher = state.dispatcher();
    use_effect_with((), move |()| {
        let query = gloo::utils::window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten();
        let listener = query.map(|query| {
            EventListener::new(&query, "change", move |_| {
                dispatcher.dispatch(Action::ThemeChanged);
            })
        });
        move || drop(listener)
    });
}
