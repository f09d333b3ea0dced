//! The slicer under a test's own clock, on which a step of work takes a nanosecond.

use super::*;
use crate::exec::capabilities::Capabilities;
use crate::exec::samples::{compute as work_ms, program, server_and_encoder, simple, sleep};
use crate::exec::{RealModel, plan};
use crate::scenario::{Scenario, StatementKind};

/// A clock that only work and waiting move.
struct TestCpu {
    now: Nanos,
    /// The real operating system takes the core away here, for this long.
    gap: Option<(Nanos, Nanos)>,
    stop_at: Nanos,
}

impl Cpu for TestCpu {
    fn now(&mut self) -> Nanos {
        self.now
    }

    fn work(&mut self, steps: u64) {
        self.now += Nanos(steps);
        if let Some((_, length)) = self.gap.take_if(|(at, _)| *at <= self.now) {
            self.now += length;
        }
    }

    fn signal(&mut self) -> Signal {
        if self.now >= self.stop_at {
            Signal::Stop
        } else {
            Signal::None
        }
    }
}

const QUIET: TestCpu = TestCpu {
    now: Nanos::ZERO,
    gap: None,
    stop_at: Nanos::NEVER,
};

/// Runs a scenario on one lane; what happened, in words.
fn run(scenario: &Scenario, cpu: TestCpu) -> (Vec<String>, End) {
    let capabilities = Capabilities::from_facts(true, true, 2);
    let plan = plan(scenario, RealModel::Sliced, &capabilities).unwrap();
    let [job] = &plan.jobs[..] else {
        panic!("the slicer is one worker")
    };
    let crate::exec::Driver::Turns { quantum, traps } = job.driver else {
        panic!("turns")
    };
    let terms = Terms {
        code: job.code.clone().into(),
        templates: job.templates.clone().into(),
        rate: Rate::measured(1, Nanos(1)),
        quantum,
        traps,
        from: Nanos::ZERO,
        until: Nanos::from_s(1),
    };
    let mut slicer = Slicer::new(cpu, terms, 0, &job.threads, job.spawn_numbers);
    let end = loop {
        match slicer.turn() {
            Turn::Again => {}
            Turn::Wait(until) => slicer.cpu().now = until,
            Turn::Over(end) => break end,
        }
    };
    let told = slicer.take().records.into_iter().filter_map(|record| {
        let event = record.event(record.at)?;
        Some(format!("{} {:?} {}", event.at, event.kind, event.task.0))
    });
    (told.collect(), end)
}

#[test]
fn two_tasks_take_turns_and_the_last_one_renews_its_quantum_alone() {
    let scenario = simple([program([work_ms(15)]), program([work_ms(25)])]);
    let (told, end) = run(&scenario, QUIET);
    assert_eq!(
        told,
        [
            "0ms Start 0",
            "10ms Preempt 0",
            "10ms Start 1",
            "20ms Preempt 1",
            "20ms Start 0",
            "25ms Finish 0",
            "25ms Start 1",
            "40ms Finish 1",
        ]
    );
    assert_eq!(end, End::Finished);
}

#[test]
fn a_sleeper_wakes_while_another_computes_and_runs_at_the_end_of_its_quantum() {
    let scenario = simple([program([sleep(4), work_ms(1)]), program([work_ms(12)])]);
    let (told, _) = run(&scenario, QUIET);
    assert_eq!(
        told,
        [
            "0ms Start 0",
            "0ms Block 0",
            "0ms Start 1",
            "4ms Wake 0",
            "10ms Preempt 1",
            "10ms Start 0",
            "11ms Finish 0",
            "11ms Start 1",
            "13ms Finish 1",
        ]
    );
}

#[test]
fn an_event_loop_waits_for_all_its_coroutines_at_once() {
    let mut scenario = server_and_encoder();
    scenario.processes.truncate(1);
    let (told, end) = run(&scenario, QUIET);
    assert_eq!(
        told,
        [
            "0ms Start 0",
            "0ms Resume 1",
            "0ms Suspend 1",
            "0ms ServiceBegin 1",
            "0ms Resume 2",
            "0ms Suspend 2",
            "0ms ServiceBegin 2",
            "0ms Block 0",
            "20ms Wake 1",
            "20ms Wake 0",
            "20ms Wake 2",
            "20ms Start 0",
            "20ms Resume 1",
            "21ms CoroutineFinish 1",
            "21ms Resume 2",
            "22ms CoroutineFinish 2",
            "22ms Finish 0",
        ]
    );
    assert_eq!(end, End::Finished);
}

#[test]
fn what_the_operating_system_takes_is_a_gap_and_not_work() {
    let scenario = simple([program([work_ms(3)])]);
    let gap = Some((Nanos::from_ms(1), Nanos::from_ms(4)));
    let (told, _) = run(&scenario, TestCpu { gap, ..QUIET });
    // Seen to the length of a chunk of work, 20 µs.
    assert_eq!(
        told,
        [
            "0ms Start 0",
            "980us GapBegin 0",
            "4.98ms GapEnd 0",
            "7ms Finish 0"
        ]
    );
}

#[test]
fn a_played_crash_ends_its_process_and_no_other() {
    let crash = program([sleep(1), StatementKind::Crash]);
    let mut scenario = simple([crash, program([work_ms(5)])]);
    let sibling = crate::exec::samples::thread("sibling", 1, program([sleep(9)]));
    scenario.processes[0].threads.push(sibling);
    let (told, end) = run(&scenario, QUIET);
    assert_eq!(
        told,
        [
            "0ms Start 0",
            "0ms Block 0",
            "0ms Start 1",
            "0ms Block 1",
            "0ms Start 2",
            "1ms Wake 0",
            "5ms Finish 2",
            "5ms Start 0",
            "5ms Crash 0",
            "5ms KillWaiting 1",
        ]
    );
    assert_eq!(end, End::Finished);
}

#[test]
fn a_parent_joins_what_it_spawned() {
    let parent = program([
        StatementKind::Spawn("b".to_owned()),
        StatementKind::Spawn("b".to_owned()),
        StatementKind::Join,
        work_ms(1),
    ]);
    let mut scenario = simple([parent, program([work_ms(2)])]);
    scenario.processes[1].count = 0;
    let (told, _) = run(&scenario, QUIET);
    assert_eq!(
        told,
        [
            "0ms Start 0",
            "0ms Arrive 1",
            "0ms Arrive 2",
            "0ms Block 0",
            "0ms Start 1",
            "2ms Finish 1",
            "2ms Start 2",
            "4ms Finish 2",
            "4ms Wake 0",
            "4ms Start 0",
            "5ms Finish 0",
        ]
    );
}

#[test]
fn a_run_is_stopped_within_a_chunk_and_ends_at_its_limit() {
    let scenario = simple([program([StatementKind::Forever { body: vec![] }])]);
    let stop_at = Nanos::from_ms(2);
    let long = simple([program([work_ms(500)])]);
    assert_eq!(run(&long, TestCpu { stop_at, ..QUIET }).1, End::Stopped);
    let slow = simple([program([work_ms(5_000)])]);
    assert_eq!(
        run(&slow, QUIET),
        (vec!["0ms Start 0".to_owned()], End::TimeLimit)
    );
    // An empty loop moves no test clock, so it is only asked whether it is stopped.
    assert_eq!(
        run(
            &scenario,
            TestCpu {
                stop_at: Nanos::ZERO,
                ..QUIET
            }
        )
        .1,
        End::Stopped
    );
}
