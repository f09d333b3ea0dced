//! Priority inversion, with and without inheritance. Times worked out by hand.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use proptest::prelude::*;

use support::{cases, run, shown};
use timeslice::analysis::{Report, report};
use timeslice::base::Nanos;
use timeslice::scenario::{Scenario, text};

/// Processes by name, priority, arrival in milliseconds and program, with two mutexes.
fn scenario(head: &str, inherits: bool, processes: &[(&str, i32, u64, &str)]) -> Scenario {
    let mut whole = format!("format = 1\n{head}\n");
    for name in ["bus", "log"] {
        whole.push_str(&format!(
            "[[mutex]]\nname = \"{name}\"\npriority_inheritance = {inherits}\n"
        ));
    }
    for (name, priority, arrival_ms, program) in processes {
        whole.push_str(&format!(
            "[[process]]\nname = \"{name}\"\npriority = {priority}\narrival = \"{arrival_ms}ms\"\nprogram = \"{program}\"\n"
        ));
    }
    let parsed = text::parse(&whole);
    assert!(!parsed.has_errors(), "{:#?}\n{whole}", parsed.diagnostics);
    parsed.scenario
}

fn finish_ms(scenario: &Scenario) -> Vec<u64> {
    let report: Report = report(&run(scenario));
    let finish = |task: &timeslice::analysis::TaskReport| task.finish_ns.expect("it ends");
    report
        .tasks
        .iter()
        .map(|task| finish(task) / 1_000_000)
        .collect()
}

const FREE: &str = "[machine]\ncosts = \"free\"\n[scheduler]\n";

/// The shape of what happened on Mars Pathfinder: the low task has the bus, the high one wants it, and the
/// medium one, which does not, keeps the low one from giving it back.
const PATHFINDER: [(&str, i32, u64, &str); 3] = [
    (
        "low",
        3,
        0,
        "lock bus; compute 6ms; unlock bus; compute 2ms",
    ),
    (
        "high",
        1,
        2,
        "compute 1ms; lock bus; compute 2ms; unlock bus",
    ),
    ("medium", 2, 4, "compute 10ms"),
];

#[test]
fn the_medium_task_delays_the_high_one_unless_the_low_one_inherits() {
    for policy in [
        "policy = \"priority\"",
        "policy = \"multilevel\"\nlevels = 4\nquantum = \"1s\"",
    ] {
        let head = format!("{FREE}{policy}");
        // Low to 2, high to 3, low to 4, medium to 14, low to 17, high to 19, low to 21.
        assert_eq!(
            finish_ms(&scenario(&head, false, &PATHFINDER)),
            [21, 19, 14]
        );
        // Low from 3 to 7 instead; then high to 9, medium to 19, low to 21.
        assert_eq!(finish_ms(&scenario(&head, true, &PATHFINDER)), [21, 9, 19]);
    }
}

#[test]
fn a_policy_that_knows_no_priorities_is_not_changed() {
    for policy in ["fifo", "round-robin", "cfs", "lottery"] {
        let head = format!("{FREE}policy = \"{policy}\"");
        let times = |inherits| finish_ms(&scenario(&head, inherits, &PATHFINDER));
        assert_eq!(times(false), times(true), "{policy}");
    }
}

#[test]
fn it_goes_on_along_a_chain() {
    let chain = [
        ("low", 4, 0, "lock bus; compute 4ms; unlock bus"),
        (
            "middle",
            3,
            1,
            "lock log; lock bus; compute 1ms; unlock bus; unlock log",
        ),
        ("high", 1, 2, "lock log; compute 1ms; unlock log"),
        ("hog", 2, 3, "compute 10ms"),
    ];
    let head = format!("{FREE}policy = \"priority\"");
    // From 2 on low runs at the priority of high, which waits for middle, which waits for low: to 4; then
    // middle to 5, high to 6.
    assert_eq!(finish_ms(&scenario(&head, true, &chain)), [4, 5, 6, 16]);
    // Low to 3, the hog to 13, low to 14, middle to 15 and high to 16.
    assert_eq!(finish_ms(&scenario(&head, false, &chain)), [14, 15, 16, 13]);
}

#[test]
fn who_gives_up_hands_on_nothing_any_longer() {
    let processes = [
        ("low", 3, 0, "lock bus; compute 6ms; unlock bus"),
        (
            "high",
            1,
            2,
            "lock bus for 3ms { unlock bus } else { compute 1ms }",
        ),
        ("medium", 2, 3, "compute 4ms"),
    ];
    let head = format!("{FREE}policy = \"priority\"");
    // Low runs on until 5, when high gives up and runs to 6; then medium to 10, and low to 11.
    assert_eq!(finish_ms(&scenario(&head, true, &processes)), [11, 6, 10]);
}

#[test]
fn who_is_killed_hands_on_nothing_any_longer() {
    let head = format!("{FREE}policy = \"priority\"");
    let mut whole = scenario(
        &head,
        true,
        &[
            ("low", 3, 0, "lock bus; compute 6ms; unlock bus"),
            ("high", 1, 2, "lock bus"),
            ("medium", 2, 3, "compute 4ms"),
        ],
    );
    // A more urgent thread of the high one's process takes it down at 4.
    let mut bomb = whole.processes[1].threads[0].clone();
    bomb.name = "bomb".to_owned();
    bomb.priority = Some(0);
    bomb.body = timeslice::scenario::Body::Program(support::program([
        timeslice::scenario::StatementKind::Sleep(Nanos::from_ms(2).into()),
        timeslice::scenario::StatementKind::Crash,
    ]));
    whole.processes[1].threads.push(bomb);
    // Low to 4, medium to 8, low to 10.
    assert_eq!(finish_ms(&whole), [10, 4, 4, 8]);
}

proptest! {
    #![proptest_config(cases(500))]

    /// However many tasks are between them, the high one waits for the low one's critical section at the
    /// most, and what switching there and back costs.
    #[test]
    fn the_high_task_waits_for_the_critical_section_at_the_most(
        section_us in 1..5_000_u64,
        before_us in 0..3_000_u64,
        high_at_ms in 0..6_u64,
        mediums in prop::collection::vec((0..8_u64, 1..9_000_u64), 0..5),
        costs in any::<bool>(),
    ) {
        let low = format!("compute {before_us}us; lock bus; compute {section_us}us; unlock bus; compute 1ms");
        let work: Vec<String> = mediums.iter().map(|(_, us)| format!("compute {us}us")).collect();
        let mut names = Vec::new();
        for at in 0..mediums.len() {
            names.push(format!("medium{at}"));
        }
        let mut processes = vec![
            ("low", 9, 0, low.as_str()),
            ("high", 1, high_at_ms, "lock bus; compute 1ms; unlock bus"),
        ];
        for ((name, work), (at_ms, _)) in names.iter().zip(&work).zip(&mediums) {
            processes.push((name, 5, *at_ms, work));
        }
        let preset = if costs { "linux" } else { "free" };
        let head = format!("[machine]\ncosts = \"{preset}\"\n[scheduler]\npolicy = \"priority\"");
        let scenario = scenario(&head, true, &processes);
        let report = report(&run(&scenario));
        // To the low task; asking for the lock, if that was under way; and back. A switch that the high one
        // comes into the middle of is finished first, which is waiting, not blocking.
        let switching = if costs { 2 * 2_400 + 25 } else { 0 };
        let most = section_us * 1_000 + switching;
        let blocked = report.tasks[1].blocked_ns;
        prop_assert!(blocked <= most, "{} > {}\n{}", blocked, most, shown(&scenario));
    }
}
