//! The completely fair scheduler, as Linux had it from 5.16 to 6.5.
//!
//! 1. Every task has a virtual run time: the time it has run, times 1024, divided by its weight, which
//!    its niceness gives. The ready task with the smallest runs.
//! 2. Every task shall have a turn within `latency`, or, where there are too many, within their number
//!    times `min_granularity`. A slice is the task's share by weight of that time, but not less than
//!    `min_granularity` and not more than `latency`.
//! 3. The clock of a queue is the smallest virtual run time of its tasks; it never goes back.
//! 4. A new task begins at the clock. One that wakes keeps its virtual run time, but gets at most half
//!    a latency of credit. One that moves to another queue stays as far ahead of the clock, or behind.
//! 5. A task that wakes or arrives takes the core from one whose virtual run time is larger by more
//!    than `wakeup_granularity`, which counts by the weight of the one that wakes.
//! 6. A task that yields is passed over once, unless the next one is ahead of it by more than that.
//!
//! Source: Linux 6.5, `kernel/sched/fair.c` (`sched_slice`, `check_preempt_tick`, `place_entity`,
//! `wakeup_preempt_entity`, `update_min_vruntime`, `yield_task_fair`). What differs: a slice ends to
//! the nanosecond, as with `HRTICK`, and not at a tick; new tasks owe nothing (Linux's `START_DEBIT`
//! is for children of a running parent); there are no groups and no last buddy. Under one queue for
//! several hardware threads, which Linux does not have, the weight is divided among these.

use super::linux::{scaled, virtual_time, weight};
use super::ordered::Ordered;
use super::{Entities, Entity, Entry, Rules};
use crate::base::Nanos;
use crate::scenario::{QueueScope, Scenario};
use crate::trace::TaskId;

/// The queue of a completely fair scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Cfs {
    settings: Settings,
    /// Which queue it is.
    number: u16,
    /// How many hardware threads take from it.
    lanes: u64,
    /// By virtual run time.
    ready: Ordered<i128>,
    running: Vec<TaskId>,
    /// The weight of those who run or are ready, and how many they are.
    weight: i128,
    tasks: u64,
    /// Who became ready last at which instant, for rule 5.
    woken: Vec<TaskId>,
    woken_at: Nanos,
    /// Rule 6.
    passed_over: Option<TaskId>,
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    latency: Nanos,
    min_granularity: Nanos,
    wakeup_granularity: Nanos,
}

fn weight_of(entity: &Entity) -> i128 {
    weight(entity.nice)
}

impl Cfs {
    pub(super) fn new(scenario: &Scenario, number: usize) -> Cfs {
        let (scheduler, machine) = (&scenario.scheduler, &scenario.machine);
        let or = |given: Option<Nanos>, linux| given.unwrap_or_else(|| scaled(linux, machine));
        Cfs {
            settings: Settings {
                latency: or(scheduler.latency, Nanos::from_ms(6)),
                min_granularity: or(scheduler.min_granularity, Nanos::from_us(750)),
                wakeup_granularity: or(scheduler.wakeup_granularity, Nanos::from_ms(1)),
            },
            number: number as u16,
            lanes: match scheduler.queue {
                QueueScope::Global => u64::from(machine.cores * machine.smt),
                QueueScope::PerCore => 1,
            },
            ready: Ordered::new(),
            running: Vec::new(),
            weight: 0,
            tasks: 0,
            woken: Vec::new(),
            woken_at: Nanos::NEVER,
            passed_over: None,
        }
    }

    /// Rule 2: how long a turn of this task is, of those that are here now.
    fn ideal(&self, entity: &Entity) -> Nanos {
        let Settings {
            latency,
            min_granularity,
            ..
        } = self.settings;
        let each = self.tasks.div_ceil(self.lanes);
        let fit = latency.0.div_ceil(min_granularity.0);
        let period = if each > fit {
            each.saturating_mul(min_granularity.0)
        } else {
            latency.0
        };
        let share = i128::from(period) * weight_of(entity) * i128::from(self.lanes);
        let share = Nanos((share / self.weight.max(1)) as u64);
        share.max(min_granularity).min(latency)
    }

    /// Rule 3.
    fn move_clock(&self, entities: &mut Entities) {
        let running = self.running.iter().copied();
        let all = running.chain(self.ready.nth(0));
        if let Some(smallest) = all.map(|task| entities.of(task).virtual_time).min() {
            let clock = entities.clock_mut(self.number);
            *clock = smallest.max(*clock);
        }
    }

    /// Rule 4, for a task that was in another queue before.
    fn come_over(&self, task: TaskId, entities: &mut Entities) {
        let clock = entities.clock(self.number);
        let before = entities.clock(entities.of(task).home);
        let entity = entities.of_mut(task);
        entity.virtual_time += clock - before;
        entity.home = self.number;
    }

    fn join(&mut self, task: TaskId, entities: &Entities) {
        self.weight += weight_of(entities.of(task));
        self.tasks += 1;
    }

    fn leave(&mut self, task: TaskId, entities: &Entities) {
        self.weight -= weight_of(entities.of(task));
        self.tasks -= 1;
    }

    /// Rule 5, and the exception of rule 6: whether `later` is behind `sooner` by so much that it
    /// should run in its stead.
    fn is_far_behind(&self, sooner: &Entity, later: &Entity) -> bool {
        let granularity = virtual_time(self.settings.wakeup_granularity, weight_of(later));
        sooner.virtual_time - later.virtual_time > granularity
    }

    /// Rule 6: how many of the ready tasks are passed over.
    fn skipped(&self, entities: &Entities) -> usize {
        let (Some(first), Some(second)) = (self.ready.nth(0), self.ready.nth(1)) else {
            return 0;
        };
        let is_passed_over = self.passed_over == Some(first)
            && !self.is_far_behind(entities.of(second), entities.of(first));
        usize::from(is_passed_over)
    }

    /// Where the task stands that would run after `ahead` others.
    fn position(&self, ahead: usize, entities: &Entities) -> usize {
        match (self.skipped(entities), ahead) {
            (1, 0) => 1,
            (1, 1) => 0,
            _ => ahead,
        }
    }
}

impl Rules for Cfs {
    fn enqueue(&mut self, task: TaskId, entry: Entry, entities: &mut Entities, now: Nanos) {
        // Rule 4.
        match entry {
            Entry::Arrived => {
                let clock = entities.clock(self.number);
                let entity = entities.of_mut(task);
                entity.virtual_time = clock;
                entity.home = self.number;
            }
            Entry::Woke => {
                self.come_over(task, entities);
                let credit = Nanos(self.settings.latency.0 / 2);
                let earliest = entities.clock(self.number) - virtual_time(credit, weight(0));
                let entity = entities.of_mut(task);
                entity.virtual_time = entity.virtual_time.max(earliest);
            }
            Entry::Yielded => self.passed_over = Some(task),
            Entry::QuantumOver | Entry::Preempted => {}
        }
        if matches!(entry, Entry::Arrived | Entry::Woke) {
            if self.woken_at != now {
                self.woken_at = now;
                self.woken.clear();
            }
            self.woken.push(task);
        }
        self.join(task, entities);
        self.ready.push_back(entities.of(task).virtual_time, task);
        self.move_clock(entities);
    }

    // Rule 1.
    fn dequeue(&mut self, entities: &mut Entities, now: Nanos) -> Option<TaskId> {
        let first = self.peek_nth(0, entities, now)?;
        self.dequeue_nth(0, entities, now);
        Some(first)
    }

    fn peek_nth(&self, ahead: usize, entities: &Entities, _: Nanos) -> Option<TaskId> {
        self.ready.nth(self.position(ahead, entities))
    }

    fn dequeue_nth(&mut self, ahead: usize, entities: &mut Entities, _: Nanos) {
        let taken = self.ready.remove_nth(self.position(ahead, entities));
        self.woken.retain(|woken| Some(*woken) != taken);
        self.passed_over = None;
    }

    fn retain(&mut self, entities: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        let dead: Vec<TaskId> = self.ready.iter().filter(|task| !is_alive(*task)).collect();
        for task in dead {
            self.leave(task, entities);
        }
        self.ready.retain(is_alive);
        self.woken.retain(|task| is_alive(*task));
    }

    // Rule 2.
    fn slice(&self, task: TaskId, entities: &Entities) -> Nanos {
        let entity = entities.of(task);
        self.ideal(entity).saturating_sub(entity.ran_in_slice)
    }

    fn measures_all(&self) -> bool {
        true
    }

    fn changes_slices(&self) -> bool {
        true
    }

    fn begins(&mut self, task: TaskId, entities: &mut Entities) {
        entities.of_mut(task).ran_in_slice = Nanos::ZERO;
        self.running.push(task);
    }

    // Rule 1.
    fn ran(&mut self, task: TaskId, worked: Nanos, entities: &mut Entities) {
        let entity = entities.of_mut(task);
        entity.virtual_time += virtual_time(worked, weight_of(entity));
        entity.ran_in_slice += worked;
        self.move_clock(entities);
    }

    fn leaves(&mut self, task: TaskId, entities: &mut Entities) {
        self.running.retain(|other| *other != task);
        self.leave(task, entities);
    }

    fn moves_out(&mut self, task: TaskId, entities: &mut Entities) {
        self.leave(task, entities);
    }

    fn moves_in(&mut self, task: TaskId, entities: &mut Entities) {
        self.come_over(task, entities);
        self.join(task, entities);
    }

    // Rule 5.
    fn preempts(&self, waiting: TaskId, running: TaskId, entities: &Entities, now: Nanos) -> bool {
        let running = entities.of(running);
        self.woken_at == now
            && entities.of(waiting).virtual_time < running.virtual_time
            && self
                .woken
                .iter()
                .any(|woken| self.is_far_behind(running, entities.of(*woken)))
    }

    fn worse(&self, task: TaskId, other: TaskId, entities: &Entities) -> bool {
        entities.of(task).virtual_time > entities.of(other).virtual_time
    }
}
