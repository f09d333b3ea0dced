//! Round robin: first in, first out with slices.
//!
//! 1. Tasks run in the order in which they became ready.
//! 2. A task runs for one quantum at most; then it goes to the back of the queue.
//! 3. If nobody waits when the quantum is over, the task gets another one without a switch.
//!
//! Source: Silberschatz, Galvin, Gagne, *Operating System Concepts*, section on round-robin
//! scheduling. Rule 3 is how Linux's `SCHED_RR` treats a task that is alone at its priority
//! (sched(7)).

use std::collections::VecDeque;

use super::{Entities, Entry, Rules};
use crate::base::Nanos;
use crate::trace::TaskId;

/// The queue of a round-robin scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct RoundRobin {
    ready: VecDeque<TaskId>,
    quantum: Nanos,
}

impl RoundRobin {
    pub(super) fn new(quantum: Nanos) -> RoundRobin {
        RoundRobin {
            ready: VecDeque::new(),
            quantum,
        }
    }

    /// How long a slice is at most.
    pub(in crate::kernel) fn quantum(&self) -> Nanos {
        self.quantum
    }

    /// A task goes to the back, and the first one is taken.
    #[inline]
    pub(in crate::kernel) fn turn(&mut self, task: TaskId) -> TaskId {
        self.ready.push_back(task);
        self.ready.pop_front().expect("one has just come")
    }
}

impl Rules for RoundRobin {
    // Rule 1, and the back of the queue of rule 2.
    #[inline]
    fn enqueue(&mut self, task: TaskId, _: Entry, _: &mut Entities, _: Nanos) {
        self.ready.push_back(task);
    }

    #[inline]
    fn dequeue(&mut self, _: &mut Entities, _: Nanos) -> Option<TaskId> {
        self.ready.pop_front()
    }

    fn peek_nth(&self, ahead: usize, _: &Entities, _: Nanos) -> Option<TaskId> {
        self.ready.get(ahead).copied()
    }

    fn dequeue_nth(&mut self, ahead: usize, _: &mut Entities, _: Nanos) {
        self.ready.remove(ahead);
    }

    fn retain(&mut self, _: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        self.ready.retain(|task| is_alive(*task));
    }

    // Rule 2; the kernel sees to rule 3, since it alone knows when a quantum is over.
    #[inline]
    fn slice(&self, _: TaskId, _: &Entities) -> Nanos {
        self.quantum
    }
}
