//! Priority inheritance: whoever has a mutex that hands on priorities runs at that of its most urgent
//! waiter.
//!
//! 1. A thread's priority is its own, or that of the most urgent thread that waits for one of its mutexes,
//!    whichever is smaller.
//! 2. That goes on along chains: whoever it waits for itself inherits the same.
//! 3. It is looked at anew whenever someone begins or ceases to wait, or a mutex changes hands, so that a
//!    thread that gives its last mutex back has its own priority again.
//!
//! A coroutine has the priority of its thread. Source: Sha, Rajkumar, Lehoczky, *Priority Inheritance
//! Protocols* (1990); Linux does the same in its `rt_mutex` (Documentation/locking/rt-mutex-design.rst).

use std::collections::BTreeMap;

use super::Mutex;
use crate::kernel::state::Kernel;
use crate::trace::TaskId;

/// The own priorities of those that have inherited another.
#[derive(Clone, Debug, Default)]
pub(in crate::kernel) struct Inherited {
    own: BTreeMap<TaskId, i32>,
}

impl Kernel {
    /// Someone waits for a mutex, or does not any longer, or it has changed hands.
    pub(super) fn hand_priority_on(&mut self, index: u16) {
        let mutex = &self.sync.mutexes[usize::from(index)];
        if let Some(owner) = mutex.owner.filter(|_| mutex.inherits) {
            self.look_at_priority(owner);
        }
    }

    /// A task's priority is what rule 1 says, and so are those of whom it waits for.
    pub(super) fn look_at_priority(&mut self, task: TaskId) {
        if !self.entities.are_known() {
            return; // Nothing goes by priorities.
        }
        let mut open = vec![self.thread_of(task)];
        let mut seen = Vec::new();
        while let Some(thread) = open.pop() {
            if seen.contains(&thread) {
                continue;
            }
            seen.push(thread);
            let has = self.entities.of(thread).priority;
            let own = self.sync.inherited.own.get(&thread).copied().unwrap_or(has);
            let urgent = self
                .handing_on()
                .filter(|mutex| {
                    mutex
                        .owner
                        .is_some_and(|owner| self.thread_of(owner) == thread)
                })
                .flat_map(|mutex| &mutex.waiters)
                .map(|waiter| self.entities.of(self.thread_of(*waiter)).priority);
            let priority = urgent.min().map_or(own, |urgent| urgent.min(own));
            if priority == own {
                self.sync.inherited.own.remove(&thread);
            } else {
                self.sync.inherited.own.insert(thread, own);
            }
            if priority == has {
                continue;
            }
            self.set_priority(thread, priority);
            let waits = |mutex: &&Mutex| {
                let mut waiters = mutex.waiters.iter();
                waiters.any(|waiter| self.thread_of(*waiter) == thread)
            };
            let holders = self
                .handing_on()
                .filter(waits)
                .filter_map(|mutex| mutex.owner);
            open.extend(holders.map(|holder| self.thread_of(holder)));
        }
    }

    /// Tasks that waited have ended.
    pub(super) fn look_at_all_priorities(&mut self) {
        let holders: Vec<TaskId> = self.handing_on().filter_map(|mutex| mutex.owner).collect();
        for holder in holders {
            self.look_at_priority(holder);
        }
    }

    fn handing_on(&self) -> impl Iterator<Item = &Mutex> {
        self.sync.mutexes.iter().filter(|mutex| mutex.inherits)
    }

    fn thread_of(&self, task: TaskId) -> TaskId {
        match self.task(task).host {
            TaskId::NONE => task,
            host => host,
        }
    }
}
