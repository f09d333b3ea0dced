//! Spans: what each lane and each task did, interval by interval. Everything drawn or counted is made
//! from them; `walk` makes them from events.

use super::event::TaskId;
use super::table::Trace;
use super::walk::walk;
use crate::base::Nanos;

/// What a lane's time goes to; what is in no span is idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// A task's own work.
    Useful,
    /// Changing from one task to another.
    Switch,
    /// Waiting by asking again and again, for a spin lock or whether something is done.
    Spin,
    /// The real operating system had taken the core away (measured only).
    Gap,
}

/// Why a thread's stay on a lane, or a part of it, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// It did not: the next span of the same stay follows.
    Continues,
    /// The lane was taken from it.
    Preempted,
    /// It gave up the lane and stayed ready.
    Yielded,
    /// It went to wait for a resource.
    Blocked(u16),
    /// It ended.
    Finished,
    /// It crashed.
    Crashed,
    /// Its process ended.
    Killed,
    /// The run ended.
    RunEnded,
}

/// One interval of one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneSpan {
    /// From.
    pub start: Nanos,
    /// To.
    pub end: Nanos,
    /// The thread that has the lane.
    pub task: TaskId,
    /// The coroutine that its event loop runs, or [`TaskId::NONE`].
    pub coroutine: TaskId,
    /// What the time goes to.
    pub kind: SpanKind,
    /// For a switch, what it is made of: an index into [`Trace::costs`]; else zero.
    pub cost: u16,
    /// Why it ended.
    pub stop: StopReason,
}

/// What a task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// It could run, but does not: it is queued, being switched to, or its lane was taken by the
    /// real operating system.
    Ready,
    /// It runs, on this lane.
    Running(u8),
    /// It is on this lane, but does nothing there but try to get a spin lock.
    Spinning(u8),
    /// It waits for this resource.
    Blocked(u16),
    /// It ended by itself.
    Finished,
    /// It crashed.
    Crashed,
    /// Its process ended.
    Killed,
    /// It has not come yet.
    Absent,
}

/// One interval of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskSpan {
    /// From.
    pub start: Nanos,
    /// To.
    pub end: Nanos,
    /// What it is doing.
    pub state: TaskState,
}

/// Hears of every span of a trace, each lane's and each task's in order of time.
pub trait Visitor {
    /// One interval of a lane, never empty.
    fn lane_span(&mut self, lane: u8, span: LaneSpan);
    /// One interval of a task, never empty; ended and absent times are not told.
    fn task_span(&mut self, task: TaskId, span: TaskSpan);
    /// A task's final state: ended, or what it was doing when the run ended.
    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState);
}

impl<V: Visitor + ?Sized> Visitor for &mut V {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        (**self).lane_span(lane, span);
    }
    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        (**self).task_span(task, span);
    }
    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        (**self).task_ended(task, at, state);
    }
}

/// Every lane's spans, in order of time.
#[must_use]
pub fn lane_spans(trace: &Trace) -> Vec<Vec<LaneSpan>> {
    struct Collect(Vec<Vec<LaneSpan>>);
    impl Visitor for Collect {
        fn lane_span(&mut self, lane: u8, span: LaneSpan) {
            self.0[usize::from(lane)].push(span);
        }
        fn task_span(&mut self, _: TaskId, _: TaskSpan) {}
        fn task_ended(&mut self, _: TaskId, _: Nanos, _: TaskState) {}
    }
    let mut collect = Collect(vec![Vec::new(); trace.lanes.len()]);
    walk(trace, &mut collect);
    collect.0
}

/// Every task's spans, in order of time.
#[must_use]
pub fn task_spans(trace: &Trace) -> Vec<Vec<TaskSpan>> {
    struct Collect(Vec<Vec<TaskSpan>>);
    impl Visitor for Collect {
        fn lane_span(&mut self, _: u8, _: LaneSpan) {}
        fn task_span(&mut self, task: TaskId, span: TaskSpan) {
            self.0[task.index()].push(span);
        }
        fn task_ended(&mut self, _: TaskId, _: Nanos, _: TaskState) {}
    }
    let mut collect = Collect(vec![Vec::new(); trace.tasks.len()]);
    walk(trace, &mut collect);
    collect.0
}

/// One task's spans, in order of time.
#[must_use]
pub fn task_spans_of(trace: &Trace, task: TaskId) -> Vec<TaskSpan> {
    struct Collect(TaskId, Vec<TaskSpan>);
    impl Visitor for Collect {
        fn lane_span(&mut self, _: u8, _: LaneSpan) {}
        fn task_span(&mut self, task: TaskId, span: TaskSpan) {
            if task == self.0 {
                self.1.push(span);
            }
        }
        fn task_ended(&mut self, _: TaskId, _: Nanos, _: TaskState) {}
    }
    let mut collect = Collect(task, Vec::new());
    walk(trace, &mut collect);
    collect.1
}
