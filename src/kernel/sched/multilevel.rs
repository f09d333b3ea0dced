//! Multilevel queue: fixed levels, each with a quantum of its own.
//!
//! 1. There are `levels` queues. A task's priority is its level, from 0, the top; what is above or
//!    below the levels belongs to the first or the last.
//! 2. A task runs only if all levels above its own are empty.
//! 3. Within a level, tasks take turns in slices of the level's quantum.
//! 4. With `preemptive`, a task of a higher level takes the core as soon as it is ready. The one that
//!    loses it waits at the head of its level and then has the rest of its slice.
//! 5. A task that waits or yields begins a fresh slice at the end of its level.
//!
//! Source: Silberschatz, Galvin, Gagne, *Operating System Concepts*, section on multilevel queue
//! scheduling. Rule 4 is how POSIX's `SCHED_RR` treats a task that is preempted (sched(7)).

use std::collections::VecDeque;

use super::{Entities, Entry, Rules};
use crate::base::Nanos;
use crate::scenario::Scheduler;
use crate::trace::TaskId;

/// The queue of a multilevel-queue scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Multilevel {
    preemptive: bool,
    levels: Vec<VecDeque<TaskId>>,
    quanta: Vec<Nanos>,
}

impl Multilevel {
    pub(super) fn new(scheduler: &Scheduler) -> Multilevel {
        let levels = scheduler.levels as usize;
        Multilevel {
            preemptive: scheduler.preemptive,
            levels: vec![VecDeque::new(); levels],
            quanta: (0..levels)
                .map(|level| scheduler.quantum_of(level))
                .collect(),
        }
    }

    // Rule 1.
    fn level(&self, task: TaskId, entities: &Entities) -> usize {
        let priority = entities.of(task).priority.max(0);
        (priority as usize).min(self.levels.len() - 1)
    }

    fn place(&self, mut ahead: usize) -> Option<(usize, usize)> {
        for (level, queue) in self.levels.iter().enumerate() {
            if ahead < queue.len() {
                return Some((level, ahead));
            }
            ahead -= queue.len();
        }
        None
    }
}

impl Rules for Multilevel {
    // Rules 3 to 5.
    fn enqueue(&mut self, task: TaskId, entry: Entry, entities: &mut Entities, _: Nanos) {
        let level = self.level(task, entities);
        let entity = entities.of_mut(task);
        if entry == Entry::Preempted && entity.slice_left > Nanos::ZERO {
            self.levels[level].push_front(task);
        } else {
            entity.slice_left = self.quanta[level];
            self.levels[level].push_back(task);
        }
    }

    // Rule 2.
    fn dequeue(&mut self, _: &mut Entities, _: Nanos) -> Option<TaskId> {
        self.levels.iter_mut().find_map(VecDeque::pop_front)
    }

    fn peek_nth(&self, ahead: usize, _: &Entities, _: Nanos) -> Option<TaskId> {
        let (level, at) = self.place(ahead)?;
        self.levels[level].get(at).copied()
    }

    fn dequeue_nth(&mut self, ahead: usize, _: &mut Entities, _: Nanos) {
        if let Some((level, at)) = self.place(ahead) {
            self.levels[level].remove(at);
        }
    }

    fn retain(&mut self, _: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        for level in &mut self.levels {
            level.retain(|task| is_alive(*task));
        }
    }

    // Rule 3.
    fn slice(&self, task: TaskId, entities: &Entities) -> Nanos {
        entities.of(task).slice_left
    }

    fn ran(&mut self, task: TaskId, worked: Nanos, entities: &mut Entities) {
        let quantum = self.quanta[self.level(task, entities)];
        entities.of_mut(task).use_up(worked, quantum);
    }

    fn renew(&mut self, task: TaskId, entities: &mut Entities) {
        entities.of_mut(task).slice_left = self.quanta[self.level(task, entities)];
    }

    // Rule 4.
    fn preempts(&self, waiting: TaskId, running: TaskId, entities: &Entities, _: Nanos) -> bool {
        self.preemptive && self.worse(running, waiting, entities)
    }

    fn worse(&self, task: TaskId, other: TaskId, entities: &Entities) -> bool {
        self.level(task, entities) > self.level(other, entities)
    }

    fn reprioritise(&mut self, task: TaskId, before: i32, entities: &mut Entities) {
        for level in &mut self.levels {
            if let Some(at) = level.iter().position(|other| *other == task) {
                level.remove(at);
                let raised = entities.of(task).priority < before;
                let level = self.level(task, entities);
                if raised {
                    self.levels[level].push_back(task);
                } else {
                    self.levels[level].push_front(task);
                }
                return;
            }
        }
    }
}
