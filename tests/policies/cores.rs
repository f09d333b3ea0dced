//! Which hardware thread a task runs on: affinity, balancing, and what a migration costs.

use super::support::{MS, cases, shown, textbook};
use super::{add, compute, run, run_report};
use proptest::prelude::*;
use timeslice::base::Nanos;
use timeslice::scenario::{Balance, Policy, QueueScope, Scenario, StatementKind};
use timeslice::trace::EventKind;

/// So many tasks of ten milliseconds each on so many cores, in turns of one.
fn tasks(number: usize, cores: u32) -> Scenario {
    let mut scenario = textbook(Policy::RoundRobin, Nanos::from_ms(1));
    scenario.machine.cores = cores;
    for _ in 0..number {
        add(&mut scenario, Nanos::ZERO, [compute(Nanos::from_ms(10))]);
    }
    scenario
}

fn finishes_ms(scenario: &Scenario) -> Vec<u64> {
    let report = run_report(scenario);
    let finishes = report.tasks.iter().filter_map(|task| task.finish_ns);
    finishes.map(|finish| finish / MS).collect()
}

#[test]
fn bound_tasks_share_their_core_and_leave_the_other_idle() {
    for queue in [QueueScope::Global, QueueScope::PerCore] {
        let mut scenario = tasks(3, 2);
        scenario.scheduler.queue = queue;
        scenario.processes[1].affinity = vec![1];
        scenario.processes[2].affinity = vec![1];
        // The first has a core for itself; the others take turns on the second.
        assert_eq!(finishes_ms(&scenario), [10, 19, 20], "{queue:?}");
        let idle = run_report(&scenario).cores[0].idle_ns;
        assert_eq!(idle, 10 * MS, "{queue:?}");
    }
}

#[test]
fn a_quantum_ends_when_it_ends_however_many_went_before() {
    // At 2 ms the first one's quantum is over, its first or its second, and another task comes: it takes
    // the first core, and the one from the back of the queue the second.
    for quantum in [1, 2] {
        let mut scenario = textbook(Policy::RoundRobin, Nanos::from_ms(quantum));
        scenario.machine.cores = 2;
        let (three, one) = (Nanos::from_ms(3), Nanos::from_ms(1));
        add(&mut scenario, Nanos::ZERO, [compute(three)]);
        add(&mut scenario, Nanos::from_ms(2), [compute(one)]);
        let report = run_report(&scenario);
        let migrations: Vec<u64> = report.tasks.iter().map(|task| task.migrations).collect();
        assert_eq!(migrations, [1, 0], "a quantum of {quantum} ms");
    }
}

#[test]
fn a_thread_may_be_bound_otherwise_than_its_process() {
    let mut scenario = tasks(2, 2);
    scenario.processes[0].affinity = vec![0];
    scenario.processes[0].threads[0].affinity = Some(Vec::new());
    scenario.processes[1].affinity = vec![0];
    // The first core takes the first of both; when its turn is over, the other core takes it.
    assert_eq!(finishes_ms(&scenario), [10, 11]);
    scenario.processes[0].threads[0].affinity = None;
    assert_eq!(finishes_ms(&scenario), [19, 20]);
}

#[test]
fn a_bound_task_takes_the_core_it_may_run_on() {
    let mut scenario = tasks(2, 2);
    scenario.scheduler.policy = Policy::Priority;
    add(
        &mut scenario,
        Nanos::from_ms(3),
        [compute(Nanos::from_ms(2))],
    );
    scenario.processes[0].priority = 2;
    scenario.processes[1].priority = 3;
    scenario.processes[2].affinity = vec![0];
    scenario.processes[2].priority = 1;
    // The second is the worst, but does not run where the third may; so the first gives way to that,
    // and then takes the core of the second.
    assert_eq!(finishes_ms(&scenario), [10, 12, 5]);
}

#[test]
fn without_balancing_a_core_idles_beside_a_full_queue() {
    let mut scenario = tasks(3, 2);
    scenario.scheduler.queue = QueueScope::PerCore;
    // The first and the third are on one core; the second has the other. Once it is done, its core
    // takes one of the others, or does not.
    scenario.scheduler.balance = Balance::None;
    assert_eq!(finishes_ms(&scenario), [19, 10, 20]);
    let migrations = |scenario: &Scenario| -> u64 {
        let report = run_report(scenario);
        report.tasks.iter().map(|task| task.migrations).sum()
    };
    assert_eq!(migrations(&scenario), 0);
    scenario.scheduler.balance = Balance::Steal;
    assert_eq!(finishes_ms(&scenario), [15, 10, 15]);
    assert_eq!(migrations(&scenario), 1);
}

#[test]
fn a_migration_costs_what_it_costs() {
    let mut scenario = tasks(3, 2);
    scenario.scheduler.queue = QueueScope::PerCore;
    scenario.machine.cost.migration = Some(Nanos::from_us(100));
    let trace = run(&scenario);
    let paid: Vec<Nanos> = trace
        .events
        .iter()
        .filter(|event| event.kind == EventKind::Start)
        .map(|event| trace.costs[usize::from(event.detail)].cache_refill)
        .filter(|refill| *refill > Nanos::ZERO)
        .collect();
    assert_eq!(paid, [Nanos::from_us(100)]);
    let switching: u64 = run_report(&scenario)
        .cores
        .iter()
        .map(|core| core.switch_ns)
        .sum();
    assert_eq!(switching, 100_000);
}

proptest! {
    #![proptest_config(cases(100))]

    /// Where tasks are bound one to a core, each core is a machine of its own, whatever the policy
    /// and whether there is one queue or many.
    #[test]
    fn cores_with_bound_tasks_are_machines_of_their_own(
        policy in prop::sample::select(vec![
            Policy::Fifo, Policy::RoundRobin, Policy::Sjf, Policy::Srtf, Policy::Priority, Policy::Hrrn,
            Policy::Multilevel, Policy::Mlfq,
        ]),
        mixes in prop::collection::vec(prop::collection::vec((0..20_u64, 1..30_u64, 0..9_u64, 0..3_i32), 1..4), 2..4),
        per_core in any::<bool>(),
    ) {
        let mut together = textbook(policy, Nanos::from_ms(1));
        together.machine.cores = mixes.len() as u32;
        if per_core {
            together.scheduler.queue = QueueScope::PerCore;
        }
        let mut apart = Vec::new();
        for (core, mix) in mixes.iter().enumerate() {
            let mut alone = textbook(policy, Nanos::from_ms(1));
            for (arrival, work, sleep, priority) in mix {
                // Odd times, so that no two things happen at one instant on different cores.
                let odd = |tenths: u64| Nanos(100_000 * tenths + 17 * core as u64 + 1);
                let program = [compute(odd(*work)), StatementKind::Sleep(odd(*sleep).into()), compute(odd(*work))];
                for scenario in [&mut together, &mut alone] {
                    add(scenario, odd(*arrival), program.clone());
                    if let Some(process) = scenario.processes.last_mut() {
                        process.priority = *priority;
                    }
                }
                if let Some(process) = together.processes.last_mut() {
                    process.affinity = vec![core as u32];
                }
            }
            apart.extend(run_report(&alone).tasks.iter().map(|task| task.finish_ns));
        }
        let finishes: Vec<Option<u64>> = run_report(&together).tasks.iter().map(|task| task.finish_ns).collect();
        prop_assert_eq!(finishes, apart, "{}", shown(&together));
    }
}
