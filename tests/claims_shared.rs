//! What introductory articles say of shared variables, locks and their pitfalls, each as a scenario with an
//! outcome that is worked out by hand or found by exploring every schedule.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::run;
use timeslice::analysis::{Report, report};
use timeslice::explore::explore;
use timeslice::scenario::{Scenario, text};
use timeslice::trace::Outcome;

fn scenario(whole: &str) -> Scenario {
    let parsed = text::parse(whole);
    assert!(!parsed.has_errors(), "{:#?}\n{whole}", parsed.diagnostics);
    parsed.scenario
}

fn simulated(whole: &str) -> Report {
    report(&run(&scenario(whole)))
}

/// One process with a thread for each program.
fn threads(head: &str, programs: &[&str]) -> String {
    let mut whole = format!("format = 1\n{head}\n[[process]]\nname = \"app\"\n");
    for (index, program) in programs.iter().enumerate() {
        whole.push_str(&format!(
            "[[process.thread]]\nname = \"t{index}\"\nprogram = \"\"\"\n{program}\n\"\"\"\n"
        ));
    }
    whole
}

/// A schedule in which an update is lost: a quantum ends between a load and its store.
#[test]
fn two_threads_that_change_one_variable_lose_an_update() {
    let head = "[machine]\ncosts = \"free\"\n[scheduler]\nquantum = \"5ms\"";
    let slow = "load x; compute 8ms; add 1; store x";
    assert_eq!(simulated(&threads(head, &[slow, slow])).variables["x"], 1);
    // The same programs with a lock around them, and with one atomic step.
    let locked = format!("lock m; {slow}; unlock m");
    let report = simulated(&threads(head, &[&locked, &locked]));
    assert_eq!(
        (report.variables["x"], report.totals.makespan_ns),
        (2, 16_000_000)
    );
    let atomic = "compute 8ms; atomic x += 1";
    assert_eq!(
        simulated(&threads(head, &[atomic, atomic])).variables["x"],
        2
    );
}

/// The same seed replays a race exactly; a `log` in the middle of it moves it, and it is gone.
#[test]
fn a_print_hides_a_bug_of_timing() {
    let head = "[machine]\ncores = 2\ncosts = \"free\"\n[machine.cost]\nsystem_call = \"1us\"";
    let racing = "compute 10us; load x; compute 500ns; add 1; store x";
    let printing = "compute 10us; log here; load x; compute 500ns; add 1; store x";
    for _ in 0..2 {
        assert_eq!(
            simulated(&threads(head, &[racing, racing])).variables["x"],
            1
        );
    }
    assert_eq!(
        simulated(&threads(head, &[racing, printing])).variables["x"],
        2
    );
    // It is hidden, not gone.
    let found = explore(&scenario(&threads("", &[racing, printing])), 10_000).expect("explored");
    let values: Vec<i64> = found.endings.iter().map(|end| end.variables[0].1).collect();
    assert_eq!(values, [1, 2]);
}

/// One lock around everything makes four cores one; a lock around each part costs its taking.
#[test]
fn locks_protect_and_too_many_cost() {
    let head = "[machine]\ncores = 4\ncosts = \"free\"\n[machine.cost]\nlock = \"1us\"";
    let makespan = |program: &str| simulated(&threads(head, &[program; 4])).totals.makespan_ns;
    // Four threads of 100 parts of 10 us.
    assert_eq!(makespan("repeat 100 { compute 10us }"), 1_000_000);
    // Coarse: the work of all four, one after the other. The first pays for asking; those behind it have
    // asked long before it is done. Giving back is paid with asking.
    let coarse = makespan("lock m; repeat 100 { compute 10us }; unlock m");
    assert_eq!(coarse, 1_000 + 4 * 1_000_000);
    // Fine, and never in each other's way: one lock a part.
    let mut whole = String::new();
    for thread in 0..4 {
        whole.push_str(&format!(
            "[[process.thread]]\nname = \"t{thread}\"\nprogram = \"repeat 100 {{ lock m{thread}; compute 10us; unlock m{thread} }}\"\n"
        ));
    }
    let fine = simulated(&format!(
        "format = 1\n{head}\n[[process]]\nname = \"app\"\n{whole}"
    ));
    assert_eq!(fine.totals.makespan_ns, 100 * 11_000);
}

/// Each holds what the other wants: found by exploring, named by its circle in a run that meets it. A
/// fixed order makes it unreachable, and so does giving up.
#[test]
fn a_deadlock_and_its_two_cures() {
    let head = "[machine]\ncores = 2\ncosts = \"free\"";
    let taking = |first: &str, second: &str| {
        format!(
            "lock {first}; compute 1ms; lock {second}; compute 1ms; unlock {second}; unlock {first}"
        )
    };
    let deadlocks = |programs: [&str; 2]| {
        let found = explore(&scenario(&threads("", &programs)), 100_000).expect("explored");
        assert!(found.is_complete);
        found
            .endings
            .iter()
            .any(|end| matches!(end.outcome, Outcome::Deadlock { .. }))
    };
    let (ab, ba) = (taking("a", "b"), taking("b", "a"));
    let report = simulated(&threads(head, &[&ab, &ba]));
    assert_eq!((report.outcome, report.end_ns), ("deadlock", 1_000_000));
    assert_eq!(report.cycle.expect("a circle").len(), 2);
    assert!(deadlocks([&ab, &ba]));
    assert!(!deadlocks([&ab, &ab]));
    let giving_up = |first: &str, second: &str, otherwise: &str| {
        format!(
            "forever {{ lock {first}; compute 1ms
             lock {second} for 2ms {{ unlock {second}; unlock {first}; exit }} else {{ unlock {first}; {otherwise} }} }}"
        )
    };
    let (one, other) = (giving_up("a", "b", ""), giving_up("b", "a", "sleep 5ms"));
    assert!(!deadlocks([&one, &other]));
    let one = giving_up("a", "b", "atomic retries += 1");
    let other = giving_up("b", "a", "atomic retries += 1; sleep 5ms");
    let report = simulated(&threads(head, &[&one, &other]));
    assert_eq!(report.outcome, "finished");
    // Both gave up once; then one of them made a pause.
    assert_eq!(report.variables["retries"], 2);
}

/// Two that keep making way for each other, in step; a pause that only one of them makes ends it.
#[test]
fn a_livelock_and_what_ends_it() {
    let head = "[machine]\ncores = 2\ncosts = \"free\"";
    let polite = |first: &str, second: &str, pause: &str| {
        format!(
            "forever {{ lock {first}; compute 1ms
             lock {second} for 1ms {{ unlock {second}; unlock {first}; exit }} else {{ unlock {first}; {pause} }} }}"
        )
    };
    let run = |pauses: [&str; 2]| {
        let programs = [polite("a", "b", pauses[0]), polite("b", "a", pauses[1])];
        simulated(&threads(head, &[&programs[0], &programs[1]]))
    };
    assert_eq!(run(["sleep 3ms", "sleep 3ms"]).outcome, "livelock");
    assert_eq!(run(["sleep 3ms", "sleep 7ms"]).outcome, "finished");
    // The same by chance: pauses drawn at random, by the scenario's seed.
    let jitter = "sleep exponential 3ms";
    assert_eq!(run([jitter, jitter]).outcome, "finished");
}

/// A list that two threads append to by reading its length, writing there, and writing the length back, is
/// not safe to share; a channel is.
#[test]
fn a_list_is_not_safe_to_share_and_a_queue_is() {
    let append = "load length; compute 1us; add 1; store length";
    let found = explore(&scenario(&threads("", &[append, append])), 10_000).expect("explored");
    let lengths: Vec<i64> = found.endings.iter().map(|end| end.variables[0].1).collect();
    assert_eq!(lengths, [1, 2]);
    let head = "[[channel]]\nname = \"queue\"\nkind = \"shared-memory\"\ncapacity = \"1KiB\"";
    let put = "repeat 2 { send queue 8B }";
    let take = "repeat 4 { recv queue; load taken; add 1; store taken }";
    let found = explore(&scenario(&threads(head, &[put, put, take])), 1_000_000).expect("explored");
    assert!(found.is_complete);
    let taken: Vec<i64> = found.endings.iter().map(|end| end.variables[0].1).collect();
    assert_eq!(taken, [4]);
}
