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
    /// The device that finishes; none for a sleep.
    pub device: Option<u16>,
}

/// All that will happen.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Reverse<Timer>>,
    set: u64,
}

impl Timers {
    pub(super) fn set(&mut self, at: Nanos, task: TaskId, device: Option<u16>) {
        self.heap.push(Reverse(Timer {
            at,
            sequence: self.set,
            task,
            device,
        }));
        self.set += 1;
    }

    /// When the next one goes off.
    #[inline]
    pub(super) fn next(&self) -> Nanos {
        self.heap.peek().map_or(Nanos::NEVER, |timer| timer.0.at)
    }

    /// The next one that goes off at `now`.
    pub(super) fn take_due(&mut self, now: Nanos) -> Option<Timer> {
        if self.next() > now {
            return None;
        }
        self.heap.pop().map(|timer| timer.0)
    }
}
