//! Laws of the scheduling policies, each on many random mixes. A failing one prints the law's numbers,
//! the scenario's text with its seed, and a link that opens it.
//!
//! `PROPTEST_CASES` makes the runs longer.

#![cfg(not(target_arch = "wasm32"))]

mod support;

#[path = "policies/cores.rs"]
mod cores;
#[path = "policies/deadlines.rs"]
mod deadlines;
#[path = "policies/order.rs"]
mod order;
#[path = "policies/shares.rs"]
mod shares;
#[path = "policies/waiting.rs"]
mod waiting;

use support::shown;
use timeslice::analysis::{Report, report};
use timeslice::base::Nanos;
use timeslice::kernel::{invariants, simulate};
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::{Scenario, StatementKind};
use timeslice::trace::Trace;

/// Runs a scenario under the command line's limits, with every invariant checked.
fn run(scenario: &Scenario) -> Trace {
    let trace = simulate(scenario, RunLimits::COMMAND_LINE);
    if let Err(wrong) = invariants::check(&trace, scenario) {
        panic!("{wrong}\n{}", shown(scenario));
    }
    trace
}

fn run_report(scenario: &Scenario) -> Report {
    report(&run(scenario))
}

fn compute(duration: Nanos) -> StatementKind {
    StatementKind::Compute(duration.into())
}

/// Adds a process of one thread that runs these statements.
fn add(
    scenario: &mut Scenario,
    arrival: Nanos,
    statements: impl IntoIterator<Item = StatementKind>,
) {
    let main = support::thread("main", 1, support::program(statements));
    let name = format!("p{}", scenario.processes.len());
    scenario
        .processes
        .push(support::process(&name, arrival, vec![main]));
}
