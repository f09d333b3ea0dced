//! What the colours mean. A task's name is a button: pressed, everything else pales.
//!
//! Used by `component`.

use std::rc::Rc;

use yew::prelude::*;

use super::data::TimelineData;
use super::layout::Grouping;
use super::palette::HUES;
use super::summary::Channel;

#[derive(Clone, Properties)]
pub(super) struct LegendProps {
    /// The runs on screen; the names are those of the first.
    pub runs: Vec<Rc<TimelineData>>,
    pub grouping: Grouping,
    pub highlight: Option<u8>,
    pub on_highlight: Callback<Option<u8>>,
}

impl PartialEq for LegendProps {
    fn eq(&self, other: &LegendProps) -> bool {
        let same = |(one, other): (&Rc<TimelineData>, &Rc<TimelineData>)| Rc::ptr_eq(one, other);
        self.runs.len() == other.runs.len()
            && self.runs.iter().zip(&other.runs).all(same)
            && self.grouping == other.grouping
            && self.highlight == other.highlight
    }
}

/// See the module.
#[component]
pub(super) fn Legend(props: &LegendProps) -> Html {
    let Some(first) = props.runs.first() else {
        return Html::default();
    };
    let entries = first.palette().legend();
    let hues = usize::from(HUES);
    let tasks = entries.iter().take(hues).map(|entry| {
        let hue = entry.hue;
        let pressed = props.highlight == Some(hue);
        let more = entries[hues.min(entries.len())..]
            .iter()
            .filter(|other| other.hue == hue)
            .count();
        let onclick = props
            .on_highlight
            .reform(move |_: MouseEvent| (!pressed).then_some(hue));
        html! {
            <li>
                <button type="button" class="timeline-key" aria-pressed={pressed.to_string()} {onclick}>
                    <i class={classes!("timeline-swatch", format!("timeline-hue-{hue}"))}></i>
                    { entry.name.clone() }
                    if more > 0 {
                        { format!(" and {more} more") }
                    }
                </button>
            </li>
        }
    });
    let runs = props.runs.iter();
    let measured = runs.clone().any(|run| run.totals().of(Channel::GAP) > 0);
    let crashed = runs.clone().any(|run| !run.crashes().is_empty());
    let signs = match props.grouping {
        Grouping::Lanes => vec![("switch", "context switch"), ("idle", "idle")],
        Grouping::Tasks => vec![
            ("switch", "being switched to"),
            ("ready", "ready, but queued"),
            ("blocked", "blocked"),
        ],
    };
    let spins = runs.clone().any(|run| run.totals().of(Channel::SPIN) > 0);
    let spin = spins.then_some(("spin", "spins, trying to get a lock"));
    let gap = measured.then_some(("gap", "core taken away by the real system"));
    let crash = crashed.then_some(("crash", "crash"));
    html! {
        <ul class="timeline-legend" aria-label="Colours">
            { for tasks }
            { for signs.into_iter().chain(spin).chain(gap).chain(crash).map(|(sign, text)| html! {
                <li class="timeline-key is-sign">
                    <i class={classes!("timeline-swatch", format!("timeline-sign-{sign}"))}></i>{ text }
                </li>
            }) }
        </ul>
    }
}
