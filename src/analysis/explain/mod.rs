//! Why is this task waiting at this instant? A chain of causes, made from the trace alone: what the
//! task is doing, who has what it waits for, what that one is doing, and so on. Called by the
//! command line and the page's inspector; what a cause is in words, is in `sentence`.

mod cause;
mod channels;
mod moment;
mod resource;
mod rwlock;
mod sentence;
mod spin;
mod turns;

pub use cause::{Cause, LaneWork, Turn};
pub use moment::Stretch;

use cause::MOST_TURNS;
use moment::{Doing, Moment};
use turns::turns_between;

use crate::base::Nanos;
use crate::trace::{
    Event, EventKind, Origin, ResourceKind, SpanKind, TaskId, TaskKind, TaskState, Trace,
};

/// Most tasks that a chain goes through.
const MOST_LINKS: usize = 16;
/// Most cores that are listed.
const MOST_CORES: usize = 8;

/// Why `task` is doing at `at` what it is doing: the first cause is about the task itself, each
/// further one explains one before it. What happens at `at` has happened; after the end of the run
/// the end is explained.
///
/// # Panics
/// If the trace has no such task.
#[must_use]
pub fn explain(trace: &Trace, task: TaskId, at: Nanos) -> Vec<Cause> {
    assert!(
        task.index() < trace.tasks.len(),
        "{task:?} is of another trace"
    );
    let mut chain = Chain {
        trace,
        moment: Moment::new(trace, at),
        seen: Vec::new(),
        causes: Vec::new(),
    };
    if at > trace.end {
        chain.causes.push(Cause::RunOver { end: trace.end });
    }
    chain.task(task);
    chain.causes
}

/// The same in sentences.
#[must_use]
pub fn explain_in_words(trace: &Trace, task: TaskId, at: Nanos) -> Vec<String> {
    explain(trace, task, at)
        .iter()
        .map(|cause| cause.sentence(trace))
        .collect()
}

struct Chain<'a> {
    trace: &'a Trace,
    moment: Moment<'a>,
    /// The tasks that have been explained.
    seen: Vec<TaskId>,
    causes: Vec<Cause>,
}

impl Chain<'_> {
    /// Explains a task, unless that has been done.
    fn task(&mut self, task: TaskId) {
        if self.seen.contains(&task) {
            return self.causes.push(Cause::Circle { task });
        }
        if self.seen.len() == MOST_LINKS {
            return;
        }
        self.seen.push(task);
        let Doing { state, when } = self.moment.doing(task);
        match state {
            TaskState::Absent => self.absent(task),
            TaskState::Finished => self.causes.push(Cause::Finished {
                task,
                at: when.from,
            }),
            TaskState::Crashed => self.causes.push(Cause::Crashed {
                task,
                at: when.from,
            }),
            TaskState::Killed => {
                let by = self.crashed_in_process_of(task);
                self.causes.push(Cause::Killed {
                    task,
                    at: when.from,
                    by,
                });
            }
            TaskState::Running(lane) => {
                let inside = self.moment.running()[usize::from(lane)];
                let inside = inside.filter(|inside| *inside != task);
                self.causes.push(Cause::Runs {
                    task,
                    inside,
                    lane,
                    when,
                });
                self.siblings(task, lane);
            }
            TaskState::Spinning(lane) => self.spins(task, lane, when),
            TaskState::Ready => self.ready(task, when),
            TaskState::Blocked(resource) => self.blocked(task, resource, when),
        }
    }

    /// Who has the other hardware threads of the core that a task runs on.
    fn siblings(&mut self, task: TaskId, lane: u8) {
        let lanes = &self.trace.lanes;
        let lane = usize::from(lane);
        let is_sibling = |other: &usize| {
            *other != lane
                && lanes[*other].core == lanes[lane].core
                && self.trace.origin == Origin::Simulated
        };
        let running = self.moment.running();
        let others: Vec<TaskId> = (0..lanes.len())
            .filter(is_sibling)
            .filter_map(|other| {
                let switching = self.moment.overhead(other as u8).map(|it| it.task);
                running[other].or(switching)
            })
            .collect();
        if !others.is_empty() {
            self.causes.push(Cause::SharesCore { task, others });
        }
    }

    fn absent(&mut self, task: TaskId) {
        let arrives = |event: &&Event| event.kind == EventKind::Arrive && event.task == task;
        let arrival = self.trace.events.iter().find(arrives).map(|event| event.at);
        let refused = |event: &&Event| event.kind == EventKind::Refused && event.task == task;
        let refusal = self.trace.events.iter().find(refused);
        if let (None, Some(refusal)) = (arrival, refusal)
            && refusal.at <= self.moment.at
        {
            return self.causes.push(Cause::Refused {
                task,
                resource: refusal.detail,
                at: refusal.at,
            });
        }
        let crash = self.crashed_in_process_of(task);
        self.causes.push(match (arrival, crash) {
            (Some(arrival), _) => Cause::NotYet { task, arrival },
            (None, Some(by)) => {
                let at = self
                    .moment
                    .ended(by)
                    .map_or(self.trace.end, |ended| ended.0);
                Cause::NeverComes { task, by, at }
            }
            (None, None) => Cause::TooLate {
                task,
                end: self.trace.end,
            },
        });
    }

    /// Who crashed in the process of a task, at whatever time: of an event loop, the coroutine.
    fn crashed_in_process_of(&self, task: TaskId) -> Option<TaskId> {
        let process = |task: TaskId| self.trace.tasks[task.index()].process;
        let crashed = |other: &TaskId| {
            process(*other) == process(task)
                && matches!(self.moment.ended(*other), Some((_, TaskState::Crashed)))
        };
        let is_loop = |other: &TaskId| self.trace.kind(*other) == TaskKind::EventLoop;
        self.moment.all().filter(crashed).min_by_key(is_loop)
    }

    fn ready(&mut self, task: TaskId, when: Stretch) {
        let host = self.trace.tasks[task.index()].host;
        for lane in 0..self.trace.lanes.len() as u8 {
            let Some(overhead) = self.moment.overhead(lane) else {
                continue;
            };
            let about = [overhead.task, self.trace.tasks[overhead.task.index()].host];
            if overhead.task == task || (host == TaskId::NONE && about.contains(&task)) {
                let when = overhead.when;
                self.causes.push(match overhead.kind {
                    SpanKind::Gap => Cause::TakenAway { task, lane, when },
                    SpanKind::Useful | SpanKind::Spin | SpanKind::Switch => {
                        let kind = self.trace.costs[usize::from(overhead.cost)].kind;
                        Cause::SwitchedTo {
                            task,
                            lane,
                            kind,
                            when,
                        }
                    }
                });
                return;
            }
        }
        self.causes.push(Cause::Ready { task, when });
        if host == TaskId::NONE {
            self.cores();
            self.turns(task, TaskId::NONE, when);
        } else {
            self.event_loop_of(task, host, when);
        }
    }

    /// What each core does instead.
    fn cores(&mut self) {
        let running = self.moment.running();
        for (lane, runs) in running.iter().enumerate().take(MOST_CORES) {
            let lane = lane as u8;
            let (work, when) = match (runs, self.moment.overhead(lane)) {
                (_, Some(overhead)) => (LaneWork::Switches(overhead.task), Some(overhead.when)),
                (Some(task), None) => (LaneWork::Runs(*task), Some(self.moment.doing(*task).when)),
                (None, None) => (LaneWork::Idles, None),
            };
            self.causes.push(Cause::Core { lane, work, when });
        }
        let more = running.len().saturating_sub(MOST_CORES);
        if more > 0 {
            self.causes.push(Cause::MoreCores { more });
        }
    }

    /// Why a coroutine that could go on does not: its event loop does something else.
    fn event_loop_of(&mut self, task: TaskId, host: TaskId, when: Stretch) {
        let Doing { state, .. } = self.moment.doing(host);
        match state {
            TaskState::Running(lane) | TaskState::Spinning(lane) => {
                let (work, stretch) = match self.moment.overhead(lane) {
                    Some(overhead) => (LaneWork::Switches(overhead.task), overhead.when),
                    None => {
                        let runs = self.moment.running()[usize::from(lane)].unwrap_or(host);
                        (LaneWork::Runs(runs), self.moment.doing(runs).when)
                    }
                };
                self.causes.push(Cause::EventLoop {
                    host,
                    work,
                    when: stretch,
                });
                self.turns(task, host, when);
            }
            TaskState::Blocked(resource) => {
                // Its thread waits because one of its coroutines blocked it.
                let stops = |other: &TaskId| {
                    self.trace.tasks[other.index()].host == host
                        && self.moment.doing(*other).state == state
                };
                if let Some(by) = self.moment.all().find(stops) {
                    self.causes
                        .push(Cause::EventLoopStopped { host, by, resource });
                    self.task(by);
                } else {
                    self.task(host);
                }
            }
            _ => self.task(host),
        }
    }

    /// Who runs between now and when the task does: anyone, or the coroutines of one event loop.
    fn turns(&mut self, task: TaskId, host: TaskId, when: Stretch) {
        let until = when.to.unwrap_or(self.trace.end);
        let mut found = turns_between(self.trace, host, self.moment.at, until);
        let more = found.len().saturating_sub(MOST_TURNS);
        found.truncate(MOST_TURNS);
        if !found.is_empty() {
            self.causes.push(Cause::Before {
                task,
                turns: found,
                more,
            });
        }
    }

    fn blocked(&mut self, task: TaskId, resource: u16, when: Stretch) {
        match self.trace.resources[usize::from(resource)].kind {
            ResourceKind::Timer => self.causes.push(Cause::Sleeps { task, when }),
            ResourceKind::Period => self.causes.push(Cause::NextJob { task, when }),
            ResourceKind::Children => self.joins(task, when),
            ResourceKind::Container => self.causes.push(Cause::Throttled {
                task,
                container: resource,
                when,
            }),
            ResourceKind::Coroutines => self.event_loop_waits(task, when),
            _ => self.waits_for(task, resource, when),
        }
    }

    /// Which of its children have not ended, and why the last of them has not.
    fn joins(&mut self, task: TaskId, when: Stretch) {
        let is_left = |child: &TaskId| {
            let state = self.moment.doing(*child).state;
            self.trace.tasks[child.index()].parent == task
                && state != TaskState::Absent
                && !moment::is_final(state)
        };
        let left: Vec<TaskId> = self.moment.all().filter(is_left).collect();
        let end = |child: &TaskId| self.moment.ended(*child).map(|ended| ended.0);
        let last = left.iter().copied().max_by_key(|child| {
            (
                end(child).unwrap_or(Nanos::NEVER),
                std::cmp::Reverse(*child),
            )
        });
        self.causes.push(Cause::Joins {
            task,
            when,
            last: last
                .filter(|_| left.len() > 1)
                .map(|last| (last, end(&last))),
            left,
        });
        if let Some(last) = last {
            self.task(last);
        }
    }

    /// Why none of its coroutines can go on.
    fn event_loop_waits(&mut self, task: TaskId, when: Stretch) {
        let blocked = |other: &TaskId| {
            self.trace.tasks[other.index()].host == task
                && matches!(self.moment.doing(*other).state, TaskState::Blocked(_))
        };
        let until = |other: &TaskId| {
            let to = self.moment.doing(*other).when.to;
            to.unwrap_or(Nanos::NEVER)
        };
        let first = self.moment.all().filter(blocked).min_by_key(until);
        self.causes
            .push(Cause::EventLoopWaits { task, when, first });
        if let Some(first) = first {
            self.task(first);
        }
    }
}
