//! What a person is told before a real run: what stands in for what, what the scenario asks for and
//! a browser does not do, and what will be hard to see. Sentences only; decides nothing.

use super::capabilities::Capabilities;
use super::flatten::Flattener;
use super::model::RealModel;
use crate::base::Nanos;
use crate::scenario::limits::REAL_TIME;
use crate::scenario::{Policy, Process, QueueScope, RunAs, Scenario};

/// The step of a browser's clock: 5 µs in an isolated page, 100 µs in any other.
fn expected_clock_step(capabilities: &Capabilities) -> Nanos {
    if capabilities.isolated {
        Nanos::from_us(5)
    } else {
        Nanos::from_us(100)
    }
}

pub(super) fn all(
    scenario: &Scenario,
    model: RealModel,
    capabilities: &Capabilities,
    flattener: &Flattener<'_>,
    lanes: usize,
    bound: Nanos,
) -> Vec<String> {
    let mut notes: Vec<String> = flattener.notes.iter().cloned().collect();
    notes.push(stand_in(scenario, model, lanes));
    notes.extend(scheduling(scenario, model));
    notes.extend(machine(scenario, model, capabilities, lanes));
    if flattener.crashes {
        notes.push(crash(model).to_owned());
    }
    if flattener.blocks && !capabilities.isolated && model != RealModel::Processes {
        notes.push(
            "`io` in a coroutine blocks its whole thread. Without cross-origin isolation a worker cannot sleep, so it waits by computing."
                .to_owned(),
        );
    }
    let is_timed = |process: &Process| {
        process
            .threads
            .iter()
            .any(|thread| process.timing(thread).is_some())
    };
    if scenario.processes.iter().any(is_timed) {
        notes.push(
            "`period` and `deadline` have no effect: each program runs once, and nobody watches its \
             deadline."
                .to_owned(),
        );
    }
    if scenario.processes.iter().any(|process| process.gil) {
        notes.push(
            "`gil` and `without-gil` have no effect: real workers have no interpreter lock."
                .to_owned(),
        );
    }
    if scenario.processes.iter().any(|it| it.container.is_some()) {
        notes.push("`container` has no effect: nobody limits what real workers run.".to_owned());
    }
    let has_events = |process: &Process| process.threads.iter().any(|it| it.events.is_some());
    if scenario.processes.iter().any(has_events) {
        notes.push("`events` has no effect: a real event loop is the browser's own.".to_owned());
    }
    let step = expected_clock_step(capabilities);
    if flattener.shortest_compute < Nanos(step.0 * 10) {
        notes.push(format!(
            "The shortest `compute` takes {}, and this browser's clock goes in steps of {step}: such spans are too short to be measured well.",
            flattener.shortest_compute
        ));
    }
    if bound > REAL_TIME {
        notes.push(format!(
            "This takes longer than {REAL_TIME}, and is stopped then."
        ));
    }
    notes
}

/// What the tasks really are.
fn stand_in(scenario: &Scenario, model: RealModel, lanes: usize) -> String {
    match model {
        RealModel::Sliced => {
            "Time slicing: one worker runs all tasks in turns, cooperatively. Its switches are our own code's, not the operating system's.".to_owned()
        }
        RealModel::Processes => {
            format!("Processes: {lanes} workers, each with its own memory.")
        }
        RealModel::Threads => {
            format!("Threads: a pool of {lanes} over one shared memory. A task that waits keeps its thread of the pool; tasks beyond the threads queue.")
        }
        RealModel::Coroutines => {
            "Coroutines: Rust futures on one worker's event loop. Its timers are the browser's: whole milliseconds, and at least 4 ms once they are nested.".to_owned()
        }
        RealModel::Hybrid if scenario.run_as == RunAs::AsWritten => {
            "As written: a worker for each process of one thread, a pool over its own shared memory for each of several.".to_owned()
        }
        RealModel::Hybrid => {
            format!("Hybrid: {lanes} workers, each with an event loop; the tasks are dealt out in turn.")
        }
    }
}

fn scheduling(scenario: &Scenario, model: RealModel) -> Option<String> {
    if model != RealModel::Sliced {
        return Some(
            "Who runs when is up to the operating system and the browser; the scenario's scheduler applies to the simulation."
                .to_owned(),
        );
    }
    let followed = matches!(scenario.scheduler.policy, Policy::Fifo | Policy::RoundRobin);
    (!followed).then(|| "The slicer takes turns; it does not follow this policy.".to_owned())
}

fn machine(
    scenario: &Scenario,
    model: RealModel,
    capabilities: &Capabilities,
    lanes: usize,
) -> Option<String> {
    let asked = u64::from(scenario.machine.cores) * u64::from(scenario.machine.smt);
    let here = u64::from(capabilities.hardware_concurrency);
    if model == RealModel::Sliced || model == RealModel::Coroutines {
        return (scenario.scheduler.queue == QueueScope::PerCore && asked > 1)
            .then(|| "One worker has one run queue.".to_owned());
    }
    if lanes as u64 > here {
        return Some(format!(
            "{lanes} workers share {here} hardware threads here: the operating system slices them, and the gaps are shown."
        ));
    }
    (asked < lanes as u64).then(|| {
        let threads = if asked == 1 { "thread" } else { "threads" };
        format!("The scenario's machine has {asked} hardware {threads}, this one {here}: the real run may use {lanes}.")
    })
}

fn crash(model: RealModel) -> &'static str {
    match model {
        RealModel::Sliced => {
            "`crash` is played: the slicer ends the tasks of the process. A real trap would take all tasks with it."
        }
        RealModel::Processes => "`crash` is a real trap in its worker; the other workers go on.",
        RealModel::Threads | RealModel::Coroutines => {
            "`crash` is a real trap, and takes all tasks with it: they are one process."
        }
        RealModel::Hybrid => "`crash` is a real trap, and takes the tasks of its process with it.",
    }
}
