//! The walk over a trace's events: the one place that knows what a sequence of them means. It can
//! stop between any two events and go on later, so that a page stays awake over a long trace.
//!
//! Called by whoever draws or counts; `spans` has what it tells.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::event::{Event, EventKind, TaskId};
use super::spans::{LaneSpan, SpanKind, StopReason, TaskSpan, TaskState, Visitor};
use super::table::Trace;
use crate::base::Nanos;

/// Tells `visitor` every span of the trace.
pub fn walk(trace: &Trace, visitor: &mut impl Visitor) {
    Walk::new(trace, visitor).go_on(usize::MAX);
}

/// A walk that is somewhere between a trace's events. `T` is a reference of any kind.
#[derive(Debug)]
pub struct Walk<T, V> {
    trace: T,
    visitor: V,
    /// The next event.
    next: usize,
    over: bool,
    lanes: Vec<LaneNow>,
    tasks: Vec<TaskNow>,
    /// For an event loop, the coroutine it is in the middle of.
    current: Vec<TaskId>,
    /// Who asks again and again.
    spins: BTreeSet<TaskId>,
}

impl<T: Deref<Target = Trace>, V: Visitor> Walk<T, V> {
    /// A walk that has told nothing yet.
    #[must_use]
    pub fn new(trace: T, visitor: V) -> Walk<T, V> {
        let absent = TaskNow {
            state: TaskState::Absent,
            since: Nanos::ZERO,
        };
        Walk {
            visitor,
            next: 0,
            over: false,
            lanes: vec![LaneNow::IDLE; trace.lanes.len()],
            tasks: vec![absent; trace.tasks.len()],
            current: vec![TaskId::NONE; trace.tasks.len()],
            spins: BTreeSet::new(),
            trace,
        }
    }

    /// Goes on for at most this many events; tells whether everything has been told.
    pub fn go_on(&mut self, events: usize) -> bool {
        let end = self
            .next
            .saturating_add(events)
            .min(self.trace.events.len());
        while self.next < end {
            let event = self.trace.events[self.next];
            self.next += 1;
            self.event(&event);
        }
        if self.next == self.trace.events.len() && !self.over {
            self.over = true;
            self.end();
        }
        self.over
    }

    /// Ends the walk and hands its visitor, with what it has heard so far, to `then`.
    pub fn finish<R>(self, then: impl FnOnce(V, &Trace) -> R) -> R {
        then(self.visitor, &self.trace)
    }

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
            EventKind::SpinBegin => {
                self.cut(lane, at, StopReason::Continues);
                self.spins.insert(task);
                self.lanes[usize::from(lane)].kind = SpanKind::Spin;
                self.become_(task, at, TaskState::Spinning(lane));
            }
            EventKind::SpinEnd => {
                self.cut(lane, at, StopReason::Continues);
                self.spins.remove(&task);
                self.lanes[usize::from(lane)].kind = SpanKind::Useful;
                self.become_(task, at, TaskState::Running(lane));
            }
            EventKind::Throttle => {
                self.become_(task, at, TaskState::Blocked(detail));
                let inside = self.current[task.index()];
                if inside != TaskId::NONE {
                    self.become_(inside, at, TaskState::Blocked(detail));
                }
            }
            EventKind::Requeue => self.become_(task, at, TaskState::Blocked(detail)),
            EventKind::ServiceBegin
            | EventKind::JobRelease
            | EventKind::JobDone
            | EventKind::DeadlineMiss
            | EventKind::Log
            | EventKind::Acquire
            | EventKind::Release
            | EventKind::TimeOut
            | EventKind::Refused
            | EventKind::Sent
            | EventKind::Received
            | EventKind::Broken => {}
        }
    }

    /// Everything that is under way is over.
    fn end(&mut self) {
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
        self.lanes[usize::from(lane)].kind = if cost_total == Nanos::ZERO {
            self.own_kind(lane)
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
        let is_there = matches!(
            self.tasks[task.index()].state,
            TaskState::Running(_) | TaskState::Spinning(_)
        );
        if !is_there {
            self.become_(task, at, self.state_on(lane, task));
        }
        if coroutine != TaskId::NONE {
            self.become_(coroutine, at, self.state_on(lane, coroutine));
        }
    }

    /// What a task does that has a lane, all switching paid.
    fn state_on(&self, lane: u8, task: TaskId) -> TaskState {
        match self.spins.contains(&task) {
            true => TaskState::Spinning(lane),
            false => TaskState::Running(lane),
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
            span.kind = self.own_kind(lane);
        }
        self.tell(lane, span);
        let kind = self.own_kind(lane);
        let now = &mut self.lanes[usize::from(lane)];
        now.since = at;
        now.kind = kind;
    }

    /// What the lane's time goes to when its task does what it does.
    fn own_kind(&self, lane: u8) -> SpanKind {
        if self.spins.is_empty() {
            return SpanKind::Useful;
        }
        let LaneNow {
            task, coroutine, ..
        } = self.lanes[usize::from(lane)];
        let actor = if coroutine == TaskId::NONE {
            task
        } else {
            coroutine
        };
        if self.spins.contains(&actor) {
            SpanKind::Spin
        } else {
            SpanKind::Useful
        }
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

#[derive(Clone, Copy, Debug)]
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

#[derive(Clone, Copy, Debug)]
struct TaskNow {
    state: TaskState,
    since: Nanos,
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
