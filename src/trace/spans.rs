//! From events to spans: what each lane and each task did, interval by interval. The one place
//! that knows what a sequence of events means; everything drawn or counted goes through it.

use super::event::{Event, EventKind, TaskId};
use super::table::Trace;
use crate::base::Nanos;

/// What a lane's time goes to; what is in no span is idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// A task's own work.
    Useful,
    /// Changing from one task to another.
    Switch,
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

/// Tells `visitor` every span of the trace.
pub fn walk(trace: &Trace, visitor: &mut impl Visitor) {
    let mut walker = Walker {
        trace,
        visitor,
        lanes: vec![LaneNow::IDLE; trace.lanes.len()],
        tasks: vec![
            TaskNow {
                state: TaskState::Absent,
                since: Nanos::ZERO
            };
            trace.tasks.len()
        ],
        current: vec![TaskId::NONE; trace.tasks.len()],
    };
    for event in &trace.events {
        walker.event(event);
    }
    walker.finish();
}

#[derive(Clone, Copy)]
struct LaneNow {
    task: TaskId,
    coroutine: TaskId,
    kind: SpanKind,
    since: Nanos,
    /// Until when the switch lasts that the lane is in.
    switch_until: Nanos,
    cost: u16,
}

impl LaneNow {
    const IDLE: LaneNow = LaneNow {
        task: TaskId::NONE,
        coroutine: TaskId::NONE,
        kind: SpanKind::Useful,
        since: Nanos::ZERO,
        switch_until: Nanos::ZERO,
        cost: 0,
    };
}

#[derive(Clone, Copy)]
struct TaskNow {
    state: TaskState,
    since: Nanos,
}

struct Walker<'a, V> {
    trace: &'a Trace,
    visitor: &'a mut V,
    lanes: Vec<LaneNow>,
    tasks: Vec<TaskNow>,
    /// For an event loop, the coroutine it is in the middle of.
    current: Vec<TaskId>,
}

impl<V: Visitor> Walker<'_, V> {
    fn event(&mut self, event: &Event) {
        let Event {
            at,
            task,
            detail,
            lane,
            ..
        } = *event;
        match event.kind {
            EventKind::Arrive => self.become_(task, at, TaskState::Ready),
            EventKind::Wake => {
                self.become_(task, at, TaskState::Ready);
                // A coroutine that blocked its whole thread is ready with it.
                let inside = self.current[task.index()];
                if inside != TaskId::NONE {
                    self.become_(inside, at, TaskState::Ready);
                }
            }
            EventKind::Start => self.start(lane, task, at, detail),
            EventKind::Preempt => self.leave(lane, task, at, StopReason::Preempted),
            EventKind::Yield => self.leave(lane, task, at, StopReason::Yielded),
            EventKind::Block => self.leave(lane, task, at, StopReason::Blocked(detail)),
            EventKind::Finish => self.leave(lane, task, at, StopReason::Finished),
            EventKind::Crash => self.leave(lane, task, at, StopReason::Crashed),
            EventKind::Kill => self.leave(lane, task, at, StopReason::Killed),
            EventKind::KillWaiting => self.become_(task, at, TaskState::Killed),
            EventKind::Resume => {
                let host = self.trace.tasks[task.index()].host;
                self.current[host.index()] = task;
                self.cut(lane, at, StopReason::Continues);
                self.begin(lane, at, detail);
            }
            EventKind::CoroutineYield => self.suspend(lane, task, at, StopReason::Yielded),
            EventKind::Suspend => self.suspend(lane, task, at, StopReason::Blocked(detail)),
            EventKind::CoroutineFinish => self.suspend(lane, task, at, StopReason::Finished),
            EventKind::GapBegin => {
                self.cut(lane, at, StopReason::Continues);
                self.lanes[usize::from(lane)].kind = SpanKind::Gap;
                self.innermost_becomes(lane, at, TaskState::Ready);
            }
            EventKind::GapEnd => {
                self.cut(lane, at, StopReason::Continues);
                self.lanes[usize::from(lane)].kind = SpanKind::Useful;
                self.innermost_becomes(lane, at, TaskState::Running(lane));
            }
            EventKind::Requeue => self.become_(task, at, TaskState::Blocked(detail)),
            EventKind::ServiceBegin
            | EventKind::JobRelease
            | EventKind::JobDone
            | EventKind::DeadlineMiss
            | EventKind::Log
            | EventKind::Acquire
            | EventKind::Release
            | EventKind::TimeOut => {}
        }
    }

    fn finish(&mut self) {
        let end = self.trace.end;
        for lane in 0..self.lanes.len() {
            if self.lanes[lane].task != TaskId::NONE {
                self.cut(lane as u8, end, StopReason::RunEnded);
            }
        }
        for index in 0..self.tasks.len() {
            let task = TaskId(index as u32);
            let TaskNow { state, .. } = self.tasks[index];
            match state {
                TaskState::Absent
                | TaskState::Finished
                | TaskState::Crashed
                | TaskState::Killed => {}
                live => {
                    self.become_(task, end, live);
                    self.visitor.task_ended(task, end, live);
                }
            }
        }
    }

    /// A thread gets a lane.
    fn start(&mut self, lane: u8, task: TaskId, at: Nanos, cost: u16) {
        let before = self.lanes[usize::from(lane)].task;
        if before != TaskId::NONE {
            self.leave(lane, before, at, StopReason::Preempted);
        }
        self.lanes[usize::from(lane)].task = task;
        self.begin(lane, at, cost);
    }

    /// What the lane's thread is in the middle of runs from now, after paying `cost`.
    fn begin(&mut self, lane: u8, at: Nanos, cost: u16) {
        let cost_total = self.trace.costs[usize::from(cost)].total();
        let now = &mut self.lanes[usize::from(lane)];
        now.coroutine = self.current[now.task.index()];
        now.since = at;
        now.switch_until = at.saturating_add(cost_total);
        now.cost = cost;
        now.kind = if cost_total == Nanos::ZERO {
            SpanKind::Useful
        } else {
            SpanKind::Switch
        };
        if cost_total == Nanos::ZERO {
            self.runs(lane, at);
        }
    }

    /// What the lane's thread is in the middle of runs from `at`, all switching paid; the event
    /// loop itself counts as running with its coroutine.
    fn runs(&mut self, lane: u8, at: Nanos) {
        let LaneNow {
            task, coroutine, ..
        } = self.lanes[usize::from(lane)];
        if !matches!(self.tasks[task.index()].state, TaskState::Running(_)) {
            self.become_(task, at, TaskState::Running(lane));
        }
        if coroutine != TaskId::NONE {
            self.become_(coroutine, at, TaskState::Running(lane));
        }
    }

    /// Tells the lane's current span up to `at`, and starts the next one.
    fn cut(&mut self, lane: u8, at: Nanos, stop: StopReason) {
        let now = self.lanes[usize::from(lane)];
        let mut span = LaneSpan {
            start: now.since,
            end: at,
            task: now.task,
            coroutine: now.coroutine,
            kind: now.kind,
            cost: 0,
            stop,
        };
        if now.kind == SpanKind::Switch {
            if at >= now.switch_until {
                self.runs(lane, now.switch_until);
            }
            let switch_end = now.switch_until.min(at);
            let cut_short = at <= now.switch_until && stop != StopReason::Continues;
            self.tell(
                lane,
                LaneSpan {
                    end: switch_end,
                    cost: now.cost,
                    stop: if cut_short {
                        stop
                    } else {
                        StopReason::Continues
                    },
                    ..span
                },
            );
            span.start = switch_end;
            span.kind = SpanKind::Useful;
        }
        self.tell(lane, span);
        let now = &mut self.lanes[usize::from(lane)];
        now.since = at;
        now.kind = SpanKind::Useful;
    }

    fn tell(&mut self, lane: u8, span: LaneSpan) {
        if span.end > span.start {
            self.visitor.lane_span(lane, span);
        }
    }

    /// A thread leaves its lane, and with it the coroutine it is in the middle of.
    fn leave(&mut self, lane: u8, task: TaskId, at: Nanos, stop: StopReason) {
        self.cut(lane, at, stop);
        let state = state_after(stop);
        let coroutine = self.lanes[usize::from(lane)].coroutine;
        if coroutine != TaskId::NONE {
            self.become_(coroutine, at, state);
        }
        self.become_(task, at, state);
        self.lanes[usize::from(lane)] = LaneNow::IDLE;
    }

    /// A coroutine leaves its thread, which goes on with its event loop.
    fn suspend(&mut self, lane: u8, coroutine: TaskId, at: Nanos, stop: StopReason) {
        self.cut(lane, at, stop);
        self.become_(coroutine, at, state_after(stop));
        let host = self.trace.tasks[coroutine.index()].host;
        self.current[host.index()] = TaskId::NONE;
        self.lanes[usize::from(lane)].coroutine = TaskId::NONE;
    }

    fn innermost_becomes(&mut self, lane: u8, at: Nanos, state: TaskState) {
        let now = self.lanes[usize::from(lane)];
        let task = if now.coroutine == TaskId::NONE {
            now.task
        } else {
            now.coroutine
        };
        self.become_(task, at, state);
    }

    fn become_(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        let now = self.tasks[task.index()];
        // A run can end in the middle of a switch, before the task that is switched to has run.
        let from = now.since.min(at);
        if now.state != TaskState::Absent && at > from {
            self.visitor.task_span(
                task,
                TaskSpan {
                    start: from,
                    end: at,
                    state: now.state,
                },
            );
        }
        self.tasks[task.index()] = TaskNow { state, since: at };
        if matches!(
            state,
            TaskState::Finished | TaskState::Crashed | TaskState::Killed
        ) {
            self.visitor.task_ended(task, at, state);
        }
    }
}

fn state_after(stop: StopReason) -> TaskState {
    match stop {
        StopReason::Preempted
        | StopReason::Yielded
        | StopReason::Continues
        | StopReason::RunEnded => TaskState::Ready,
        StopReason::Blocked(resource) => TaskState::Blocked(resource),
        StopReason::Finished => TaskState::Finished,
        StopReason::Crashed => TaskState::Crashed,
        StopReason::Killed => TaskState::Killed,
    }
}
