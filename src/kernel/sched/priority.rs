//! Priorities, preemptive or not, with or without aging.
//!
//! 1. The ready task with the smallest number runs; of equals the one that came first to its level.
//! 2. A task runs until it blocks, yields or ends; with `preemptive`, also until one with a smaller
//!    number is ready. It then waits before all its equals.
//! 3. With `aging`, a ready task gains one level each time it has waited for that long, and joins
//!    the new level at its end. It keeps what it has gained until it blocks or yields.
//! 4. A task whose priority is raised joins its new level at the end, one whose priority is lowered
//!    at the beginning.
//!
//! Source: Silberschatz, Galvin, Gagne, *Operating System Concepts*, section on priority scheduling.
//! The places among equals are those of POSIX's `SCHED_FIFO` (sched(7)), and rule 4 is what Linux
//! does with a task that inherits a priority (`rt_mutex_setprio`).

use std::collections::BTreeSet;

use super::ordered::Ordered;
use super::{Entities, Entity, Entry, Rules};
use crate::base::Nanos;
use crate::scenario::Scheduler;
use crate::trace::TaskId;

/// The queue of a priority scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Priority {
    preemptive: bool,
    aging: Option<Nanos>,
    ready: Ordered<i64>,
    /// When each ready task gains its next level.
    gains: BTreeSet<(Nanos, TaskId)>,
}

impl Priority {
    pub(super) fn new(scheduler: &Scheduler) -> Priority {
        Priority {
            preemptive: scheduler.preemptive,
            aging: scheduler.aging,
            ready: Ordered::new(),
            gains: BTreeSet::new(),
        }
    }

    /// The next level of a task that begins to wait for it now.
    fn wait_for_level(&mut self, task: TaskId, entities: &mut Entities, now: Nanos) {
        if let Some(aging) = self.aging {
            let gains_at = now.saturating_add(aging);
            entities.of_mut(task).gains_at = gains_at;
            self.gains.insert((gains_at, task));
        }
    }

    fn waits_no_more(&mut self, task: TaskId, entities: &Entities) {
        self.gains.remove(&(entities.of(task).gains_at, task));
    }
}

/// The number that counts: that of the task, less what it has gained.
fn level(entity: &Entity) -> i64 {
    i64::from(entity.priority) - i64::from(entity.gained)
}

impl Rules for Priority {
    fn enqueue(&mut self, task: TaskId, entry: Entry, entities: &mut Entities, now: Nanos) {
        let entity = entities.of_mut(task);
        // Rule 2.
        if entry == Entry::Preempted {
            entity.place = self.ready.push_front(level(entity), task);
        } else {
            // The end of rule 3.
            entity.gained = 0;
            entity.place = self.ready.push_back(level(entity), task);
        }
        self.wait_for_level(task, entities, now);
    }

    // Rule 1.
    fn dequeue(&mut self, entities: &mut Entities, _: Nanos) -> Option<TaskId> {
        let task = self.ready.pop_first()?;
        self.waits_no_more(task, entities);
        Some(task)
    }

    fn peek_nth(&self, ahead: usize, _: &Entities, _: Nanos) -> Option<TaskId> {
        self.ready.nth(ahead)
    }

    fn dequeue_nth(&mut self, ahead: usize, entities: &mut Entities, _: Nanos) {
        if let Some(task) = self.ready.remove_nth(ahead) {
            self.waits_no_more(task, entities);
        }
    }

    fn retain(&mut self, _: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        self.ready.retain(is_alive);
        self.gains.retain(|(_, task)| is_alive(*task));
    }

    // Rule 2.
    fn slice(&self, _: TaskId, _: &Entities) -> Nanos {
        Nanos::NEVER
    }

    fn preempts(&self, waiting: TaskId, running: TaskId, entities: &Entities, _: Nanos) -> bool {
        self.preemptive && self.worse(running, waiting, entities)
    }

    fn worse(&self, task: TaskId, other: TaskId, entities: &Entities) -> bool {
        level(entities.of(task)) > level(entities.of(other))
    }

    // Rule 3.
    fn review_at(&self) -> Nanos {
        self.gains.first().map_or(Nanos::NEVER, |(at, _)| *at)
    }

    fn review(&mut self, entities: &mut Entities, now: Nanos) {
        while let Some((at, task)) = self.gains.first().copied()
            && at <= now
        {
            self.gains.pop_first();
            let entity = entities.of_mut(task);
            self.ready.remove(entity.place);
            entity.gained = entity.gained.saturating_add(1);
            entity.place = self.ready.push_back(level(entity), task);
            self.wait_for_level(task, entities, now);
        }
    }

    // Rule 4.
    fn reprioritise(&mut self, task: TaskId, before: i32, entities: &mut Entities) {
        let entity = entities.of_mut(task);
        self.ready.remove(entity.place);
        entity.place = if entity.priority < before {
            self.ready.push_back(level(entity), task)
        } else {
            self.ready.push_front(level(entity), task)
        };
    }
}
