//! Earliest eligible virtual deadline first, as Linux has it since 6.6.
//!
//! 1. Every task has a virtual run time, which grows by the time it runs, times 1024, divided by its
//!    weight; its niceness gives that. The virtual time of a queue is the average of its tasks', by
//!    weight. A task's lag is the queue's virtual time less its own: what it has still to get.
//! 2. A task is eligible while its lag is not negative.
//! 3. A task asks for slices of `base_slice`. Its virtual deadline is its virtual run time at the
//!    beginning of a slice, plus the slice, times 1024, divided by its weight. Of the eligible
//!    tasks, the one with the earliest virtual deadline runs.
//! 4. It runs up to its deadline (`RUN_TO_PARITY`); then it asks for another slice.
//! 5. A task that waits keeps its lag until it comes back, but not more than two slices of it. It is
//!    placed so that its lag is that again when it has joined the average. It then asks for a new
//!    slice, a new task for half of one.
//! 6. A task that wakes or arrives takes the core only from one that has reached a deadline since it
//!    was picked, because nobody waited then, and only if it is the one to be picked now.
//! 7. A task that yields puts its deadline off by one slice.
//!
//! Source: Linux 6.6, `kernel/sched/fair.c` (`avg_vruntime`, `entity_eligible`, `pick_eevdf`,
//! `update_deadline`, `place_entity`, `update_entity_lag`, `yield_task_fair`), after Stoica and
//! Abdel-Wahab, *Earliest Eligible Virtual Deadline First* (1995). What differs: a slice ends to the
//! nanosecond and not at a tick, and there are no groups. Under one queue for several hardware
//! threads, which Linux does not have, it may be that only running tasks are eligible; then the ready
//! one with the largest lag runs.

use super::linux::{real_time, scaled, virtual_time, weight};
use super::ordered::Ordered;
use super::{Entities, Entity, Entry, Rules};
use crate::base::Nanos;
use crate::scenario::Scenario;
use crate::trace::TaskId;

/// The queue of an earliest-eligible-virtual-deadline-first scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Eevdf {
    base_slice: Nanos,
    /// By virtual deadline.
    ready: Ordered<i128>,
    /// Of all who run or are ready: the sum of their weights, and of weight times virtual run time.
    weight: i128,
    moment: i128,
    /// The virtual time when the queue was last empty.
    last_time: i128,
}

fn weight_of(entity: &Entity) -> i128 {
    weight(entity.nice)
}

impl Eevdf {
    pub(super) fn new(scenario: &Scenario) -> Eevdf {
        let given = scenario.scheduler.base_slice;
        let linux = || scaled(Nanos::from_us(750), &scenario.machine);
        Eevdf {
            base_slice: given.unwrap_or_else(linux),
            ready: Ordered::new(),
            weight: 0,
            moment: 0,
            last_time: 0,
        }
    }

    /// Rule 1: the queue's virtual time.
    fn time(&self) -> i128 {
        if self.weight == 0 {
            self.last_time
        } else {
            self.moment.div_euclid(self.weight)
        }
    }

    // Rule 2, without the rounding of a division.
    fn is_eligible(&self, entity: &Entity) -> bool {
        entity.virtual_time * self.weight <= self.moment
    }

    fn virtual_slice(&self, entity: &Entity) -> i128 {
        virtual_time(self.base_slice, weight_of(entity))
    }

    fn join(&mut self, entity: &Entity) {
        self.weight += weight_of(entity);
        self.moment += weight_of(entity) * entity.virtual_time;
    }

    /// Takes a task out of the average; it keeps its lag (rule 5).
    fn leave(&mut self, entity: &mut Entity) {
        let time = self.time();
        let most = virtual_time(Nanos(2 * self.base_slice.0), weight_of(entity));
        entity.distance = (entity.virtual_time - time).clamp(-most, most);
        self.weight -= weight_of(entity);
        self.moment -= weight_of(entity) * entity.virtual_time;
        self.last_time = time;
    }

    // Rule 5.
    fn place(&mut self, entity: &mut Entity, is_new: bool) {
        let ahead = if self.weight == 0 || is_new {
            0
        } else {
            entity.distance * (self.weight + weight_of(entity)) / self.weight
        };
        entity.virtual_time = self.time() + ahead;
        let slice = self.virtual_slice(entity);
        let asked = if is_new { slice / 2 } else { slice };
        entity.virtual_deadline = entity.virtual_time + asked;
    }

    /// Rule 3: where the one stands that is to be picked.
    fn best(&self, entities: &Entities) -> Option<usize> {
        let eligible = self
            .ready
            .iter()
            .position(|task| self.is_eligible(entities.of(task)));
        eligible.or_else(|| {
            let by_lag = self.ready.iter().enumerate();
            let least = by_lag.min_by_key(|(_, task)| entities.of(*task).virtual_time);
            least.map(|(at, _)| at)
        })
    }

    /// Where the task stands that would run after `ahead` others: the best, then by deadline.
    fn position(&self, ahead: usize, entities: &Entities) -> Option<usize> {
        let best = self.best(entities)?;
        Some(match ahead {
            0 => best,
            ahead if ahead <= best => ahead - 1,
            ahead => ahead,
        })
    }
}

impl Rules for Eevdf {
    fn enqueue(&mut self, task: TaskId, entry: Entry, entities: &mut Entities, now: Nanos) {
        let slice = self.virtual_slice(entities.of(task));
        let entity = entities.of_mut(task);
        match entry {
            Entry::Arrived => self.place(entity, true),
            Entry::Woke => self.place(entity, false),
            // Rule 4.
            Entry::QuantumOver => entity.virtual_deadline = entity.virtual_time + slice,
            // Rule 7.
            Entry::Yielded => entity.virtual_deadline += slice,
            Entry::Preempted => {}
        }
        if matches!(entry, Entry::Arrived | Entry::Woke) {
            entity.woke_at = now;
        }
        self.join(entity);
        self.ready.push_back(entity.virtual_deadline, task);
    }

    fn dequeue(&mut self, entities: &mut Entities, _: Nanos) -> Option<TaskId> {
        self.ready.remove_nth(self.best(entities)?)
    }

    fn peek_nth(&self, ahead: usize, entities: &Entities, _: Nanos) -> Option<TaskId> {
        self.ready.nth(self.position(ahead, entities)?)
    }

    fn dequeue_nth(&mut self, ahead: usize, entities: &mut Entities, _: Nanos) {
        if let Some(at) = self.position(ahead, entities) {
            self.ready.remove_nth(at);
        }
    }

    fn retain(&mut self, entities: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        let dead: Vec<TaskId> = self.ready.iter().filter(|task| !is_alive(*task)).collect();
        for task in dead {
            self.leave(entities.of_mut(task));
        }
        self.ready.retain(is_alive);
    }

    // Rule 4.
    fn slice(&self, task: TaskId, entities: &Entities) -> Nanos {
        let entity = entities.of(task);
        let left = real_time(
            entity.virtual_deadline - entity.virtual_time,
            weight_of(entity),
        );
        Nanos(left.max(0) as u64)
    }

    fn measures_all(&self) -> bool {
        true
    }

    fn begins(&mut self, task: TaskId, entities: &mut Entities) {
        entities.of_mut(task).passed_deadline = false;
    }

    // Rule 1; a task that is alone passes its deadlines without leaving its core.
    fn ran(&mut self, task: TaskId, worked: Nanos, entities: &mut Entities) {
        let slice = self.virtual_slice(entities.of(task));
        let entity = entities.of_mut(task);
        let passed = virtual_time(worked, weight_of(entity));
        entity.virtual_time += passed;
        self.moment += weight_of(entity) * passed;
        let beyond = real_time(
            entity.virtual_time - entity.virtual_deadline,
            weight_of(entity),
        );
        if beyond > 0 {
            let slices =
                (beyond + i128::from(self.base_slice.0) - 1) / i128::from(self.base_slice.0);
            entity.virtual_deadline += slices * slice;
            entity.passed_deadline = true;
        }
    }

    fn renew(&mut self, task: TaskId, entities: &mut Entities) {
        let slice = self.virtual_slice(entities.of(task));
        let entity = entities.of_mut(task);
        entity.virtual_deadline = entity.virtual_time + slice;
        entity.passed_deadline = true;
    }

    // Rule 5.
    fn leaves(&mut self, task: TaskId, entities: &mut Entities) {
        self.leave(entities.of_mut(task));
    }

    fn moves_out(&mut self, task: TaskId, entities: &mut Entities) {
        self.leave(entities.of_mut(task));
    }

    fn moves_in(&mut self, task: TaskId, entities: &mut Entities) {
        let entity = entities.of_mut(task);
        self.place(entity, false);
        self.join(entity);
    }

    // Rule 6.
    fn preempts(&self, waiting: TaskId, running: TaskId, entities: &Entities, now: Nanos) -> bool {
        let (waiting, running) = (entities.of(waiting), entities.of(running));
        let is_better =
            !self.is_eligible(running) || waiting.virtual_deadline < running.virtual_deadline;
        running.passed_deadline && waiting.woke_at == now && self.is_eligible(waiting) && is_better
    }

    fn worse(&self, task: TaskId, other: TaskId, entities: &Entities) -> bool {
        entities.of(task).virtual_deadline > entities.of(other).virtual_deadline
    }
}
