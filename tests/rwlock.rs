//! Reader-writer locks: who goes first by what they prefer, with times worked out by hand, and the law of
//! readers and writers.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::run;
use timeslice::analysis::explain::explain_in_words;
use timeslice::analysis::{Report, find_task, report};
use timeslice::base::Nanos;
use timeslice::scenario::text;
use timeslice::trace::Trace;

fn trace(prefer: &str, programs: &[(&str, u64)]) -> Trace {
    let mut whole = format!(
        "format = 1\n[machine]\ncores = 8\ncosts = \"free\"\n[[rwlock]]\nname = \"table\"\nprefer = \"{prefer}\"\n"
    );
    for (index, (program, arrival_ms)) in programs.iter().enumerate() {
        whole.push_str(&format!(
            "[[process]]\nname = \"p{index}\"\narrival = \"{arrival_ms}ms\"\nprogram = \"{program}\"\n"
        ));
    }
    let parsed = text::parse(&whole);
    assert!(!parsed.has_errors(), "{:#?}\n{whole}", parsed.diagnostics);
    run(&parsed.scenario)
}

fn finish_ms(report: &Report) -> Vec<u64> {
    let finish = |task: &timeslice::analysis::TaskReport| task.finish_ns.expect("it ends");
    report
        .tasks
        .iter()
        .map(|task| finish(task) / 1_000_000)
        .collect()
}

const READS: &str = "read-lock table; compute 4ms; unlock table";
const WRITES: &str = "write-lock table; compute 3ms; unlock table";

#[test]
fn readers_share_it_and_a_writer_has_it_alone() {
    let report = report(&trace(
        "fair",
        &[(READS, 0), (READS, 1), (WRITES, 0), (WRITES, 0)],
    ));
    // The second reader comes behind the writers.
    assert_eq!(finish_ms(&report), [4, 14, 7, 10]);
}

#[test]
fn what_it_prefers_decides_who_goes_first() {
    // A reader from 0 to 4; a writer comes at 1, a reader at 2, a writer at 3 and a reader at 5.
    let programs = [(READS, 0), (WRITES, 1), (READS, 2), (WRITES, 3), (READS, 5)];
    for (prefer, finish) in [
        // Readers come in at 2 and 5; the writers follow at 9 and 12.
        ("readers", [4, 12, 6, 15, 9]),
        // The writers at 4 and 7; then both readers at 10.
        ("writers", [4, 7, 14, 10, 14]),
        // In the order in which they came: at 4, 7, 11 and 14.
        ("fair", [4, 7, 11, 14, 18]),
    ] {
        assert_eq!(
            finish_ms(&report(&trace(prefer, &programs))),
            finish,
            "{prefer}"
        );
    }
}

#[test]
fn readers_can_starve_a_writer_unless_it_is_preferred() {
    let reads = "repeat 50 { read-lock table; compute 4ms; unlock table; compute 1ms }";
    let programs = [(reads, 0), (reads, 2), (WRITES, 1)];
    let finish = |prefer| finish_ms(&report(&trace(prefer, &programs)))[2];
    assert_eq!(finish("writers"), 7);
    // One or the other always reads, until the one that came first has ended.
    assert_eq!(finish("readers"), 254);
}

#[test]
fn one_that_reads_and_wants_to_write_waits_for_itself() {
    let report = report(&trace(
        "readers",
        &[("read-lock table; write-lock table", 0)],
    ));
    assert_eq!(report.outcome, "deadlock");
    let cycle = report.cycle.expect("a circle");
    assert_eq!(cycle[0].waits_for, "table for writing");
}

#[test]
fn reading_twice_is_a_deadlock_only_when_a_writer_goes_first() {
    let twice = "read-lock table; compute 2ms; read-lock table; unlock table; unlock table";
    let programs = [(twice, 0), (WRITES, 1)];
    assert_eq!(report(&trace("readers", &programs)).outcome, "finished");
    for prefer in ["writers", "fair"] {
        let report = report(&trace(prefer, &programs));
        assert_eq!(report.outcome, "deadlock");
        assert_eq!(report.cycle.map(|cycle| cycle.len()), Some(2));
    }
}

#[test]
fn readers_behind_a_writer_that_is_killed_go_on() {
    let text = format!(
        "format = 1\n[machine]\ncores = 8\ncosts = \"free\"\n[[rwlock]]\nname = \"table\"\nprefer = \"fair\"\n
         [[process]]\nname = \"r\"\nprogram = \"{READS}\"\n
         [[process]]\nname = \"w\"\n[[process.thread]]\nname = \"writes\"\nprogram = \"{WRITES}\"\n
         [[process.thread]]\nname = \"crashes\"\nprogram = \"compute 2ms; crash\"\n
         [[process]]\nname = \"s\"\narrival = \"1ms\"\nprogram = \"{READS}\"\n"
    );
    let parsed = text::parse(&text);
    let report = report(&run(&parsed.scenario));
    // The second reader waits behind the writer from 1 on, and reads from 2 on.
    assert_eq!(report.outcome, "finished");
    assert_eq!(report.tasks[3].finish_ns, Some(6_000_000));
}

#[test]
fn a_lock_is_taken_in_the_way_that_is_its_own() {
    let whole = "format = 1\n[[rwlock]]\nname = \"table\"\n[[mutex]]\nname = \"table\"\n
        [[process]]\nname = \"p\"\nprogram = \"lock table; read-lock door\"\n";
    let parsed = text::parse(whole);
    let codes: Vec<&str> = parsed.diagnostics.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["duplicate-name", "unknown-name", "unknown-name"]);
}

#[test]
fn a_wait_is_explained_by_who_has_it_and_by_who_goes_first() {
    let trace = trace("writers", &[(READS, 0), (WRITES, 1), (READS, 2)]);
    let at = Nanos::from_ms(3);
    let words = |name| explain_in_words(&trace, find_task(&trace, name).unwrap(), at);
    assert_eq!(
        words("p2"),
        [
            "`p2` waits for `table` for reading from 2ms to 7ms.",
            "`p1` is before `p2` in the queue of `table`.",
            "`p1` waits for `table` for writing from 1ms to 4ms.",
            "`table` is held for reading by `p0` since 0ms.",
            "`p0` runs on core 0 from 0ms to 4ms.",
        ]
    );
}
