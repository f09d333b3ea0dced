//! What happens at a time that is known beforehand and on no hardware thread: sleeps that end and
//! devices that finish. Used off the path of plain time slicing, so a heap is fast enough.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::Nanos;
use crate::trace::TaskId;

/// One thing that will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    /// When.
    pub at: Nanos,
    /// At one instant, those set first go first.
    sequence: u64,
    /// To whom.
    pub task: TaskId,
    /// What it is.
    pub ends: Ends,
}

/// What ends when a timer goes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ends {
    /// A sleep.
    Sleep,
    /// A device's work.
    Service(u16),
    /// The time to wait for a mutex, in the attempt with this number.
    LockLimit(u64),
}

/// All that will happen.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Timer>>,
    set: u64,
}

impl Timers {
    pub(super) fn set(&mut self, at: Nanos, task: TaskId, ends: Ends) {
        self.heap.push(Reverse(Timer {
            at,
            sequence: self.set,
            task,
            ends,
        }));
        self.set += 1;
    }

    /// When the next one goes off.
    #[inline]
    pub(super) fn next(&self) -> Nanos {
        self.heap.peek().map_or(Nanos::NEVER, |timer| timer.0.at)
    }

    /// All of them, in the order in which they go off.
    pub(super) fn in_order(&self) -> Vec<Timer> {
        let mut all: Vec<Timer> = self.heap.iter().map(|timer| timer.0).collect();
        all.sort_unstable();
        all
    }

    /// The next one that goes off at `now`.
    pub(super) fn take_due(&mut self, now: Nanos) -> Option<Timer> {
        if self.next() > now {
            return None;
        }
        self.heap.pop().map(|timer| timer.0)
    }
}
