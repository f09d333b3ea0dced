//! What tasks wait for each other with: locks, semaphores, conditions, barriers, and the variables
//! they share; and what happens when they wait in a circle.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::run;
use timeslice::analysis::{Report, report};
use timeslice::scenario::text;
use timeslice::trace::Trace;

/// Runs a scenario of processes that are given by name and program, below this head.
fn trace(head: &str, programs: &[&str]) -> Trace {
    let mut whole = format!("format = 1\n{head}\n[[process]]\nname = \"p\"\n");
    for (index, program) in programs.iter().enumerate() {
        whole.push_str(&format!(
            "[[process.thread]]\nname = \"t{index}\"\nprogram = \"\"\"\n{program}\n\"\"\"\n"
        ));
    }
    let parsed = text::parse(&whole);
    assert!(!parsed.has_errors(), "{:#?}\n{whole}", parsed.diagnostics);
    run(&parsed.scenario)
}

fn simulated(head: &str, programs: &[&str]) -> Report {
    report(&trace(head, programs))
}

const FREE: &str = "[machine]\ncores = 2\ncosts = \"free\"\n";

fn finish_ms(report: &Report) -> Vec<u64> {
    report
        .tasks
        .iter()
        .map(|task| task.finish_ns.expect("it ends") / 1_000_000)
        .collect()
}

#[test]
fn a_mutex_lets_one_in_at_a_time_in_the_order_they_came() {
    let program = "lock door; compute 4ms; unlock door; compute 1ms";
    let report = simulated("[machine]\ncores = 3\ncosts = \"free\"", &[program; 3]);
    assert_eq!(report.outcome, "finished");
    assert_eq!(finish_ms(&report), [5, 9, 13]);
    assert_eq!(report.tasks[2].blocked_ns, 8_000_000);
}

#[test]
fn two_locks_in_opposite_order_are_a_deadlock_that_is_named() {
    let report = simulated(
        FREE,
        &[
            "lock a; compute 1ms; lock b; unlock b; unlock a",
            "lock b; compute 1ms; lock a; unlock a; unlock b",
            "compute 50ms",
        ],
    );
    assert_eq!(report.outcome, "deadlock");
    // The others go on: the run ends when nothing else can happen.
    assert_eq!(report.end_ns, 51_000_000);
    let cycle: Vec<(String, String)> = report
        .cycle
        .expect("a circle")
        .into_iter()
        .map(|edge| (edge.task, edge.waits_for))
        .collect();
    let edge = |task: &str, lock: &str| (task.to_owned(), lock.to_owned());
    assert_eq!(cycle, [edge("p/t0", "b"), edge("p/t1", "a")]);
}

#[test]
fn the_same_locks_in_the_same_order_are_none() {
    let program = "lock a; compute 1ms; lock b; unlock b; unlock a";
    assert_eq!(simulated(FREE, &[program; 2]).outcome, "finished");
}

#[test]
fn a_mutex_that_its_holder_asks_for_again_is_a_circle_of_one() {
    let report = simulated(FREE, &["lock a; lock a"]);
    assert_eq!(report.outcome, "deadlock");
    assert_eq!(report.cycle.map(|cycle| cycle.len()), Some(1));
}

#[test]
fn a_circle_is_a_deadlock_even_if_others_run_for_ever() {
    let report = simulated(
        "[machine]\ncores = 3\ncosts = \"free\"",
        &[
            "lock a; compute 1ms; lock b",
            "lock b; compute 1ms; lock a",
            "forever { compute 1s }",
        ],
    );
    assert_eq!(report.outcome, "deadlock");
}

#[test]
fn a_lock_with_a_limit_gives_up_when_the_time_is_over() {
    let report = simulated(
        FREE,
        &[
            "lock a; compute 20ms; unlock a",
            "compute 1ms; lock a for 5ms { atomic got += 1; unlock a } else { atomic lost += 1 }",
        ],
    );
    assert_eq!(report.outcome, "finished");
    assert_eq!((report.variables["got"], report.variables["lost"]), (0, 1));
    assert_eq!(finish_ms(&report), [20, 6]);
}

#[test]
fn a_lock_with_a_limit_that_comes_in_time_is_held() {
    let report = simulated(
        FREE,
        &[
            "lock a; compute 4ms; unlock a",
            "compute 1ms; lock a for 5ms { compute 3ms; unlock a } else { atomic lost += 1 }
             lock a for 5ms { unlock a } else { atomic lost += 1 }",
            "compute 5ms; lock a; compute 2ms; unlock a",
        ],
    );
    assert_eq!(report.outcome, "finished");
    // The first attempt's timer goes off while the task waits in its second: that one goes on.
    assert_eq!(report.variables["lost"], 0);
}

#[test]
fn two_that_keep_making_way_for_each_other_are_a_livelock() {
    let polite = |first: &str, second: &str| {
        format!(
            "forever {{ lock {first}; compute 1ms
             lock {second} for 1ms {{ unlock {second}; unlock {first}; exit }} else {{ unlock {first} }} }}"
        )
    };
    let report = simulated(FREE, &[&polite("a", "b"), &polite("b", "a")]);
    assert_eq!(report.outcome, "livelock");
}

#[test]
fn yields_without_end_are_a_livelock_unless_someone_will_wake() {
    let yields = "forever { yield }";
    let report = simulated("", &[yields, yields]);
    assert_eq!(report.outcome, "livelock");
    // More than 100,000 yields of 2.4 us each, until the sleeper ends what they do.
    let report = simulated(
        "",
        &[
            "repeat 200000 { yield }",
            "repeat 200000 { yield }",
            "sleep 900ms",
        ],
    );
    assert_eq!(report.outcome, "finished");
}

#[test]
fn a_semaphore_lets_as_many_in_as_it_counts() {
    let program = "wait slots; compute 10ms; post slots";
    let head = "[machine]\ncores = 4\ncosts = \"free\"\n[[semaphore]]\nname = \"slots\"\ncount = 2";
    let report = simulated(head, &[program; 4]);
    assert_eq!(finish_ms(&report), [10, 10, 20, 20]);
}

#[test]
fn a_semaphore_that_nobody_posts_is_no_circle_but_stuck() {
    let report = simulated(
        &format!("{FREE}[[semaphore]]\nname = \"s\"\ncount = 0"),
        &["wait s"],
    );
    assert_eq!((report.outcome, report.cycle), ("stuck", None));
    assert_eq!(report.tasks[0].state, "blocked");
}

#[test]
fn two_that_wait_for_each_others_post_are_a_deadlock() {
    let head = format!(
        "{FREE}[[semaphore]]\nname = \"s\"\ncount = 0\n[[semaphore]]\nname = \"r\"\ncount = 0"
    );
    let report = simulated(&head, &["wait s; post r", "wait r; post s"]);
    assert_eq!(report.outcome, "deadlock");
}

#[test]
fn a_condition_is_waited_for_without_its_mutex_and_gone_on_from_with_it() {
    let report = simulated(
        FREE,
        &[
            "lock m; wait full with m; compute 2ms; unlock m",
            "compute 3ms; lock m; signal full; compute 4ms; unlock m",
        ],
    );
    assert_eq!(report.outcome, "finished");
    // Signalled at 3 ms, but the mutex is free only at 7 ms.
    assert_eq!(finish_ms(&report), [9, 7]);
}

#[test]
fn a_broadcast_lets_all_go_on_one_after_the_other() {
    let waits = "lock m; wait go with m; compute 2ms; unlock m";
    let head = "[machine]\ncores = 4\ncosts = \"free\"";
    let report = simulated(head, &[waits, waits, waits, "compute 1ms; broadcast go"]);
    assert_eq!(finish_ms(&report), [3, 5, 7, 1]);
}

#[test]
fn a_barrier_lets_go_when_all_have_come_and_begins_anew() {
    let head = "[machine]\ncores = 3\ncosts = \"free\"\n[[barrier]]\nname = \"b\"\nparties = 3";
    let report = simulated(
        head,
        &[
            "compute 1ms; barrier b; compute 2ms; barrier b",
            "compute 2ms; barrier b; compute 1ms; barrier b",
            "compute 5ms; barrier b; compute 3ms; barrier b",
        ],
    );
    assert_eq!(finish_ms(&report), [8, 8, 8]);
}

#[test]
fn an_update_in_three_steps_is_lost_and_an_atomic_one_is_not() {
    let head = "[machine]\ncores = 2\n";
    let torn = "repeat 100 { load x; add 1; store x }";
    let lost = simulated(head, &[torn; 2]).variables["x"];
    assert!(
        (2..200).contains(&lost),
        "both run at once, so some must be lost: {lost}"
    );
    let whole = "repeat 100 { atomic x += 1 }";
    assert_eq!(simulated(head, &[whole; 2]).variables["x"], 200);
    let locked = "repeat 100 { lock m; load x; add 1; store x; unlock m }";
    assert_eq!(simulated(head, &[locked; 2]).variables["x"], 200);
}

#[test]
fn a_mutex_dies_with_its_holder_and_whoever_wants_it_is_stuck() {
    let text = "format = 1\n[machine]\ncores = 2\ncosts = \"free\"\n
        [[process]]\nname = \"holder\"\nprogram = \"lock m; compute 1ms; crash\"\n
        [[process]]\nname = \"other\"\nprogram = \"compute 500us; lock m; unlock m\"\n";
    let parsed = text::parse(text);
    let report = report(&run(&parsed.scenario));
    assert_eq!(report.outcome, "stuck");
}
