//! A counting semaphore (Dijkstra's P and V).
//!
//! 1. Waiting takes one if there is one, else it waits.
//! 2. Posting lets the one that has waited longest go on, else it adds one.

use std::collections::VecDeque;

use super::Verdict;
use crate::trace::TaskId;

/// One semaphore.
#[derive(Clone, Debug, Hash)]
pub(in crate::kernel) struct Semaphore {
    /// How it is named in the trace.
    pub resource: u16,
    pub count: u64,
    pub waiters: VecDeque<TaskId>,
}

impl Semaphore {
    pub(in crate::kernel) fn new(resource: u16, count: u32) -> Semaphore {
        Semaphore {
            resource,
            count: count.into(),
            waiters: VecDeque::new(),
        }
    }

    pub(super) fn wait(&mut self, task: TaskId) -> Verdict {
        if self.count > 0 {
            self.count -= 1;
            return Verdict::GoesOn;
        }
        self.waiters.push_back(task);
        Verdict::Waits(self.resource)
    }

    /// Gives who goes on.
    pub(super) fn post(&mut self) -> Option<TaskId> {
        let woken = self.waiters.pop_front();
        self.count += u64::from(woken.is_none());
        woken
    }
}
