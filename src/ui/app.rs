//! The page put together: one state, the effects that keep the browser in step with it, and the parts
//! that show it.

use yew::prelude::*;

use super::components::{
    ComparisonTable, Editor, Figure, GalleryDialog, Head, Header, NoticeBar, RealRunPanel,
    ShareDialog, TaskTable,
};
use super::effects::{address, real_run, simulation, storage, theme};
use super::panels;
use super::state::{Action, Column, Dialog, State, open};
use crate::exec;

/// The whole page.
#[component]
pub fn App() -> Html {
    let state = use_reducer(|| {
        let (draft, before) = storage::read_draft();
        let opened = open(&address::fragment(), draft, before);
        let mut state = State::new(opened, exec::capabilities());
        state.theme = theme::kept();
        state
    });
    theme::use_theme(&state);
    storage::use_draft(&state);
    address::use_address(&state);
    simulation::use_simulation(&state);
    let on_stop = real_run::use_real_run(&state);
    let dispatch = {
        let dispatcher = state.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let embedded = address::is_embedded();
    let runs = Column::BOTH.map(|column| state.simulated[column.index()].shown.clone());
    let hashes = [0, 1].map(|column| runs[column].as_ref().and_then(|run| run.hash));
    html! {
        <div class="page" data-embed={embedded.then_some("")}>
            <Header theme={state.theme} editor_open={state.editor_open} {embedded} dispatch={dispatch.clone()} />
            <div class="notices">
                if let Some(notice) = state.notice.clone() {
                    <NoticeBar {notice} dispatch={dispatch.clone()} />
                }
            </div>
            <main class="main" data-editor={if state.editor_open { "open" } else { "closed" }}>
                <div class="stage">
                    <Head scenario={state.scenario().cloned()} />
                    <RealRunPanel scenario={state.scenario().cloned()} broken={state.document.is_broken()}
                        capabilities={state.capabilities.clone()} model={state.model()} repeats={state.repeats}
                        running={state.running.clone()} dispatch={dispatch.clone()} {on_stop} />
                    <Figure panels={panels::panels(&state)} columns={panels::columns(&state)} window={state.window}
                        cursor={state.cursor} grouping={state.grouping} theme_epoch={state.theme_epoch}
                        stale={panels::stale(&state)} simulating={state.is_simulating()} {hashes} dispatch={dispatch.clone()} />
                    <p class="summary" aria-live="polite">{ panels::summary(&state) }</p>
                </div>
                <Editor text={state.document.text().clone()} parsed={state.document.parsed()} view={state.view}
                    caret={state.caret.clone()} can_undo={state.document.can_undo()} can_redo={state.document.can_redo()}
                    storage_trouble={state.storage_trouble.clone()} dispatch={dispatch.clone()} />
                <div class="results">
                    <ComparisonTable simulated={runs.clone()} measured={panels::current_results(&state)}
                        cores={state.parallel_cores()} />
                    <TaskTable {runs} cores={state.parallel_cores()} />
                </div>
            </main>
            <footer class="footer">
                <p>{ "Runs in this browser alone. Nothing is stored elsewhere or sent." }</p>
                if let Some(hash) = hashes[0] {
                    <p>{ "The same text gives the same trace on every machine. This one: " }
                        <span class="footer-hash">{ format!("{hash:016x}") }</span></p>
                }
            </footer>
            { dialog(&state, &dispatch) }
        </div>
    }
}

fn dialog(state: &State, dispatch: &Callback<Action>) -> Html {
    match state.dialog {
        None => html! {},
        Some(Dialog::Gallery) => html! { <GalleryDialog dispatch={dispatch.clone()} /> },
        Some(Dialog::Share) => {
            let fragment = |view| {
                address::link_fragment(state, view)
                    .map(AttrValue::from)
                    .map_err(|error| AttrValue::from(error.to_string()))
            };
            let has_view = state.window.is_some() || state.cursor.is_some();
            let title = state
                .scenario()
                .map_or("Timeslice", |scenario| scenario.title.as_str());
            html! {
                <ShareDialog address={address::page_address()} plain={fragment(false)}
                    with_view={has_view.then(|| fragment(true).ok()).flatten()} title={title.to_owned()}
                    dispatch={dispatch.clone()} />
            }
        }
    }
}
