//! Containers: how long their threads may run in a period, and what waiting for the next one comes
//! to. Numbers worked out by hand.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::{MS, run, run_report};
use timeslice::analysis::{ContainerReport, Report, explain};
use timeslice::scenario::text::{parse, print};
use timeslice::scenario::{Scenario, edit};

fn read(rest: &str) -> Scenario {
    let text = format!("format = 1\n[machine]\ncosts = \"free\"\n{rest}");
    let parsed = parse(&text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    assert_eq!(parse(&print(&parsed.scenario)).scenario, parsed.scenario);
    parsed.scenario
}

fn ends_ms(report: &Report) -> Vec<u64> {
    let ends = report.tasks.iter().map(|it| it.finish_ns.unwrap() / MS);
    ends.collect()
}

/// How often it was throttled, and for how long in milliseconds.
fn throttled(report: &Report) -> (u64, u64) {
    let [container] = report.containers.as_slice() else {
        panic!("one container");
    };
    (container.throttled_periods, container.throttled_ns / MS)
}

fn limited(quota: &str, cores: u32, rest: &str) -> Scenario {
    let mut scenario = read(&format!(
        "[[container]]\nname = \"box\"\nquota = \"{quota}\"\n[[process]]\nname = \"a\"\ncontainer = \"box\"\n{rest}"
    ));
    scenario.machine.cores = cores;
    scenario
}

/// Work W with a quota of q every p takes as many whole periods as q fits into it before its end.
#[test]
fn one_task_runs_its_quota_in_each_period() {
    for (work, end, periods, wait) in [(50, 210, 2, 160), (20, 20, 0, 0), (21, 101, 1, 80)] {
        let report = run_report(&limited(
            "20ms",
            1,
            &format!("program = \"compute {work}ms\""),
        ));
        assert_eq!(ends_ms(&report), [end]);
        assert_eq!(throttled(&report), (periods, wait));
        // Waiting for the next period is being blocked, not waiting for a core.
        assert_eq!(report.tasks[0].blocked_ns, wait * MS);
        assert_eq!(report.tasks[0].waiting_ns, 0);
    }
}

#[test]
fn several_threads_use_it_up_together() {
    let threads = |work: u64| {
        format!("[[process.thread]]\nname = \"t\"\ncount = 4\nprogram = \"compute {work}ms\"\n")
    };
    // Four cores use up 20 ms in 5: 0-5 and 100-105, where all end in time.
    let report = run_report(&limited("20ms", 4, &threads(10)));
    assert_eq!(ends_ms(&report), [105; 4]);
    assert_eq!(throttled(&report), (1, 95));
    // Two cores in 10, with a quantum of 10 two threads each period: 0-10, 100-110, 200-210, …
    let report = run_report(&limited("20ms", 2, &threads(10)));
    assert_eq!(ends_ms(&report), [10, 10, 110, 110]);
    // More than one core's worth: 150 ms in 100 on two cores is 75 of each, then 25 of nothing.
    let two = "[[process.thread]]\nname = \"t\"\ncount = 2\nprogram = \"compute 200ms\"\n";
    let report = run_report(&limited("150ms", 2, two));
    assert_eq!(ends_ms(&report), [250; 2]);
    assert_eq!(throttled(&report), (2, 50));
}

#[test]
fn periods_are_a_grid_from_the_start_of_the_run() {
    let late = "arrival = \"90ms\"\nprogram = \"compute 30ms\"\n";
    let report = run_report(&limited("20ms", 1, late));
    assert_eq!(ends_ms(&report), [120]);
    assert_eq!(throttled(&report), (0, 0));
}

#[test]
fn only_running_counts() {
    // 15, then 40 of waiting, then the other 5 and 10 that have to wait for the next period.
    let report = run_report(&limited(
        "20ms",
        1,
        "program = \"compute 15ms; io disk 40ms; compute 15ms\"\n",
    ));
    assert_eq!(ends_ms(&report), [110]);
    assert_eq!(throttled(&report), (1, 40));
}

/// Who waits in the run queue leaves it as well, and others have the core to themselves.
#[test]
fn others_go_on_meanwhile() {
    let mut scenario = limited(
        "10ms",
        1,
        "count = 2\nprogram = \"compute 10ms\"\n[[process]]\nname = \"b\"\nprogram = \"compute 30ms\"\n",
    );
    scenario.scheduler.quantum = timeslice::base::Nanos::from_ms(5);
    let report = run_report(&scenario);
    // a0 and a1 take 5 each, with b's 5 behind: 0-5, 5-10; used up at 10, b to 40, a1 first at 100.
    assert_eq!(ends_ms(&report), [110, 105, 40]);
    assert_eq!(throttled(&report), (1, 90));
}

#[test]
fn who_comes_while_it_is_used_up_waits_with_the_others() {
    let scenario = limited(
        "10ms",
        2,
        "count = 2\narrivals = { every = \"50ms\" }\nprogram = \"compute 12ms\"\n",
    );
    let report = run_report(&scenario);
    // Both have 2 + 12 = 14 left at 100: together to 104, 10 - 4 for the second alone to 110.
    assert_eq!(ends_ms(&report), [102, 204]);
    assert_eq!(report.tasks[1].response_ns, Some(50 * MS));
}

#[test]
fn an_event_loop_waits_with_the_coroutine_that_it_is_in() {
    let scenario = limited(
        "10ms",
        1,
        "[[process.thread]]\nname = \"loop\"\n[[process.thread.coroutine]]\nname = \"c\"\ncount = 2\nprogram = \"compute 8ms; await net 5ms; compute 1ms\"\n",
    );
    let report = run_report(&scenario);
    // 8 and 2; at 100 the other 6, then the first one's 1, and at 111 the second one's.
    assert_eq!(ends_ms(&report), [107, 112]);
    assert_eq!(throttled(&report), (1, 90));
}

/// What three threads run beyond the last nanosecond is taken from the next period.
#[test]
fn a_nanosecond_that_several_use_up_is_owed() {
    let mut scenario = limited(
        "10us",
        3,
        "[[process.thread]]\nname = \"t\"\ncount = 3\nprogram = \"compute 12us\"\n",
    );
    scenario.containers[0].period = timeslice::base::Nanos::from_ms(1);
    let report = run_report(&scenario);
    // Periods of 3334, 3333, 3333 and then 2000 for each: 10,002, then 9,999 of 9,998, 9,999 of 9,999.
    let ends: Vec<u64> = report
        .tasks
        .iter()
        .map(|it| it.finish_ns.unwrap())
        .collect();
    assert_eq!(ends, [3_002_000; 3]);
}

#[test]
fn it_is_explained_and_set() {
    let scenario = limited("20ms", 1, "program = \"compute 50ms\"\n");
    let trace = run(&scenario);
    let at = timeslice::base::Nanos::from_ms(50);
    let said = explain::explain_in_words(&trace, timeslice::trace::TaskId(0), at).join(
        "
",
    );
    assert!(
        said.contains("waits for the next period of the container `box`"),
        "{said}"
    );
    let text = print(&scenario);
    let set = edit::set(&text, "container.box.quota", "50ms").unwrap();
    assert_eq!(ends_ms(&run_report(&parse(&set).scenario)), [50]);
}

#[test]
fn slips_are_told() {
    let codes =
        |text: &str| -> Vec<&str> { parse(text).errors().map(|error| error.code).collect() };
    let process = "[[process]]\nname = \"a\"\nprogram = \"exit\"\n";
    let container = "[[container]]\nname = \"box\"\nquota = \"20ms\"\n";
    let with =
        |head: &str, line: &str| codes(&format!("format = 1\n{head}{container}{process}{line}"));
    assert_eq!(with("", "container = \"box\"\n"), [""; 0]);
    assert_eq!(with("", "container = \"bix\"\n"), ["unknown-name"]);
    assert_eq!(with("", "container = 3\n"), ["wrong-type"]);
    assert_eq!(with("", container), ["duplicate-name"]);
    assert_eq!(with("", "[[container]]\nname = \"c\"\n"), ["missing-key"]);
    assert_eq!(
        with("", "[[container]]\nname = \"c\"\nquota = \"1ns\"\n"),
        ["out-of-range"]
    );
    let other = "container = \"box\"\n[[process]]\nname = \"b\"\nprogram = \"exit\"\n";
    assert_eq!(with("run_as = \"processes\"\n", other), [""; 0]);
    assert_eq!(with("run_as = \"threads\"\n", other), ["two-ways"]);
}

#[test]
fn a_run_without_containers_says_nothing_of_them() {
    let report = run_report(&read(
        "[[process]]\nname = \"a\"\nprogram = \"compute 5ms\"\n",
    ));
    assert_eq!(report.containers, Vec::<ContainerReport>::new());
}

/// Whoever spins for a lock whose holder is throttled does so to no end, but not for ever.
#[test]
fn a_throttled_holder_keeps_its_spin_lock() {
    let scenario = limited(
        "10ms",
        2,
        "program = \"lock s; compute 20ms; unlock s\"\n[[process]]\nname = \"b\"\nprogram = \"compute 1ms; lock s; unlock s\"\n[[mutex]]\nname = \"s\"\nspin = true\n",
    );
    let report = run_report(&scenario);
    assert_eq!(
        (report.outcome, ends_ms(&report)),
        ("finished", vec![110, 110])
    );
    let spin: u64 = report.cores.iter().map(|core| core.spin_ns / MS).sum();
    assert_eq!(spin, 109);
}
