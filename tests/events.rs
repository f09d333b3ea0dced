//! How event loops and pollers learn that a device is done: the same load in four ways, in numbers
//! worked out by hand. A system call takes a millisecond here, and nothing else costs anything.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::{MS, run_report};
use timeslice::analysis::Report;
use timeslice::scenario::text::parse;
use timeslice::scenario::{Policy, QueueScope, RunAs, Scenario, Severity};

fn read(rest: &str) -> Scenario {
    let text = format!(
        "format = 1\n[machine]\ncosts = \"free\"\n[machine.cost]\nsystem_call = \"1ms\"\n{rest}"
    );
    let parsed = parse(&text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    parsed.scenario
}

/// Two coroutines whose devices are done after 10 ms and `second`.
fn event_loop(events: &str, second: &str) -> Scenario {
    read(&format!(
        r#"
[[process]]
name = "server"
[[process.thread]]
name = "loop"
{events}
[[process.thread.coroutine]]
name = "a"
program = "compute 1ms; await network 10ms; compute 1ms"
[[process.thread.coroutine]]
name = "b"
program = "compute 1ms; await network {second}; compute 1ms"
"#
    ))
}

/// When each task ends, and what the one core did: useful, spin, idle, in milliseconds.
fn ends_and_core(report: &Report) -> (Vec<u64>, [u64; 3]) {
    let ends = report.tasks.iter().map(|it| it.finish_ns.unwrap() / MS);
    let core = &report.cores[0];
    let parts = [core.useful_ns, core.spin_ns, core.idle_ns];
    (ends.collect(), parts.map(|part| part / MS))
}

#[track_caller]
fn check(scenario: &Scenario, ends: &[u64], core: [u64; 3]) {
    let (found, parts) = ends_and_core(&run_report(scenario));
    assert_eq!((found.as_slice(), parts), (ends, core));
}

#[test]
fn a_loop_that_says_nothing_learns_of_events_for_nothing() {
    check(&event_loop("", "9ms"), &[12, 13], [4, 0, 9]);
}

/// Blocked from 2 on; both are done at 11. One call brings both, then each is read: 11-12, 12-13,
/// compute to 14; 14-15, compute to 16.
#[test]
fn readiness_is_one_call_a_look_and_one_for_each_event() {
    let both = event_loop("events = \"readiness\"", "9ms");
    check(&both, &[14, 16], [7, 0, 9]);
    // Done at 11 and 12: the look from 11 to 12 does not see the second yet.
    let apart = event_loop("events = \"readiness\"", "10ms");
    check(&apart, &[14, 17], [8, 0, 9]);
}

/// Each submits first: a computes to 1, submits to 2, b computes to 3, submits to 4. Both are done
/// at 12, one call to 13 brings both.
#[test]
fn completion_is_one_call_a_request_and_one_for_each_batch() {
    let both = event_loop("events = \"completion\"", "8ms");
    check(&both, &[14, 15], [7, 0, 8]);
}

/// From 2 on, rounds of two calls; at 11 the one that ends at 12 is under way.
#[test]
fn polling_asks_for_all_again_and_again_and_never_sleeps() {
    let polling = event_loop("events = \"polling\"", "9ms");
    check(&polling, &[13, 14], [4, 10, 0]);
    // The second is done when a round that asks for it alone ends: 13-14 computes, then from 14.
    let later = event_loop("events = \"polling\"", "15500us");
    check(&later, &[13, 19], [4, 15, 0]);
}

/// In threads of their own, the wait costs what it always did.
#[test]
fn blocking_costs_no_calls() {
    let threads = read(
        "[[process]]\nname = \"a\"\nprogram = \"compute 1ms; io network 10ms; compute 1ms\"\n[[process]]\nname = \"b\"\nprogram = \"compute 1ms; io network 9ms; compute 1ms\"\n",
    );
    check(&threads, &[12, 13], [4, 0, 9]);
}

/// Asks at 0, 4, 8 and 12, each time for a millisecond.
#[test]
fn poll_with_pauses_asks_and_sleeps() {
    let one = |program: &str| {
        read(&format!(
            "[[process]]\nname = \"a\"\nprogram = \"{program}\"\n"
        ))
    };
    check(&one("poll network 10ms every 3ms"), &[13], [4, 0, 9]);
    // Done before it is asked for the first time.
    check(&one("poll network 500us every 3ms"), &[1], [1, 0, 0]);
    check(&one("poll network 0ms every 3ms"), &[1], [1, 0, 0]);
}

#[test]
fn poll_without_a_pause_spins_to_the_end_of_a_call() {
    let one = |program: &str| {
        read(&format!(
            "[[process]]\nname = \"a\"\nprogram = \"{program}\"\n"
        ))
    };
    check(
        &one("poll network 10ms every 0ms; compute 1ms"),
        &[11],
        [1, 10, 0],
    );
    check(&one("poll network 10500us every 0ms"), &[11], [0, 11, 0]);
    check(&one("poll network 0ms every 0ms"), &[1], [0, 1, 0]);
}

/// Quantum 4: spins 0-4, gives way to the other until 8, spins on, and has spun 6 when the device is
/// done at 10.
#[test]
fn who_spins_is_preempted_like_anyone() {
    let text = "[scheduler]\nquantum = \"4ms\"\n[[process]]\nname = \"a\"\nprogram = \"poll network 10ms every 0ms\"\n[[process]]\nname = \"b\"\nprogram = \"compute 6ms\"\n";
    check(&read(text), &[10, 12], [6, 6, 0]);
    let polling = text.replace(
        "program = \"poll network 10ms every 0ms\"",
        "[[process.thread]]\nname = \"loop\"\nevents = \"polling\"\n[[process.thread.coroutine]]\nname = \"c\"\nprogram = \"await network 10ms\"\n",
    );
    check(&read(&polling), &[10, 12], [6, 6, 0]);
}

/// A coroutine that polls without a pause holds up its loop, one that sleeps in between does not.
#[test]
fn poll_in_a_coroutine() {
    let with = |every: &str| {
        let scenario = event_loop("", "9ms");
        let text = timeslice::scenario::text::print(&scenario);
        let text = text.replace(
            "await network 10ms",
            &format!("poll network 10ms every {every}"),
        );
        parse(&text).scenario
    };
    // a spins 1-11, computes to 12; b computes to 13, awaits to 22, computes to 23.
    check(&with("0ms"), &[12, 23], [4, 10, 9]);
    // a asks 1-2, sleeps to 6; b computes 2-3; a asks 6-7, 11-12; b is done at 12, a computes first.
    check(&with("4ms"), &[13, 14], [7, 0, 7]);
}

/// A sleeper wakes a loop that polls at the end of its round; timers cost no calls.
#[test]
fn sleeping_costs_no_calls() {
    let scenario = read(
        r#"
[[process]]
name = "server"
[[process.thread]]
name = "loop"
events = "polling"
[[process.thread.coroutine]]
name = "a"
program = "await network 10ms"
[[process.thread.coroutine]]
name = "b"
program = "sleep 4500us; compute 1ms"
"#,
    );
    // Rounds of one call from 0: b goes on at 5, computes to 6, and the last round is 9-10.
    check(&scenario, &[10, 6], [1, 9, 0]);
}

#[test]
fn calls_that_cost_nothing_change_nothing() {
    for policy in [Policy::Fifo, Policy::Srtf, Policy::Cfs] {
        for events in ["readiness", "completion", "polling"] {
            let mut charged = event_loop(&format!("events = \"{events}\""), "9ms");
            charged.machine.cost.system_call = None;
            charged.scheduler.policy = policy;
            charged.scheduler.queue = QueueScope::PerCore;
            let (ends, parts) = ends_and_core(&run_report(&charged));
            assert_eq!(ends, [12, 13], "{events}");
            let waits = if events == "polling" {
                [4, 9, 0]
            } else {
                [4, 0, 9]
            };
            assert_eq!(parts, waits, "{events}");
        }
    }
}

#[test]
fn slips_are_told() {
    let first = |thread: &str| {
        let text = format!(
            "format = 1\n[[process]]\nname = \"a\"\n[[process.thread]]\nname = \"t\"\n{thread}"
        );
        let parsed = parse(&text);
        parsed.diagnostics.first().map(|it| (it.code, it.severity))
    };
    let coroutine = "[[process.thread.coroutine]]\nname = \"c\"\nprogram = \"exit\"\n";
    assert_eq!(first(&format!("events = \"polling\"\n{coroutine}")), None);
    let unknown = first(&format!("events = \"select\"\n{coroutine}"));
    assert_eq!(unknown, Some(("unknown-word", Severity::Error)));
    assert_eq!(
        first("events = \"polling\"\nprogram = \"exit\"\n"),
        Some(("no-event-loop", Severity::Warning))
    );
    for (program, code) in [
        ("poll disk 5ms", "missing-argument"),
        ("poll disk 5ms every", "missing-argument"),
        ("poll disk 5ms every often", "bad-duration"),
        ("poll 5ms every 1ms", "missing-argument"),
    ] {
        let found = first(&format!("program = \"{program}\"\n"));
        assert_eq!(found, Some((code, Severity::Error)), "{program}");
    }
}

#[test]
fn another_model_keeps_how_its_loop_learns() {
    let mut scenario = event_loop("events = \"polling\"", "9ms");
    scenario.run_as = RunAs::Coroutines;
    check(&scenario, &[13, 14], [4, 10, 0]);
    scenario.run_as = RunAs::Threads;
    check(&scenario, &[12, 13], [4, 0, 9]);
}
