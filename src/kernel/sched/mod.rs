//! Run queues and the policies that order them, one policy a file. A policy says in which order
//! ready tasks run, for how long, and who takes a core from whom; it does not know lanes, time
//! slicing or what tasks do.

mod entity;
mod fifo;
mod round_robin;
mod shortest;

use crate::base::Nanos;
use crate::scenario::{Policy, Scenario};
use crate::trace::TaskId;

pub(super) use entity::Entities;
use fifo::Fifo;
use round_robin::RoundRobin;
use shortest::Shortest;

/// Why a task goes into a run queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It came into being.
    Arrived,
    /// What it waited for has happened.
    Woke,
    /// It gave up its core.
    Yielded,
    /// Its quantum is over.
    QuantumOver,
    /// A task that precedes it took its core.
    Preempted,
}

/// What the kernel asks of a policy. One value orders one run queue; what it knows of each task
/// stands in `Entities`, which all queues share.
trait Rules {
    /// A task is ready.
    fn enqueue(&mut self, task: TaskId, entry: Entry, entities: &mut Entities, now: Nanos);

    /// Takes the task that runs next.
    fn dequeue(&mut self, entities: &mut Entities, now: Nanos) -> Option<TaskId>;

    /// The task that would run after `ahead` others.
    fn peek_nth(&self, ahead: usize, entities: &Entities, now: Nanos) -> Option<TaskId>;

    /// Takes that task.
    fn dequeue_nth(&mut self, ahead: usize, entities: &mut Entities, now: Nanos);

    /// Drops the tasks that ended while they waited.
    fn retain(&mut self, is_alive: &dyn Fn(TaskId) -> bool);

    /// Whether tasks leave in the order in which they came.
    fn is_in_order(&self) -> bool {
        false
    }

    /// How long a slice of this task may last; [`Nanos::NEVER`] if the policy does not slice.
    fn slice(&self, task: TaskId, entities: &Entities) -> Nanos;

    /// Whether `waiting`, which has just become ready or been looked at again, takes the core from
    /// `running`; both are charged up to `now`. Also says which of two running tasks gives way.
    fn preempts(
        &self,
        _waiting: TaskId,
        _running: TaskId,
        _entities: &Entities,
        _now: Nanos,
    ) -> bool {
        false
    }

    /// A task has run for so long; told whenever it leaves its core, and before it is compared.
    fn ran(&mut self, _task: TaskId, _worked: Nanos, _entities: &mut Entities) {}

    /// When the policy wants to look at the waiting tasks again, if nothing else happens before.
    fn review_at(&self) -> Nanos {
        Nanos::NEVER
    }

    /// That time has come.
    fn review(&mut self, _entities: &mut Entities, _now: Nanos) {}
}

/// One run queue.
#[derive(Clone, Debug)]
pub(super) enum RunQueue {
    Fifo(Fifo),
    RoundRobin(RoundRobin),
    Shortest(Shortest),
}

/// Calls the policy's own method. A `match` instead of a trait object: the kernel asks several
/// times a slice, and a predicted branch costs less than an indirect call.
macro_rules! policy {
    ($queue:expr, $rules:ident => $call:expr) => {
        match $queue {
            RunQueue::Fifo($rules) => $call,
            RunQueue::RoundRobin($rules) => $call,
            RunQueue::Shortest($rules) => $call,
        }
    };
}

impl RunQueue {
    /// An empty queue under the scenario's policy.
    pub(super) fn new(scenario: &Scenario) -> RunQueue {
        let scheduler = &scenario.scheduler;
        match scheduler.policy {
            Policy::Fifo => RunQueue::Fifo(Fifo::default()),
            Policy::RoundRobin => RunQueue::RoundRobin(RoundRobin::new(scheduler.quantum)),
            Policy::Sjf => RunQueue::Shortest(Shortest::job_first()),
            Policy::Srtf => RunQueue::Shortest(Shortest::remaining_time_first()),
            unsupported => {
                unreachable!("the reader refuses what is not simulated: {unsupported:?}")
            }
        }
    }

    #[inline]
    pub(super) fn enqueue(&mut self, task: TaskId, entry: Entry, all: &mut Entities, now: Nanos) {
        policy!(self, rules => rules.enqueue(task, entry, all, now));
    }

    #[inline]
    pub(super) fn dequeue(&mut self, all: &mut Entities, now: Nanos) -> Option<TaskId> {
        policy!(self, rules => rules.dequeue(all, now))
    }

    pub(super) fn peek_nth(&self, ahead: usize, all: &Entities, now: Nanos) -> Option<TaskId> {
        policy!(self, rules => rules.peek_nth(ahead, all, now))
    }

    pub(super) fn dequeue_nth(&mut self, ahead: usize, all: &mut Entities, now: Nanos) {
        policy!(self, rules => rules.dequeue_nth(ahead, all, now));
    }

    pub(super) fn retain(&mut self, is_alive: &dyn Fn(TaskId) -> bool) {
        policy!(self, rules => rules.retain(is_alive));
    }

    #[inline]
    pub(super) fn is_in_order(&self) -> bool {
        policy!(self, rules => rules.is_in_order())
    }

    #[inline]
    pub(super) fn slice(&self, task: TaskId, all: &Entities) -> Nanos {
        policy!(self, rules => rules.slice(task, all))
    }

    pub(super) fn preempts(
        &self,
        waiting: TaskId,
        running: TaskId,
        all: &Entities,
        now: Nanos,
    ) -> bool {
        policy!(self, rules => rules.preempts(waiting, running, all, now))
    }

    pub(super) fn ran(&mut self, task: TaskId, worked: Nanos, all: &mut Entities) {
        policy!(self, rules => rules.ran(task, worked, all));
    }

    pub(super) fn review_at(&self) -> Nanos {
        policy!(self, rules => rules.review_at())
    }

    pub(super) fn review(&mut self, all: &mut Entities, now: Nanos) {
        policy!(self, rules => rules.review(all, now));
    }
}
