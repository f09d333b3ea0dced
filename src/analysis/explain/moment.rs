//! One instant of a trace: what every task and every hardware thread is doing, since when and until
//! when, and who holds what. Everything that happens at the instant itself has happened. Asked by
//! `explain`.

use crate::base::Nanos;
use crate::trace::{
    EventKind, LaneSpan, ResourceKind, SpanKind, TaskId, TaskKind, TaskSpan, TaskState, Trace,
    Visitor, walk,
};

/// From when to when; without an end where the run ended first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Since.
    pub from: Nanos,
    /// Until.
    pub to: Option<Nanos>,
}

/// What one task is doing at the instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doing {
    pub(super) state: TaskState,
    pub(super) when: Stretch,
}

/// What a lane that runs nobody is doing for a task.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overhead {
    pub(super) task: TaskId,
    pub(super) kind: SpanKind,
    pub(super) cost: u16,
    pub(super) when: Stretch,
}

/// The trace at one instant.
pub(super) struct Moment<'a> {
    pub(super) trace: &'a Trace,
    /// No later than the end of the run.
    pub(super) at: Nanos,
    tasks: Vec<Option<Doing>>,
    ends: Vec<Option<(Nanos, TaskState)>>,
    overheads: Vec<Option<Overhead>>,
}

impl<'a> Moment<'a> {
    pub(super) fn new(trace: &'a Trace, at: Nanos) -> Moment<'a> {
        let at = at.min(trace.end);
        let nothing = Doing {
            state: TaskState::Absent,
            when: Stretch {
                from: Nanos::ZERO,
                to: None,
            },
        };
        let mut finder = Finder {
            moment: Moment {
                trace,
                at,
                tasks: vec![None; trace.tasks.len()],
                ends: vec![None; trace.tasks.len()],
                overheads: vec![None; trace.lanes.len()],
            },
            last: vec![nothing; trace.tasks.len()],
        };
        walk(trace, &mut finder);
        finder.moment
    }

    /// What a task is doing; [`TaskState::Absent`] since ever if it has not come.
    pub(super) fn doing(&self, task: TaskId) -> Doing {
        let found = self.tasks[task.index()].unwrap_or(Doing {
            state: TaskState::Absent,
            when: Stretch {
                from: Nanos::ZERO,
                to: None,
            },
        });
        // What reaches the end of the run has no end of its own, unless the task ended there.
        let runs_on = found.when.to == Some(self.trace.end) && self.ended(task).is_none();
        Doing {
            when: Stretch {
                to: found.when.to.filter(|_| !runs_on),
                ..found.when
            },
            ..found
        }
    }

    /// When and how a task ended, if it ever did.
    pub(super) fn ended(&self, task: TaskId) -> Option<(Nanos, TaskState)> {
        self.ends[task.index()].filter(|(_, state)| is_final(*state))
    }

    /// For each lane, the task that runs its program there: of an event loop, the coroutine.
    pub(super) fn running(&self) -> Vec<Option<TaskId>> {
        let mut running = vec![None; self.trace.lanes.len()];
        for task in self.all() {
            let state = self.doing(task).state;
            if let TaskState::Running(lane) | TaskState::Spinning(lane) = state {
                let found = &mut running[usize::from(lane)];
                if found.is_none() || self.trace.kind(task) != TaskKind::EventLoop {
                    *found = Some(task);
                }
            }
        }
        running
    }

    /// The switch, or the theft by the real operating system, that a lane is in the middle of.
    pub(super) fn overhead(&self, lane: u8) -> Option<Overhead> {
        self.overheads[usize::from(lane)]
    }

    /// All tasks.
    pub(super) fn all(&self) -> impl Iterator<Item = TaskId> + use<> {
        (0..self.trace.tasks.len() as u32).map(TaskId)
    }

    /// Who has a resource, or is being served by it, and since when; and who waits for it, in the
    /// order they came. Of an interpreter lock, in the process of the one who asks.
    pub(super) fn users(&self, resource: u16, asks: TaskId) -> Users {
        let mut users = Users::default();
        let kind = self.trace.resources[usize::from(resource)].kind;
        let is_device = kind == ResourceKind::Device;
        let process = |task: TaskId| self.trace.tasks[task.index()].process;
        for event in &self.trace.events {
            if event.at > self.at {
                break;
            }
            let task = event.task;
            if kind == ResourceKind::InterpreterLock && process(task) != process(asks) {
                continue;
            }
            match event.kind {
                // A request that is served at once is so before its task waits.
                EventKind::Block | EventKind::Suspend
                    if event.detail == resource && !users.has(task) =>
                {
                    users.waiting.push(task);
                }
                EventKind::ServiceBegin | EventKind::Acquire if event.detail == resource => {
                    users.waits_no_longer(task);
                    users.holders.push((task, event.at));
                }
                EventKind::Release if event.detail == resource => users.has_no_longer(task),
                EventKind::Requeue if event.detail == resource => users.waiting.push(task),
                EventKind::Wake | EventKind::KillWaiting | EventKind::Requeue => {
                    users.waits_no_longer(task);
                    // A device is done with whom it lets go; a mutex stays with its holder.
                    if is_device && event.kind != EventKind::Requeue {
                        users.has_no_longer(task);
                    }
                }
                _ => {}
            }
        }
        users
    }
}

/// Who uses a resource at an instant.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    /// Who has it or is served, and since when.
    pub(super) holders: Vec<(TaskId, Nanos)>,
    /// Who waits, first come first.
    pub(super) waiting: Vec<TaskId>,
}

impl Users {
    fn has(&self, task: TaskId) -> bool {
        self.holders.iter().any(|(holder, _)| *holder == task)
    }

    fn has_no_longer(&mut self, task: TaskId) {
        self.holders.retain(|(holder, _)| *holder != task);
    }

    fn waits_no_longer(&mut self, task: TaskId) {
        self.waiting.retain(|waiting| *waiting != task);
    }
}

/// Whether a task in this state is over.
pub(super) fn is_final(state: TaskState) -> bool {
    matches!(
        state,
        TaskState::Finished | TaskState::Crashed | TaskState::Killed
    )
}

struct Finder<'a> {
    moment: Moment<'a>,
    /// What each task was last told to do, joined with what it did before if that is the same.
    last: Vec<Doing>,
}

impl Finder<'_> {
    /// Whether an interval has the instant in it; the last one of a run has its end in it, too.
    fn covers(&self, start: Nanos, end: Nanos) -> bool {
        let Moment { at, trace, .. } = self.moment;
        start <= at && (at < end || end == trace.end)
    }
}

impl Visitor for Finder<'_> {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let own = matches!(span.kind, SpanKind::Useful | SpanKind::Spin);
        if own || !self.covers(span.start, span.end) {
            return;
        }
        let inside = span.coroutine != TaskId::NONE;
        self.moment.overheads[usize::from(lane)] = Some(Overhead {
            task: if inside { span.coroutine } else { span.task },
            kind: span.kind,
            cost: span.cost,
            when: Stretch {
                from: span.start,
                to: Some(span.end),
            },
        });
    }

    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        let last = &mut self.last[task.index()];
        let goes_on = last.state == span.state && last.when.to == Some(span.start);
        last.when.to = Some(span.end);
        if !goes_on {
            last.when.from = span.start;
        }
        last.state = span.state;
        let last = *last;
        let known = self.moment.tasks[task.index()];
        let extends = known.is_some_and(|known| goes_on && known.when.from == last.when.from);
        if extends || self.covers(span.start, span.end) {
            self.moment.tasks[task.index()] = Some(last);
        }
    }

    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        self.moment.ends[task.index()] = Some((at, state));
        let began_now = self.moment.tasks[task.index()].is_none_or(|it| it.state != state);
        if at <= self.moment.at && (is_final(state) || began_now) {
            self.moment.tasks[task.index()] = Some(Doing {
                state,
                when: Stretch { from: at, to: None },
            });
        }
    }
}
