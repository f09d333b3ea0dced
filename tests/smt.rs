//! Cores with several hardware threads, by numbers worked out by hand, and the law that no work is lost or
//! done twice, read from the trace alone.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use proptest::prelude::*;

use support::{
    MS, bursts, cases, compute_ms, process, program, run, run_report, shown, textbook, thread,
};
use timeslice::analysis::explain::explain_in_words;
use timeslice::base::Nanos;
use timeslice::scenario::{
    Balance, Body, Policy, QueueScope, Scenario, SourceSpan, Statement, StatementKind,
};
use timeslice::trace::{SpanKind, TaskId, lane_spans};

/// One core of so many hardware threads, in turns of ten milliseconds.
fn core(smt: u32, smt_throughput_permille: u32) -> Scenario {
    let mut scenario = textbook(Policy::RoundRobin, Nanos::from_ms(10));
    scenario.machine.smt = smt;
    scenario.machine.smt_throughput_permille = smt_throughput_permille;
    scenario
}

fn finishes(scenario: &Scenario) -> Vec<u64> {
    let report = run_report(scenario);
    let finishes = report
        .tasks
        .iter()
        .map(|task| task.finish_ns.expect("all finish"));
    finishes.collect()
}

#[test]
fn two_siblings_share_what_their_core_does() {
    // Each does 0.65 of a core: 100 ms / 0.65 = 153.846153846... ms, rounded up.
    let both = bursts(core(2, 1_300), &[0, 0], &[100, 100]);
    assert_eq!(finishes(&both), [153_846_154; 2]);
    // Alone, a task has the whole core.
    assert_eq!(finishes(&bursts(core(2, 1_300), &[0], &[100])), [100 * MS]);
    // Siblings that add nothing are like turns on one core; those that add all are like two cores.
    assert_eq!(
        finishes(&bursts(core(2, 1_000), &[0, 0], &[100, 100])),
        [200 * MS; 2]
    );
    assert_eq!(
        finishes(&bursts(core(2, 2_000), &[0, 0], &[100, 100])),
        [100 * MS; 2]
    );
}

#[test]
fn work_speeds_up_when_a_sibling_ends() {
    // The shorter one takes 65 / 0.65 = 100 ms. The longer one has done as much by then, and does the
    // other 35 ms at full speed.
    let scenario = bursts(core(2, 1_300), &[0, 0], &[65, 100]);
    assert_eq!(finishes(&scenario), [100 * MS, 135 * MS]);
    let report = run_report(&scenario);
    assert_eq!(
        [0, 1].map(|lane| report.cores[lane].useful_ns),
        [100 * MS, 135 * MS]
    );
    assert_eq!([0, 1].map(|lane| report.cores[lane].sibling), [0, 1]);
    assert_eq!(
        report.tasks[1].cpu_ns,
        135 * MS,
        "real time on the hardware thread"
    );
}

#[test]
fn who_shares_a_core_is_said() {
    let trace = run(&bursts(core(2, 1_300), &[0, 0], &[65, 100]));
    let said = |at| explain_in_words(&trace, TaskId(1), Nanos::from_ms(at));
    assert_eq!(
        said(50),
        [
            "`p1` runs on core 0.1 from 0ms to 135ms.",
            "`p1` shares what its core does with `p0`.",
        ]
    );
    assert_eq!(said(120), ["`p1` runs on core 0.1 from 0ms to 135ms."]);
}

#[test]
fn work_slows_when_a_sibling_begins() {
    // 35 ms alone, then 65 ms at 0.65, up to 135 ms; the second has done 65 ms of its 75 by then.
    let scenario = bursts(core(2, 1_300), &[0, 35], &[100, 75]);
    assert_eq!(finishes(&scenario), [135 * MS, 145 * MS]);
}

#[test]
fn a_sibling_that_waits_leaves_the_core_to_the_other() {
    let mut scenario = bursts(core(2, 1_300), &[0], &[100]);
    let blinks = [
        compute_ms(13),
        StatementKind::Sleep(Nanos::from_ms(40).into()),
        compute_ms(13),
    ];
    scenario.processes.push(process(
        "blinks",
        Nanos::ZERO,
        vec![thread("main", 1, program(blinks))],
    ));
    // 13 / 0.65 = 20 ms each, from 0 and from 60. The first does 13 + 40 + 13 ms by 80 ms.
    assert_eq!(finishes(&scenario), [114 * MS, 80 * MS]);
}

#[test]
fn four_siblings() {
    // 1.6 of a core for four: 0.4 each.
    assert_eq!(
        finishes(&bursts(core(4, 1_600), &[0; 4], &[40; 4])),
        [100 * MS; 4]
    );
    // Of three, 1.4 / 3 each: 42 ms in 90.
    assert_eq!(
        finishes(&bursts(core(4, 1_600), &[0; 3], &[42; 3])),
        [90 * MS; 3]
    );
    // One after the other ends: 10 / 0.4 = 25; then 14 / (1.4 / 3) = 30; then 12 / 0.6 = 20; then 5.
    let scenario = bursts(core(4, 1_600), &[0; 4], &[10, 24, 36, 41]);
    assert_eq!(finishes(&scenario), [25 * MS, 55 * MS, 75 * MS, 80 * MS]);
}

#[test]
fn two_cores_run_four_threads_and_spread_over_cores_first() {
    let mut scenario = core(2, 1_300);
    scenario.machine.cores = 2;
    // As many as there are cores: each has one for itself.
    let two = bursts(scenario.clone(), &[0; 2], &[100; 2]);
    assert_eq!(finishes(&two), [100 * MS; 2]);
    // Twice as many: all run at once, 1.3 times as fast as in turns on two cores.
    let four = bursts(scenario, &[0; 4], &[100; 4]);
    assert_eq!(finishes(&four), [153_846_154; 4]);
    assert_eq!(run_report(&four).totals.context_switches, 0);
}

#[test]
fn an_idle_core_comes_before_the_sibling_of_a_busy_one() {
    for queue in [QueueScope::Global, QueueScope::PerCore] {
        let mut scenario = core(2, 1_300);
        scenario.machine.cores = 2;
        scenario.scheduler.queue = queue;
        // The first three take lanes 0, 1 and 2: both of core 0, one of core 1. Those on lanes 0 and 1
        // are short, so that lane 2 is busy when the fourth comes: core 1 is idle, lane 0 is not.
        let scenario = bursts(scenario, &[0, 0, 0, 100], &[13, 13, 200, 50]);
        let trace = run(&scenario);
        let lane = trace
            .events
            .iter()
            .rfind(|event| event.task == TaskId(3))
            .map(|event| event.lane);
        assert_eq!(lane, Some(1), "{queue:?}");
    }
    // Where tasks stay where they came, they are dealt to the cores in turn.
    let mut scenario = core(2, 2_000);
    scenario.machine.cores = 2;
    scenario.scheduler.queue = QueueScope::PerCore;
    scenario.scheduler.balance = Balance::None;
    let scenario = bursts(scenario, &[0, 0, 0, 20], &[10, 10, 90, 10]);
    let trace = run(&scenario);
    let lanes = [0, 1, 2, 3].map(|task| {
        let of_task =
            |event: &&timeslice::trace::Event| event.task == TaskId(task) && event.lane > 0;
        trace
            .events
            .iter()
            .find(of_task)
            .map_or(0, |event| event.lane)
    });
    assert_eq!(lanes, [0, 1, 2, 1]);
}

#[test]
fn a_switch_is_not_slowed_but_keeps_the_core_busy() {
    let mut scenario = core(2, 1_300);
    scenario.machine.cost.process_switch = Some(Nanos::from_ms(20));
    // Lane 1 runs one task of 13 ms in 20 ms, then switches for 20 ms to another of 13 ms. Lane 0 is
    // at 0.65 from 0 to 60 ms, which is 39 ms, and then alone.
    let scenario = bursts(scenario, &[0, 0, 1], &[100, 13, 13]);
    let mut scenario = scenario;
    scenario.scheduler.policy = Policy::Fifo;
    assert_eq!(finishes(&scenario), [121 * MS, 20 * MS, 60 * MS]);
}

#[test]
fn a_quantum_is_real_time() {
    // Two hardware threads, three tasks of 26 ms, in turns of 10 ms in which each does 6.5 ms: after
    // 60 ms each has had four turns, and is done with 26 ms.
    let scenario = bursts(core(2, 1_300), &[0; 3], &[26; 3]);
    let mut ends = finishes(&scenario);
    ends.sort_unstable();
    assert_eq!(ends, [50 * MS, 60 * MS, 60 * MS]);
}

#[test]
fn shortest_remaining_time_looks_at_work_not_at_time() {
    let mut scenario = core(2, 1_300);
    scenario.scheduler.policy = Policy::Srtf;
    // At 20 ms both have 87 of 100 ms left, so 88 is not less, and 86 is.
    for (burst, waits) in [(88, true), (86, false)] {
        let scenario = bursts(scenario.clone(), &[0, 0, 20], &[100, 100, burst]);
        let report = run_report(&scenario);
        assert_eq!(report.tasks[2].response_ns > Some(0), waits, "{burst}");
    }
}

proptest! {
    #![proptest_config(cases(400))]

    /// What a finished task's program computes is what it did on its hardware threads, at the rate that
    /// its core had at each moment, to within the last nanosecond.
    #[test]
    fn no_work_is_lost_or_done_twice(scenario in any_siblings()) {
        let trace = run(&scenario);
        let work = work_on_lanes(&scenario, &trace);
        let mut asked = Vec::new();
        for process in &scenario.processes {
            let Body::Program(program) = &process.threads[0].body else { unreachable!() };
            asked.push(program.statements.iter().map(|it| match it.kind {
                StatementKind::Compute(duration) => u128::from(duration.mean().0),
                _ => 0,
            }).sum::<u128>());
        }
        for (task, (done, asked)) in work.iter().zip(&asked).enumerate() {
            let asked = asked * PARTS;
            prop_assert!(
                (asked..asked + PARTS).contains(done),
                "task {task} did {done}, not {asked}, in\n{}",
                shown(&scenario)
            );
        }
    }
}

/// A nanosecond's work is this many: three other siblings, thousandths, and shares of up to four.
const PARTS: u128 = 3 * 1_000 * 12;

/// The work of each task, cut at every instant at which any lane of its core begins or ends a stay.
fn work_on_lanes(scenario: &Scenario, trace: &timeslice::trace::Trace) -> Vec<u128> {
    let machine = &scenario.machine;
    let lanes = lane_spans(trace);
    let mut work = vec![0; trace.tasks.len()];
    for (lane, spans) in lanes.iter().enumerate() {
        let core = trace.lanes[lane].core;
        let siblings: Vec<_> = (0..lanes.len())
            .filter(|it| trace.lanes[*it].core == core)
            .collect();
        let mut cuts: Vec<Nanos> = siblings
            .iter()
            .flat_map(|it| &lanes[*it])
            .flat_map(|span| [span.start, span.end])
            .collect();
        cuts.sort_unstable();
        for span in spans.iter().filter(|span| span.kind == SpanKind::Useful) {
            let inside = |at: &&Nanos| span.start <= **at && **at <= span.end;
            let inside: Vec<Nanos> = cuts.iter().filter(inside).copied().collect();
            for pair in inside.windows(2) {
                let covers = |it: &&usize| {
                    lanes[**it]
                        .iter()
                        .any(|span| span.start <= pair[0] && pair[1] <= span.end)
                };
                let busy = siblings.iter().filter(covers).count() as u128;
                let others = u128::from(machine.smt.max(2) - 1);
                let gain = u128::from(machine.smt_throughput_permille - 1_000);
                // In parts: (1000 · others + gain · (busy - 1)) / (1000 · others) / busy.
                let rate = (1_000 * others + gain * (busy - 1)) * PARTS / (1_000 * others * busy);
                work[span.task.index()] += u128::from((pair[1] - pair[0]).0) * rate;
            }
        }
    }
    work
}

/// Tasks that compute and wait, on a few cores with siblings, under any policy.
fn any_siblings() -> impl Strategy<Value = Scenario> {
    let duration = || {
        prop_oneof![
            1..4_000_000_u64,
            (1..40_u64).prop_map(|tenths| 100_000 * tenths)
        ]
    };
    let statement = prop_oneof![
        3 => duration().prop_map(|it| StatementKind::Compute(Nanos(it).into())),
        1 => duration().prop_map(|it| StatementKind::Sleep(Nanos(it).into())),
        1 => Just(StatementKind::Yield),
    ];
    let task = (prop::collection::vec(statement, 1..5), 0..4_u64);
    let tasks = prop::collection::vec(task, 1..9);
    let machine = (
        1..4_u32,
        prop::sample::select(vec![2_u32, 4]),
        0..=1_000_u32,
        any::<bool>(),
    );
    (tasks, machine, support::any_scheduler(), any::<bool>()).prop_map(
        |(tasks, (cores, smt, gain, free), scheduler, per_core)| {
            let mut scenario = core(smt, 1_000 + gain * (smt - 1));
            scenario.machine.cores = cores;
            if !free {
                scenario.machine.costs = timeslice::scenario::CostPreset::Linux;
            }
            scenario.scheduler = scheduler;
            if per_core {
                scenario.scheduler.queue = QueueScope::PerCore;
            }
            for (index, (statements, arrival)) in tasks.into_iter().enumerate() {
                let statements = statements.into_iter().map(|kind| Statement {
                    kind,
                    span: SourceSpan::default(),
                });
                let program = timeslice::scenario::Program {
                    statements: statements.collect(),
                };
                let name = format!("p{index}");
                let main = thread("main", 1, program);
                scenario
                    .processes
                    .push(process(&name, Nanos::from_ms(arrival), vec![main]));
            }
            scenario
        },
    )
}
