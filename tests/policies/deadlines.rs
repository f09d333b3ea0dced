//! Periodic tasks: which sets of them meet every deadline.

use proptest::prelude::*;

use super::support::{MS, cases, shown, textbook};
use super::{add, compute, run_report};
use timeslice::base::Nanos;
use timeslice::scenario::{Policy, Scenario, StatementKind};

/// Periods, in milliseconds, whose least common multiple is at most 120.
const PERIODS: [u64; 11] = [4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 40];
const HYPERPERIOD: u64 = 120;

/// One task for each computing time and period, over one hyperperiod.
fn task_set(policy: Policy, tasks: &[(Nanos, Nanos)], over: Nanos) -> Scenario {
    let mut scenario = textbook(policy, Nanos::from_ms(10));
    for (work, period) in tasks {
        add(&mut scenario, Nanos::ZERO, [compute(*work)]);
        if let Some(process) = scenario.processes.last_mut() {
            process.period = Some(*period);
            process.jobs = over.0.div_ceil(period.0) as u32;
        }
    }
    scenario
}

fn misses(scenario: &Scenario) -> Vec<u64> {
    let report = run_report(scenario);
    let of_task = |task: &timeslice::analysis::TaskReport| task.deadline_misses.expect("periodic");
    report.tasks.iter().map(of_task).collect()
}

/// Random task sets: periods, and how a total utilisation is dealt out among the tasks.
fn any_set(most_tasks: usize) -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec(
        (prop::sample::select(PERIODS.to_vec()), 1..100_u64),
        1..most_tasks,
    )
}

/// Computing times that use `permille` of the core together, never more.
fn with_utilisation(set: &[(u64, u64)], permille: u64) -> Vec<(Nanos, Nanos)> {
    let total: u64 = set.iter().map(|(_, part)| part).sum();
    let task = |(period, part): &(u64, u64)| {
        let period = Nanos::from_ms(*period);
        (Nanos(period.0 * permille * part / (1_000 * total)), period)
    };
    set.iter().map(task).collect()
}

/// Liu and Layland's bound for n tasks, in thousandths, rounded down.
fn bound_permille(tasks: usize) -> u64 {
    let n = tasks as f64;
    (n * (2_f64.powf(1.0 / n) - 1.0) * 1_000.0).floor() as u64
}

#[test]
fn two_tasks_that_rate_monotonic_cannot_meet_and_edf_can() {
    // Utilisation 2/5 + 4/7 = 0.97: above the bound of 0.83, not above one.
    let tasks =
        [(2, 5), (4, 7)].map(|(work, period)| (Nanos::from_ms(work), Nanos::from_ms(period)));
    let over = Nanos::from_ms(35);
    assert_eq!(misses(&task_set(Policy::Edf, &tasks, over)), [0, 0]);
    let rate_monotonic = task_set(Policy::RateMonotonic, &tasks, over);
    let report = run_report(&rate_monotonic);
    assert_eq!(report.tasks[0].deadline_misses, Some(0));
    assert!(report.tasks[1].deadline_misses > Some(0));
    // The first job of the second task runs from 2 to 5 and from 7 to 8, one after its deadline.
    assert_eq!(report.tasks[1].max_lateness_ns, Some(1_000_000));
}

#[test]
fn jobs_that_overrun_delay_the_next_and_are_counted() {
    let tasks = [(Nanos::from_ms(3), Nanos::from_ms(2))];
    let mut scenario = task_set(Policy::Edf, &tasks, Nanos::from_ms(6));
    scenario.processes[0].deadline = Some(Nanos::from_ms(5));
    let report = run_report(&scenario);
    // Released at 0, 2 and 4; done at 3, 6 and 9; due at 5, 7 and 9.
    assert_eq!(report.tasks[0].finish_ns, Some(9 * MS));
    assert_eq!(report.tasks[0].deadline_misses, Some(0));
    assert_eq!(report.tasks[0].max_lateness_ns, Some(0));
    scenario.processes[0].deadline = None;
    let report = run_report(&scenario);
    assert_eq!(report.tasks[0].jobs, Some(3));
    assert_eq!(report.tasks[0].deadline_misses, Some(3));
    assert_eq!(report.tasks[0].max_lateness_ns, Some(3 * MS as i64));
    // Every job waits for nothing once it is late: the task never blocks.
    assert_eq!(report.tasks[0].blocked_ns, 0);
}

#[test]
fn a_deadline_without_a_period_is_one_job() {
    let mut scenario = textbook(Policy::Edf, Nanos::from_ms(10));
    let io = StatementKind::Io {
        device: "disk".to_owned(),
        duration: Nanos::from_ms(2).into(),
    };
    add(
        &mut scenario,
        Nanos::from_ms(1),
        [compute(Nanos::from_ms(1)), io],
    );
    scenario.processes[0].deadline = Some(Nanos::from_ms(2));
    add(&mut scenario, Nanos::ZERO, [compute(Nanos::from_ms(5))]);
    let report = run_report(&scenario);
    assert_eq!(report.tasks[0].deadline_misses, Some(1));
    assert_eq!(report.tasks[0].max_lateness_ns, Some(MS as i64));
    // Whoever has no deadline makes way for one that has.
    assert_eq!(report.tasks[0].response_ns, Some(0));
    assert_eq!(report.tasks[1].jobs, None);
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["tasks"][0]["deadline_misses"], 1);
    assert_eq!(json["tasks"][1].get("jobs"), None);
}

proptest! {
    #![proptest_config(cases(200))]

    /// Earliest deadline first meets every deadline up to utilisation one on one core.
    #[test]
    fn edf_meets_every_deadline_up_to_utilisation_one(
        set in any_set(7),
        permille in prop_oneof![500..=1_000_u64, Just(1_000)],
    ) {
        let tasks = with_utilisation(&set, permille);
        let scenario = task_set(Policy::Edf, &tasks, Nanos::from_ms(HYPERPERIOD));
        let misses = misses(&scenario);
        prop_assert!(misses.iter().all(|misses| *misses == 0), "{:?}\n{}", misses, shown(&scenario));
    }

    /// Nobody meets every deadline above utilisation one.
    #[test]
    fn above_utilisation_one_someone_is_late(set in any_set(7), permille in 1_050..1_500_u64) {
        let tasks = with_utilisation(&set, permille);
        let scenario = task_set(Policy::Edf, &tasks, Nanos::from_ms(3 * HYPERPERIOD));
        let late: u64 = misses(&scenario).iter().sum();
        prop_assert!(late > 0, "{}", shown(&scenario));
    }

    /// Rate-monotonic scheduling meets every deadline up to Liu and Layland's bound.
    #[test]
    fn rate_monotonic_meets_every_deadline_up_to_the_bound(set in any_set(7)) {
        let tasks = with_utilisation(&set, bound_permille(set.len()));
        let scenario = task_set(Policy::RateMonotonic, &tasks, Nanos::from_ms(HYPERPERIOD));
        let misses = misses(&scenario);
        prop_assert!(misses.iter().all(|misses| *misses == 0), "{:?}\n{}", misses, shown(&scenario));
    }
}
