//! Plans: which worker runs which task, what is said before a run, and what is refused.

use super::*;
use crate::exec::samples::{compute, process, program, server_and_encoder, simple, sleep, thread};
use crate::scenario::{Body, Program, StatementKind};
use crate::work::Instruction;

fn isolated() -> Capabilities {
    Capabilities::from_facts(true, true, 2)
}

fn planned(scenario: &Scenario, model: RealModel) -> RealPlan {
    plan(scenario, model, &isolated()).unwrap()
}

fn refusal(scenario: &Scenario, model: RealModel, capabilities: &Capabilities) -> String {
    plan(scenario, model, capabilities)
        .map(|_| ())
        .unwrap_err()
        .join(" ")
}

/// Which tasks each worker starts with, coroutines in brackets.
fn shares(plan: &RealPlan) -> Vec<String> {
    let name = |thread: &ThreadJob| match &thread.does {
        Does::Program(_) => thread.task.0.to_string(),
        Does::Coroutines(coroutines) => {
            let inside: Vec<String> = coroutines.iter().map(|of| of.task.0.to_string()).collect();
            format!("{}[{}]", thread.task.0, inside.join(" "))
        }
    };
    let share = |job: &Job| job.threads.iter().map(name).collect::<Vec<_>>().join(" ");
    plan.jobs.iter().map(share).collect()
}

#[test]
fn each_model_shares_the_tasks_out_in_its_own_way() {
    let mut scenario = server_and_encoder();
    // Two requests on an event loop; two encoders of two threads.
    let of = |scenario: &Scenario, model| shares(&planned(scenario, model));
    assert_eq!(of(&scenario, RealModel::Sliced), ["0[1 2] 3 4 5 6"]);
    assert_eq!(
        of(&scenario, RealModel::Processes),
        ["0", "1", "2", "3", "4", "5"]
    );
    assert_eq!(of(&scenario, RealModel::Threads), ["0 1 2 3 4 5"]);
    assert_eq!(of(&scenario, RealModel::Coroutines), ["0[1 2 3 4 5 6]"]);
    assert_eq!(of(&scenario, RealModel::Hybrid), ["0[1 2]", "3 4", "5 6"]);
    scenario.run_as = RunAs::Hybrid;
    scenario.machine.cores = 2;
    assert_eq!(of(&scenario, RealModel::Hybrid), ["0[1 2 3]", "4[5 6 7]"]);
}

#[test]
fn lanes_are_numbered_through_all_workers() {
    let plan = planned(&server_and_encoder(), RealModel::Hybrid);
    let first: Vec<u8> = plan.jobs.iter().map(|job| job.first_lane).collect();
    assert_eq!(first, [0, 1, 3]);
    assert_eq!(plan.lanes.len(), 5);
    let numbers: Vec<_> = plan.jobs.iter().map(|job| job.spawn_numbers).collect();
    assert_eq!(numbers, [(7, 3), (8, 3), (9, 3)]);
}

#[test]
fn a_pool_is_no_larger_than_its_tasks_nor_than_allowed() {
    let many = Scenario {
        processes: vec![process(
            "a",
            1,
            vec![thread("worker", 40, program([compute(1)]))],
        )],
        ..Scenario::default()
    };
    let driver = |scenario: &Scenario, workers| {
        plan_with(scenario, RealModel::Threads, &isolated(), workers)
            .unwrap()
            .jobs[0]
            .driver
    };
    assert_eq!(driver(&many, None), Driver::Pool { threads: 16 });
    assert_eq!(driver(&many, Some(3)), Driver::Pool { threads: 3 });
    assert_eq!(driver(&many, Some(99)), Driver::Pool { threads: 16 });
    let few = simple([program([compute(1)]), program([compute(1)])]);
    assert_eq!(driver(&few, Some(3)), Driver::Pool { threads: 2 });
    let refused = refusal(&many, RealModel::Processes, &isolated());
    assert_eq!(
        refused,
        "This would need 40 workers; a real run has at most 16."
    );
}

#[test]
fn the_closest_model_follows_the_text() {
    assert_eq!(RealModel::of(&server_and_encoder()), RealModel::Hybrid);
    let mut scenario = simple([program([compute(1)]), program([compute(1)])]);
    assert_eq!(RealModel::of(&scenario), RealModel::Processes);
    scenario.processes.truncate(1);
    scenario.processes[0]
        .threads
        .push(thread("other", 1, program([compute(1)])));
    assert_eq!(RealModel::of(&scenario), RealModel::Threads);
    let mut server = server_and_encoder();
    server.processes.truncate(1);
    assert_eq!(RealModel::of(&server), RealModel::Coroutines);
    server.run_as = RunAs::Threads;
    assert_eq!(RealModel::of(&server), RealModel::Threads);
}

#[test]
fn without_isolation_only_what_needs_threads_is_refused() {
    let plain = Capabilities::from_facts(false, true, 2);
    let scenario = simple([program([compute(1)])]);
    assert!(refusal(&scenario, RealModel::Threads, &plain).contains("isolation"));
    assert!(refusal(&server_and_encoder(), RealModel::Hybrid, &plain).contains("isolation"));
    for model in [
        RealModel::Sliced,
        RealModel::Processes,
        RealModel::Coroutines,
    ] {
        assert!(plan(&scenario, model, &plain).is_ok());
    }
    let nothing = Capabilities::from_facts(true, false, 2);
    assert!(refusal(&scenario, RealModel::Sliced, &nothing).contains("nothing can run for real"));
}

#[test]
fn what_cannot_run_is_said_statement_by_statement() {
    let lock = StatementKind::Lock {
        mutex: "m".to_owned(),
        attempt: None,
    };
    let scenario = simple([program([lock, StatementKind::Barrier("b".to_owned())])]);
    assert_eq!(
        refusal(&scenario, RealModel::Sliced, &isolated()),
        "`barrier` does not run for real in this version. `lock` does not run for real in this version."
    );
    let none = Scenario::default();
    assert_eq!(
        refusal(&none, RealModel::Sliced, &isolated()),
        "No task starts, so there is nothing to run."
    );
    let huge = Scenario {
        processes: vec![process(
            "a",
            u32::MAX,
            vec![thread("t", u32::MAX, Program::default())],
        )],
        ..Scenario::default()
    };
    assert!(refusal(&huge, RealModel::Sliced, &isolated()).contains("at most 10000"));
}

#[test]
fn a_spawn_is_planned_where_a_worker_can_make_the_task() {
    let mut scenario = simple([
        program([StatementKind::Spawn("b".to_owned())]),
        program([compute(1)]),
    ]);
    scenario.processes[1].count = 0;
    let sliced = planned(&scenario, RealModel::Sliced);
    let [template] = sliced.jobs[0].templates[..] else {
        panic!("one template")
    };
    assert_eq!((template.group, template.new_process), (1, Some(1)));
    assert!(matches!(
        sliced.jobs[0].code[template.start as usize],
        Instruction::Compute(_)
    ));
    let threads = planned(&scenario, RealModel::Threads);
    assert_eq!(threads.jobs[0].driver, Driver::Pool { threads: 9 });
    assert_eq!(threads.jobs[0].templates[0].new_process, None);
    assert_eq!(
        refusal(&scenario, RealModel::Processes, &isolated()),
        "`spawn b` cannot run for real in this model."
    );
}

#[test]
fn the_estimate_is_a_bound_from_below() {
    let scenario = simple([
        program([compute(30), sleep(50)]),
        program([StatementKind::Repeat {
            times: 10,
            body: program([compute(4), sleep(1)]).statements,
        }]),
    ]);
    // 70 ms of computing in all; the first task takes 80 ms whatever happens.
    assert_eq!(
        planned(&scenario, RealModel::Sliced).estimate,
        Nanos::from_ms(80)
    );
    let computing = simple([program([compute(30)]), program([compute(50)])]);
    assert_eq!(
        planned(&computing, RealModel::Sliced).estimate,
        Nanos::from_ms(80)
    );
    assert_eq!(
        planned(&computing, RealModel::Processes).estimate,
        Nanos::from_ms(50)
    );
    let endless = simple([program([StatementKind::Forever {
        body: program([compute(1)]).statements,
    }])]);
    let plan = planned(&endless, RealModel::Sliced);
    assert_eq!(plan.estimate, REAL_TIME);
    assert!(
        plan.notes
            .iter()
            .any(|note| note.contains("longer than 10s")),
        "{:?}",
        plan.notes
    );
}

#[test]
fn what_stands_in_for_what_is_said_before_the_run() {
    let mut scenario = server_and_encoder();
    scenario.processes[1].gil = true;
    scenario.processes[1].threads[0].body = Body::Program(program([
        StatementKind::Compute(Nanos::from_us(30).into()),
        StatementKind::Crash,
    ]));
    let notes = planned(&scenario, RealModel::Threads).notes.join("\n");
    for said in [
        "`io network`: a timer stands in for the device.",
        "Threads: a pool of 6 over one shared memory.",
        "`crash` is a real trap, and takes all tasks with it",
        "`gil` and `without-gil` have no effect",
        "takes 30us, and this browser's clock goes in steps of 5us",
        "6 workers share 2 hardware threads here",
    ] {
        assert!(notes.contains(said), "{said:?} is not in:\n{notes}");
    }
}
