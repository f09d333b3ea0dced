//! Stride scheduling.
//!
//! 1. Every task has a pass, which grows by the time it runs divided by its tickets.
//! 2. The ready task with the smallest pass runs, for one quantum at most; of equals the one that came
//!    first.
//! 3. The global pass grows by the time that anyone runs divided by the tickets of all who run or are
//!    ready. A new task begins at it; one that leaves keeps its distance to it until it comes back.
//!
//! Source: Waldspurger and Weihl, *Stride Scheduling: Deterministic Proportional-Share Resource
//! Management* (1995). As in Arpaci-Dusseau, *Operating Systems: Three Easy Pieces*, a task begins at
//! the global pass itself, not a stride behind it. A pass is counted in nanoseconds a ticket, times
//! 2^32, which loses less than a nanosecond in years.

use super::ordered::Ordered;
use super::{Entities, Entry, Rules};
use crate::base::Nanos;
use crate::scenario::Scheduler;
use crate::trace::TaskId;

/// The queue of a stride scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Stride {
    quantum: Nanos,
    /// By pass.
    ready: Ordered<i128>,
    global_pass: i128,
    /// The tickets of all who run from this queue or are ready in it.
    tickets: u64,
}

/// Rule 1: how far `worked` takes someone with so many tickets.
fn advance(worked: Nanos, tickets: u64) -> i128 {
    (i128::from(worked.0) << 32) / i128::from(tickets.max(1))
}

impl Stride {
    pub(super) fn new(scheduler: &Scheduler) -> Stride {
        Stride {
            quantum: scheduler.quantum,
            ready: Ordered::new(),
            global_pass: 0,
            tickets: 0,
        }
    }

    fn join(&mut self, task: TaskId, entities: &mut Entities) {
        let entity = entities.of_mut(task);
        entity.virtual_time = self.global_pass + entity.distance;
        self.tickets += u64::from(entity.tickets);
    }

    fn leave(&mut self, task: TaskId, entities: &mut Entities) {
        let entity = entities.of_mut(task);
        entity.distance = entity.virtual_time - self.global_pass;
        self.tickets -= u64::from(entity.tickets);
    }
}

impl Rules for Stride {
    // Rule 3.
    fn enqueue(&mut self, task: TaskId, _: Entry, entities: &mut Entities, _: Nanos) {
        self.join(task, entities);
        let entity = entities.of_mut(task);
        entity.slice_left = self.quantum;
        self.ready.push_back(entity.virtual_time, task);
    }

    // Rule 2.
    fn dequeue(&mut self, _: &mut Entities, _: Nanos) -> Option<TaskId> {
        self.ready.pop_first()
    }

    fn peek_nth(&self, ahead: usize, _: &Entities, _: Nanos) -> Option<TaskId> {
        self.ready.nth(ahead)
    }

    fn dequeue_nth(&mut self, ahead: usize, _: &mut Entities, _: Nanos) {
        self.ready.remove_nth(ahead);
    }

    fn retain(&mut self, entities: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        for task in self.ready.iter() {
            if !is_alive(task) {
                self.tickets -= u64::from(entities.of(task).tickets);
            }
        }
        self.ready.retain(is_alive);
    }

    fn measures_all(&self) -> bool {
        true
    }

    fn slice(&self, task: TaskId, entities: &Entities) -> Nanos {
        entities.of(task).slice_left
    }

    // Rules 1 and 3.
    fn ran(&mut self, task: TaskId, worked: Nanos, entities: &mut Entities) {
        let entity = entities.of_mut(task);
        entity.use_up(worked, self.quantum);
        entity.virtual_time += advance(worked, u64::from(entity.tickets));
        self.global_pass += advance(worked, self.tickets);
    }

    fn renew(&mut self, task: TaskId, entities: &mut Entities) {
        entities.of_mut(task).slice_left = self.quantum;
    }

    // Rule 3.
    fn leaves(&mut self, task: TaskId, entities: &mut Entities) {
        self.leave(task, entities);
    }

    fn moves_out(&mut self, task: TaskId, entities: &mut Entities) {
        self.leave(task, entities);
    }

    fn moves_in(&mut self, task: TaskId, entities: &mut Entities) {
        self.join(task, entities);
    }
}
