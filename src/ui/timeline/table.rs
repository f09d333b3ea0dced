//! A run as text: what each core did, interval by interval, for screen readers and for reading. At
//! most [`PAGE_ROWS`] rows are in the page at once.
//!
//! Used by the page, beside the timeline.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::data::{AT_ONCE, TimelineData};
use super::hover::why_it_ended;
use super::layout::{Grouping, RowKey, lane_name};
use super::summary::{Channel, Span};
use super::ticks::exact;
use crate::base::Nanos;

/// This many rows at once.
pub(super) const PAGE_ROWS: usize = 200;

/// What the page tells the table.
#[derive(Clone, Properties)]
pub struct TraceTableProps {
    /// The run.
    pub data: Rc<TimelineData>,
}

impl PartialEq for TraceTableProps {
    fn eq(&self, other: &TraceTableProps) -> bool {
        Rc::ptr_eq(&self.data, &other.data)
    }
}

/// See the module.
#[component]
pub fn TraceTable(props: &TraceTableProps) -> Html {
    let data = &props.data;
    let lane = use_state(|| 0_usize);
    let page = use_state(|| 0_usize);
    if !use_made(data) {
        return html! { <p class="timeline-says">{ "Reading a long trace" }</p> };
    }
    let lane_index = (*lane).min(data.lanes().len().saturating_sub(1));
    let Some(track) = data.lanes().get(lane_index) else {
        return html! { <p class="timeline-says">{ "This run used no core." }</p> };
    };
    let count = track.spans().len();
    let pages = count.div_ceil(PAGE_ROWS).max(1);
    let page_index = (*page).min(pages - 1);
    let first = page_index * PAGE_ROWS;
    let last = (first + PAGE_ROWS).min(count);
    let choose = {
        let (lane, page) = (lane.clone(), page.clone());
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            lane.set(select.selected_index().max(0) as usize);
            page.set(0);
        })
    };
    let turn = |to: usize, text: &'static str| {
        let page = page.clone();
        let disabled = to == page_index || to >= pages;
        let onclick = Callback::from(move |_: MouseEvent| page.set(to));
        html! { <button type="button" class="timeline-button" {disabled} {onclick}>{ text }</button> }
    };
    let name = |lane: usize| lane_name(data.trace(), lane as u8);
    html! {
        <div class="timeline-table">
            <div class="timeline-table-tools">
                <label>
                    { "Intervals of " }
                    <select onchange={choose}>
                        { for (0..data.lanes().len()).map(|lane| html! {
                            <option selected={lane == lane_index}>{ name(lane) }</option>
                        }) }
                    </select>
                </label>
                if pages > 1 {
                    <span class="timeline-table-pages">
                        { turn(page_index.saturating_sub(1), "Earlier") }
                        { format!("{} to {last} of {count}", first + 1) }
                        { turn((page_index + 1).min(pages - 1), "Later") }
                    </span>
                }
            </div>
            <div class="timeline-table-scroller" tabindex="0" role="region" aria-label="Intervals">
                <table>
                    <thead><tr>
                        <th scope="col">{ "From" }</th><th scope="col">{ "To" }</th><th scope="col">{ "Length" }</th>
                        <th scope="col">{ "What" }</th><th scope="col">{ "Then" }</th>
                    </tr></thead>
                    <tbody>
                        { for (first..last).map(|index| {
                            let span = &track.spans()[index];
                            row(data, lane_index as u8, span, track.end_of(index))
                        }) }
                    </tbody>
                </table>
            </div>
        </div>
    }
}

/// Makes a run ready without holding up the page; tells whether it is.
#[hook]
fn use_made(data: &Rc<TimelineData>) -> bool {
    let rest = use_force_update();
    let made = data.is_made(Grouping::Lanes);
    let data = data.clone();
    use_effect(move || {
        let going_on = (!made).then(|| {
            Timeout::new(0, move || {
                data.go_on(Grouping::Lanes, AT_ONCE);
                rest.force_update();
            })
        });
        move || drop(going_on)
    });
    made
}

fn row(data: &TimelineData, lane: u8, span: &Span, end_ns: u64) -> Html {
    let name = || data.name(span.task).full.clone();
    let what = match span.channel {
        Channel::IDLE => "idle".to_owned(),
        Channel::SWITCH => format!("switch to {}", name()),
        Channel::GAP => format!("core taken from {}", name()),
        Channel::SPIN => format!("{} spins", name()),
        _ => name(),
    };
    let then = match span.channel.hue() {
        Some(_) => why_it_ended(data, RowKey::Lane(lane), span, end_ns),
        None => String::new(),
    };
    html! {
        <tr>
            <td>{ exact(Nanos(span.start_ns)) }</td>
            <td>{ exact(Nanos(end_ns)) }</td>
            <td>{ exact(Nanos(end_ns - span.start_ns)) }</td>
            <td>{ what }</td>
            <td>{ then }</td>
        </tr>
    }
}
