//! Run queues and the policies that order them, one policy a file. A policy says in which order
//! ready tasks run and for how long; it does not know lanes, time slicing or what tasks do.

mod fifo;
mod round_robin;

use crate::base::Nanos;
use crate::scenario::{Policy, Scheduler};
use crate::trace::TaskId;

use fifo::Fifo;
use round_robin::RoundRobin;

/// What the kernel asks of a policy. One value orders one run queue.
trait Rules {
    /// A task is ready: it came, woke, yielded or was preempted.
    fn enqueue(&mut self, task: TaskId);
    /// Takes the task that runs next.
    fn dequeue(&mut self) -> Option<TaskId>;
    /// The task that would run after `ahead` others.
    fn peek_nth(&self, ahead: usize) -> Option<TaskId>;
    /// Takes that task out.
    fn dequeue_nth(&mut self, ahead: usize);
    /// Whether tasks leave in the order in which they came.
    fn is_in_order(&self) -> bool;
    /// How long a slice may last; [`Nanos::NEVER`] if the policy does not slice.
    fn slice(&self) -> Nanos;
}

/// One run queue.
#[derive(Clone, Debug)]
pub(super) enum RunQueue {
    Fifo(Fifo),
    RoundRobin(RoundRobin),
}

/// Calls the policy's own method. A `match` instead of a trait object: the kernel asks several
/// times a slice, and a predicted branch costs less than an indirect call.
macro_rules! policy {
    ($queue:expr, $rules:ident => $call:expr) => {
        match $queue {
            RunQueue::Fifo($rules) => $call,
            RunQueue::RoundRobin($rules) => $call,
        }
    };
}

impl RunQueue {
    /// An empty queue under the scenario's policy.
    pub(super) fn new(scheduler: &Scheduler) -> RunQueue {
        match scheduler.policy {
            Policy::Fifo => RunQueue::Fifo(Fifo::default()),
            Policy::RoundRobin => RunQueue::RoundRobin(RoundRobin::new(scheduler.quantum)),
            unsupported => {
                unreachable!("the reader refuses what is not simulated: {unsupported:?}")
            }
        }
    }

    #[inline]
    pub(super) fn enqueue(&mut self, task: TaskId) {
        policy!(self, rules => rules.enqueue(task));
    }

    #[inline]
    pub(super) fn dequeue(&mut self) -> Option<TaskId> {
        policy!(self, rules => rules.dequeue())
    }

    pub(super) fn peek_nth(&self, ahead: usize) -> Option<TaskId> {
        policy!(self, rules => rules.peek_nth(ahead))
    }

    pub(super) fn dequeue_nth(&mut self, ahead: usize) {
        policy!(self, rules => rules.dequeue_nth(ahead));
    }

    #[inline]
    pub(super) fn is_in_order(&self) -> bool {
        policy!(self, rules => rules.is_in_order())
    }

    #[inline]
    pub(super) fn slice(&self) -> Nanos {
        policy!(self, rules => rules.slice())
    }
}
