//! What is kept in this browser: the draft, the text before it, and how the page is shown. Storage
//! may be full, forbidden or missing; then the page says so and goes on.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::ui::state::{Action, Source, State};

/// How long after the last change the draft is kept.
const DELAY_MS: u32 = 300;

const DRAFT: &str = "timeslice.draft";
const BEFORE: &str = "timeslice.before";

/// Reads a value that was kept.
#[must_use]
pub fn read(key: &str) -> Option<AttrValue> {
    let storage = web_sys::window()?.local_storage().ok()??;
    storage.get_item(key).ok()?.map(AttrValue::from)
}

/// Keeps a value.
///
/// # Errors
/// Why it could not be kept, and what that means.
pub fn write(key: &str, value: &str) -> Result<(), AttrValue> {
    let storage = web_sys::window()
        .and_then(|window| window.local_storage().ok().flatten())
        .ok_or("This browser lets the page keep nothing. Share or copy the text to keep it.")?;
    storage.set_item(key, value).map_err(|_| {
        "This browser’s storage for the page is full. Share or copy the text to keep it.".into()
    })
}

/// The draft that was being edited, and the text before it that something else replaced.
#[must_use]
pub fn read_draft() -> (Option<AttrValue>, Option<AttrValue>) {
    (read(DRAFT), read(BEFORE))
}

/// Keeps the draft a moment after each change, and at once when the page is left or hidden.
#[hook]
pub fn use_draft(state: &UseReducerHandle<State>) {
    let revision = state.document.revision();
    let waiting = use_mut_ref(|| None::<Timeout>);
    {
        let (state, waiting) = (state.clone(), waiting.clone());
        use_effect_with(revision, move |revision| {
            let kept = if *revision == 0 || state.source != Source::Own {
                // What a link or the gallery shows is not the visitor's own until it is changed.
                None
            } else {
                let dispatcher = state.dispatcher();
                Some(Timeout::new(DELAY_MS, move || {
                    dispatcher.dispatch(Action::Stored(keep(&state)));
                }))
            };
            *waiting.borrow_mut() = kept;
        });
    }
    let latest = use_mut_ref(|| state.clone());
    *latest.borrow_mut() = state.clone();
    use_effect_with((), move |()| {
        let listener = EventListener::new(&gloo::utils::window(), "pagehide", move |_| {
            if waiting.borrow_mut().take().is_some() {
                // The page is going: there is nobody left to tell of a failure.
                let _ = keep(&latest.borrow());
            }
        });
        move || drop(listener)
    });
}

fn keep(state: &State) -> Result<(), AttrValue> {
    if let Some(before) = &state.before {
        write(BEFORE, before)?;
    }
    write(DRAFT, state.document.text())
}
