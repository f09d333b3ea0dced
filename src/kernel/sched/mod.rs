//! Run queues and the policies that order them, one policy a file. A policy says in which order
//! ready tasks run, for how long, and who takes a core from whom; it does not know lanes, time
//! slicing or what tasks do.

mod cfs;
mod edf;
mod eevdf;
mod entity;
mod fifo;
mod hrrn;
mod linux;
mod lottery;
mod mlfq;
mod multilevel;
mod ordered;
mod priority;
mod rate_monotonic;
mod round_robin;
mod shortest;
mod stride;
mod tickets;

use crate::base::Nanos;
use crate::scenario::{Policy, Scenario};
use crate::trace::TaskId;

use cfs::Cfs;
use edf::Edf;
use eevdf::Eevdf;
pub(super) use entity::{Entities, Entity};
use fifo::Fifo;
use hrrn::Hrrn;
use lottery::Lottery;
use mlfq::Mlfq;
use multilevel::Multilevel;
use priority::Priority;
use rate_monotonic::RateMonotonic;
pub(super) use round_robin::RoundRobin;
use shortest::Shortest;
use stride::Stride;

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
    fn retain(&mut self, entities: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool);

    /// How much is left of the slice of this task, [`Nanos::NEVER`] if the policy does not slice.
    /// Zero when the slice is over and the next one has not begun.
    fn slice(&self, task: TaskId, entities: &Entities) -> Nanos;

    /// Whether what one task has got counts for the others, so that all must be charged before any
    /// comes or goes.
    fn measures_all(&self) -> bool {
        false
    }

    /// Whether one task's coming changes the slices of the others.
    fn changes_slices(&self) -> bool {
        false
    }

    /// A lane goes on with this task, which was in the queue.
    fn begins(&mut self, _task: TaskId, _entities: &mut Entities) {}

    /// A task has run for so long; told whenever it leaves its core, and before it is compared.
    fn ran(&mut self, _task: TaskId, _worked: Nanos, _entities: &mut Entities) {}

    /// The slice of a task is over, and it has another one without having been in the queue.
    fn renew(&mut self, _task: TaskId, _entities: &mut Entities) {}

    /// A task leaves its lane: it ends or waits, or goes back into the queue at once.
    fn leaves(&mut self, _task: TaskId, _entities: &mut Entities) {}

    /// A task that waited here is taken by a lane of another queue, or goes into that.
    fn moves_out(&mut self, _task: TaskId, _entities: &mut Entities) {}

    /// A task that waited in another queue is taken by a lane of this one.
    fn moves_in(&mut self, _task: TaskId, _entities: &mut Entities) {}

    /// Whether `waiting`, which has just become ready or been looked at again, takes the core from
    /// `running`; both are charged up to `now`.
    fn preempts(
        &self,
        _waiting: TaskId,
        _running: TaskId,
        _entities: &Entities,
        _now: Nanos,
    ) -> bool {
        false
    }

    /// Of two running tasks, whether `task` gives way rather than `other`.
    fn worse(&self, _task: TaskId, _other: TaskId, _entities: &Entities) -> bool {
        false
    }

    /// When the policy wants to look at its tasks again, if nothing else happens before.
    fn review_at(&self) -> Nanos {
        Nanos::NEVER
    }

    /// That time has come.
    fn review(&mut self, _entities: &mut Entities, _now: Nanos) {}

    /// The priority of a task that waits here has changed; it was `before`.
    fn reprioritise(&mut self, _task: TaskId, _before: i32, _entities: &mut Entities) {}
}

/// One run queue.
#[derive(Clone, Debug)]
pub(super) enum RunQueue {
    Fifo(Fifo),
    RoundRobin(RoundRobin),
    Shortest(Shortest),
    Priority(Priority),
    Hrrn(Hrrn),
    Multilevel(Multilevel),
    Mlfq(Mlfq),
    Lottery(Lottery),
    Stride(Stride),
    Cfs(Cfs),
    Eevdf(Eevdf),
    Edf(Edf),
    RateMonotonic(RateMonotonic),
}

/// Calls the policy's own method. A `match` instead of a trait object: the kernel asks several
/// times a slice, and a predicted branch costs less than an indirect call.
macro_rules! policy {
    ($queue:expr, $rules:ident => $call:expr) => {
        match $queue {
            RunQueue::Fifo($rules) => $call,
            RunQueue::RoundRobin($rules) => $call,
            RunQueue::Shortest($rules) => $call,
            RunQueue::Priority($rules) => $call,
            RunQueue::Hrrn($rules) => $call,
            RunQueue::Multilevel($rules) => $call,
            RunQueue::Mlfq($rules) => $call,
            RunQueue::Lottery($rules) => $call,
            RunQueue::Stride($rules) => $call,
            RunQueue::Cfs($rules) => $call,
            RunQueue::Eevdf($rules) => $call,
            RunQueue::Edf($rules) => $call,
            RunQueue::RateMonotonic($rules) => $call,
        }
    };
}

impl RunQueue {
    /// An empty queue under the scenario's policy: the only one, or that of hardware thread `number`.
    pub(super) fn new(scenario: &Scenario, number: usize) -> RunQueue {
        let scheduler = &scenario.scheduler;
        match scheduler.policy {
            Policy::Fifo => RunQueue::Fifo(Fifo::default()),
            Policy::RoundRobin => RunQueue::RoundRobin(RoundRobin::new(scheduler.quantum)),
            Policy::Sjf => RunQueue::Shortest(Shortest::job_first()),
            Policy::Srtf => RunQueue::Shortest(Shortest::remaining_time_first()),
            Policy::Priority => RunQueue::Priority(Priority::new(scheduler)),
            Policy::Hrrn => RunQueue::Hrrn(Hrrn::default()),
            Policy::Multilevel => RunQueue::Multilevel(Multilevel::new(scheduler)),
            Policy::Mlfq => RunQueue::Mlfq(Mlfq::new(scheduler)),
            Policy::Lottery => RunQueue::Lottery(Lottery::new(scenario, number)),
            Policy::Stride => RunQueue::Stride(Stride::new(scheduler)),
            Policy::Cfs => RunQueue::Cfs(Cfs::new(scenario, number)),
            Policy::Eevdf => RunQueue::Eevdf(Eevdf::new(scenario)),
            Policy::Edf => RunQueue::Edf(Edf::new()),
            Policy::RateMonotonic => RunQueue::RateMonotonic(RateMonotonic::new()),
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

    pub(super) fn retain(&mut self, all: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        policy!(self, rules => rules.retain(all, is_alive));
    }

    /// The queue itself, if the policy is round robin.
    #[inline]
    pub(super) fn as_round_robin(&self) -> Option<&RoundRobin> {
        match self {
            RunQueue::RoundRobin(queue) => Some(queue),
            _ => None,
        }
    }

    /// The same, to be changed.
    #[inline]
    pub(super) fn as_round_robin_mut(&mut self) -> Option<&mut RoundRobin> {
        match self {
            RunQueue::RoundRobin(queue) => Some(queue),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn slice(&self, task: TaskId, all: &Entities) -> Nanos {
        policy!(self, rules => rules.slice(task, all))
    }

    pub(super) fn measures_all(&self) -> bool {
        policy!(self, rules => rules.measures_all())
    }

    pub(super) fn changes_slices(&self) -> bool {
        policy!(self, rules => rules.changes_slices())
    }

    pub(super) fn begins(&mut self, task: TaskId, all: &mut Entities) {
        policy!(self, rules => rules.begins(task, all));
    }

    pub(super) fn ran(&mut self, task: TaskId, worked: Nanos, all: &mut Entities) {
        policy!(self, rules => rules.ran(task, worked, all));
    }

    pub(super) fn renew(&mut self, task: TaskId, all: &mut Entities) {
        policy!(self, rules => rules.renew(task, all));
    }

    pub(super) fn leaves(&mut self, task: TaskId, all: &mut Entities) {
        policy!(self, rules => rules.leaves(task, all));
    }

    pub(super) fn moves_out(&mut self, task: TaskId, all: &mut Entities) {
        policy!(self, rules => rules.moves_out(task, all));
    }

    pub(super) fn moves_in(&mut self, task: TaskId, all: &mut Entities) {
        policy!(self, rules => rules.moves_in(task, all));
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

    pub(super) fn worse(&self, task: TaskId, other: TaskId, all: &Entities) -> bool {
        policy!(self, rules => rules.worse(task, other, all))
    }

    pub(super) fn review_at(&self) -> Nanos {
        policy!(self, rules => rules.review_at())
    }

    pub(super) fn review(&mut self, all: &mut Entities, now: Nanos) {
        policy!(self, rules => rules.review(all, now));
    }

    pub(super) fn reprioritise(&mut self, task: TaskId, before: i32, all: &mut Entities) {
        policy!(self, rules => rules.reprioritise(task, before, all));
    }
}
