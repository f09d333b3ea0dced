//! The timeline as a component: headings, up to two by two panels, tools, legend and card.
//!
//! Used by the page. Where the timeline is narrower than 40 rem (the page below 900
//! pixels, or with the editor beside it) the panels stand in one column; `timeline.css` has the rest.

use std::rc::Rc;

use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use super::card::HoverCard;
use super::data::TimelineData;
use super::gesture::{Command, ZOOM_STEP};
use super::layout::Grouping;
use super::legend::Legend;
use super::panel::PanelView;
use super::scale::Window;
use super::view::{Listeners, View};
use crate::base::Nanos;

/// One of the timelines.
#[derive(Clone, PartialEq, Debug)]
pub struct Panel {
    /// What it is, in a few words; may be empty where the headings say it.
    pub title: AttrValue,
    /// More about it: policy, figures.
    pub subtitle: AttrValue,
    /// What there is to show.
    pub state: PanelState,
    /// Its row: 0 simulated, 1 real.
    pub row: u8,
    /// Its column: 0 time slicing on one core, 1 true parallelism.
    pub column: u8,
}

/// What a panel has to show.
#[derive(Clone, Debug)]
pub enum PanelState {
    /// Nothing yet; the text says what to do about it.
    Empty {
        /// For people.
        text: AttrValue,
    },
    /// It is being made; what was there before stays in sight, paler.
    Busy {
        /// For people.
        text: AttrValue,
    },
    /// A run.
    Ready(Rc<TimelineData>),
    /// There will be nothing; the text says why.
    Failed {
        /// For people.
        text: AttrValue,
    },
}

impl PartialEq for PanelState {
    fn eq(&self, other: &PanelState) -> bool {
        match (self, other) {
            (PanelState::Ready(one), PanelState::Ready(two)) => Rc::ptr_eq(one, two),
            (PanelState::Empty { text: one }, PanelState::Empty { text: two })
            | (PanelState::Busy { text: one }, PanelState::Busy { text: two })
            | (PanelState::Failed { text: one }, PanelState::Failed { text: two }) => one == two,
            _ => false,
        }
    }
}

/// What the page tells the timeline.
#[derive(Clone, PartialEq, Properties)]
pub struct TimelineProps {
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// The interval to show; [`Window::WHOLE`] until someone has zoomed.
    pub window: Window,
    /// Hears of another interval, once it has come to rest.
    pub on_window: Callback<Window>,
    /// The instant that is marked in all panels.
    pub cursor: Option<Nanos>,
    /// Hears of another one.
    pub on_cursor: Callback<Option<Nanos>>,
    /// What the rows stand for.
    pub grouping: Grouping,
    /// If given, the timeline shows a switch for it.
    #[prop_or_default]
    pub on_grouping: Option<Callback<Grouping>>,
    /// Another number whenever the page's colours have changed.
    pub theme_epoch: u32,
    /// The headings of the two columns; made from the panels where they are not given.
    #[prop_or_default]
    pub columns: Option<[AttrValue; 2]>,
    /// The headings of the two rows.
    #[prop_or_else(default_rows)]
    pub rows: [AttrValue; 2],
}

fn default_rows() -> [AttrValue; 2] {
    ["Simulated".into(), "Real, on this machine".into()]
}

/// See the module.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let view = use_memo((), |()| View::default());
    let root = use_node_ref();
    let probe = use_node_ref();
    let highlight = use_state(|| None::<u8>);
    let made = use_force_update();
    {
        let (view, root, probe) = (view.clone(), root.clone(), probe.clone());
        use_effect_with((), move |()| {
            view.attach(root.cast(), probe.cast());
            // The canvas does not notice by itself that the page's face has come.
            if let Some(document) = web_sys::window().and_then(|window| window.document()) {
                spawn_local(async move {
                    let ready = document.fonts().ready().map(JsFuture::from);
                    if let Ok(ready) = ready
                        && ready.await.is_ok()
                    {
                        view.restyle();
                    }
                });
            }
        });
    }
    {
        let view = view.clone();
        let made = made.clone();
        let listeners = Listeners {
            on_window: props.on_window.clone(),
            on_cursor: props.on_cursor.clone(),
            on_made: Callback::from(move |()| made.force_update()),
        };
        use_effect(move || view.listen(listeners));
    }
    use_told(&view, props.window, |view, window| view.show_window(window));
    use_told(&view, props.cursor, |view, cursor| {
        view.show_cursor(cursor.map(|at| at.0));
    });
    use_told(&view, props.theme_epoch, |view, _| view.restyle());
    use_told(&view, *highlight, |view, hue| view.highlight(hue));
    let columns = props
        .columns
        .clone()
        .unwrap_or_else(|| default_columns(&props.panels));
    let shown = props.panels.iter().filter_map(|panel| match &panel.state {
        PanelState::Ready(data) if data.is_made(Grouping::Lanes) => Some(data.clone()),
        _ => None,
    });
    let runs: Vec<Rc<TimelineData>> = shown.collect();
    let on_highlight = {
        let highlight = highlight.clone();
        Callback::from(move |hue| highlight.set(hue))
    };
    html! {
        <section class="timeline" ref={root} aria-label="Timeline">
            <Tools view={Handle(view.clone())} grouping={props.grouping} on_grouping={props.on_grouping.clone()} />
            <div class="timeline-grid">
                { for columns.iter().enumerate().map(|(column, text)| html! {
                    <h3 class={classes!("timeline-column", format!("timeline-column-{column}"))}>{ text.clone() }</h3>
                }) }
                { for (0..2_u8).map(|row| row_of_panels(props, &view, row, &columns)) }
            </div>
            <Legend {runs} grouping={props.grouping} highlight={*highlight} {on_highlight} />
            <HoverCard view={Handle(view)} />
            <span class="timeline-probe" ref={probe} aria-hidden="true"></span>
        </section>
    }
}

/// Tells the view of a property whenever that changes.
#[hook]
fn use_told<T: PartialEq + Copy + 'static>(view: &Rc<View>, value: T, tell: fn(&Rc<View>, T)) {
    let view = view.clone();
    use_effect_with(value, move |value| tell(&view, *value));
}

/// The view as a property: it stays the same one as long as the timeline is on screen.
#[derive(Clone)]
pub(super) struct Handle(pub(super) Rc<View>);

impl PartialEq for Handle {
    fn eq(&self, other: &Handle) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

fn row_of_panels(
    props: &TimelineProps,
    view: &Rc<View>,
    row: u8,
    columns: &[AttrValue; 2],
) -> Html {
    let panels = props
        .panels
        .iter()
        .enumerate()
        .filter(|(_, panel)| panel.row == row);
    if panels.clone().next().is_none() {
        return Html::default();
    }
    html! {
        <>
            <h3 class="timeline-row">{ props.rows[usize::from(row.min(1))].clone() }</h3>
            { for panels.map(|(index, panel)| html! {
                <PanelView key={index} {index} panel={panel.clone()} view={Handle(view.clone())} made={is_made(panel)}
                    grouping={props.grouping} column={columns[usize::from(panel.column.min(1))].clone()} />
            }) }
        </>
    }
}

/// Whether there is more to say about a panel than that it is there.
fn is_made(panel: &Panel) -> bool {
    match &panel.state {
        PanelState::Ready(data) => data.is_made(Grouping::Lanes),
        _ => false,
    }
}

fn default_columns(panels: &[Panel]) -> [AttrValue; 2] {
    let cores = panels.iter().find_map(|panel| match &panel.state {
        PanelState::Ready(data) if panel.column == 1 => Some(data.cores()),
        _ => None,
    });
    let parallel = match cores {
        Some(1) => "True parallelism: one core".to_owned(),
        Some(cores) => format!("True parallelism: {cores} cores"),
        None => "True parallelism".to_owned(),
    };
    ["Time slicing: one core".into(), parallel.into()]
}

#[derive(Clone, PartialEq, Properties)]
struct ToolsProps {
    view: Handle,
    grouping: Grouping,
    on_grouping: Option<Callback<Grouping>>,
}

/// The buttons above the panels.
#[component]
fn Tools(props: &ToolsProps) -> Html {
    let button = |command: Command, label: &'static str, text: &'static str| {
        let view = props.view.clone();
        let onclick = Callback::from(move |_: MouseEvent| view.0.command(None, command));
        html! {
            <button type="button" class="timeline-button" aria-label={label} title={label} {onclick}>{ text }</button>
        }
    };
    html! {
        <div class="timeline-tools">
            if let Some(on_grouping) = &props.on_grouping {
                <div class="timeline-switch" role="group" aria-label="Rows">
                    { for [(Grouping::Lanes, "Cores"), (Grouping::Tasks, "Tasks")].into_iter().map(|(grouping, text)| {
                        let chosen = grouping == props.grouping;
                        let onclick = on_grouping.reform(move |_: MouseEvent| grouping);
                        html! {
                            <button type="button" class="timeline-button" aria-pressed={chosen.to_string()} {onclick}>{ text }</button>
                        }
                    }) }
                </div>
            }
            <p class="timeline-hint" id="timeline-hint">
                <span class="timeline-hint-mouse">{ "Drag to move, Ctrl + wheel to zoom" }</span>
                <span class="timeline-hint-touch">{ "Drag to move, pinch to zoom, tap for figures" }</span>
                <span class="timeline-hint-keys">{ "Focused: W A S D or arrows, + − 0, Home, End; comma and full stop step from change to change" }</span>
            </p>
            <div class="timeline-zoom" role="group" aria-label="Zoom">
                { button(Command::Zoom(1.0 / ZOOM_STEP), "Zoom out", "−") }
                { button(Command::Zoom(ZOOM_STEP), "Zoom in", "+") }
                { button(Command::Fit, "Fit the whole run", "Fit") }
            </div>
        </div>
    }
}
