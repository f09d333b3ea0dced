//! Earliest deadline first.
//!
//! 1. The ready task whose current job has the earliest deadline runs; of equals the one that became
//!    ready first.
//! 2. A task with an earlier deadline takes the core as soon as it is ready. The one that loses it
//!    waits before its equals.
//! 3. A task that has neither a period nor a deadline runs only when no other is ready, first come,
//!    first served.
//!
//! Source: Liu and Layland, *Scheduling Algorithms for Multiprogramming in a Hard-Real-Time
//! Environment* (1973), "the deadline driven scheduling algorithm": on one core it meets every deadline
//! of tasks whose deadlines are their periods and whose utilisation is at most one. What jobs and
//! their deadlines are is in `periodic`.

use super::ordered::Ordered;
use super::{Entities, Entity, Entry, Rules};
use crate::base::Nanos;
use crate::trace::TaskId;

/// The queue of an earliest-deadline-first scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Edf {
    ready: Ordered<Nanos>,
}

/// Rules 1 and 3: when its current job should be done; never for one without deadlines.
fn deadline(entity: &Entity) -> Nanos {
    entity.deadline
}

impl Edf {
    pub(super) fn new() -> Edf {
        Edf {
            ready: Ordered::new(),
        }
    }
}

impl Rules for Edf {
    fn enqueue(&mut self, task: TaskId, entry: Entry, entities: &mut Entities, _: Nanos) {
        let deadline = deadline(entities.of(task));
        // Rule 2.
        if entry == Entry::Preempted {
            self.ready.push_front(deadline, task);
        } else {
            self.ready.push_back(deadline, task);
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
        deadline(entities.of(task)) > deadline(entities.of(other))
    }
}
