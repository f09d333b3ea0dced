//! Traces for this room's tests: a small round-robin machine, which is not the kernel and knows no
//! programs. Tests only.

use std::collections::VecDeque;
use std::rc::Rc;

use super::data::TimelineData;
use crate::base::{Nanos, Random};
use crate::trace::{
    Event, EventKind, Lane, MemoryCosts, Origin, Outcome, ProcessInfo, Resource, ResourceKind,
    SwitchCost, SwitchKind, TaskGroup, TaskId, TaskInfo, TaskKind, Trace,
};

/// Drawn data of a trace.
pub(crate) fn data(trace: Trace) -> TimelineData {
    TimelineData::new(Rc::new(trace))
}

/// An editor that blocks after each burst, and an encoder whose `workers` threads only compute, on
/// `lanes` cores, with a quantum of 10 ms and a switch of 5 µs.
pub(crate) fn mix(lanes: u16, workers: u32) -> Trace {
    run(lanes, workers, 12, 1)
}

/// As [`mix`], with more or fewer bursts, of random lengths.
pub(crate) fn run(lanes: u16, workers: u32, bursts: u32, seed: u64) -> Trace {
    let group = |process: &str, thread: &str, count| TaskGroup {
        process: process.to_owned(),
        thread: thread.to_owned(),
        coroutine: String::new(),
        timing: None,
        kind: TaskKind::Thread,
        count,
    };
    let task = |group, index| TaskInfo {
        group,
        index,
        process: group,
        host: TaskId::NONE,
        parent: TaskId::NONE,
        arrival: Nanos::ZERO,
    };
    let mut tasks = vec![task(0, 0)];
    tasks.extend((0..workers).map(|index| task(1, index)));
    let mut trace = Trace {
        origin: Origin::Simulated,
        lanes: (0..lanes).map(|core| Lane { core, sibling: 0 }).collect(),
        groups: vec![
            group("editor", "main", 1),
            group("encoder", "worker", workers),
        ],
        processes: vec![
            ProcessInfo { line: 0, copy: 0 },
            ProcessInfo { line: 1, copy: 0 },
        ],
        tasks,
        resources: vec![Resource {
            kind: ResourceKind::Device,
            name: "disk".to_owned(),
        }],
        costs: vec![
            SwitchCost::default(),
            SwitchCost {
                kind: SwitchKind::Thread,
                save_restore: Nanos::from_us(2),
                choose: Nanos::from_us(3),
                ..SwitchCost::default()
            },
        ],
        memory: MemoryCosts::default(),
        events: Vec::new(),
        end: Nanos::ZERO,
        outcome: Outcome::Finished,
        variables: Vec::new(),
    };
    Machine {
        left: vec![bursts; trace.tasks.len()],
        ready: (0..trace.tasks.len() as u32).map(TaskId).collect(),
        // For each lane: who, until when.
        running: vec![None; usize::from(lanes)],
        waking: Vec::new(),
        random: Random::new(seed, 0),
        trace: &mut trace,
    }
    .run();
    trace
}

struct Machine<'a> {
    left: Vec<u32>,
    ready: VecDeque<TaskId>,
    running: Vec<Option<(TaskId, Nanos)>>,
    waking: Vec<(Nanos, TaskId)>,
    random: Random,
    trace: &'a mut Trace,
}

impl Machine<'_> {
    fn tell(&mut self, at: Nanos, kind: EventKind, task: TaskId, lane: usize, detail: u16) {
        self.trace.events.push(Event {
            at,
            task,
            detail,
            kind,
            lane: lane as u8,
        });
    }

    fn run(mut self) {
        let mut now = Nanos::ZERO;
        for index in 0..self.trace.tasks.len() as u32 {
            self.tell(now, EventKind::Arrive, TaskId(index), 0, 0);
        }
        loop {
            self.dispatch(now);
            let ends = self.running.iter().flatten().map(|(_, until)| *until);
            let Some(next) = ends.chain(self.waking.iter().map(|(at, _)| *at)).min() else {
                break;
            };
            now = next;
            self.step(now);
        }
        self.trace.end = now;
    }

    fn dispatch(&mut self, now: Nanos) {
        for lane in 0..self.running.len() {
            if self.running[lane].is_none()
                && let Some(task) = self.ready.pop_front()
            {
                let burst = Nanos(5_000_000 + self.random.below(10_000_000));
                self.running[lane] = Some((task, now + Nanos::from_us(5) + burst));
                self.tell(now, EventKind::Start, task, lane, 1);
            }
        }
    }

    fn step(&mut self, now: Nanos) {
        self.waking.sort_unstable();
        while self.waking.first().is_some_and(|(at, _)| *at <= now) {
            let (_, task) = self.waking.remove(0);
            self.tell(now, EventKind::Wake, task, 0, 0);
            self.ready.push_back(task);
        }
        for lane in 0..self.running.len() {
            let Some((task, until)) = self.running[lane] else {
                continue;
            };
            if until > now {
                continue;
            }
            self.running[lane] = None;
            self.left[task.index()] -= 1;
            let kind = if self.left[task.index()] == 0 {
                EventKind::Finish
            } else if task == TaskId(0) {
                self.waking.push((now + Nanos::from_ms(12), task));
                EventKind::Block
            } else {
                self.ready.push_back(task);
                EventKind::Preempt
            };
            self.tell(now, kind, task, lane, 0);
        }
    }
}
