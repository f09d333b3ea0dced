//! What the policies know of each task. Empty for the policies that need to know nothing, so that
//! plain time slicing pays neither memory nor time for it.

use super::ordered::Place;
use crate::base::Nanos;
use crate::scenario::{Policy, Process};
use crate::trace::TaskId;

/// What a policy knows of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::kernel) struct Entity {
    /// Smaller runs first.
    pub priority: i32,
    /// Linux niceness.
    pub nice: i8,
    /// Its share in a lottery or of strides.
    pub tickets: u32,
    /// When its current job should be done.
    pub deadline: Nanos,
    /// Its period.
    pub period: Nanos,
    /// How long it computes before it next waits or ends, as far as its program tells.
    pub burst: Nanos,
    /// Since when it is ready.
    pub ready_since: Nanos,
    /// What is left of its slice; zero when it is over and the next has not begun.
    pub slice_left: Nanos,
    /// Its level, from the top.
    pub level: u8,
    /// What is left of its time on that level.
    pub allotment_left: Nanos,
    /// How many boosts it has seen.
    pub boosts: u64,
    /// How far it has come: its pass or virtual run time, as its policy counts it.
    pub virtual_time: i128,
    /// How far it is ahead of the others, while it is away.
    pub distance: i128,
    /// The queue whose clock `virtual_time` goes by.
    pub home: u16,
    /// How long it has run in this slice.
    pub ran_in_slice: Nanos,
    /// The virtual time by which it should have had its slice.
    pub virtual_deadline: i128,
    /// Whether it has had a deadline since it was picked.
    pub passed_deadline: bool,
    /// When it last woke or arrived.
    pub woke_at: Nanos,
    /// Where it stands among the ready tasks, by its priority.
    pub place: Place<i64>,
    /// Levels that it has gained by waiting.
    pub gained: u32,
    /// When it gains the next.
    pub gains_at: Nanos,
}

impl Entity {
    fn new(process: &Process) -> Entity {
        Entity {
            priority: process.priority,
            nice: process.nice,
            tickets: process.tickets,
            deadline: Nanos::NEVER,
            period: process.period.unwrap_or(Nanos::NEVER),
            burst: Nanos::ZERO,
            ready_since: Nanos::ZERO,
            slice_left: Nanos::ZERO,
            level: 0,
            allotment_left: Nanos::ZERO,
            boosts: 0,
            virtual_time: 0,
            distance: 0,
            home: 0,
            ran_in_slice: Nanos::ZERO,
            virtual_deadline: 0,
            passed_deadline: false,
            woke_at: Nanos::NEVER,
            place: (0, 0),
            gained: 0,
            gains_at: Nanos::NEVER,
        }
    }

    /// It has run for so long, in slices of `quantum` that follow each other without a break.
    pub(super) fn use_up(&mut self, worked: Nanos, quantum: Nanos) {
        self.slice_left = if worked <= self.slice_left {
            self.slice_left - worked
        } else {
            match (worked - self.slice_left).0 % quantum.0 {
                0 => Nanos::ZERO,
                begun => quantum - Nanos(begun),
            }
        };
    }
}

/// All tasks, or none where the policy needs to know nothing.
#[derive(Clone, Debug)]
pub(in crate::kernel) struct Entities {
    known: bool,
    list: Vec<Entity>,
    /// The virtual clock of each queue, so that a task can move from one to the other.
    clocks: Vec<i128>,
}

impl Entities {
    /// Knows nothing yet, and for some policies never will.
    pub(in crate::kernel) fn new(policy: Policy) -> Entities {
        Entities {
            known: !matches!(policy, Policy::Fifo | Policy::RoundRobin),
            list: Vec::new(),
            clocks: Vec::new(),
        }
    }

    /// Whether the policy wants to know anything of the tasks.
    #[inline]
    pub(in crate::kernel) fn are_known(&self) -> bool {
        self.known
    }

    /// A task has been made; they are told in the order of their numbers.
    pub(in crate::kernel) fn add(&mut self, process: &Process) {
        if self.known {
            self.list.push(Entity::new(process));
        }
    }

    /// The virtual clock of a queue.
    pub(super) fn clock(&self, queue: u16) -> i128 {
        self.clocks.get(usize::from(queue)).copied().unwrap_or(0)
    }

    pub(super) fn clock_mut(&mut self, queue: u16) -> &mut i128 {
        let queue = usize::from(queue);
        if self.clocks.len() <= queue {
            self.clocks.resize(queue + 1, 0);
        }
        &mut self.clocks[queue]
    }

    pub(in crate::kernel) fn of(&self, task: TaskId) -> &Entity {
        &self.list[task.index()]
    }

    pub(in crate::kernel) fn of_mut(&mut self, task: TaskId) -> &mut Entity {
        &mut self.list[task.index()]
    }
}
