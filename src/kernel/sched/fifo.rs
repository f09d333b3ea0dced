//! First in, first out (first come, first served).
//!
//! 1. Tasks run in the order in which they became ready.
//! 2. A task runs until it blocks, yields or ends; nothing takes the core from it.
//!
//! Source: Silberschatz, Galvin, Gagne, *Operating System Concepts*, section on first-come,
//! first-served scheduling.

use std::collections::VecDeque;

use super::Rules;
use crate::base::Nanos;
use crate::trace::TaskId;

/// The queue of a first-in-first-out scheduler.
#[derive(Clone, Debug, Default)]
pub(in crate::kernel) struct Fifo {
    ready: VecDeque<TaskId>,
}

impl Rules for Fifo {
    // Rule 1.
    #[inline]
    fn enqueue(&mut self, task: TaskId) {
        self.ready.push_back(task);
    }

    #[inline]
    fn dequeue(&mut self) -> Option<TaskId> {
        self.ready.pop_front()
    }

    fn peek_nth(&self, ahead: usize) -> Option<TaskId> {
        self.ready.get(ahead).copied()
    }

    fn dequeue_nth(&mut self, ahead: usize) {
        self.ready.remove(ahead);
    }

    #[inline]
    fn is_in_order(&self) -> bool {
        true
    }

    // Rule 2.
    #[inline]
    fn slice(&self) -> Nanos {
        Nanos::NEVER
    }
}
