//! The same programs as processes, threads, coroutines and a hybrid: what the change of the
//! scenario looks like, and what the kernel then makes of it.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use proptest::prelude::*;

use support::{
    any_scenario_that_finishes, compute_ms, process, program, run, run_report, textbook, thread,
};
use timeslice::base::Nanos;
use timeslice::scenario::models::as_model;
use timeslice::scenario::text::{parse, print};
use timeslice::scenario::{CostPreset, Policy, Program, RunAs, Scenario, StatementKind, Word};
use timeslice::trace::Outcome;

const MODELS: [RunAs; 4] = [
    RunAs::Processes,
    RunAs::Threads,
    RunAs::Coroutines,
    RunAs::Hybrid,
];

/// A scenario's text under a model, without its first lines.
fn text_as(model: RunAs, text: &str) -> String {
    let mut scenario = read(text);
    scenario.run_as = model;
    let printed = print(&as_model(&scenario));
    printed.split_once("\n\n").expect("a head").1.to_owned()
}

fn read(text: &str) -> Scenario {
    let parsed = parse(text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    parsed.scenario
}

const MIX: &str = r#"format = 1

[[process]]
name = "editor"
priority = 3
program = "compute 1ms; io disk 2ms"

[[process]]
name = "server"
arrival = "4ms"
[[process.thread]]
name = "loop"
[[process.thread.coroutine]]
name = "request"
count = 3
program = "await network 3ms; io disk 1ms"
"#;

#[test]
fn as_processes() {
    assert_eq!(
        text_as(RunAs::Processes, MIX),
        r#"[[process]]
name = "editor"
priority = 3
program = """
compute 1ms
io disk 2ms
"""

[[process]]
name = "server.loop.request"
count = 3
arrival = "4ms"
program = """
io network 3ms
io disk 1ms
"""
"#
    );
}

#[test]
fn as_threads() {
    assert_eq!(
        text_as(RunAs::Threads, MIX),
        r#"[[process]]
name = "app"

[[process.thread]]
name = "editor"
priority = 3
program = """
compute 1ms
io disk 2ms
"""

[[process.thread]]
name = "server.loop.request"
count = 3
arrival = "4ms"
program = """
io network 3ms
io disk 1ms
"""
"#
    );
}

#[test]
fn as_coroutines() {
    assert_eq!(
        text_as(RunAs::Coroutines, MIX),
        r#"[[process]]
name = "app"

[[process.thread]]
name = "loop"

[[process.thread.coroutine]]
name = "editor"
program = """
compute 1ms
await disk 2ms
"""

[[process.thread.coroutine]]
name = "server.loop.request"
count = 3
arrival = "4ms"
program = """
await network 3ms
io disk 1ms
"""
"#
    );
}

#[test]
fn as_a_hybrid_of_one_event_loop_a_core() {
    let text = MIX.replacen("\n\n", "\n[machine]\ncores = 2\n\n", 1);
    let printed = text_as(RunAs::Hybrid, &text);
    let (machine, printed) = printed.split_once("\n\n").expect("a machine");
    assert_eq!(machine, "[machine]\ncores = 2");
    // Dealt in turn: editor, request 1 | request 0, request 2.
    assert_eq!(
        printed,
        r#"[[process]]
name = "app-1"

[[process.thread]]
name = "loop"

[[process.thread.coroutine]]
name = "editor"
program = """
compute 1ms
await disk 2ms
"""

[[process.thread.coroutine]]
name = "server.loop.request"
arrival = "4ms"
program = """
await network 3ms
io disk 1ms
"""

[[process]]
name = "app-2"

[[process.thread]]
name = "loop"

[[process.thread.coroutine]]
name = "server.loop.request"
count = 2
arrival = "4ms"
program = """
await network 3ms
io disk 1ms
"""
"#
    );
}

#[test]
fn spawning_a_process_spawns_each_task_of_it() {
    let text = r#"format = 1

[[process]]
name = "shell"
program = "repeat 2 { spawn job }; join"

[[process]]
name = "job"
count = 0
[[process.thread]]
name = "main"
program = "compute 1ms; spawn helper"
[[process.thread]]
name = "worker"
count = 2
program = "compute 2ms"
[[process.thread]]
name = "helper"
count = 0
program = "compute 3ms"
"#;
    assert_eq!(
        text_as(RunAs::Processes, text),
        r#"[[process]]
name = "shell"
program = """
repeat 2 {
  spawn job
  repeat 2 {
    spawn job.worker
  }
}
join
"""

[[process]]
name = "job"
count = 0
program = """
compute 1ms
spawn job.helper
"""

[[process]]
name = "job.worker"
count = 0
program = "compute 2ms"

[[process]]
name = "job.helper"
count = 0
program = "compute 3ms"
"#
    );
    for model in MODELS {
        let mut scenario = read(text);
        scenario.machine.costs = CostPreset::Free;
        scenario.run_as = model;
        let report = run_report(&scenario);
        let cpu: u64 = report.tasks.iter().map(|task| task.cpu_ns).sum();
        assert_eq!(cpu, 2 * (1 + 2 * 2 + 3) * 1_000_000, "{}", model.word());
        // The shell waits for its jobs, not for their helpers.
        assert_eq!(report.outcome, "finished");
    }
}

/// Three alike, each in a process of its own, on one core that costs nothing.
fn three(program: Program) -> Scenario {
    let mut scenario = textbook(Policy::RoundRobin, Nanos::from_ms(10));
    let mut alike = process("task", Nanos::ZERO, vec![thread("main", 1, program)]);
    alike.count = 3;
    scenario.processes = vec![alike];
    scenario
}

#[test]
fn three_that_wait_take_as_long_as_one_and_three_that_compute_as_three() {
    let wait = StatementKind::Io {
        device: "network".to_owned(),
        duration: Nanos::from_s(3).into(),
    };
    for model in MODELS.into_iter().chain([RunAs::AsWritten]) {
        for (what, seconds) in [(wait.clone(), 3), (compute_ms(3_000), 9)] {
            let mut scenario = three(program([what]));
            scenario.run_as = model;
            let totals = run_report(&scenario).totals;
            assert_eq!(
                totals.makespan_ns,
                seconds * 1_000_000_000,
                "{}",
                model.word()
            );
        }
    }
}

#[test]
fn the_model_decides_whom_a_crash_takes_along() {
    let survivors = |model| {
        let mut scenario = three(program([compute_ms(20)]));
        let crash = program([compute_ms(1), StatementKind::Crash]);
        let broken = process("broken", Nanos::ZERO, vec![thread("main", 1, crash)]);
        scenario.processes.insert(0, broken);
        // One that comes too late to be taken along by anything.
        let late = program([compute_ms(1)]);
        let late = process("late", Nanos::from_ms(500), vec![thread("main", 1, late)]);
        scenario.processes.push(late);
        scenario.machine.cores = 2;
        scenario.run_as = model;
        let report = run_report(&scenario);
        let of = |state| report.tasks.iter().filter(|it| it.state == state).count();
        (of("finished"), of("crashed"), of("killed"), of("absent"))
    };
    assert_eq!(survivors(RunAs::AsWritten), (4, 1, 0, 0));
    assert_eq!(survivors(RunAs::Processes), (4, 1, 0, 0));
    // With its process gone, the late one never comes.
    assert_eq!(survivors(RunAs::Threads), (0, 1, 3, 1));
    assert_eq!(survivors(RunAs::Coroutines), (0, 1, 3, 1));
    assert_eq!(survivors(RunAs::Hybrid), (2, 1, 1, 1));
}

#[test]
fn names_are_no_longer_than_they_may_be_and_never_twice() {
    let long = "x".repeat(64);
    let text = format!(
        "format = 1\n[[process]]\nname = \"a.b\"\nprogram = \"exit\"\n[[process]]\nname = \"main\"\nprogram = \"exit\"\n[[process]]\nname = \"a\"\n[[process.thread]]\nname = \"b\"\nprogram = \"exit\"\n[[process.thread]]\nname = \"{long}\"\nprogram = \"exit\"\n"
    );
    let mut scenario = read(&text);
    scenario.run_as = RunAs::Processes;
    let made = as_model(&scenario);
    let names: Vec<&str> = made.processes.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a.b", "main-2", "a.b-2", &long]);
}

#[test]
fn what_is_too_much_under_another_model_is_said() {
    let loops = "format = 1\nrun_as = \"threads\"\n[[process]]\nname = \"a\"\n[[process.thread]]\nname = \"l\"\n[[process.thread.coroutine]]\nname = \"c\"\ncount = 2001\nprogram = \"exit\"\n";
    let parsed = parse(loops);
    let errors: Vec<_> = parsed.errors().collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].code, "too-many-threads");
    assert_eq!(errors[0].line, 2);
    assert_eq!(
        errors[0].message,
        "run as threads there are 2001 threads, and 2000 are allowed"
    );
    assert!(!parse(&loops.replace("threads", "coroutines")).has_errors());

    // Each of many spawns would become many.
    let mut text =
        "format = 1\nrun_as = \"processes\"\n[[process]]\nname = \"s\"\nprogram = \"\"\"\n"
            .to_owned();
    text.push_str(&"spawn t\n".repeat(2_000));
    text.push_str("\"\"\"\n[[process]]\nname = \"t\"\ncount = 0\n");
    for number in 0..1_000 {
        text.push_str(&format!(
            "[[process.thread]]\nname = \"t{number}\"\nprogram = \"exit\"\n"
        ));
    }
    let codes: Vec<&str> = parse(&text).errors().map(|error| error.code).collect();
    assert_eq!(codes, ["too-many-statements"]);
}

fn crashes(statements: &[timeslice::scenario::Statement]) -> bool {
    statements.iter().any(|statement| {
        matches!(statement.kind, StatementKind::Crash)
            || statement.kind.blocks().into_iter().any(|it| crashes(it))
    })
}

fn any_crash(scenario: &Scenario) -> bool {
    use timeslice::scenario::Body;
    let threads = scenario.processes.iter().flat_map(|it| &it.threads);
    threads.into_iter().any(|thread| match &thread.body {
        Body::Program(program) => crashes(&program.statements),
        Body::Coroutines(list) => list.iter().any(|it| crashes(&it.program.statements)),
    })
}

proptest! {
    #![proptest_config(support::cases(500))]

    /// As written is as written; every other model is written out once and for all.
    #[test]
    fn models_are_written_out_once(scenario in any_scenario_that_finishes(), model in 0..4_usize) {
        prop_assert_eq!(&as_model(&scenario), &scenario);
        let made = as_model(&Scenario { run_as: MODELS[model], ..scenario });
        prop_assert_eq!(made.run_as, RunAs::AsWritten);
        prop_assert_eq!(&as_model(&made), &made);
        prop_assert_eq!(parse(&print(&made)).scenario, made);
    }

    /// No model loses a task or its work: without switch costs and crashes, all compute the same.
    #[test]
    fn every_model_does_the_same_work(scenario in any_scenario_that_finishes()) {
        prop_assume!(!any_crash(&scenario));
        let mut scenario = scenario;
        scenario.machine.costs = CostPreset::Free;
        // How long the same work takes depends on who else has the core.
        scenario.machine.smt = 1;
        // An event loop has no jobs: the reader refuses periods under those models.
        for process in &mut scenario.processes {
            (process.period, process.deadline) = (None, None);
        }
        let as_written = run_report(&scenario);
        let work = |report: &timeslice::analysis::Report| -> (usize, u64, Vec<u64>) {
            let cpu = report.tasks.iter().map(|task| task.cpu_ns).sum();
            let mut first: Vec<u64> = report.tasks.iter().map(|it| it.arrival_ns).collect();
            first.sort_unstable();
            first.truncate(1);
            (report.tasks.len(), cpu, first)
        };
        for model in MODELS {
            scenario.run_as = model;
            prop_assert_eq!(work(&run_report(&scenario)), work(&as_written), "{}", model.word());
        }
    }

    /// Every model of every scenario ends, with every invariant held.
    #[test]
    fn every_model_finishes(scenario in any_scenario_that_finishes(), model in 0..4_usize) {
        let trace = run(&Scenario { run_as: MODELS[model], ..scenario });
        prop_assert_eq!(trace.outcome, Outcome::Finished);
    }
}
