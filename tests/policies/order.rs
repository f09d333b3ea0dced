//! Who runs before whom, read from the trace against the scenario.

use proptest::prelude::*;

use super::support::{cases, shown, textbook};
use super::{add, compute, run, run_report};
use timeslice::base::Nanos;
use timeslice::scenario::{CostPreset, Policy, Scenario, StatementKind, Time};
use timeslice::trace::{SpanKind, TaskState, Trace, lane_spans, task_spans};

/// Where, if anywhere, a task runs its own work while one with a smaller key is ready and on no
/// hardware thread.
fn overtaken(trace: &Trace, key: impl Fn(usize) -> i64) -> Option<String> {
    let lanes = lane_spans(trace);
    let tasks = task_spans(trace);
    for span in lanes.iter().flatten() {
        if span.kind != SpanKind::Useful {
            continue;
        }
        let runs = span.task.index();
        for (waits, spans) in tasks.iter().enumerate() {
            if key(waits) >= key(runs) {
                continue;
            }
            for ready in spans.iter().filter(|ready| ready.state == TaskState::Ready) {
                let (start, end) = (ready.start.max(span.start), ready.end.min(span.end));
                let switched_to = lanes.iter().flatten().any(|other| {
                    other.kind == SpanKind::Switch
                        && other.task.index() == waits
                        && other.start <= start
                        && other.end >= end
                });
                if start < end && !switched_to {
                    return Some(format!(
                        "task {waits} waits from {} to {} ns while task {runs} runs",
                        start.0, end.0
                    ));
                }
            }
        }
    }
    None
}

/// Random tasks that compute, wait and yield, each with a priority and a period.
fn any_mix(policy: Policy) -> impl Strategy<Value = Scenario> {
    let duration = (1..30_u64).prop_map(|tenths| Time::Fixed(Nanos::from_us(100 * tenths)));
    let statement = prop_oneof![
        4 => duration.clone().prop_map(StatementKind::Compute),
        1 => duration.clone().prop_map(StatementKind::Sleep),
        1 => Just(StatementKind::Yield),
        1 => duration.prop_map(|duration| StatementKind::Io { device: "disk".to_owned(), duration }),
    ];
    let task = (
        0..5_u64,
        0..5_i32,
        prop::collection::vec(statement, 1..6),
        1..4_u64,
    );
    (prop::collection::vec(task, 2..7), 1..3_u32, any::<bool>()).prop_map(
        move |(tasks, cores, free)| {
            let mut scenario = textbook(policy, Nanos::from_ms(1));
            scenario.machine.cores = cores;
            scenario.machine.costs = if free {
                CostPreset::Free
            } else {
                CostPreset::Linux
            };
            scenario.scheduler.levels = 3;
            for (arrival, priority, statements, period) in tasks {
                add(&mut scenario, Nanos::from_us(700 * arrival), statements);
                if let Some(process) = scenario.processes.last_mut() {
                    process.priority = priority;
                    if policy == Policy::RateMonotonic {
                        process.period = Some(Nanos::from_ms(3 * period));
                        process.jobs = 2;
                    }
                }
            }
            scenario
        },
    )
}

/// The least total of turnarounds that any schedule gives, tried out step by step: `left` units to do
/// for each task, from time `now` on.
fn least_total(
    now: u64,
    left: &mut Vec<u64>,
    arrivals: &[u64],
    known: &mut std::collections::HashMap<(u64, Vec<u64>), u64>,
) -> u64 {
    if left.iter().all(|left| *left == 0) {
        return 0;
    }
    if let Some(total) = known.get(&(now, left.clone())) {
        return *total;
    }
    // Idling while someone is ready helps nobody, but is tried too.
    let mut least = u64::MAX;
    let waiting = (0..left.len()).any(|task| left[task] > 0 && arrivals[task] > now);
    if waiting {
        least = least_total(now + 1, left, arrivals, known);
    }
    for task in 0..left.len() {
        if left[task] == 0 || arrivals[task] > now {
            continue;
        }
        left[task] -= 1;
        let done = if left[task] == 0 {
            now + 1 - arrivals[task]
        } else {
            0
        };
        least = least.min(done + least_total(now + 1, left, arrivals, known));
        left[task] += 1;
    }
    known.insert((now, left.clone()), least);
    least
}

proptest! {
    #![proptest_config(cases(200))]

    /// With preemptive priorities nobody computes while a more urgent task waits.
    #[test]
    fn nobody_overtakes_a_higher_priority(scenario in any_mix(Policy::Priority)) {
        let trace = run(&scenario);
        let wrong = overtaken(&trace, |task| i64::from(scenario.processes[task].priority));
        prop_assert_eq!(wrong, None, "{}", shown(&scenario));
    }

    /// The same, by levels.
    #[test]
    fn nobody_overtakes_a_higher_level(scenario in any_mix(Policy::Multilevel)) {
        let trace = run(&scenario);
        let wrong = overtaken(&trace, |task| i64::from(scenario.processes[task].priority.min(2)));
        prop_assert_eq!(wrong, None, "{}", shown(&scenario));
    }

    /// The same, by periods.
    #[test]
    fn nobody_overtakes_a_shorter_period(scenario in any_mix(Policy::RateMonotonic)) {
        let trace = run(&scenario);
        let period = |task: usize| scenario.processes[task].period.map_or(i64::MAX, |it| it.0 as i64);
        prop_assert_eq!(overtaken(&trace, period), None, "{}", shown(&scenario));
    }

    /// Shortest remaining time first has the least mean turnaround of all schedules.
    #[test]
    fn srtf_minimises_mean_turnaround(
        tasks in prop::collection::vec((0..6_u64, 1..5_u64), 1..5),
    ) {
        let mut scenario = textbook(Policy::Srtf, Nanos::from_ms(10));
        for (arrival, burst) in &tasks {
            add(&mut scenario, Nanos::from_ms(*arrival), [compute(Nanos::from_ms(*burst))]);
        }
        let report = run_report(&scenario);
        let total: u64 = report.tasks.iter().filter_map(|task| task.turnaround_ns).sum();
        let arrivals: Vec<u64> = tasks.iter().map(|task| task.0).collect();
        let mut left: Vec<u64> = tasks.iter().map(|task| task.1).collect();
        let least = least_total(0, &mut left, &arrivals, &mut std::collections::HashMap::new());
        prop_assert_eq!(total, least * 1_000_000, "{}", shown(&scenario));
    }
}

/// What is known of a task's computing is read anew where it might have waited and did not.
#[test]
fn a_lock_that_is_free_does_not_hide_what_comes_behind_it() {
    for first in [
        "lock m; compute 10ms; unlock m",
        "yield; compute 10ms",
        "wait s; compute 10ms",
    ] {
        let whole = format!(
            "format = 1\n[machine]\ncosts = \"free\"\n[scheduler]\npolicy = \"srtf\"\n\
             [[semaphore]]\nname = \"s\"\ncount = 1\n[[process]]\nname = \"long\"\nprogram = \"{first}\"\n\
             [[process]]\nname = \"short\"\narrival = \"1ms\"\nprogram = \"compute 2ms\"\n"
        );
        let parsed = timeslice::scenario::text::parse(&whole);
        assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
        let report = run_report(&parsed.scenario);
        let finish = |task: usize| report.tasks[task].finish_ns.expect("all finish");
        assert_eq!((finish(0), finish(1)), (12_000_000, 3_000_000), "{first}");
    }
}
