//! Real runs, seen from the page: start one, hear what becomes of it, stop it. How one is conducted
//! is `conductor`'s part.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen_futures::spawn_local;

use super::calibration::Calibration;
use super::capabilities::capabilities;
use super::conductor::{Conductor, Happening, Stopped};
use super::inbox::Inbox;
use super::model::RealModel;
use super::plan::plan_with;
use crate::base::Nanos;
use crate::scenario::Scenario;
use crate::trace::Trace;

/// Most repeats of one run.
pub const MOST_REPEATS: u32 = 20;

/// What to run.
#[derive(Clone, Debug)]
pub struct RealRequest {
    /// The scenario.
    pub scenario: Scenario,
    /// What its tasks are made of.
    pub model: RealModel,
    /// How many threads the pool has, or event loops the hybrid; none for as many as the scenario
    /// asks for.
    pub workers: Option<u32>,
    /// How often; at least once.
    pub repeats: u32,
}

/// What becomes of a run. After anything but `Preparing` and `Running` there is nothing more.
#[derive(Clone, Debug)]
pub enum RealEvent {
    /// Before anything is measured.
    Preparing {
        /// What is going on, for a person.
        what: String,
    },
    /// All workers were told to go.
    Running {
        /// Which time this is, from zero.
        repeat: u32,
    },
    /// All repeats are over.
    Done(Rc<Measured>),
    /// What was measured so far means nothing.
    Void {
        /// Why.
        why: String,
    },
    /// It was stopped; with what was measured up to there, if all were running already.
    Stopped(Option<Rc<Measured>>),
    /// It could not be run, or not to its end.
    Failed {
        /// Why, in words for a person.
        message: String,
        /// What was measured up to there.
        partial: Option<Rc<Measured>>,
    },
}

/// What was measured, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// What the tasks were made of.
    pub model: RealModel,
    /// One for each repeat.
    pub runs: Vec<Rc<Trace>>,
    /// The smallest step of the clock.
    pub clock_step: Nanos,
    /// How fast a quiet core is here.
    pub calibration: Calibration,
    /// How long each worker took to start, in the order of the plan; not part of any run's time.
    pub starts: Vec<WorkerStart>,
}

/// How long one worker took before it could be told to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkerStart {
    /// Whether it is the coordinator of a pool.
    pub is_pool: bool,
    /// From asking for it until it could be talked to.
    pub ready: Nanos,
    /// From being told what to do until it could begin; for a pool, all its threads too.
    pub prepared: Nanos,
}

/// A run that is going on. Dropping it ends it at once, and nothing more is heard of it.
#[derive(Debug)]
pub struct RealRun {
    inbox: Inbox<Happening>,
    is_dropped: Rc<Cell<bool>>,
}

impl RealRun {
    /// Stops it: the workers are asked first, and ended if they do not answer. What was measured is
    /// kept.
    pub fn stop(&self) {
        self.inbox.put(Happening::Stop);
    }
}

impl Drop for RealRun {
    fn drop(&mut self) {
        self.is_dropped.set(true);
        self.inbox.put(Happening::Dropped);
    }
}

/// Runs a scenario for real. Everything is heard later, never before this returns.
pub fn run_real(request: RealRequest, mut on: impl FnMut(RealEvent) + 'static) -> RealRun {
    let inbox = Inbox::new();
    let is_dropped = Rc::new(Cell::new(false));
    let run = RealRun {
        inbox: inbox.clone(),
        is_dropped: Rc::clone(&is_dropped),
    };
    spawn_local(async move {
        let mut tell = move |event| {
            if !is_dropped.get() {
                on(event);
            }
        };
        let last = conduct(request, inbox, &mut tell).await;
        tell(last);
    });
    run
}

async fn conduct(
    request: RealRequest,
    inbox: Inbox<Happening>,
    tell: &mut impl FnMut(RealEvent),
) -> RealEvent {
    let capabilities = capabilities();
    let plan = match plan_with(
        &request.scenario,
        request.model,
        &capabilities,
        request.workers,
    ) {
        Ok(plan) => plan,
        Err(refusals) => {
            return RealEvent::Failed {
                message: refusals.join(" "),
                partial: None,
            };
        }
    };
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return RealEvent::Failed {
            message: "There is no page here.".to_owned(),
            partial: None,
        };
    };
    if document.hidden() {
        return RealEvent::Void {
            why: HIDDEN.to_owned(),
        };
    }
    let _visibility = EventListener::new(&document.clone(), "visibilitychange", {
        let inbox = inbox.clone();
        move |_| {
            if document.hidden() {
                inbox.put(Happening::Hidden);
            }
        }
    });
    let repeats = request.repeats.clamp(1, MOST_REPEATS);
    let mut conductor = Conductor::new(plan, inbox, capabilities.isolated);
    let outcome = match conductor.prepare(tell).await {
        Ok(()) => conductor.repeat(repeats, tell).await,
        Err(stopped) => Err(stopped),
    };
    let measured = conductor.measured();
    let any = (!measured.runs.is_empty()).then(|| Rc::new(measured));
    match (outcome, any) {
        (Ok(()), Some(measured)) => RealEvent::Done(measured),
        (Err(Stopped::Asked) | Ok(()), any) => RealEvent::Stopped(any),
        (Err(Stopped::Hidden), _) => RealEvent::Void {
            why: HIDDEN.to_owned(),
        },
        (Err(Stopped::Failed(message)), partial) => RealEvent::Failed { message, partial },
    }
}

const HIDDEN: &str = "The page was hidden during the run. Browsers slow hidden pages down, so the times would mean nothing.";
