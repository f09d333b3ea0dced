//! Merging, on records written by hand: two workers whose clocks are apart.

use super::*;
use crate::exec::capabilities::Capabilities;
use crate::exec::recorder::Recorder;
use crate::exec::samples::{compute, program, server_and_encoder, simple};
use crate::exec::{RealModel, plan};
use crate::scenario::Scenario;
use crate::trace::{SpanKind, TaskState, lane_spans, task_spans};

const FROM: Nanos = Nanos::from_ms(100);

fn planned(scenario: &Scenario, model: RealModel) -> RealPlan {
    plan(scenario, model, &Capabilities::from_facts(true, true, 2)).unwrap()
}

/// A worker whose clock is `ahead_ms` ahead of the page's; times are of the run's axis.
fn part(lane: u8, ahead_ms: i64, events: &[(u64, EventKind, u32, u16)]) -> Part {
    let alignment = Alignment {
        ahead_ns: ahead_ms * 1_000_000,
        error: Nanos::from_us(40),
    };
    let mut recorder = Recorder::new(lane);
    for (at_ms, kind, task, detail) in events {
        let at = alignment.to_worker(FROM + Nanos::from_ms(*at_ms));
        recorder.note(at, *kind, TaskId(*task), *detail);
    }
    Part {
        batch: recorder.take(),
        alignment,
        died: None,
    }
}

fn merged(plan: &RealPlan, parts: Vec<Part>) -> Trace {
    let until = FROM + Nanos::from_ms(50);
    merge(
        plan,
        parts,
        (FROM, until),
        Outcome::Cancelled,
        Nanos::from_us(5),
    )
}

fn told(trace: &Trace) -> Vec<String> {
    let line = |event: &Event| format!("{} {:?} {}", event.at, event.kind, event.task.0);
    trace.events.iter().map(line).collect()
}

#[test]
fn clocks_that_are_apart_come_onto_one_axis() {
    let plan = planned(
        &simple([program([compute(5)]), program([compute(5)])]),
        RealModel::Processes,
    );
    let trace = merged(
        &plan,
        vec![
            part(
                0,
                70,
                &[(1, EventKind::Start, 0, 0), (6, EventKind::Finish, 0, 0)],
            ),
            part(
                1,
                -30,
                &[(2, EventKind::Start, 1, 0), (5, EventKind::Finish, 1, 0)],
            ),
        ],
    );
    assert_eq!(
        told(&trace),
        [
            "0ms Arrive 0",
            "0ms Arrive 1",
            "1ms Start 0",
            "2ms Start 1",
            "5ms Finish 1",
            "6ms Finish 0"
        ]
    );
    assert_eq!(
        (trace.outcome, trace.end),
        (Outcome::Finished, Nanos::from_ms(6))
    );
    let error = Nanos::from_us(40);
    let clock_step = Nanos::from_us(5);
    assert_eq!(
        trace.origin,
        Origin::Measured {
            clock_step,
            alignment_error: error
        }
    );
}

#[test]
fn nothing_happens_before_a_task_comes_nor_backwards_on_a_lane() {
    let mut scenario = simple([program([compute(5)])]);
    scenario.processes[0].arrival = Nanos::from_ms(3);
    let plan = planned(&scenario, RealModel::Processes);
    let events = [(1, EventKind::Start, 0, 0), (0, EventKind::Finish, 0, 0)];
    let trace = merged(&plan, vec![part(0, 0, &events)]);
    assert_eq!(
        told(&trace),
        ["3ms Arrive 0", "3ms Start 0", "3ms Finish 0"]
    );
}

#[test]
fn a_worker_that_dies_ends_its_tasks_and_no_others() {
    let scenario = server_and_encoder();
    // The server's event loop and two requests on one worker, a pool of two for each encoder.
    let plan = planned(&scenario, RealModel::Hybrid);
    assert_eq!(plan.jobs.len(), 3);
    let mut dead = part(
        0,
        0,
        &[
            (0, EventKind::Start, 0, 0),
            (0, EventKind::Resume, 1, 0),
            (0, EventKind::Suspend, 1, 4),
            (1, EventKind::Resume, 2, 0),
        ],
    );
    dead.died = Some(FROM + Nanos::from_ms(9));
    let worker = |lane: u8, task: u32| {
        part(
            lane,
            0,
            &[
                (0, EventKind::Start, task, 0),
                (20, EventKind::Finish, task, 0),
            ],
        )
    };
    let mut both = worker(1, 3);
    both.batch.append(worker(2, 4).batch);
    let mut others = worker(3, 5);
    others.batch.append(worker(4, 6).batch);
    let trace = merged(&plan, vec![dead, both, others]);
    assert_eq!(trace.outcome, Outcome::Finished);
    let ended = |task: u32| {
        trace
            .events
            .iter()
            .rfind(|event| event.task.0 == task)
            .unwrap()
    };
    assert_eq!(
        (ended(0).kind, ended(0).at),
        (EventKind::Crash, Nanos::from_ms(9))
    );
    assert_eq!(
        (ended(1).kind, ended(1).at),
        (EventKind::KillWaiting, Nanos::from_ms(9))
    );
    assert_eq!(
        (ended(6).kind, ended(6).at),
        (EventKind::Finish, Nanos::from_ms(20))
    );
    let spans = task_spans(&trace);
    assert_eq!(spans[2].last().unwrap().state, TaskState::Running(0));
    assert_eq!(spans[2].last().unwrap().end, Nanos::from_ms(9));
}

#[test]
fn a_run_that_is_stopped_keeps_what_was_running() {
    let plan = planned(&simple([program([compute(500)])]), RealModel::Processes);
    let events = [
        (1, EventKind::Start, 0, 0),
        (4, EventKind::GapBegin, 0, 0),
        (8, EventKind::GapEnd, 0, 0),
    ];
    let trace = merged(&plan, vec![part(0, 0, &events)]);
    assert_eq!(
        (trace.outcome.clone(), trace.end),
        (Outcome::Cancelled, Nanos::from_ms(50))
    );
    let kinds: Vec<SpanKind> = lane_spans(&trace)[0].iter().map(|span| span.kind).collect();
    assert_eq!(kinds, [SpanKind::Useful, SpanKind::Gap, SpanKind::Useful]);
}

#[test]
fn spawned_tasks_are_numbered_in_the_order_they_came() {
    let spawn = crate::scenario::StatementKind::Spawn("b".to_owned());
    let scenario = simple([program([spawn]), program([compute(1)])]);
    let plan = planned(&scenario, RealModel::Sliced);
    let mut recorder = Recorder::new(0);
    for (at_ms, number) in [(3, 9), (1, 5)] {
        let task = TaskId(number);
        let process = FIRST_SPAWNED_PROCESS + number;
        let at = FROM + Nanos::from_ms(at_ms);
        let (host, parent) = (TaskId::NONE, TaskId(0));
        recorder.note_spawned(
            at,
            Spawned {
                task,
                template: 0,
                process,
                host,
                parent,
            },
        );
    }
    let part = Part {
        batch: recorder.take(),
        ..Part::default()
    };
    let trace = merged(&plan, vec![part]);
    let names: Vec<String> = (0..4).map(|task| trace.task_name(TaskId(task))).collect();
    assert_eq!(names, ["a", "b 0", "b 1", "b 2"]);
    assert_eq!(trace.tasks[2].arrival, Nanos::from_ms(1));
    assert_eq!(trace.tasks[3].process, 3);
    assert_eq!(trace.tasks[3].parent, TaskId(0));
    assert_eq!(trace.processes[3].copy, 2);
}
