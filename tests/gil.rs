//! The interpreter lock, by numbers worked out by hand. That no two threads of a process compute at once
//! is an invariant, which every simulated test checks.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::{MS, run};
use timeslice::analysis::explain::explain_in_words;
use timeslice::analysis::{find_task, report};
use timeslice::base::Nanos;
use timeslice::scenario::text::parse;
use timeslice::trace::{EventKind, Outcome, Trace};

/// Runs a scenario on a machine that costs nothing.
#[track_caller]
fn free(cores: u32, text: &str) -> Trace {
    let text = format!("format = 1\n[machine]\ncosts = \"free\"\ncores = {cores}\n{text}");
    let parsed = parse(&text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    run(&parsed.scenario)
}

/// When each task ends, in milliseconds.
fn finishes_ms(trace: &Trace) -> Vec<u64> {
    let report = report(trace);
    report
        .tasks
        .iter()
        .map(|task| task.finish_ns.expect("all finish") / MS)
        .collect()
}

/// Four threads of one Python, each with this program.
fn four_threads(process: &str, program: &str) -> Trace {
    let text = format!(
        "[[process]]\nname = \"python\"\n{process}\n[[process.thread]]\nname = \"worker\"\ncount = 4\nprogram = \"{program}\"\n"
    );
    free(4, &text)
}

#[test]
fn threads_do_not_speed_up_computing() {
    // In turns of five milliseconds; each has twenty, so the first ends with its turn from 380 ms on.
    let trace = four_threads("gil = true", "compute 100ms");
    assert_eq!(finishes_ms(&trace), [385, 390, 395, 400]);
    let report = report(&trace);
    let useful: Vec<u64> = report
        .cores
        .iter()
        .map(|core| core.useful_ns / MS)
        .collect();
    assert_eq!(useful.iter().sum::<u64>(), 400);
    let waits: Vec<u64> = report
        .tasks
        .iter()
        .map(|task| task.blocked_ns / MS)
        .collect();
    assert_eq!(waits, [285, 290, 295, 300], "for the lock, not for a core");
}

#[test]
fn without_the_lock_they_do() {
    assert_eq!(finishes_ms(&four_threads("", "compute 100ms")), [100; 4]);
    let native = four_threads("gil = true", "without-gil { compute 100ms }");
    assert_eq!(finishes_ms(&native), [100; 4]);
    let processes = free(
        4,
        "[[process]]\nname = \"python\"\ncount = 4\ngil = true\nprogram = \"compute 100ms\"\n",
    );
    assert_eq!(finishes_ms(&processes), [100; 4]);
    // And the same programs under another model.
    let text = "format = 1\nrun_as = \"processes\"\n[machine]\ncosts = \"free\"\ncores = 4\n[[process]]\nname = \"python\"\ngil = true\n[[process.thread]]\nname = \"worker\"\ncount = 4\nprogram = \"compute 100ms\"\n";
    assert_eq!(finishes_ms(&run(&parse(text).scenario)), [100; 4]);
}

#[test]
fn waiting_overlaps() {
    // A round is 1 ms of computing, one thread after the other, and 100 ms of waiting, all at once.
    let trace = four_threads("gil = true", "repeat 5 { compute 1ms; io network 100ms }");
    assert_eq!(finishes_ms(&trace), [505, 506, 507, 508]);
    let trace = four_threads("gil = true", "sleep 3s");
    assert_eq!(finishes_ms(&trace), [3_000; 4]);
}

#[test]
fn the_interval_is_the_length_of_a_turn() {
    let trace = four_threads("gil = true\ngil_interval = \"20ms\"", "compute 40ms");
    assert_eq!(finishes_ms(&trace), [100, 120, 140, 160]);
    // One that ends before it is asked gives the lock up by itself.
    let trace = four_threads("gil = true", "compute 4ms");
    assert_eq!(finishes_ms(&trace), [4, 8, 12, 16]);
}

#[test]
fn a_waiter_waits_for_a_whole_interval() {
    // `late` comes at 3 ms and demands the lock at 8 ms; `early` has 2 ms left, and waits until `late`
    // is done at 12 ms.
    let trace = free(
        2,
        "[[process]]\nname = \"python\"\ngil = true\n[[process.thread]]\nname = \"early\"\nprogram = \"compute 10ms\"\n[[process.thread]]\nname = \"late\"\narrival = \"3ms\"\nprogram = \"compute 4ms\"\n",
    );
    assert_eq!(finishes_ms(&trace), [14, 12]);
}

#[test]
fn who_waits_for_something_else_gives_the_lock_up() {
    for wait in [
        "sleep 1ms",
        "io disk 1ms",
        "join",
        "wait never",
        "lock m",
        "yield",
        "exit",
    ] {
        let text = format!(
            "[[semaphore]]\nname = \"never\"\ncount = 0\n[[process]]\nname = \"python\"\ngil = true\n\
             [[process.thread]]\nname = \"first\"\nprogram = \"lock m; spawn child; compute 2ms; {wait}\"\n\
             [[process.thread]]\nname = \"child\"\ncount = 0\nprogram = \"sleep 30ms\"\n\
             [[process.thread]]\nname = \"second\"\nprogram = \"compute 1ms\"\n"
        );
        let trace = free(2, &text);
        assert_eq!(report(&trace).tasks[2].finish_ns, Some(3 * MS), "{wait}");
    }
}

#[test]
fn a_holder_keeps_the_lock_while_it_is_preempted() {
    // One core, quanta of 10 ms. `a` computes until 10 ms; then `b` finds the lock held and waits; `c`
    // has the core from 10 to 20 ms. At 15 ms `b` demands the lock, and `a` gives it up at 20 ms,
    // as soon as it has the core again. `c` is before `b` in the queue, and is done at 25 ms; `b` is
    // demanded at 25 ms, when it begins, and gives the lock up at once.
    let trace = free(
        1,
        "[[process]]\nname = \"python\"\ngil = true\n[[process.thread]]\nname = \"a\"\nprogram = \"compute 12ms\"\n[[process.thread]]\nname = \"b\"\nprogram = \"compute 4ms\"\n[[process]]\nname = \"c\"\nprogram = \"compute 15ms\"\n",
    );
    let lock_of_b: Vec<(u64, EventKind)> = trace
        .events
        .iter()
        .filter(|event| event.task == find_task(&trace, "python/b").unwrap())
        .filter(|event| matches!(event.kind, EventKind::Acquire | EventKind::Release))
        .map(|event| (event.at.0 / MS, event.kind))
        .collect();
    assert_eq!(
        lock_of_b,
        [
            (20, EventKind::Acquire),
            (25, EventKind::Release),
            (27, EventKind::Acquire),
            (31, EventKind::Release),
        ]
    );
    assert_eq!(finishes_ms(&trace), [27, 31, 25]);
}

#[test]
fn a_demand_in_the_middle_of_a_switch_waits_for_its_end() {
    // `b` waits from 4 ms, when it is first switched to, and demands the lock at 9 ms, in the middle of
    // the switch back to `a`, which is over at 10 ms.
    let trace = free(
        1,
        "cost = { thread_switch = \"2ms\", process_switch = \"2ms\" }\n[scheduler]\nquantum = \"2ms\"\n[[process]]\nname = \"python\"\ngil = true\n[[process.thread]]\nname = \"a\"\nprogram = \"compute 5ms\"\n[[process.thread]]\nname = \"b\"\nprogram = \"compute 3ms\"\n[[process]]\nname = \"c\"\nprogram = \"compute 2ms\"\n",
    );
    // a 0-2, switch, b waits at 4, switch, c 6-8, switch, a gives the lock up at 10, switch, b 12-15.
    // From 10 ms on `a` waits, and from 15 ms it has what is left.
    assert_eq!(finishes_ms(&trace), [20, 15, 8]);
}

#[test]
fn an_event_loop_holds_the_lock_for_its_coroutines() {
    let trace = free(
        2,
        "[[process]]\nname = \"python\"\ngil = true\n[[process.thread]]\nname = \"loop\"\n[[process.thread.coroutine]]\nname = \"request\"\ncount = 2\nprogram = \"compute 2ms; await network 10ms; compute 2ms\"\n[[process.thread]]\nname = \"thread\"\nprogram = \"compute 3ms\"\n",
    );
    // The loop has it for both requests, until 4 ms; then the thread; then each request has its answer.
    assert_eq!(finishes_ms(&trace), [14, 16, 7]);
}

#[test]
fn a_coroutine_that_gave_the_lock_up_does_not_take_it_from_the_others_of_its_thread() {
    let trace = free(
        2,
        "[[process]]\nname = \"python\"\ngil = true\n[[process.thread]]\nname = \"loop\"\n[[process.thread.coroutine]]\nname = \"native\"\nprogram = \"without-gil { compute 2ms; await network 1ms; compute 2ms }\"\n[[process.thread.coroutine]]\nname = \"plain\"\nprogram = \"compute 2ms\"\n[[process.thread]]\nname = \"thread\"\nprogram = \"compute 2ms; sleep 2ms; compute 2ms\"\n",
    );
    // 0-2 native without, thread with; 2-4 plain with; 4-6 native without, thread with.
    assert_eq!(finishes_ms(&trace), [6, 4, 6]);
}

#[test]
fn a_crash_takes_the_lock_along_and_leaves_other_copies_theirs() {
    let trace = free(
        4,
        "[[process]]\nname = \"python\"\ncount = 2\ngil = true\n[[process.thread]]\nname = \"a\"\nprogram = \"compute 8ms\"\n[[process.thread]]\nname = \"b\"\nprogram = \"sleep 6ms; compute 1ms\"\n[[process]]\nname = \"bad\"\ngil = true\n[[process.thread]]\nname = \"a\"\nprogram = \"compute 3ms; crash\"\n[[process.thread]]\nname = \"b\"\nprogram = \"compute 3ms\"\n",
    );
    assert_eq!(trace.outcome, Outcome::Finished);
    let report = report(&trace);
    let states: Vec<&str> = report.tasks.iter().map(|task| task.state).collect();
    assert_eq!(
        states,
        [
            "finished", "finished", "finished", "finished", "crashed", "killed"
        ]
    );
    let finishes: Vec<u64> = report
        .tasks
        .iter()
        .filter_map(|task| task.finish_ns)
        .collect();
    assert_eq!(finishes, [8, 8, 9, 9, 3, 3].map(|ms| ms * MS));
}

#[test]
fn why_a_thread_waits_for_the_lock() {
    let trace = four_threads("gil = true", "compute 10ms");
    let task = find_task(&trace, "python/worker 2").unwrap();
    assert_eq!(
        explain_in_words(&trace, task, Nanos::from_ms(7)),
        [
            "`python/worker 2` waits for the interpreter lock of `python` from 0ms to 10ms.",
            "The interpreter lock of `python` is held by `python/worker 1` since 5ms.",
            "`python/worker 1` runs on core 0 from 5ms to 10ms.",
        ]
    );
    assert_eq!(
        explain_in_words(&trace, task, Nanos::from_ms(17)),
        [
            "`python/worker 2` waits for the interpreter lock of `python` from 15ms to 30ms.",
            "The interpreter lock of `python` is held by `python/worker 3` since 15ms.",
            "`python/worker 0` and `python/worker 1` are before `python/worker 2` in the queue of the interpreter lock of `python`.",
            "`python/worker 3` runs on core 0 from 15ms to 20ms.",
        ]
    );
}

#[test]
fn who_spins_with_the_lock_hands_it_on_and_for_ever_is_a_livelock() {
    let text = |holder: &str| {
        format!(
            "[[mutex]]\nname = \"s\"\nspin = true\n[[semaphore]]\nname = \"never\"\ncount = 0\n\
             [[process]]\nname = \"python\"\ngil = true\n[[process.thread]]\nname = \"holder\"\nprogram = \"lock s; {holder}; unlock s\"\n\
             [[process.thread]]\nname = \"spinner\"\ncount = 2\narrival = \"1ms\"\nprogram = \"compute 1ms; lock s; unlock s\"\n"
        )
    };
    // One spins with the lock from 7 ms on, until the holder demands it.
    assert_eq!(free(3, &text("compute 20ms")).outcome, Outcome::Finished);
    assert_eq!(free(3, &text("wait never")).outcome, Outcome::Livelock);
}
