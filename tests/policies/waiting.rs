//! Nobody waits for ever: policies that promise it, against a stream of tasks that would otherwise
//! always go first. That the stream does starve the last one under a policy without the promise is
//! tried as well, so that the test can fail.

use proptest::prelude::*;

use super::support::{cases, shown, textbook};
use super::{add, compute, run_report};
use timeslice::base::Nanos;
use timeslice::scenario::{Policy, Scenario};

/// A long task of low priority, and a stream of short, urgent ones that alone keep the core busy: one
/// of `short` comes every `short`.
fn stream(policy: Policy, long: Nanos, short: Nanos, number: u64) -> Scenario {
    let mut scenario = textbook(policy, Nanos::from_ms(1));
    add(&mut scenario, Nanos::ZERO, [compute(short)]);
    add(&mut scenario, Nanos::ZERO, [compute(long)]);
    scenario.processes[1].priority = 10;
    for index in 1..number {
        add(&mut scenario, Nanos(short.0 * index), [compute(short)]);
    }
    scenario
}

/// When the long task first runs.
fn starts(scenario: &Scenario) -> u64 {
    run_report(scenario).tasks[1].first_run_ns.expect("it runs")
}

#[test]
fn a_boost_lifts_the_task_that_runs_as_well() {
    let mut scenario = textbook(Policy::Mlfq, Nanos::from_ms(2));
    scenario.scheduler.levels = 2;
    scenario.scheduler.quanta = vec![Nanos::from_ms(2), Nanos::from_ms(8)];
    scenario.scheduler.boost = Some(Nanos::from_ms(10));
    for _ in 0..2 {
        add(&mut scenario, Nanos::ZERO, [compute(Nanos::from_ms(20))]);
    }
    // Both sink after 2 ms each. The first has had 6 of its 8 ms at 10 ms; it then has 2 ms of the top
    // level, sinks again, and waits for the other's 2 ms there. So once more from 20 ms on.
    let report = run_report(&scenario);
    let finishes: Vec<u64> = report
        .tasks
        .iter()
        .filter_map(|task| Some(task.finish_ns? / 1_000_000))
        .collect();
    assert_eq!(finishes, [26, 40]);
}

proptest! {
    #![proptest_config(cases(40))]

    /// After twice its own length the long task's ratio is above that of any short one that waits for
    /// less than its own length; shortest job first makes it wait to the end.
    #[test]
    fn highest_response_ratio_starves_nobody(short in 1..5_u64, times in 3..10_u64) {
        let (short, long) = (Nanos::from_ms(short), Nanos::from_ms(short * times));
        let number = 4 * times;
        let scenario = stream(Policy::Hrrn, long, short, number);
        let started = starts(&scenario);
        prop_assert!(started <= 2 * long.0 + short.0, "{} ns\n{}", started, shown(&scenario));
        let control = stream(Policy::Sjf, long, short, number);
        prop_assert_eq!(starts(&control), number * short.0, "{}", shown(&control));
    }

    /// After eleven stretches a task of priority 10 is above priority 0, whether it has to take the
    /// core or is given it.
    #[test]
    fn aging_starves_nobody(
        short in 1..5_u64,
        aging in 1..8_u64,
        preemptive in any::<bool>(),
    ) {
        let (short, aging) = (Nanos::from_ms(short), Nanos::from_ms(aging));
        let number = (11 * aging.0).div_ceil(short.0) + 3;
        let mut scenario = stream(Policy::Priority, Nanos::from_ms(3), short, number);
        scenario.scheduler.preemptive = preemptive;
        let control = starts(&scenario);
        prop_assert_eq!(control, number * short.0, "{}", shown(&scenario));
        scenario.scheduler.aging = Some(aging);
        let started = starts(&scenario);
        let latest = if preemptive { 11 * aging.0 } else { 11 * aging.0 + short.0 };
        prop_assert!(started <= latest, "{} ns\n{}", started, shown(&scenario));
        // At its tenth level it is an equal of those that came before it got there.
        prop_assert!(started >= 10 * aging.0, "{} ns\n{}", started, shown(&scenario));
    }

    /// A boost brings a task that has sunk back to the top, where it gets its turn.
    #[test]
    fn a_boost_starves_nobody(boost in 20..60_u64) {
        let (short, boost) = (Nanos::from_ms(1), Nanos::from_ms(boost));
        let mut scenario = stream(Policy::Mlfq, Nanos::from_ms(10), short, 200);
        let sunk = run_report(&scenario).tasks[1].finish_ns.expect("it ends");
        prop_assert_eq!(sunk, 210_000_000, "{}", shown(&scenario));
        scenario.scheduler.boost = Some(boost);
        scenario.scheduler.quantum = Nanos::from_ms(2);
        let ends = run_report(&scenario).tasks[1].finish_ns.expect("it ends");
        // Each boost gives it at least one allotment of two milliseconds.
        prop_assert!(ends <= 5 * boost.0 + 20_000_000, "{} ns\n{}", ends, shown(&scenario));
    }
}
