//! What people are told about how many tasks are enough, and about too many, as scenarios. Numbers
//! worked out by hand.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::{MS, run_report};
use timeslice::analysis::Report;
use timeslice::scenario::text::parse;

fn report(head: &str, program: &str) -> Report {
    let text = format!(
        "format = 1\n[machine]\ncosts = \"free\"\n{head}\n[[process]]\nname = \"a\"\n{program}\n"
    );
    let parsed = parse(&text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    run_report(&parsed.scenario)
}

/// Computing: as many tasks as cores. 120 ms shared by more than four tasks are not done sooner.
#[test]
fn computing_wants_as_many_tasks_as_cores() {
    for (tasks, makespan) in [(1, 120), (2, 60), (3, 40), (4, 30), (8, 30), (24, 30)] {
        let work = 120 / tasks;
        let program = format!("count = {tasks}\nprogram = \"compute {work}ms\"");
        let found = report("cores = 4", &program).totals.makespan_ns;
        assert_eq!(found, makespan * MS, "{tasks} tasks");
    }
}

/// Waiting: 1 + wait / compute tasks a core keep it busy, ten here; more only wait for each other.
#[test]
fn waiting_wants_more_tasks_than_cores() {
    for (tasks, makespan) in [(1, 200), (5, 204), (10, 209), (20, 409)] {
        let program =
            format!("count = {tasks}\nprogram = \"repeat 20 {{ compute 1ms; io net 9ms }}\"");
        let found = report("[scheduler]\npolicy = \"fifo\"", &program);
        assert_eq!(found.totals.makespan_ns, makespan * MS, "{tasks} tasks");
    }
}

/// A main module that starts itself without a guard: two of each, up to the limit on processes.
#[test]
fn a_fork_bomb_ends_at_the_limit_and_a_guard_keeps_it_from_starting() {
    let bomb = report(
        "max_processes = 50",
        "program = \"spawn a; spawn a; sleep 1s\"",
    );
    // Fifty try twice each; forty-nine of these are the ones that came.
    assert_eq!((bomb.tasks.len(), bomb.totals.refused), (50, 51));
    let guarded = report(
        "max_processes = 50",
        "program = \"spawn b; spawn b; join\"\n[[process]]\nname = \"b\"\ncount = 0\nprogram = \"sleep 1s\"",
    );
    assert_eq!((guarded.tasks.len(), guarded.totals.refused), (3, 0));
}
