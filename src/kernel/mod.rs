//! The simulated operating system: it takes a scenario and says, nanosecond by nanosecond, what its
//! machine would do. Deterministic: a scenario and its seed give the same trace on every target.
//! It knows no browser and no clock, and draws nothing.
//!
//! Called by the command line and by the page's simulation worker. The order of things at one
//! instant, and every cost, are in `docs/cost-model.md`.
//!
//! - `code`, `compile`: programs as flat instructions; `link`: what names mean; `setup`: a scenario as a machine
//!   about to start.
//! - `state`: the kernel as a value; `engine`: the event loop; `dispatch`: who
//!   gets which hardware thread; `preempt`: who loses one; `hand_over`: the hot path of both;
//!   `goes_on`, `interpret`: what statements do; `events`: how event loops find out; `lifecycle`: how tasks come and go.
//! - `sync`, `gil`: what tasks wait for each other with; `ipc`: what they send each other; `deadlock`: circles
//!   of waiting; `reach`: who may bring about what.
//! - `ahead`: how long a task will compute, for policies that want to know.
//! - `lanes`, `smt`, `caches`, `affinity`, `timers`, `device`, `sched`, `periodic`, `quota`, `draws`, `cost`: its parts. `choice`: every free decision.
//! - `fingerprint`: two states from which the same can happen.
//! - `invariants`: what must hold of any trace, checked from the trace alone.

mod affinity;
mod ahead;
mod caches;
mod choice;
mod code;
mod compile;
mod cost;
mod deadlock;
mod device;
mod dispatch;
mod draws;
mod engine;
mod events;
mod fingerprint;
mod gil;
mod goes_on;
mod hand_over;
mod interpret;
pub mod invariants;
mod ipc;
mod lanes;
mod lifecycle;
mod link;
mod memory;
mod periodic;
mod preempt;
mod quota;
mod reach;
mod sched;
mod setup;
mod shared;
mod smt;
mod state;
mod sync;
mod timers;

pub use choice::{Choice, Chooser, Decision};
pub use cost::{CostTable, preset};
pub use state::Kernel;

use crate::base::Nanos;
use crate::scenario::Scenario;
use crate::scenario::limits::RunLimits;
use crate::trace::{Event, Outcome, Trace};

/// A scenario that is being run: the kernel and the trace it has written so far.
#[derive(Clone)]
pub struct Simulation {
    kernel: Kernel,
    trace: Trace,
    over: bool,
}

impl Simulation {
    /// A machine about to start. The scenario should be one that was read without errors; what a
    /// run cannot do with it, it ends with.
    #[must_use]
    pub fn new(scenario: &Scenario, limits: RunLimits) -> Simulation {
        Simulation::with_chooser(scenario, limits, Chooser::Policy)
    }

    /// The same, with every free decision made by `chooser`.
    #[must_use]
    pub fn with_chooser(scenario: &Scenario, limits: RunLimits, chooser: Chooser) -> Simulation {
        let (kernel, trace) = setup::boot(scenario, limits, chooser, Vec::new());
        Simulation {
            kernel,
            trace,
            over: false,
        }
    }

    /// The same as [`Simulation::new`], writing into the memory of an earlier run's events: what
    /// one who simulates again and again saves is the first touch of fresh pages.
    #[must_use]
    pub fn reusing(scenario: &Scenario, limits: RunLimits, events: Vec<Event>) -> Simulation {
        let (kernel, trace) = setup::boot(scenario, limits, Chooser::Policy, events);
        Simulation {
            kernel,
            trace,
            over: false,
        }
    }

    /// Runs until about `event_budget` more events have been written or as many statements executed, or
    /// to the end. True when the run is over.
    pub fn run(&mut self, event_budget: u64) -> bool {
        let stop_at = self.events().saturating_add(event_budget);
        let last_statement = self.kernel.statements.saturating_add(event_budget);
        while !self.over && self.events() < stop_at && self.kernel.statements < last_statement {
            self.advance(stop_at);
        }
        self.over
    }

    /// Runs one instant: everything that happens at the next time anything happens. True when the
    /// run is over.
    pub fn step(&mut self) -> bool {
        self.advance(0)
    }

    /// Runs one instant, or of plain time slicing as many as it takes to have `stop_at` events.
    fn advance(&mut self, stop_at: u64) -> bool {
        if !self.over
            && let Some(outcome) = self.kernel.step(&mut self.trace, stop_at)
        {
            self.trace.end = self.kernel.now();
            self.trace.outcome = outcome;
            self.kernel.write_variables(&mut self.trace);
            self.over = true;
        }
        self.over
    }

    /// Runs one instant, and forgets what happened before it. Should there be a decision, this option is
    /// taken. Gives how many options there were; one if there was nothing to decide.
    pub fn step_choosing(&mut self, option: u32) -> u32 {
        self.trace.events.clear();
        self.kernel.chooser = Chooser::Always(option);
        self.kernel.choices.clear();
        self.step();
        self.kernel
            .choices
            .last()
            .map_or(1, |choice| choice.options)
    }

    /// What decides what can still happen, as a number that is the same for two states from which the same
    /// can happen: when it is, what it cost and who waits in which order to run do not count. Of 128 bits, so that
    /// two different states that share a number are not to be expected.
    #[must_use]
    pub fn fingerprint(&self) -> u128 {
        let state = self.kernel.fingerprint();
        // The kernel in which a run is found to be over is the one before.
        if self.over { !state } else { state }
    }

    /// How it ended, if it is over.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.over.then_some(&self.trace.outcome)
    }

    /// What the shared variables hold.
    #[must_use]
    pub fn variables(&self) -> &[i64] {
        self.kernel.variables()
    }

    /// How far simulated time has come.
    #[must_use]
    pub fn now(&self) -> Nanos {
        self.kernel.now()
    }

    /// How many events have been written.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.trace.events.len() as u64
    }

    /// The choices made so far, to be replayed.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        self.kernel.choices()
    }

    /// What happened up to here; [`Outcome::Cancelled`] if the run was not over.
    #[must_use]
    pub fn into_trace(mut self) -> Trace {
        if !self.over {
            self.trace.end = self.kernel.now();
            self.trace.outcome = Outcome::Cancelled;
            self.kernel.write_variables(&mut self.trace);
        }
        self.trace
    }
}

/// Runs a scenario to its end.
#[must_use]
pub fn simulate(scenario: &Scenario, limits: RunLimits) -> Trace {
    let mut simulation = Simulation::new(scenario, limits);
    simulation.run(u64::MAX);
    simulation.into_trace()
}
