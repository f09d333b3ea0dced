//! Spin locks: who spins, for how long, who gets the lock, and what happens when nobody ever does. Times
//! worked out by hand.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::run;
use timeslice::analysis::explain::explain_in_words;
use timeslice::analysis::{Report, find_task, report};
use timeslice::base::Nanos;
use timeslice::scenario::text;
use timeslice::trace::Trace;

/// Runs the threads of one process with these programs, on a machine without costs, with two spin locks
/// and a mutex.
fn trace(head: &str, programs: &[&str]) -> Trace {
    let mut whole = format!(
        "format = 1\n{head}\ncosts = \"free\"\n[[mutex]]\nname = \"a\"\nspin = true\n
         [[mutex]]\nname = \"b\"\nspin = true\n[[mutex]]\nname = \"m\"\n
         [[semaphore]]\nname = \"s\"\ncount = 0\n[[process]]\nname = \"p\"\n"
    );
    for (index, program) in programs.iter().enumerate() {
        whole.push_str(&format!(
            "[[process.thread]]\nname = \"t{index}\"\nprogram = \"{program}\"\n"
        ));
    }
    let parsed = text::parse(&whole);
    assert!(!parsed.has_errors(), "{:#?}\n{whole}", parsed.diagnostics);
    run(&parsed.scenario)
}

fn simulated(head: &str, programs: &[&str]) -> Report {
    report(&trace(head, programs))
}

fn cores(count: u32, policy: &str) -> String {
    format!("[scheduler]\npolicy = \"{policy}\"\nquantum = \"2ms\"\n[machine]\ncores = {count}")
}

fn finish_ms(report: &Report) -> Vec<u64> {
    let finish = |task: &timeslice::analysis::TaskReport| task.finish_ns.expect("it ends");
    report
        .tasks
        .iter()
        .map(|task| finish(task) / 1_000_000)
        .collect()
}

fn spin_ms(report: &Report) -> Vec<u64> {
    report
        .tasks
        .iter()
        .map(|task| task.spin_ns / 1_000_000)
        .collect()
}

#[test]
fn who_waits_keeps_its_core_and_computes_in_vain() {
    let report = simulated(
        &cores(2, "round-robin"),
        &[
            "lock a; compute 5ms; unlock a",
            "compute 1ms; lock a; compute 2ms; unlock a",
        ],
    );
    assert_eq!(finish_ms(&report), [5, 7]);
    assert_eq!(spin_ms(&report), [0, 4]);
    let second = &report.tasks[1];
    assert_eq!((second.cpu_ns, second.blocked_ns), (7_000_000, 0));
    let core = &report.cores[1];
    assert_eq!((core.useful_ns, core.spin_ns), (3_000_000, 4_000_000));
}

#[test]
fn on_one_core_the_holder_gets_on_only_by_quanta() {
    // The second spins from 2 to 4 and from 6 to 8; the first is done at 9.
    let programs = [
        "lock a; compute 5ms; unlock a",
        "lock a; compute 1ms; unlock a",
    ];
    let report = simulated(&cores(1, "round-robin"), &programs);
    assert_eq!(finish_ms(&report), [9, 10]);
    assert_eq!(spin_ms(&report), [0, 4]);
}

#[test]
fn the_longest_of_those_that_are_on_a_core_gets_it() {
    // t0 computes with the lock from 0 to 4, from 6 to 9. t1 has tried since 0 and t2 since 2, but at 9
    // only t2 is on a core. t1 next runs at 10, when t2 has given it back.
    let tries = "lock a; compute 1ms; unlock a";
    let report = simulated(
        &cores(2, "round-robin"),
        &["lock a; compute 7ms; unlock a; compute 10ms", tries, tries],
    );
    assert_eq!(finish_ms(&report), [19, 11, 10]);
}

#[test]
fn under_first_come_first_served_a_spinner_never_lets_the_holder_run() {
    let programs = ["lock a; sleep 1ms; unlock a", "lock a; unlock a"];
    let report = simulated(&cores(1, "fifo"), &programs);
    // Nothing can happen any more once the holder waits for the core.
    assert_eq!((report.outcome, report.end_ns), ("livelock", 1_000_000));
    assert_eq!(report.tasks[1].state, "spinning");
    let report = simulated(&cores(1, "round-robin"), &programs);
    assert_eq!(finish_ms(&report), [2, 2]);
}

#[test]
fn a_circle_of_spinners_is_a_deadlock_as_soon_as_it_closes() {
    for (first, second) in [("a", "b"), ("m", "a"), ("a", "m")] {
        let report = simulated(
            &cores(3, "round-robin"),
            &[
                &format!("lock {first}; compute 1ms; lock {second}"),
                &format!("lock {second}; compute 2ms; lock {first}"),
                "forever { compute 1s }",
            ],
        );
        assert_eq!((report.outcome, report.end_ns), ("deadlock", 2_000_000));
        assert_eq!(report.cycle.map(|cycle| cycle.len()), Some(2));
    }
}

#[test]
fn a_spin_lock_that_its_holder_asks_for_again_is_a_circle_of_one() {
    let report = simulated(&cores(1, "fifo"), &["lock a; lock a"]);
    assert_eq!(report.outcome, "deadlock");
    assert_eq!(report.cycle.map(|cycle| cycle.len()), Some(1));
}

#[test]
fn a_circle_through_something_else_is_one_as_well() {
    let report = simulated(
        &cores(2, "round-robin"),
        &["lock a; wait s; unlock a", "lock a; unlock a; post s"],
    );
    assert_eq!(report.outcome, "deadlock");
}

#[test]
fn spinners_whose_holder_is_gone_are_a_livelock() {
    let holder = "lock a; exit";
    let tries = "compute 1ms; lock a; unlock a";
    let report = simulated(&cores(1, "round-robin"), &[holder, tries, tries]);
    // One tries from 1 to 2, then the other computes until 3 and tries as well.
    assert_eq!((report.outcome, report.end_ns), ("livelock", 3_000_000));
}

#[test]
fn two_that_spin_above_the_holder_keep_it_from_the_core_for_ever() {
    let text = "format = 1\n[machine]\ncosts = \"free\"\n[scheduler]\npolicy = \"multilevel\"\nquantum = \"2ms\"\n
         [[mutex]]\nname = \"a\"\nspin = true\n
         [[process]]\nname = \"low\"\npriority = 1\nprogram = \"lock a; compute 5ms; unlock a\"\n
         [[process]]\nname = \"high\"\ncount = 2\narrival = \"1ms\"\nprogram = \"lock a; unlock a\"\n";
    let report = report(&run(&text::parse(text).scenario));
    // They begin to spin at 1, at 3, and so on; the first time does not follow another.
    assert_eq!((report.outcome, report.end_ns), ("livelock", 2_001_000_000));
    assert_eq!(report.tasks[0].cpu_ns, 1_000_000);
}

#[test]
fn one_that_spins_above_the_holder_keeps_the_core_quantum_after_quantum() {
    let text = "format = 1\n[machine]\ncosts = \"free\"\n[scheduler]\npolicy = \"multilevel\"\nquantum = \"2ms\"\n
         [[mutex]]\nname = \"a\"\nspin = true\n
         [[process]]\nname = \"low\"\npriority = 1\nprogram = \"lock a; compute 5ms; unlock a\"\n
         [[process]]\nname = \"high\"\narrival = \"1ms\"\nprogram = \"lock a; unlock a\"\n";
    let report = report(&run(&text::parse(text).scenario));
    assert_eq!(
        (report.outcome, report.tasks[0].cpu_ns),
        ("livelock", 1_000_000)
    );
    assert!(report.end_ns < 10_000_000_000);
}

#[test]
fn a_coroutine_that_spins_keeps_its_whole_thread() {
    let text = "format = 1\n[machine]\ncores = 2\ncosts = \"free\"\n[[mutex]]\nname = \"a\"\nspin = true\n
         [[process]]\nname = \"holder\"\nprogram = \"lock a; compute 5ms; unlock a\"\n
         [[process]]\nname = \"loop\"\n[[process.thread]]\nname = \"t\"\n
         [[process.thread.coroutine]]\nname = \"tries\"\nprogram = \"compute 1ms; lock a; unlock a\"\n
         [[process.thread.coroutine]]\nname = \"other\"\nprogram = \"compute 1ms\"\n";
    let report = report(&run(&text::parse(text).scenario));
    assert_eq!(finish_ms(&report), [5, 5, 6]);
    assert_eq!(spin_ms(&report), [0, 4, 0]);
}

#[test]
fn what_a_spin_lock_cannot_do_is_refused() {
    let whole = "format = 1\n[[mutex]]\nname = \"a\"\nspin = true\npriority_inheritance = true\n
        [[process]]\nname = \"p\"\nprogram = \"lock a for 1ms { unlock a }; wait c with a\"\n";
    let parsed = text::parse(whole);
    let codes: Vec<&str> = parsed.diagnostics.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["not-for-spin-locks"; 3]);
}

#[test]
fn spinning_is_explained_by_who_has_the_lock() {
    let trace = trace(
        &cores(2, "round-robin"),
        &[
            "lock a; compute 5ms; unlock a",
            "compute 1ms; lock a; unlock a",
        ],
    );
    let task = find_task(&trace, "p/t1").unwrap();
    assert_eq!(
        explain_in_words(&trace, task, Nanos::from_ms(2)),
        [
            "`p/t1` tries to get `a`, spinning on core 1 from 1ms to 5ms.",
            "`a` is held by `p/t0` since 0ms.",
            "`p/t0` runs on core 0 from 0ms to 5ms.",
        ]
    );
}
