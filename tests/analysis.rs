//! What the analysis says about small scenarios, worked out by hand, and laws that hold of what it
//! says about any.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use proptest::prelude::*;

use support::{MS, any_scenario, bursts, run, run_report, textbook};
use timeslice::analysis::{find_task, report, waits};
use timeslice::base::Nanos;
use timeslice::scenario::text::parse;
use timeslice::scenario::{CostPreset, Policy};
use timeslice::trace::{TaskId, TaskKind, TaskState, Trace, task_spans};

fn trace_of(text: &str) -> Trace {
    let parsed = parse(&format!("format = 1\n{text}"));
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    run(&parsed.scenario)
}

#[test]
fn the_longest_gap_grows_with_the_quantum() {
    // Claim: slices are short, so nobody notices. Four on one core: each waits for three others.
    for quantum in [1, 10, 500] {
        let scenario = textbook(Policy::RoundRobin, Nanos::from_ms(quantum));
        let report = run_report(&bursts(scenario, &[0; 4], &[2_000; 4]));
        for task in &report.tasks {
            let (gap, index) = (task.longest_gap_ns, task.process.as_str());
            assert_eq!(
                gap,
                3 * quantum * MS,
                "{index} at a quantum of {quantum} ms"
            );
        }
        assert_eq!(report.totals.peak_ready, 3);
    }
}

#[test]
fn a_core_is_taken_from_a_task_only_if_it_has_one() {
    // `a` waits at 2 ms and ends at 5 ms, `b` is preempted at 4 ms and ends last.
    let trace = trace_of(
        r#"
[machine]
costs = "free"
[scheduler]
quantum = "2ms"
[[process]]
name = "a"
program = "compute 2ms; io disk 1ms; compute 1ms"
[[process]]
name = "b"
program = "compute 3ms; yield; compute 1ms"
"#,
    );
    let report = report(&trace);
    let switches = |at: usize| {
        let task = &report.tasks[at];
        (task.voluntary_switches, task.involuntary_switches)
    };
    assert_eq!(switches(0), (1, 0));
    assert_eq!(switches(1), (0, 1));
    assert_eq!(report.totals.context_switches, 3);
}

#[test]
fn a_task_that_loses_its_core_at_the_end_of_its_first_switch_has_not_run() {
    // The switch to `b` lasts from 1 to 3 ms; `c`, which comes at 2 ms, then takes the core.
    let trace = trace_of(
        r#"
[machine]
costs = "free"
cost = { process_switch = "2ms" }
[scheduler]
policy = "priority"
[[process]]
name = "a"
program = "compute 1ms"
[[process]]
name = "b"
priority = 2
program = "compute 1ms"
[[process]]
name = "c"
arrival = "2ms"
priority = 1
program = "compute 1ms"
"#,
    );
    let first_runs: Vec<Option<u64>> = report(&trace)
        .tasks
        .iter()
        .map(|task| task.first_run_ns.map(|at| at / MS))
        .collect();
    assert_eq!(first_runs, [Some(0), Some(8), Some(5)]);
}

#[test]
fn gaps_and_percentiles_of_one_who_comes_first_and_is_served_first() {
    let scenario = textbook(Policy::Fifo, Nanos::from_ms(10));
    let report = run_report(&bursts(scenario, &[0, 0, 0, 0, 5], &[10, 20, 30, 40, 50]));
    let gaps: Vec<u64> = report
        .tasks
        .iter()
        .map(|it| it.longest_gap_ns / MS)
        .collect();
    assert_eq!(gaps, [0, 10, 30, 60, 95]);
    assert_eq!(report.totals.peak_ready, 4);
    let percentiles = report.totals.percentiles;
    // Turnarounds 10, 30, 60, 100, 145: the third of five, and the last.
    assert_eq!(percentiles.turnaround_ns.p50, 60 * MS);
    assert_eq!(percentiles.turnaround_ns.p95, 145 * MS);
    assert_eq!(percentiles.response_ns.p50, 30 * MS);
    assert_eq!(percentiles.waiting_ns.p99, 95 * MS);
    let json = serde_json::to_value(report).expect("a report is JSON");
    assert_eq!(json["totals"]["percentiles"]["response_ns"]["p95"], 95 * MS);
    assert_eq!(json["tasks"][4]["longest_gap_ns"], 95 * MS);
}

#[test]
fn who_ran_while_a_task_waited() {
    let trace = trace_of(
        r#"
        [machine]
        costs = "free"
        [machine.cost]
        process_switch = "1ms"
        [scheduler]
        policy = "fifo"
        [[process]]
        name = "short"
        program = "compute 5ms"
        [[process]]
        name = "long"
        program = "compute 20ms"
        [[process]]
        name = "last"
        arrival = "3ms"
        program = "compute 1ms"
        "#,
    );
    let last = find_task(&trace, "last").unwrap();
    let waits = waits(&trace, last);
    let names: Vec<(String, u64)> = waits
        .ran
        .iter()
        .map(|(task, time)| (trace.task_name(*task), time.0 / MS))
        .collect();
    // From 3 ms on: 2 ms of short, a switch, 20 ms of long, a switch.
    assert_eq!(names, [("long".to_owned(), 20), ("short".to_owned(), 2)]);
    assert_eq!(waits.ready, Nanos::from_ms(24));
    assert_eq!(waits.switching, Nanos::from_ms(2));
    assert_eq!(waits.idle, Nanos::ZERO);
}

#[test]
fn tasks_are_found_by_the_names_that_people_see() {
    let trace = trace_of(
        r#"
        [[process]]
        name = "browser"
        program = "compute 1ms"
        [[process]]
        name = "encoder"
        [[process.thread]]
        name = "worker"
        count = 3
        program = "compute 1ms"
        "#,
    );
    let found = |name: &str| find_task(&trace, name).map(|task| trace.task_name(task));
    let said = |name: &str| found(name).unwrap_err().to_string();
    assert_eq!(found("browser"), Ok("browser".to_owned()));
    assert_eq!(found("encoder/worker 2"), Ok("encoder/worker 2".to_owned()));
    assert_eq!(
        said("encoder/worker"),
        "there are 3 tasks `encoder/worker`; say which: `encoder/worker 0` to `encoder/worker 2`"
    );
    assert_eq!(
        said("browsre"),
        "there is no task `browsre`; did you mean `browser`?"
    );
    assert_eq!(
        said("x"),
        "there is no task `x`; there are browser, encoder/worker 0"
    );
    assert_eq!(
        said("encoder/worker 3"),
        "there is no task `encoder/worker 3`; did you mean `encoder/worker 0`?"
    );
}

/// The most tasks that are ready at once, found from the spans by brute force.
fn most_ready(trace: &Trace) -> u64 {
    let mut changes: Vec<(Nanos, i64)> = Vec::new();
    for (task, spans) in (0..).map(TaskId).zip(task_spans(trace)) {
        if trace.kind(task) == TaskKind::EventLoop {
            continue;
        }
        for span in spans {
            if span.state == TaskState::Ready {
                changes.extend([(span.start, 1), (span.end, -1)]);
            }
        }
    }
    changes.sort_unstable();
    let (mut now, mut most) = (0, 0);
    for (_, change) in changes {
        now += change;
        most = most.max(now);
    }
    most as u64
}

proptest! {
    #![proptest_config(support::cases(500))]

    /// Whoever ran, switched or idled while a task waited, did so on every core all the time.
    #[test]
    fn what_happens_while_a_task_waits_adds_up(scenario in any_scenario()) {
        let trace = run(&scenario);
        let report = report(&trace);
        let waiting: u64 = report.tasks.iter().chain(&report.event_loops).map(|it| it.waiting_ns).sum();
        let mut found = 0;
        for task in (0..trace.tasks.len() as u32).map(TaskId) {
            let waits = waits(&trace, task);
            let ran: Nanos = waits.ran.iter().map(|(_, time)| *time).sum();
            prop_assert_eq!(
                ran + waits.switching + waits.idle,
                Nanos(waits.ready.0 * trace.lanes.len() as u64)
            );
            prop_assert!(waits.ran.iter().all(|(other, _)| *other != task));
            found += waits.ready.0;
        }
        prop_assert_eq!(found, waiting);
        for task in &report.tasks {
            prop_assert!(task.longest_gap_ns <= task.waiting_ns);
            prop_assert!((task.longest_gap_ns == 0) == (task.waiting_ns == 0));
        }
    }

    /// Without switch costs, to be ready is to wait for a core.
    #[test]
    fn the_most_that_are_ready_at_once(scenario in any_scenario()) {
        let mut scenario = scenario;
        scenario.machine.costs = CostPreset::Free;
        scenario.machine.cost.migration = None;
        scenario.machine.cost.cache_refill = None;
        for process in &mut scenario.processes {
            process.refill = None;
        }
        let trace = run(&scenario);
        prop_assert_eq!(report(&trace).totals.peak_ready, most_ready(&trace));
    }
}
