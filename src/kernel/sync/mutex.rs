//! A lock that one task holds at a time.
//!
//! 1. Whoever asks for a free mutex has it.
//! 2. Whoever asks for one that is held waits, its holder included.
//! 3. A mutex that is given back goes to the one that has waited longest.

use std::collections::VecDeque;

use crate::trace::TaskId;

/// One mutex.
#[derive(Clone, Debug, Hash)]
pub(in crate::kernel) struct Mutex {
    /// How it is named in the trace.
    pub resource: u16,
    pub owner: Option<TaskId>,
    /// Those that wait, or that spin, the longest first.
    pub waiters: VecDeque<TaskId>,
    /// Whether whoever waits for it computes meanwhile: what then happens, says `spin`.
    pub spins: bool,
    /// Whether its holder runs at the priority of its most urgent waiter: how, says `inherit`.
    pub inherits: bool,
}

impl Mutex {
    pub(in crate::kernel) fn new(resource: u16, spins: bool, inherits: bool) -> Mutex {
        Mutex {
            resource,
            owner: None,
            waiters: VecDeque::new(),
            spins,
            inherits,
        }
    }

    /// True if the task has it now; else it waits.
    pub(super) fn lock(&mut self, task: TaskId) -> bool {
        if self.owner.is_none() {
            self.owner = Some(task);
            return true;
        }
        self.waiters.push_back(task);
        false
    }

    /// The holder gives it back; gives who has it now.
    pub(super) fn unlock(&mut self) -> Option<TaskId> {
        self.owner = if self.spins {
            None
        } else {
            self.waiters.pop_front()
        };
        self.owner
    }

    /// A task does not wait any longer.
    pub(super) fn give_up(&mut self, task: TaskId) {
        self.waiters.retain(|waiter| *waiter != task);
    }
}
