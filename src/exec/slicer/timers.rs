//! What is due when, on one thread of execution.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::Nanos;

/// What is due when; of two at one time, the one that was set first.
#[derive(Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<(Nanos, u64, usize, u16)>>,
    set: u64,
}

impl Timers {
    pub(super) fn set(&mut self, due: Nanos, task: usize, resource: u16) {
        self.set += 1;
        self.heap.push(Reverse((due, self.set, task, resource)));
    }

    pub(super) fn next(&self) -> Option<Nanos> {
        self.heap.peek().map(|Reverse((due, ..))| *due)
    }

    pub(super) fn pop_due(&mut self, now: Nanos) -> Option<(usize, u16)> {
        if self.next()? > now {
            return None;
        }
        self.heap
            .pop()
            .map(|Reverse((_, _, task, resource))| (task, resource))
    }
}
