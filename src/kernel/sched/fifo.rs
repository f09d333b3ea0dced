//! First in, first out (first come, first served).
//!
//! 1. Tasks run in the order in which they became ready.
//! 2. A task runs until it blocks, yields or ends; nothing takes the core from it.
//!
//! Source: Silberschatz, Galvin, Gagne, *Operating System Concepts*, section on first-come,
//! first-served scheduling.

use std::collections::VecDeque;

use super::{Entities, Entry, Rules};
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

    // Rule 2.
    #[inline]
    fn slice(&self, _: TaskId, _: &Entities) -> Nanos {
        Nanos::NEVER
    }
}
