//! What tasks take of the main memory, and what happens when it, or the number of processes, does
//! not suffice.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use proptest::prelude::*;

use support::{any_scenario, run, run_report};
use timeslice::analysis::explain::explain_in_words;
use timeslice::analysis::{Report, find_task, report};
use timeslice::base::Nanos;
use timeslice::scenario::text::parse;
use timeslice::scenario::{RunAs, Scenario};
use timeslice::trace::{EventKind, Outcome, TaskId, TaskKind, Trace};

const KIB: u64 = 1 << 10;

fn read(text: &str) -> Scenario {
    let parsed = parse(&format!("format = 1\n{text}"));
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    parsed.scenario
}

fn states(report: &Report, state: &str) -> usize {
    report.tasks.iter().filter(|it| it.state == state).count()
}

#[test]
fn three_that_wait_take_less_as_threads_and_hardly_anything_as_coroutines() {
    let mut scenario = read("[[process]]\nname = \"a\"\ncount = 3\nprogram = \"io network 3s\"\n");
    let mut peak = |model| {
        scenario.run_as = model;
        run_report(&scenario).totals.peak_memory_bytes
    };
    // A process 176 KiB, a thread 20 KiB, a coroutine 410 bytes.
    assert_eq!(peak(RunAs::Processes), 3 * (176 + 20) * KIB);
    assert_eq!(peak(RunAs::Threads), (176 + 3 * 20) * KIB);
    assert_eq!(peak(RunAs::Coroutines), (176 + 20) * KIB + 3 * 410);
}

#[test]
fn what_has_ended_takes_nothing() {
    let text = "[machine]\ncosts = \"free\"\n[machine.cost]\nprocess_memory = \"10KiB\"\nthread_memory = \"1KiB\"\n[[process]]\nname = \"one\"\nprogram = \"compute 5ms\"\n[[process]]\nname = \"two\"\narrival = \"5ms\"\n[[process.thread]]\nname = \"t\"\ncount = 2\nprogram = \"compute 5ms\"\n";
    let totals = run_report(&read(text)).totals;
    assert_eq!(
        totals.peak_memory_bytes,
        12 * KIB,
        "one is gone when two comes"
    );
    let earlier = text.replace("arrival = \"5ms\"", "arrival = \"4ms\"");
    assert_eq!(
        run_report(&read(&earlier)).totals.peak_memory_bytes,
        23 * KIB
    );
}

#[test]
fn threads_give_out_where_coroutines_do_not() {
    // Claim: one thread holds a hundred thousand coroutines; threads give out for want of stack.
    let text = "[machine]\nmemory = \"41MiB\"\n[[process]]\nname = \"server\"\n[[process.thread]]\nname = \"loop\"\n[[process.thread.coroutine]]\nname = \"request\"\ncount = 100000\nprogram = \"await network 1s\"\n";
    let report = run_report(&read(text));
    assert_eq!(states(&report, "finished"), 100_000);
    let text = "[machine]\nmemory = \"20MiB\"\n[[process]]\nname = \"server\"\n[[process.thread]]\nname = \"request\"\ncount = 2000\nprogram = \"io network 1s\"\n";
    let report = run_report(&read(text));
    // 20 MiB less 176 KiB, in pieces of 20 KiB.
    let fit = (20 * 1_024 - 176) / 20;
    assert_eq!(states(&report, "finished"), fit);
    assert_eq!(states(&report, "refused"), 2_000 - fit);
    assert_eq!(report.totals.refused, 2_000 - fit as u64);
    assert_eq!(report.outcome, "finished");
}

#[test]
fn one_that_never_came_is_explained() {
    let trace = run(&read(
        "[machine]\nmax_processes = 1\n[[process]]\nname = \"a\"\nprogram = \"compute 5ms\"\n[[process]]\nname = \"b\"\narrival = \"2ms\"\nprogram = \"compute 5ms\"\n",
    ));
    let b = find_task(&trace, "b").unwrap();
    let words = |ms| explain_in_words(&trace, b, Nanos::from_ms(ms));
    assert_eq!(
        words(3),
        ["`b` never came: at 2ms there were as many processes as there may be."]
    );
    assert_eq!(report(&trace).tasks[1].state, "refused");
}

/// The most processes that lived at once.
fn most_processes(trace: &Trace) -> usize {
    let mut threads = vec![0_u32; trace.processes.len()];
    let mut most = 0;
    for event in &trace.events {
        if trace.kind(event.task) == TaskKind::Coroutine {
            continue;
        }
        let of_process = &mut threads[trace.tasks[event.task.index()].process as usize];
        match event.kind {
            EventKind::Arrive => *of_process += 1,
            EventKind::Finish | EventKind::Crash | EventKind::Kill | EventKind::KillWaiting => {
                *of_process -= 1;
            }
            _ => {}
        }
        most = most.max(threads.iter().filter(|it| **it > 0).count());
    }
    most
}

#[test]
fn children_without_end_reach_the_limit_on_processes() {
    // Claim: without a guard in the main module each child starts children again.
    let bomb = "[machine]\ncores = 2\nmax_processes = 50\n[[process]]\nname = \"bomb\"\nprogram = \"repeat 4 { spawn bomb }; compute 10s\"\n";
    let trace = run(&read(bomb));
    assert_eq!(trace.outcome, Outcome::Finished);
    assert_eq!(most_processes(&trace), 50);
    let report = report(&trace);
    assert!(report.totals.refused > 0);
    // Nobody ends before all have tried: every try made a process or was refused.
    let tries = 4 * trace.processes.len() as u64;
    assert_eq!(
        trace.processes.len() as u64 - 1 + report.totals.refused,
        tries
    );

    // Without it they reach what a simulation may have.
    let endless = run(&read(&bomb.replace("max_processes = 50\n", "")));
    assert_eq!(
        endless.outcome,
        Outcome::Limit {
            limit: "threads".to_owned()
        }
    );

    let guarded = bomb.replace("spawn bomb }", "spawn child }")
        + "[[process]]\nname = \"child\"\ncount = 0\nprogram = \"compute 100ms\"\n";
    let report = run_report(&read(&guarded));
    assert_eq!(report.tasks.len(), 5);
    assert_eq!(report.totals.refused, 0);
}

#[test]
fn a_spawn_that_does_not_fit_starts_nothing_and_the_spawner_goes_on() {
    let text = "[machine]\nmemory = \"500KiB\"\n[[process]]\nname = \"shell\"\nprogram = \"spawn big; spawn small; join; compute 1ms\"\n[[process]]\nname = \"big\"\ncount = 0\n[[process.thread]]\nname = \"t\"\ncount = 20\nprogram = \"compute 1ms\"\n[[process]]\nname = \"small\"\ncount = 0\nprogram = \"compute 1ms\"\n";
    let trace = run(&read(text));
    let names: Vec<String> = (0..trace.tasks.len() as u32)
        .map(|task| trace.task_name(TaskId(task)))
        .collect();
    assert_eq!(names, ["shell", "small"], "of big, not even a part");
    let refused: Vec<String> = trace
        .events
        .iter()
        .filter(|event| event.kind == EventKind::Refused)
        .map(|event| {
            format!(
                "{} {}",
                trace.task_name(event.task),
                trace.resource_name(event.detail)
            )
        })
        .collect();
    assert_eq!(refused, ["shell memory"]);
}

#[test]
fn an_event_loop_whose_last_coroutine_does_not_fit_ends() {
    let text = "[machine]\nmemory = \"197KiB\"\n[[process]]\nname = \"server\"\n[[process.thread]]\nname = \"loop\"\n[[process.thread.coroutine]]\nname = \"early\"\ncount = 2\nprogram = \"await network 9ms; compute 1ms\"\n[[process.thread.coroutine]]\nname = \"late\"\narrival = \"5ms\"\nprogram = \"compute 1ms\"\n";
    // One KiB is left for coroutines: two of them.
    let report = run_report(&read(text));
    assert_eq!(report.outcome, "finished");
    let all: Vec<&str> = report.tasks.iter().map(|task| task.state).collect();
    assert_eq!(all, ["finished", "finished", "refused"]);
    // With the loop waiting for nothing else at that time.
    let later = text
        .replace("5ms", "50ms")
        .replace("count = 2", "count = 1");
    let tight = later.replace("197KiB", "196KiB");
    let report = run_report(&read(&tight));
    let all: Vec<&str> = report.tasks.iter().map(|task| task.state).collect();
    assert_eq!(
        (report.outcome, all),
        ("finished", vec!["refused", "refused"])
    );
    // And of a thread that does not fit, no coroutine ever comes.
    let report = run_report(&read(&tight.replace("196KiB", "100KiB")));
    assert_eq!(report.event_loops[0].state, "refused");
    assert_eq!(states(&report, "refused"), 2);
}

#[test]
fn a_spawn_of_more_than_a_run_may_have_ends_it_at_once() {
    let text = "[machine]\ncosts = \"free\"\n[[process]]\nname = \"a\"\nprogram = \"compute 1ms; spawn b\"\n[[process]]\nname = \"b\"\ncount = 0\n[[process.thread]]\nname = \"t\"\ncount = 4294967295\nprogram = \"exit\"\n";
    let trace = run(&read(text));
    assert_eq!(
        trace.outcome,
        Outcome::Limit {
            limit: "threads".to_owned()
        }
    );
    assert_eq!(trace.tasks.len(), 1, "what is not allowed is not made");
}

proptest! {
    #![proptest_config(support::cases(500))]

    /// However little room there is: no more is taken than there is, whoever comes ends or is
    /// waited for in vain, and the rest was refused.
    #[test]
    fn no_more_is_taken_than_there_is(
        scenario in any_scenario(),
        kib in 150..2_000_u64,
        most in proptest::option::of(1..6_u32),
    ) {
        let mut scenario = scenario;
        scenario.machine.memory_bytes = kib * KIB;
        scenario.machine.max_processes = most;
        let trace = run(&scenario);
        let report = report(&trace);
        prop_assert!(report.totals.peak_memory_bytes <= kib * KIB);
        prop_assert!(most.is_none_or(|most| most_processes(&trace) <= most as usize));
        if trace.outcome == Outcome::Finished {
            for task in report.tasks.iter().chain(&report.event_loops) {
                let over = ["finished", "crashed", "killed", "absent", "refused"];
                prop_assert!(over.contains(&task.state), "{}", task.state);
            }
        }
    }
}
