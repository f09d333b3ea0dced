//! The reducer as a story: what happens to the page, and what must still be there afterwards.

use std::rc::Rc;

use yew::{AttrValue, Reducible};

use super::{Action, Change, Column, Phase, Source, State, open};
use crate::content;
use crate::exec::{Capabilities, RealEvent};
use crate::kernel;
use crate::scenario::limits::RunLimits;
use crate::trace::Trace;

fn opened() -> Rc<State> {
    let capabilities = Capabilities::from_facts(true, true, 4);
    Rc::new(State::new(open("", None, None), capabilities))
}

fn after(state: Rc<State>, actions: impl IntoIterator<Item = Action>) -> Rc<State> {
    actions
        .into_iter()
        .fold(state, |state, action| state.reduce(action))
}

fn typed(text: &str) -> Action {
    Action::Edit {
        text: AttrValue::from(text.to_owned()),
        change: Change::Typing,
        at_ms: 0.0,
    }
}

fn trace() -> Rc<Trace> {
    let scenario = crate::scenario::text::parse(content::opening().text).scenario;
    Rc::new(kernel::simulate(&scenario, RunLimits::PAGE))
}

fn simulated() -> Rc<State> {
    let done = Column::BOTH.map(|column| Action::SimulationDone {
        column,
        trace: trace(),
    });
    after(opened(), done)
}

#[test]
fn a_broken_text_leaves_the_last_good_run_on_screen() {
    let state = after(simulated(), [typed("format = "), Action::SimulationIdle]);
    assert!(state.document.is_broken());
    assert!(state.simulated.iter().all(|panel| panel.shown.is_some()));
    assert_eq!(state.document.text(), "format = ");
    assert!(state.scenario().is_some());
}

#[test]
fn a_gallery_mix_over_ones_own_says_that_undo_brings_it_back() {
    let slug = content::gallery()[1].slug.to_owned();
    let own = after(opened(), [typed("format = 1 # mine")]);
    let state = after(own, [Action::OpenGalleryEntry(slug.clone())]);
    assert_eq!(state.source, Source::Gallery(slug));
    assert_eq!(state.before.as_deref(), Some("format = 1 # mine"));
    assert!(state.notice.is_some());
    let back = after(state, [Action::Undo]);
    assert_eq!(back.document.text(), "format = 1 # mine");
    assert_eq!(back.source, Source::Own);
}

#[test]
fn a_bad_link_in_the_address_changes_no_text() {
    let before = simulated();
    let arrival = open("s=1.%%", Some(before.document.text().clone()), None);
    let state = after(before.clone(), [Action::Arrive(arrival)]);
    assert_eq!(state.document.text(), before.document.text());
    assert!(state.notice.as_ref().is_some_and(super::Notice::is_trouble));
}

#[test]
fn a_simulation_that_fails_offers_another_try() {
    let failed = Action::SimulationFailed {
        column: Column::Parallel,
        message: "The worker stopped.".to_owned(),
    };
    let state = after(simulated(), [failed]);
    let remedies = &state.notice.as_ref().unwrap().remedies;
    assert!(remedies.contains(&super::Remedy::SimulateAgain));
    let again = after(state, [Action::SimulateAgain]);
    assert_eq!(again.attempt, 1);
    assert!(again.notice.is_none());
}

#[test]
fn stopping_touches_only_what_is_under_way() {
    let busy = Action::SimulationBusy {
        column: Column::Parallel,
        events: 10,
        now: crate::base::Nanos::from_ms(1),
    };
    let state = after(simulated(), [busy, Action::StopSimulation]);
    assert_eq!(state.simulated[0].phase, Phase::Still);
    assert_eq!(state.simulated[1].phase, Phase::Stopped);
    assert!(state.simulated[1].shown.is_some());
}

#[test]
fn a_real_run_is_the_slicer_and_then_the_other() {
    let state = after(simulated(), [Action::RunForReal]);
    let running = state.running.as_ref().unwrap();
    assert_eq!((running.number, running.column), (1, 0));
    let void = |number, column| Action::Real {
        number,
        column,
        event: RealEvent::Void {
            why: "The tab was hidden.".to_owned(),
        },
    };
    let second = after(state, [void(1, 0)]);
    assert_eq!(second.running.as_ref().unwrap().column, 1);
    let over = after(second, [void(1, 1)]);
    assert!(over.running.is_none());
}

#[test]
fn what_an_earlier_real_run_says_counts_for_nothing() {
    let state = after(simulated(), [Action::RunForReal]);
    let stop = Action::Real {
        number: 7,
        column: 0,
        event: RealEvent::Stopped(None),
    };
    assert!(after(state, [stop]).running.is_some());
}

#[test]
fn a_broken_text_is_not_run_for_real() {
    let state = after(simulated(), [typed("format = "), Action::RunForReal]);
    assert!(state.running.is_none());
}
