//! Multilevel feedback queue.
//!
//! 1. A task runs only if all levels above its own are empty.
//! 2. Within a level, tasks take turns in slices of the level's quantum.
//! 3. A task begins on the top level.
//! 4. A task that has used up its allotment on a level sinks to the next one, however often it gave up
//!    its core meanwhile (`after_io = "sink"`). With `after_io = "stay"`, giving up the core before
//!    the allotment is used up begins a fresh one.
//! 5. Every `boost`, counted from the start of the run, all tasks go to the top level.
//! 6. A task of a higher level takes the core as soon as it is ready. The one that loses it waits at
//!    the head of its level and then has the rest of its slice.
//!
//! Source: Arpaci-Dusseau, *Operating Systems: Three Easy Pieces*, chapter on the multi-level feedback
//! queue; where the book is silent (rule 6, and that the lowest level begins a fresh allotment), as its
//! simulator `mlfq.py` does.

use std::collections::VecDeque;

use super::{Entities, Entity, Entry, Rules};
use crate::base::Nanos;
use crate::scenario::{AfterIo, Scheduler};
use crate::trace::TaskId;

/// The queue of a multilevel-feedback-queue scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Mlfq {
    levels: Vec<VecDeque<TaskId>>,
    terms: Vec<Terms>,
    after_io: AfterIo,
    boost: Option<Nanos>,
    /// When the next boost is due, while anyone is here.
    boost_at: Nanos,
    /// Those of this queue that have a lane.
    running: Vec<TaskId>,
}

/// What a level grants.
#[derive(Clone, Copy, Debug)]
struct Terms {
    quantum: Nanos,
    allotment: Nanos,
}

impl Mlfq {
    pub(super) fn new(scheduler: &Scheduler) -> Mlfq {
        let levels = scheduler.levels as usize;
        Mlfq {
            levels: vec![VecDeque::new(); levels],
            terms: (0..levels)
                .map(|level| Terms {
                    quantum: scheduler.quantum_of(level),
                    allotment: scheduler.allotment_of(level),
                })
                .collect(),
            after_io: scheduler.after_io,
            boost: scheduler.boost,
            boost_at: Nanos::NEVER,
            running: Vec::new(),
        }
    }

    fn begin_level(&self, entity: &mut Entity, level: usize) {
        entity.level = level as u8;
        entity.allotment_left = self.terms[level].allotment;
        entity.slice_left = self.terms[level].quantum;
    }

    /// Rule 4, where the allotment is used up, and a fresh slice where only that is.
    fn begin_next(&self, entity: &mut Entity) {
        let level = usize::from(entity.level);
        if entity.allotment_left == Nanos::ZERO {
            self.begin_level(entity, (level + 1).min(self.terms.len() - 1));
        } else if entity.slice_left == Nanos::ZERO {
            entity.slice_left = self.terms[level].quantum;
        }
    }

    /// Rule 5, for a task that waited for something while the boost came.
    fn catch_up(&self, entity: &mut Entity, now: Nanos) {
        if let Some(boost) = self.boost {
            let boosts = now.0 / boost.0;
            if entity.boosts < boosts {
                entity.boosts = boosts;
                self.begin_level(entity, 0);
            }
        }
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

impl Rules for Mlfq {
    fn enqueue(&mut self, task: TaskId, entry: Entry, entities: &mut Entities, now: Nanos) {
        let entity = entities.of_mut(task);
        self.catch_up(entity, now);
        match entry {
            // Rule 3.
            Entry::Arrived => self.begin_level(entity, 0),
            // Rule 4.
            Entry::Woke | Entry::Yielded if self.after_io == AfterIo::Stay => {
                self.begin_level(entity, usize::from(entity.level));
            }
            Entry::QuantumOver => {
                entity.slice_left = Nanos::ZERO;
                self.begin_next(entity);
            }
            // Rule 6.
            Entry::Preempted if entity.slice_left.min(entity.allotment_left) > Nanos::ZERO => {
                self.levels[usize::from(entity.level)].push_front(task);
                return;
            }
            _ => self.begin_next(entity),
        }
        self.levels[usize::from(entity.level)].push_back(task);
        if let Some(boost) = self.boost
            && self.boost_at == Nanos::NEVER
        {
            self.boost_at = Nanos((now.0 / boost.0 + 1).saturating_mul(boost.0));
        }
    }

    // Rule 1.
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

    // Rules 2 and 4.
    fn slice(&self, task: TaskId, entities: &Entities) -> Nanos {
        let entity = entities.of(task);
        entity.slice_left.min(entity.allotment_left)
    }

    fn begins(&mut self, task: TaskId, _: &mut Entities) {
        self.running.push(task);
    }

    // Rule 4; a task that is alone goes through its levels without leaving its core.
    fn ran(&mut self, task: TaskId, worked: Nanos, entities: &mut Entities) {
        let entity = entities.of_mut(task);
        let lowest = self.terms.len() - 1;
        let mut rest = worked;
        while rest > Nanos::ZERO {
            self.begin_next(entity);
            let Terms { quantum, allotment } = self.terms[usize::from(entity.level)];
            if usize::from(entity.level) == lowest && rest > allotment + entity.allotment_left {
                rest = Nanos(rest.0 % allotment.0) + allotment;
            }
            let here = rest.min(entity.allotment_left);
            entity.use_up(here, quantum);
            entity.allotment_left -= here;
            rest -= here;
        }
    }

    fn renew(&mut self, task: TaskId, entities: &mut Entities) {
        self.begin_next(entities.of_mut(task));
    }

    fn leaves(&mut self, task: TaskId, _: &mut Entities) {
        self.running.retain(|other| *other != task);
    }

    // Rule 6.
    fn preempts(&self, waiting: TaskId, running: TaskId, entities: &Entities, _: Nanos) -> bool {
        self.worse(running, waiting, entities)
    }

    fn worse(&self, task: TaskId, other: TaskId, entities: &Entities) -> bool {
        entities.of(task).level > entities.of(other).level
    }

    // Rule 5.
    fn review_at(&self) -> Nanos {
        let is_empty = self.running.is_empty() && self.place(0).is_none();
        if is_empty {
            Nanos::NEVER
        } else {
            self.boost_at
        }
    }

    fn review(&mut self, entities: &mut Entities, now: Nanos) {
        let Some(boost) = self.boost else { return };
        if self.boost_at > now {
            return;
        }
        self.boost_at = Nanos((now.0 / boost.0 + 1).saturating_mul(boost.0));
        let waiting: VecDeque<TaskId> = self.levels.iter_mut().flat_map(std::mem::take).collect();
        for task in &waiting {
            self.catch_up(entities.of_mut(*task), now);
        }
        self.levels[0] = waiting;
        for task in &self.running {
            let entity = entities.of_mut(*task);
            let is_over = self.slice_is_over(entity);
            self.catch_up(entity, now);
            if is_over {
                entity.slice_left = Nanos::ZERO; // It has had its turn.
            }
        }
    }
}

impl Mlfq {
    fn slice_is_over(&self, entity: &Entity) -> bool {
        entity.slice_left.min(entity.allotment_left) == Nanos::ZERO
    }
}
