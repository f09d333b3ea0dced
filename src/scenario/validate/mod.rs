//! Checks of a scenario as a whole: do the names lead anywhere, does everything start that is
//! meant to, is there not too much of it, and can this version's kernel run it. Called by `text`
//! once everything has been read; single values have been checked by then.

mod containers;
mod sharing;
mod statements;

use std::collections::HashSet;
use std::ops::Range;

use super::diagnostic::{Complaint, Complaints, code, error, warning};
use super::limits::{self, RunLimits};
use super::model::{Body, RunAs, Scenario};
use super::models;
use super::words::Word;

/// Where the parts of a scenario stand that complaints may be about.
pub(super) struct Places {
    pub(super) run_as: Option<Range<usize>>,
    pub(super) smt_throughput: Option<Range<usize>>,
    pub(super) processes: Vec<TaskPlace>,
}

/// Where a process, thread or coroutine stands.
pub(super) struct TaskPlace {
    pub(super) header: Range<usize>,
    pub(super) count: Option<Range<usize>>,
    pub(super) program: Option<Range<usize>>,
    pub(super) affinity: Option<Range<usize>>,
    /// Its period, or else its deadline.
    pub(super) timing: Option<Range<usize>>,
    pub(super) container: Option<Range<usize>>,
    /// How its event loop learns what is done.
    pub(super) events: Option<Range<usize>>,
    /// Its threads or coroutines; none where it gives its program directly.
    pub(super) inner: Vec<TaskPlace>,
}

impl TaskPlace {
    fn count_or_header(&self) -> Range<usize> {
        self.count.clone().unwrap_or_else(|| self.header.clone())
    }
}

/// Complains about whatever is wrong with the scenario as a whole.
pub(super) fn validate(
    scenario: &Scenario,
    places: &Places,
    run: &RunLimits,
    complaints: &mut Complaints<'_>,
) {
    if scenario.processes.is_empty() {
        let end = complaints.text().trim_end().len();
        complaints.push(
            error(code::EMPTY_SCENARIO, end..end, "there is no process in the scenario").hint(
                "begin with `[[process]]`, and under it `name = \"browser\"` and `program = \"compute 5ms\"`",
            ),
        );
        return;
    }
    check_throughput(scenario, places, complaints);
    check_affinity(scenario, places, complaints);
    check_periods(scenario, places, complaints);
    check_events(scenario, places, complaints);
    containers::check(scenario, places, complaints);
    check_starts(scenario, places, complaints);
    check_totals(scenario, places, run, complaints);
    let spawned = statements::check(scenario, &places.processes, complaints);
    check_templates(scenario, places, &spawned, complaints);
}

/// One line of the scenario that makes tasks: a process, a thread of it or a coroutine of that.
type TaskLine = (usize, Option<usize>, Option<usize>);

/// A core does not do more for each of its siblings than it does for one that is alone.
fn check_throughput(scenario: &Scenario, places: &Places, complaints: &mut Complaints<'_>) {
    let siblings = scenario.machine.smt;
    if siblings > 1 && scenario.machine.smt_throughput_permille > siblings * 1_000 {
        complaints.push(
            error(
                code::OUT_OF_RANGE,
                places.smt_throughput.clone().unwrap_or(0..0),
                format!("{siblings} hardware threads a core do not do more than {siblings} cores"),
            )
            .hint("two siblings together often do about 1.3 times what one does alone"),
        );
    }
}

/// Every task may run on a hardware thread that the machine has.
fn check_affinity(scenario: &Scenario, places: &Places, complaints: &mut Complaints<'_>) {
    let threads = scenario.machine.cores * scenario.machine.smt;
    let mut check = |affinity: &[u32], span: &Option<Range<usize>>| {
        if let Some(number) = affinity.iter().find(|number| **number >= threads) {
            complaints.push(
                error(
                    code::OUT_OF_RANGE,
                    span.clone().unwrap_or(0..0),
                    format!("there is no hardware thread {number}: the machine has {threads}"),
                )
                .hint(format!("they are numbered from 0 to {}", threads - 1)),
            );
        }
    };
    for (process, place) in scenario.processes.iter().zip(&places.processes) {
        check(&process.affinity, &place.affinity);
        for (thread, place) in process.threads.iter().zip(&place.inner) {
            if let Some(affinity) = &thread.affinity {
                check(affinity, &place.affinity);
            }
        }
    }
}

/// Only a thread that runs a program has jobs.
fn check_periods(scenario: &Scenario, places: &Places, complaints: &mut Complaints<'_>) {
    let becomes_loop = matches!(scenario.run_as, RunAs::Coroutines | RunAs::Hybrid);
    for (process, place) in scenario.processes.iter().zip(&places.processes) {
        for (at, thread) in process.threads.iter().enumerate() {
            let is_loop = becomes_loop || matches!(thread.body, Body::Coroutines(_));
            if !is_loop || process.timing(thread).is_none() {
                continue;
            }
            let own = place.inner.get(at).and_then(|thread| thread.timing.clone());
            let span = own.or_else(|| place.timing.clone());
            complaints.push(
                error(
                    code::PERIODIC_EVENT_LOOP,
                    span.unwrap_or_else(|| place.header.clone()),
                    "an event loop has no jobs, so it can have no period and no deadline",
                )
                .hint("leave it out, or let a thread run the program"),
            );
        }
    }
}

/// Only an event loop learns of events.
fn check_events(scenario: &Scenario, places: &Places, complaints: &mut Complaints<'_>) {
    for (process, place) in scenario.processes.iter().zip(&places.processes) {
        for (thread, place) in process.threads.iter().zip(&place.inner) {
            if thread.coroutines().is_empty()
                && let Some(span) = &place.events
            {
                complaints.push(
                    warning(
                        code::NO_EVENT_LOOP,
                        span.clone(),
                        "this thread has no event loop, so its `events` does nothing",
                    )
                    .hint("leave it out, or give the thread coroutines"),
                );
            }
        }
    }
}

/// Every process has a thread that starts, every event loop a coroutine, every scenario a process.
fn check_starts(scenario: &Scenario, places: &Places, complaints: &mut Complaints<'_>) {
    let mut refuse = |place: &TaskPlace, message: &str| {
        complaints.push(
            error(code::NOTHING_STARTS, place.header.clone(), message)
                .hint("`count = 0` makes a template that only `spawn` starts"),
        );
    };
    if scenario.processes.iter().all(|process| process.count == 0) {
        refuse(&places.processes[0], "no process starts by itself");
    }
    for (process, place) in scenario.processes.iter().zip(&places.processes) {
        if process.threads.iter().all(|thread| thread.count == 0) {
            refuse(place, "no thread of this process starts with it");
        }
        for (thread, place) in process.threads.iter().zip(&place.inner) {
            if let Body::Coroutines(coroutines) = &thread.body
                && coroutines.iter().all(|coroutine| coroutine.count == 0)
            {
                refuse(place, "no coroutine of this thread starts with it");
            }
        }
    }
}

fn check_totals(
    scenario: &Scenario,
    places: &Places,
    run: &RunLimits,
    complaints: &mut Complaints<'_>,
) {
    if scenario.run_as != RunAs::AsWritten {
        return check_model(scenario, places, run, complaints);
    }
    // Three factors of 32 bits fit into 128; a text has far too few lines for their sum not to.
    let (mut threads, mut coroutines) = (0_u128, 0_u128);
    let mut told = (false, false);
    for (process, place) in scenario.processes.iter().zip(&places.processes) {
        for (at, thread) in process.threads.iter().enumerate() {
            let place = place.inner.get(at).unwrap_or(place);
            let copies = u128::from(process.count) * u128::from(thread.count);
            threads += copies;
            if threads > u128::from(run.threads) && !told.0 {
                told.0 = true;
                complaints.push(too_many(
                    code::TOO_MANY_THREADS,
                    place.count_or_header(),
                    "threads",
                    run.threads,
                ));
            }
            let Body::Coroutines(lines) = &thread.body else {
                continue;
            };
            for (coroutine, place) in lines.iter().zip(&place.inner) {
                coroutines += copies * u128::from(coroutine.count);
                if coroutines > u128::from(run.coroutines) && !told.1 {
                    told.1 = true;
                    complaints.push(too_many(
                        code::TOO_MANY_COROUTINES,
                        place.count_or_header(),
                        "coroutines",
                        run.coroutines,
                    ));
                }
            }
        }
    }
}

/// The same under another model: all tasks become threads, or all become coroutines.
fn check_model(
    scenario: &Scenario,
    places: &Places,
    run: &RunLimits,
    complaints: &mut Complaints<'_>,
) {
    let span = places.run_as.clone().unwrap_or(0..0);
    let word = scenario.run_as.word();
    let (tasks, statements) = models::size(scenario);
    let (code, what, limit) = match scenario.run_as {
        RunAs::AsWritten | RunAs::Processes | RunAs::Threads => {
            (code::TOO_MANY_THREADS, "threads", run.threads)
        }
        RunAs::Coroutines | RunAs::Hybrid => {
            (code::TOO_MANY_COROUTINES, "coroutines", run.coroutines)
        }
    };
    if tasks > u128::from(limit) {
        complaints.push(
            error(
                code,
                span.clone(),
                format!("run as {word} there are {tasks} {what}, and {limit} are allowed"),
            )
            .hint("every task of the scenario is one of them; use smaller counts"),
        );
    }
    if statements > limits::MODEL_STATEMENTS {
        complaints.push(
            error(
                code::TOO_MANY_STATEMENTS,
                span,
                format!(
                    "run as {word} the programs have {statements} statements in all, and {} are allowed",
                    limits::MODEL_STATEMENTS
                ),
            )
            .hint("a `spawn` of a process becomes one of each of its threads"),
        );
    }
}

fn too_many(code: &'static str, span: Range<usize>, what: &str, limit: u64) -> Complaint {
    error(
        code,
        span,
        format!("with this there are more than {limit} {what}"),
    )
    .hint("every `count` multiplies what is inside; use smaller ones")
}

fn check_templates(
    scenario: &Scenario,
    places: &Places,
    spawned: &HashSet<TaskLine>,
    complaints: &mut Complaints<'_>,
) {
    let mut check = |line: TaskLine, name: &str, count: u32, place: &TaskPlace| {
        let by_another = spawned.contains(&line);
        if count == 0 && !by_another {
            complaints.push(
                warning(
                    code::NEVER_STARTED,
                    place.count_or_header(),
                    format!("`{name}` has `count = 0` and is spawned by nobody"),
                )
                .hint(format!(
                    "write `spawn {name}` in another program, or give it a count"
                )),
            );
        } else if count > 0 && by_another {
            complaints.push(
                warning(
                    code::STARTED_AND_SPAWNED,
                    place.count_or_header(),
                    format!("`{name}` is started by itself, and spawned as well"),
                )
                .hint("write `count = 0` if it is only to be spawned"),
            );
        }
    };
    for (at, (process, place)) in scenario.processes.iter().zip(&places.processes).enumerate() {
        check((at, None, None), &process.name, process.count, place);
        for (inner, (thread, place)) in process.threads.iter().zip(&place.inner).enumerate() {
            check((at, Some(inner), None), &thread.name, thread.count, place);
            if let Body::Coroutines(coroutines) = &thread.body {
                for (last, (coroutine, place)) in coroutines.iter().zip(&place.inner).enumerate() {
                    let line = (at, Some(inner), Some(last));
                    check(line, &coroutine.name, coroutine.count, place);
                }
            }
        }
    }
}
