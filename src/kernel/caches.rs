//! What the caches of the cores hold: the working sets of threads, where a scenario has any.
//!
//! 1. A core has one cache, which its hardware threads share. It holds the working sets of the threads that
//!    were dispatched there last, as many as fit; one that is larger than the cache fills it.
//! 2. A thread that is dispatched where its working set is not has to bring it in, as a part of the
//!    switch. Those that were used longest ago make room.
//! 3. A working set is in one cache at a time: what a thread writes on another core is not valid here any
//!    more.
//!
//! Source: cache affinity as in Arpaci-Dusseau, *Operating Systems: Three Easy Pieces*, the chapter on
//! multiprocessor scheduling; making room by age is the textbooks' LRU. That a set is brought in
//! whole, and at once, is a simplification of ours.

use std::sync::Arc;

use super::cost::CostTable;
use crate::base::Nanos;
use crate::scenario::Scenario;
use crate::trace::{SwitchCost, TaskId};

/// The caches of all cores.
#[derive(Clone, Debug)]
pub(super) struct Caches {
    /// For each group of tasks, its working set; never changes.
    of_group: Arc<[Option<WorkingSet>]>,
    /// The group of each task, where any has a working set.
    groups: Vec<u32>,
    bytes: u64,
    /// Of each core, what is in its cache, used longest ago first.
    cores: Vec<Vec<TaskId>>,
    is_used: bool,
}

/// The working set of a thread.
#[derive(Clone, Copy, Debug)]
struct WorkingSet {
    bytes: u64,
    /// How long it takes to bring it in.
    refill: Nanos,
    /// Where the switches with this refill begin in the table of costs.
    costs: u16,
}

impl Caches {
    /// Of a scenario, whose switches that bring a working set in are added to `switches`.
    pub(super) fn new(
        scenario: &Scenario,
        costs: &CostTable,
        switches: &mut Vec<SwitchCost>,
    ) -> Caches {
        let bytes = scenario.machine.cache_bytes;
        let plain = switches.clone();
        let mut of_group = Vec::new();
        for process in &scenario.processes {
            for thread in &process.threads {
                let size = process.working_set_bytes(thread).min(bytes);
                let refill = process.refill(thread).unwrap_or_else(|| costs.refill(size));
                let set = (refill > Nanos::ZERO).then_some(WorkingSet {
                    bytes: size,
                    refill,
                    costs: switches.len() as u16,
                });
                if set.is_some() {
                    switches.extend(plain.iter().map(|switch| SwitchCost {
                        cache_refill: switch.cache_refill + refill,
                        ..*switch
                    }));
                }
                of_group.extend(std::iter::repeat_n(set, 1 + thread.coroutines().len()));
            }
        }
        Caches {
            is_used: of_group.iter().any(Option::is_some),
            of_group: of_group.into(),
            groups: Vec::new(),
            bytes,
            cores: vec![Vec::new(); scenario.machine.cores as usize],
        }
    }

    /// Whether any task has a working set.
    #[inline]
    pub(super) fn is_used(&self) -> bool {
        self.is_used
    }

    /// A task has been made; they are told in the order of their numbers.
    pub(super) fn add(&mut self, group: u32) {
        if self.is_used {
            self.groups.push(group);
        }
    }

    /// A task has ended, and what it worked with is of no use any more.
    pub(super) fn forget(&mut self, task: TaskId) {
        for sets in &mut self.cores {
            sets.retain(|other| *other != task);
        }
    }

    fn set(&self, task: TaskId) -> Option<WorkingSet> {
        self.of_group[self.groups[task.index()] as usize]
    }

    /// A core goes on with a thread, after this switch: which switch it is, and how much longer it takes,
    /// with what the thread has to bring in.
    pub(super) fn switch(&mut self, task: TaskId, core: usize, switch: u16) -> (u16, Nanos) {
        let Some(set) = self.set(task) else {
            return (switch, Nanos::ZERO);
        };
        let is_warm = self.cores[core].contains(&task);
        self.forget(task);
        self.cores[core].push(task);
        if is_warm {
            return (switch, Nanos::ZERO);
        }
        let size = |task: &TaskId| self.set(*task).map_or(0, |set| set.bytes);
        let sizes: Vec<u64> = self.cores[core].iter().map(size).collect();
        let mut inside: u64 = sizes
            .iter()
            .fold(0, |sum, bytes| sum.saturating_add(*bytes));
        let mut gone = 0;
        while inside > self.bytes {
            inside -= sizes[gone];
            gone += 1;
        }
        self.cores[core].drain(..gone);
        (set.costs + switch, set.refill)
    }
}
