//! The address bar: its fragment always holds the scenario that is on the screen, so that reloading,
//! bookmarking and copying the address all keep it. Nothing of it is sent anywhere.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use crate::base::Nanos;
use crate::scenario::link::{self, LinkError, Shared};
use crate::ui::state::{Action, Source, State, open};

/// How long after the last change the address follows. Browsers refuse more than about three changes
/// a second.
const DELAY_MS: u32 = 350;

/// The fragment the page was opened with, without `#`.
#[must_use]
pub fn fragment() -> String {
    let location = gloo::utils::window().location();
    // Only a detached window has none.
    let hash = location.hash().unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// The address of the page without query and fragment, as a link to share starts.
#[must_use]
pub fn page_address() -> String {
    let here = without_fragment();
    here.split('?').next().unwrap_or_default().to_owned()
}

fn without_fragment() -> String {
    let location = gloo::utils::window().location();
    let whole = location.href().unwrap_or_default();
    whole.split('#').next().unwrap_or_default().to_owned()
}

/// Whether the page is shown in another page's frame, by `?embed`: the figure and its button alone.
#[must_use]
pub fn is_embedded() -> bool {
    let location = gloo::utils::window().location();
    location.search().is_ok_and(|query| query == "?embed")
}

/// The link's fragment for what is on the screen; with `view`, also the interval and the instant.
///
/// # Errors
/// Why there is no link, in words for people.
pub fn link_fragment(state: &State, view: bool) -> Result<String, LinkError> {
    let window = state.window.filter(|_| view);
    link::encode(&Shared {
        text: state.document.text().to_string(),
        cursor: state.cursor.filter(|_| view),
        window: window.map(|window| (Nanos(window.start_ns), Nanos(window.end_ns))),
        choices: Vec::new(),
    })
}

/// Keeps the address in step with the scenario, and opens what the visitor puts into it.
#[hook]
pub fn use_address(state: &UseReducerHandle<State>) {
    let waiting = use_mut_ref(|| None::<Timeout>);
    let latest = use_mut_ref(|| state.clone());
    *latest.borrow_mut() = state.clone();
    {
        let (latest, waiting) = (latest.clone(), waiting.clone());
        let key = (state.document.revision(), state.source.clone());
        use_effect_with(key, move |_| {
            let later = Timeout::new(DELAY_MS, move || follow(&latest.borrow()));
            *waiting.borrow_mut() = Some(later);
        });
    }
    use_effect_with((), move |()| {
        let window = gloo::utils::window();
        let leaving = {
            let latest = latest.clone();
            EventListener::new(&window, "pagehide", move |_| {
                if waiting.borrow_mut().take().is_some() {
                    follow(&latest.borrow());
                }
            })
        };
        // Our own changes replace the entry and fire no event: whatever is heard here is the visitor's.
        let arriving = EventListener::new(&window, "hashchange", move |_| {
            let state = latest.borrow().clone();
            let mut opened = open(&fragment(), Some(state.document.text().clone()), None);
            let own = state.source == Source::Own;
            opened.notice = opened.notice.filter(|notice| own || notice.is_trouble());
            state.dispatch(Action::Arrive(opened));
        });
        move || drop((leaving, arriving))
    });
}

fn follow(state: &State) {
    let fragment = match &state.source {
        // The link that could not be opened stays in sight until something is typed.
        Source::BadLink => return,
        Source::Opening => String::new(),
        Source::Gallery(slug) => format!("#g={slug}"),
        // A text too long for a link is in the draft alone; the share dialog says so.
        Source::Own => link_fragment(state, false)
            .map(|fragment| format!("#{fragment}"))
            .unwrap_or_default(),
    };
    let window = gloo::utils::window();
    let address = format!("{}{fragment}", without_fragment());
    if window.location().href().ok().as_deref() == Some(address.as_str()) {
        return;
    }
    if let Ok(history) = window.history() {
        // Refused by a sandboxed frame or when asked too often; the next change tries again.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}
