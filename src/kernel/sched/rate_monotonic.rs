//! Rate-monotonic scheduling.
//!
//! 1. The ready task with the shortest period runs; of equals the one that became ready first.
//! 2. A task with a shorter period takes the core as soon as it is ready. The one that loses it waits
//!    before its equals.
//! 3. A task without a period runs only when no other is ready, first come, first served.
//!
//! Source: Liu and Layland, *Scheduling Algorithms for Multiprogramming in a Hard-Real-Time
//! Environment* (1973): on one core it meets every deadline of n tasks whose deadlines are their
//! periods and whose utilisation is at most n (2^(1/n) − 1). What periods and jobs are is in
//! `periodic`.

use super::ordered::Ordered;
use super::{Entities, Entity, Entry, Rules};
use crate::base::Nanos;
use crate::trace::TaskId;

/// The queue of a rate-monotonic scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct RateMonotonic {
    ready: Ordered<Nanos>,
}

/// Rules 1 and 3: its period; never-ending for a task without one.
fn period(entity: &Entity) -> Nanos {
    entity.period
}

impl RateMonotonic {
    pub(super) fn new() -> RateMonotonic {
        RateMonotonic {
            ready: Ordered::new(),
        }
    }
}

impl Rules for RateMonotonic {
    fn enqueue(&mut self, task: TaskId, entry: Entry, entities: &mut Entities, _: Nanos) {
        let period = period(entities.of(task));
        // Rule 2.
        if entry == Entry::Preempted {
            self.ready.push_front(period, task);
        } else {
            self.ready.push_back(period, task);
        }
    }

    // Rule 1.
    fn dequeue(&mut self, _: &mut Entities, _: Nanos) -> Option<TaskId> {
        self.ready.pop_first()
    }

    fn peek_nth(&self, ahead: usize, _: &Entities, _: Nanos) -> Option<TaskId> {
        self.ready.nth(ahead)
    }

    fn dequeue_nth(&mut self, ahead: usize, _: &mut Entities, _: Nanos) {
        self.ready.remove_nth(ahead);
    }

    fn retain(&mut self, _: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        self.ready.retain(is_alive);
    }

    // Rule 2.
    fn slice(&self, _: TaskId, _: &Entities) -> Nanos {
        Nanos::NEVER
    }

    fn preempts(&self, waiting: TaskId, running: TaskId, entities: &Entities, _: Nanos) -> bool {
        self.worse(running, waiting, entities)
    }

    fn worse(&self, task: TaskId, other: TaskId, entities: &Entities) -> bool {
        period(entities.of(task)) > period(entities.of(other))
    }
}
