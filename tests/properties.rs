//! Laws that hold of every scenario. A failing one prints the scenario.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::collections::HashMap;

use proptest::prelude::*;

use support::{LIMITS, any_scenario, cases, run};
use timeslice::analysis::{TaskReport, report};
use timeslice::base::{Nanos, Random};
use timeslice::kernel::{Chooser, Simulation, invariants};
use timeslice::scenario::Process;
use timeslice::trace::{
    EventKind, Outcome, ResourceKind, TaskId, TaskState, Trace, Visitor, walk, wire,
};

proptest! {
    #![proptest_config(cases(2_000))]

    /// The same scenario gives the same bytes, run at once or in pieces; and they survive the wire.
    #[test]
    fn a_scenario_determines_its_trace(scenario in any_scenario()) {
        let trace = run(&scenario);
        let mut pieces = Simulation::new(&scenario, LIMITS);
        while !pieces.run(3) {}
        let again = pieces.into_trace();
        prop_assert_eq!(&trace, &again);
        prop_assert_eq!(wire::decode(&wire::encode(&trace)), Some(trace));
    }

    /// Going back to a snapshot and on again is the same run.
    #[test]
    fn a_snapshot_goes_on_as_the_original(scenario in any_scenario(), steps in 0..60_usize) {
        let mut original = Simulation::new(&scenario, LIMITS);
        for _ in 0..steps {
            original.step();
        }
        let mut snapshot = original.clone();
        original.run(u64::MAX);
        snapshot.run(u64::MAX);
        prop_assert_eq!(original.into_trace(), snapshot.into_trace());
    }

    /// Whoever decides, the invariants hold; and the recorded choices give the same run again.
    #[test]
    fn any_choices_are_a_valid_run_and_replay(scenario in any_scenario(), seed in any::<u64>()) {
        let chooser = Chooser::Random(Random::new(seed, 0));
        let mut simulation = Simulation::with_chooser(&scenario, LIMITS, chooser);
        simulation.run(u64::MAX);
        let picks = simulation.choices().iter().map(|choice| choice.chosen).collect();
        let trace = simulation.into_trace();
        prop_assert_eq!(invariants::check_chosen(&trace, &scenario), Ok(()));
        let replay = Chooser::replay(picks);
        let mut replayed = Simulation::with_chooser(&scenario, LIMITS, replay);
        replayed.run(u64::MAX);
        prop_assert_eq!(replayed.into_trace(), trace);
    }

    /// No task is lost; each one's time adds up; the hardware threads' time adds up.
    #[test]
    fn time_adds_up(scenario in any_scenario()) {
        let trace = run(&scenario);
        let report = report(&trace);
        let ended = |state: &str| matches!(state, "finished" | "crashed" | "killed");
        if trace.outcome == Outcome::Finished {
            // Absent is one whose process crashed before it came.
            let is_over = |task: &TaskReport| ended(task.state) || task.state == "absent";
            prop_assert!(report.tasks.iter().all(is_over));
        } else {
            // Without a limit that is reached, only tasks that spin get nowhere and never rest.
            let spins = trace.events.iter().any(|event| event.kind == EventKind::SpinBegin);
            let is_expected = match trace.outcome {
                Outcome::Deadlock { .. } | Outcome::Stuck => true,
                Outcome::Livelock => spins,
                _ => false,
            };
            prop_assert!(is_expected, "{:?}", trace.outcome);
        }
        prop_assert_eq!(report.tasks.len() + report.event_loops.len(), trace.tasks.len());
        for task in report.tasks.iter().chain(&report.event_loops) {
            if task.state == "absent" {
                continue; // Its process crashed before it came.
            }
            prop_assert_eq!(ended(task.state), task.finish_ns.is_some());
            let turnaround = task.turnaround_ns.unwrap_or(report.end_ns - task.arrival_ns);
            prop_assert_eq!(turnaround, task.waiting_ns + task.blocked_ns + task.cpu_ns);
            prop_assert!(task.response_ns.is_none_or(|response| response <= turnaround));
        }
        let mut worked = 0;
        for core in &report.cores {
            let sum = core.useful_ns + core.switch_ns + core.spin_ns + core.idle_ns;
            prop_assert_eq!(sum, report.end_ns);
            worked += core.useful_ns + core.spin_ns;
        }
        let cpu: u64 = report.tasks.iter().map(|task| task.cpu_ns).sum();
        // A loop that has to find out what is done computes on its own account.
        let has_events = |process: &Process| process.threads.iter().any(|it| it.events.is_some());
        let own = if scenario.processes.iter().any(has_events) { worked - cpu } else { 0 };
        prop_assert_eq!(worked, cpu + own);
        let switches = report.totals.context_switches;
        let stops = trace.events.iter().filter(|event| event.kind as u8 == 2 || event.kind as u8 == 10);
        prop_assert!(switches <= stops.count() as u64);
    }

    /// A deadlock is said exactly when the wait-for graph has a circle, read here from the trace
    /// alone: who waits for a lock at the end, and who holds it; who joins, and whom.
    #[test]
    fn a_deadlock_is_said_exactly_when_there_is_a_circle(scenario in any_scenario()) {
        let trace = run(&scenario);
        let circle = match &trace.outcome {
            Outcome::Deadlock { cycle } => cycle.as_slice(),
            _ => &[],
        };
        // A circle through a channel is seen from the programs, not from the trace.
        let through_channel = circle.iter().any(|edge| {
            let kind = trace.resources[usize::from(edge.resource)].kind;
            matches!(kind, ResourceKind::Room | ResourceKind::Mail)
        });
        if through_channel {
            let end = trace.events.last().map_or(Nanos::ZERO, |event| event.at);
            let spins = trace.events.iter().any(|event| event.kind == EventKind::SpinBegin);
            prop_assert!(trace.end == end || spins, "nothing else goes on");
        } else {
            prop_assert_eq!(!circle.is_empty(), has_circle_of_locks(&trace));
        }
    }

    /// Spans tile: a lane's do not overlap, a task's follow each other without a gap.
    #[test]
    fn spans_tile(scenario in any_scenario()) {
        let trace = run(&scenario);
        for spans in timeslice::trace::lane_spans(&trace) {
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
        for spans in timeslice::trace::task_spans(&trace) {
            prop_assert!(spans.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
        let mut ends = Ends(vec![0; trace.tasks.len()]);
        walk(&trace, &mut ends);
        let mut came = vec![0; trace.tasks.len()];
        for event in &trace.events {
            came[event.task.index()] |= u32::from(event.kind == EventKind::Arrive);
        }
        prop_assert_eq!(ends.0, came, "who comes, ends once");
    }
}

/// Whether tasks that wait for locks at the end of a trace, each for the next one's, go round. Joins are
/// left out: a task never waits for its spawner in these scenarios.
fn has_circle_of_locks(trace: &Trace) -> bool {
    let key = |detail: u16| {
        let resource = &trace.resources[usize::from(detail)];
        (resource.name.as_str(), resource.kind)
    };
    let mut holders: HashMap<_, Vec<TaskId>> = HashMap::new();
    for event in &trace.events {
        match event.kind {
            EventKind::Acquire => {
                let held = holders.entry(key(event.detail)).or_default();
                held.push(event.task);
            }
            EventKind::Release => {
                let held = holders.entry(key(event.detail)).or_default();
                let at = held.iter().position(|task| *task == event.task);
                held.remove(at.expect("it has it"));
            }
            _ => {}
        }
    }
    let mut waits = LastState(vec![TaskState::Absent; trace.tasks.len()]);
    walk(trace, &mut waits);
    let tasks = || (0..trace.tasks.len() as u32).map(TaskId);
    let mut spins_for = HashMap::new();
    for event in &trace.events {
        match event.kind {
            EventKind::SpinBegin => drop(spins_for.insert(event.task, event.detail)),
            EventKind::Acquire => drop(spins_for.remove(&event.task)),
            _ => {}
        }
    }
    let waits_for = |task: TaskId| match waits.0[task.index()] {
        // Whoever holds an interpreter lock waits for nothing.
        TaskState::Blocked(resource) => {
            Some(key(resource)).filter(|key| key.1 != ResourceKind::InterpreterLock)
        }
        // Also where its thread has lost its core meanwhile.
        TaskState::Spinning(_) | TaskState::Ready => spins_for.get(&task).map(|lock| key(*lock)),
        _ => None,
    };
    let next = |task: TaskId| -> Vec<TaskId> {
        let Some((name, kind)) = waits_for(task) else {
            return Vec::new();
        };
        let held = |kind| holders.get(&(name, kind)).cloned().unwrap_or_default();
        let (reading, writing) = (ResourceKind::Reading, ResourceKind::Writing);
        match kind {
            ResourceKind::Writing => [held(reading), held(writing)].concat(),
            // Where readers have the lock, it waits for the writers that go first.
            ResourceKind::Reading if held(writing).is_empty() => tasks()
                .filter(|other| waits_for(*other) == Some((name, writing)))
                .collect(),
            ResourceKind::Reading => held(writing),
            _ => held(kind),
        }
    };
    tasks().any(|task| {
        let (mut seen, mut open) = (Vec::new(), next(task));
        while let Some(reached) = open.pop() {
            if !seen.contains(&reached) {
                seen.push(reached);
                open.extend(next(reached));
            }
        }
        seen.contains(&task)
    })
}

struct LastState(Vec<TaskState>);

impl Visitor for LastState {
    fn lane_span(&mut self, _: u8, _: timeslice::trace::LaneSpan) {}
    fn task_span(&mut self, _: TaskId, _: timeslice::trace::TaskSpan) {}
    fn task_ended(&mut self, task: TaskId, _: timeslice::base::Nanos, state: TaskState) {
        self.0[task.index()] = state;
    }
}

struct Ends(Vec<u32>);

impl Visitor for Ends {
    fn lane_span(&mut self, _: u8, _: timeslice::trace::LaneSpan) {}
    fn task_span(&mut self, _: timeslice::trace::TaskId, _: timeslice::trace::TaskSpan) {}
    fn task_ended(
        &mut self,
        task: timeslice::trace::TaskId,
        _: timeslice::base::Nanos,
        _: TaskState,
    ) {
        self.0[task.index()] += 1;
    }
}
