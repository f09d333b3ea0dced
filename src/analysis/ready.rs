//! How many tasks are ready at once, counted along the events of a trace: threads that run programs
//! and coroutines, from the moment they could go on until they are taken. Event loops do not count,
//! the coroutines they are in the middle of do.

use crate::base::Nanos;
use crate::trace::{Event, EventKind, TaskId, TaskKind, Trace};

/// The count so far.
pub(super) struct ReadyCount<'a> {
    trace: &'a Trace,
    ready: Vec<bool>,
    /// For an event loop, the coroutine it is in the middle of.
    current: Vec<TaskId>,
    /// For each lane, the thread that has it.
    lanes: Vec<TaskId>,
    count: u64,
    peak: u64,
    at: Nanos,
}

impl<'a> ReadyCount<'a> {
    pub(super) fn new(trace: &'a Trace) -> ReadyCount<'a> {
        ReadyCount {
            trace,
            ready: vec![false; trace.tasks.len()],
            current: vec![TaskId::NONE; trace.tasks.len()],
            lanes: vec![TaskId::NONE; trace.lanes.len()],
            count: 0,
            peak: 0,
            at: Nanos::ZERO,
        }
    }

    /// The largest count that lasted for any time.
    pub(super) fn peak(mut self) -> u64 {
        self.advance_to(self.trace.end);
        self.peak
    }

    fn advance_to(&mut self, at: Nanos) {
        if at > self.at {
            self.peak = self.peak.max(self.count);
            self.at = at;
        }
    }

    pub(super) fn count(&mut self, event: &Event) {
        self.advance_to(event.at);
        let Event { task, lane, .. } = *event;
        match event.kind {
            EventKind::Arrive | EventKind::Wake => self.set(self.innermost(task), true),
            EventKind::Start => {
                let before = std::mem::replace(&mut self.lanes[usize::from(lane)], task);
                if before != TaskId::NONE {
                    self.set(self.innermost(before), true);
                }
                self.set(self.innermost(task), false);
            }
            EventKind::Preempt | EventKind::Yield => {
                self.set(self.innermost(task), true);
                self.lanes[usize::from(lane)] = TaskId::NONE;
            }
            EventKind::Block | EventKind::Finish | EventKind::Crash | EventKind::Kill => {
                self.lanes[usize::from(lane)] = TaskId::NONE;
            }
            EventKind::KillWaiting => self.set(task, false),
            EventKind::Throttle => self.set(self.innermost(task), false),
            EventKind::Resume => {
                self.current[self.trace.tasks[task.index()].host.index()] = task;
                self.set(task, false);
            }
            EventKind::CoroutineYield | EventKind::Suspend | EventKind::CoroutineFinish => {
                self.current[self.trace.tasks[task.index()].host.index()] = TaskId::NONE;
                self.set(task, event.kind == EventKind::CoroutineYield);
            }
            _ => {}
        }
    }

    /// The task that runs a program when this one runs; none for an event loop between two.
    pub(super) fn innermost(&self, task: TaskId) -> TaskId {
        match self.trace.kind(task) {
            TaskKind::EventLoop => self.current[task.index()],
            TaskKind::Thread | TaskKind::Coroutine => task,
        }
    }

    fn set(&mut self, task: TaskId, ready: bool) {
        if task == TaskId::NONE {
            return;
        }
        let before = std::mem::replace(&mut self.ready[task.index()], ready);
        self.count = self.count - u64::from(before) + u64::from(ready);
    }
}
