//! Shortest job first, and shortest remaining time first.
//!
//! 1. The ready task runs whose next stretch of computing, up to where it waits or ends, is the
//!    shortest; of equals the one that became ready first.
//! 2. Shortest job first: it runs until it blocks, yields or ends.
//! 3. Shortest remaining time first: a task that becomes ready takes the core from one that has
//!    more left than it needs.
//!
//! Source: Silberschatz, Galvin, Gagne, *Operating System Concepts*, section on shortest-job-first
//! scheduling; Stallings, *Operating Systems*, "shortest process next" and "shortest remaining
//! time". A real system has to guess the stretch; this one reads it in the program.

use super::ordered::Ordered;
use super::{Entities, Entry, Rules};
use crate::base::Nanos;
use crate::trace::TaskId;

/// The queue of either policy.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Shortest {
    preemptive: bool,
    /// By what is left to compute.
    ready: Ordered<Nanos>,
}

impl Shortest {
    pub(super) fn job_first() -> Shortest {
        Shortest {
            preemptive: false,
            ready: Ordered::new(),
        }
    }

    pub(super) fn remaining_time_first() -> Shortest {
        Shortest {
            preemptive: true,
            ready: Ordered::new(),
        }
    }
}

impl Rules for Shortest {
    // Rule 1.
    fn enqueue(&mut self, task: TaskId, _: Entry, entities: &mut Entities, _: Nanos) {
        self.ready.push_back(entities.of(task).burst, task);
    }

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

    // Rule 3.
    fn preempts(&self, waiting: TaskId, running: TaskId, entities: &Entities, _: Nanos) -> bool {
        self.preemptive && self.worse(running, waiting, entities)
    }

    fn worse(&self, task: TaskId, other: TaskId, entities: &Entities) -> bool {
        entities.of(task).burst > entities.of(other).burst
    }
}
