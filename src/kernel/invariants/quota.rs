//! What must hold of containers, read from the trace alone: in no period do the threads of one run
//! for longer than its quota.

use std::collections::BTreeMap;

use crate::base::Nanos;
use crate::scenario::Scenario;
use crate::scenario::models::modelled;
use crate::trace::{EventKind, TaskId, Trace};

/// How long the threads of each container ran in each period, by position and number.
type Used = BTreeMap<(usize, u64), u64>;

/// Whether every container kept to its quota, but for the nanosecond that several threads use up
/// together.
pub(super) fn check(trace: &Trace, scenario: &Scenario) -> Result<(), String> {
    if scenario.containers.is_empty() {
        return Ok(());
    }
    let scenario = &*modelled(scenario);
    let mut used = Used::new();
    // Who has each lane, and from when on its time counts.
    let mut lanes = vec![None; trace.lanes.len()];
    for event in &trace.events {
        let lane = usize::from(event.lane);
        if event.kind == EventKind::Start || event.kind.leaves_lane() {
            stayed(trace, scenario, lanes[lane].take(), event.at, &mut used);
        }
        if event.kind == EventKind::Start {
            let switch = trace.costs[usize::from(event.detail)].total();
            lanes[lane] = Some((event.task, event.at + switch));
        }
    }
    for stay in lanes {
        stayed(trace, scenario, stay, trace.end, &mut used);
    }
    for ((container, period), used) in used {
        let container = &scenario.containers[container];
        if used > container.quota.0 + trace.lanes.len() as u64 {
            return Err(format!(
                "container {} ran {used} ns in its period {period}",
                container.name
            ));
        }
    }
    Ok(())
}

fn stayed(
    trace: &Trace,
    scenario: &Scenario,
    stay: Option<(TaskId, Nanos)>,
    until: Nanos,
    used: &mut Used,
) {
    let Some((task, Nanos(mut from))) = stay else {
        return;
    };
    let process = trace.processes[trace.tasks[task.index()].process as usize].line;
    let name = scenario.processes[process as usize].container.as_ref();
    let is_it = |name: &String| scenario.containers.iter().position(|it| it.name == *name);
    let Some(container) = name.and_then(is_it) else {
        return;
    };
    let period_ns = scenario.containers[container].period.0;
    while from < until.0 {
        let period = from / period_ns;
        let to = until.0.min((period + 1) * period_ns);
        *used.entry((container, period)).or_default() += to - from;
        from = to;
    }
}
