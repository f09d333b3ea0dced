//! The main view: the same mix simulated and real, on one core and on several, over one axis of time.

use yew::prelude::*;

use crate::base::Nanos;
use crate::ui::state::Action;
use crate::ui::timeline::{Grouping, Panel, Timeline, Window};

/// The main view.
#[derive(PartialEq, Properties)]
pub struct FigureProps {
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// The headings of the two columns.
    pub columns: [AttrValue; 2],
    /// The interval shown.
    pub window: Option<Window>,
    /// The instant pointed at.
    pub cursor: Option<Nanos>,
    /// Rows by core or by task.
    pub grouping: Grouping,
    /// Counts the changes of the colours.
    pub theme_epoch: u32,
    /// Why what is shown is not the text as it is now.
    pub stale: Option<AttrValue>,
    /// Whether a simulation can be stopped.
    pub simulating: bool,
    /// The hashes of the two simulated traces, for telling whether two pages show the same.
    pub hashes: [Option<u64>; 2],
    /// Hears what is wished.
    pub dispatch: Callback<Action>,
}

/// The main view.
#[component]
pub fn Figure(props: &FigureProps) -> Html {
    let on_window = props
        .dispatch
        .reform(|window: Window| Action::Show((window != Window::WHOLE).then_some(window)));
    let on_cursor = props.dispatch.reform(Action::PointAt);
    let on_grouping = props.dispatch.reform(Action::Group);
    let on_stop = props
        .dispatch
        .reform(|_: MouseEvent| Action::StopSimulation);
    let hash = |column: usize| props.hashes[column].map(|hash| format!("{hash:016x}"));
    let note = match (&props.stale, props.simulating) {
        (Some(stale), _) => html! { { stale.clone() } },
        (None, true) => html! {
            <>
                <span>{ "Simulating in the background." }</span>
                <button type="button" class="button small" onclick={on_stop}>{ "Stop simulating" }</button>
            </>
        },
        (None, false) => html! {},
    };
    html! {
        <section id="figure" class="figure" tabindex="-1" aria-label="The main view" data-stale={props.stale.as_ref().map(|_| "")}
            data-trace-hash={hash(0)} data-trace-hash-parallel={hash(1)}>
            <h2 class="visually-hidden">{ "Simulated and real, side by side" }</h2>
            <p class="figure-note" role="status">{ note }</p>
            <Timeline panels={props.panels.clone()} columns={Some(props.columns.clone())}
                window={props.window.unwrap_or(Window::WHOLE)} {on_window} cursor={props.cursor} {on_cursor}
                grouping={props.grouping} on_grouping={Some(on_grouping)} theme_epoch={props.theme_epoch} />
        </section>
    }
}
