//! Lottery scheduling.
//!
//! 1. Every ready task holds its tickets. For each slice one ticket is drawn, each as likely as any
//!    other, and its holder runs.
//! 2. A task runs for one quantum at most; then it takes part in the next draw with the others.
//! 3. The draws are determined by the scenario's seed.
//!
//! Source: Waldspurger and Weihl, *Lottery Scheduling: Flexible Proportional-Share Resource
//! Management* (1994); Arpaci-Dusseau, *Operating Systems: Three Easy Pieces*, chapter on proportional
//! share. Tickets are neither passed on nor compensated for unused parts of a quantum.

use super::tickets::Tickets;
use super::{Entities, Entry, Rules};
use crate::base::{Nanos, Random};
use crate::scenario::Scenario;
use crate::trace::TaskId;

/// The stream of the seed that the draws come from; each queue has its own behind it.
const STREAM: u64 = 0x1000;

/// The queue of a lottery scheduler.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Lottery {
    ready: Tickets,
    quantum: Nanos,
    random: Random,
    /// The next draw, as a fraction of 2^64: known before it is asked for, so that looking at the
    /// winner does not change who wins.
    draw: u64,
}

impl Lottery {
    pub(super) fn new(scenario: &Scenario, queue: usize) -> Lottery {
        let mut random = Random::new(scenario.seed, STREAM + queue as u64);
        Lottery {
            ready: Tickets::new(),
            quantum: scenario.scheduler.quantum,
            draw: random.bits(),
            random,
        }
    }

    /// Rule 1: where the winner stands. Multiplying instead of taking a remainder makes no ticket
    /// likelier than another by more than one part in 2^32.
    fn winner(&self) -> usize {
        let product = u128::from(self.draw) * u128::from(self.ready.total());
        self.ready.holder((product >> 64) as u64)
    }

    /// Where the task stands that runs after `ahead` others if nobody draws again: the winner, then
    /// the others as they stand.
    fn slot(&self, ahead: usize) -> Option<usize> {
        if ahead >= self.ready.len() {
            return None;
        }
        let winner = self.winner();
        if ahead == 0 {
            return Some(winner);
        }
        let others = self.ready.iter().filter(|(slot, _)| *slot != winner);
        others.map(|(slot, _)| slot).nth(ahead - 1)
    }
}

impl Rules for Lottery {
    fn enqueue(&mut self, task: TaskId, _: Entry, entities: &mut Entities, _: Nanos) {
        let entity = entities.of_mut(task);
        entity.slice_left = self.quantum;
        self.ready.insert(task, u64::from(entity.tickets));
    }

    fn dequeue(&mut self, _: &mut Entities, _: Nanos) -> Option<TaskId> {
        let slot = self.slot(0)?;
        self.draw = self.random.bits();
        self.ready.remove(slot)
    }

    fn peek_nth(&self, ahead: usize, _: &Entities, _: Nanos) -> Option<TaskId> {
        let slot = self.slot(ahead)?;
        let mut standing = self.ready.iter();
        standing
            .find(|(other, _)| *other == slot)
            .map(|(_, task)| task)
    }

    fn dequeue_nth(&mut self, ahead: usize, _: &mut Entities, _: Nanos) {
        if let Some(slot) = self.slot(ahead) {
            self.draw = self.random.bits();
            self.ready.remove(slot);
        }
    }

    fn retain(&mut self, _: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        let dead: Vec<usize> = self
            .ready
            .iter()
            .filter(|(_, task)| !is_alive(*task))
            .map(|(slot, _)| slot)
            .collect();
        for slot in dead {
            self.ready.remove(slot);
        }
    }

    // Rule 2.
    fn slice(&self, task: TaskId, entities: &Entities) -> Nanos {
        entities.of(task).slice_left
    }

    fn ran(&mut self, task: TaskId, worked: Nanos, entities: &mut Entities) {
        entities.of_mut(task).use_up(worked, self.quantum);
    }

    fn renew(&mut self, task: TaskId, entities: &mut Entities) {
        entities.of_mut(task).slice_left = self.quantum;
    }
}
