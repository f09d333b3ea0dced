//! Interpreter locks, one for each process with `gil = true`: what its threads need to compute.
//!
//! 1. A thread that is about to compute takes the lock of its process if that is free, else it waits.
//! 2. It keeps the lock until it waits for something, yields, ends, makes a system call, or comes to a
//!    `without-gil`; it keeps it while another thread has its core. An event loop holds it for all its coroutines.
//! 3. A lock that is given back goes to the thread that has waited longest.
//! 4. When that thread has waited for an interval in which the lock did not change hands, it demands
//!    the lock: the holder gives it up at once if it runs, else as soon as it does, and queues again.
//!
//! Source: CPython from 3.2 on, `Python/ceval_gil.c` and `sys.setswitchinterval`. What differs: each of
//! CPython's waiters counts intervals of its own, so that a demand may come up to one later, and which
//! waiter gets the lock is the operating system's choice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::engine::record;
use super::state::{Kernel, State};
use crate::base::Nanos;
use crate::trace::{EventKind, TaskId, Trace};

/// All interpreter locks.
#[derive(Clone, Debug)]
pub(super) struct Gils {
    /// Of the processes' lines that have one; never changes.
    lines: Arc<[GilLine]>,
    /// By process, from when a thread of it first computes.
    locks: BTreeMap<u32, Gil>,
    /// When which is demanded.
    demands: BTreeSet<(Nanos, u32)>,
}

/// What the locks of all copies of a process have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct GilLine {
    /// How they are named in the trace.
    pub resource: u16,
    pub interval: Nanos,
}

/// The lock of one process.
#[derive(Clone, Debug)]
pub(super) struct Gil {
    line: GilLine,
    holder: Option<TaskId>,
    /// Who waits, and since when.
    waiters: VecDeque<(TaskId, Nanos)>,
    /// When it last changed hands.
    changed: Nanos,
    /// When it is demanded, as far as that is known.
    demand_at: Nanos,
    /// Whether its holder gives it up as soon as it runs.
    is_demanded: bool,
}

impl Gils {
    pub(super) fn new(lines: Vec<GilLine>) -> Gils {
        Gils {
            lines: lines.into(),
            locks: BTreeMap::new(),
            demands: BTreeSet::new(),
        }
    }

    /// Whether any process has an interpreter lock.
    #[inline]
    pub(super) fn is_used(&self) -> bool {
        !self.lines.is_empty()
    }

    /// When next a lock is demanded.
    #[inline]
    pub(super) fn next(&self) -> Nanos {
        self.demands.first().map_or(Nanos::NEVER, |(at, _)| *at)
    }

    /// Whether one has been demanded, or will be.
    pub(super) fn will_change_hands(&self) -> bool {
        !self.demands.is_empty() || self.locks.values().any(|gil| gil.is_demanded)
    }

    /// A process has ended with all its threads.
    pub(super) fn forget(&mut self, process: u32) {
        if let Some(gil) = self.locks.remove(&process) {
            self.demands.remove(&(gil.demand_at, process));
        }
    }

    /// Tells who waits for whom.
    pub(super) fn for_each_wait(&self, mut tell: impl FnMut(TaskId, TaskId, u16)) {
        for gil in self.locks.values() {
            let Some(holder) = gil.holder else { continue };
            let waiters = gil.waiters.iter();
            waiters.for_each(|(waiter, _)| tell(*waiter, holder, gil.line.resource));
        }
    }

    /// What of the locks decides what can still happen.
    pub(super) fn hash_state(&self, now: Nanos, into: &mut impl Hasher) {
        for (process, gil) in &self.locks {
            let until_demand = gil.demand_at.saturating_sub(now);
            (process, gil.holder, until_demand, gil.is_demanded).hash(into);
            for (waiter, _) in &gil.waiters {
                waiter.hash(into);
            }
        }
    }

    fn demand(&mut self, process: u32, at: Nanos) {
        let Some(gil) = self.locks.get_mut(&process) else {
            return;
        };
        self.demands.remove(&(gil.demand_at, process));
        gil.demand_at = at;
        if at != Nanos::NEVER {
            self.demands.insert((at, process));
        }
    }

    /// Rule 4: from when on it is demanded.
    fn expect_demand(&mut self, process: u32) {
        let Some(gil) = self.locks.get(&process) else {
            return;
        };
        let at = match gil.waiters.front() {
            Some((_, since)) if !gil.is_demanded => {
                gil.changed.max(*since).saturating_add(gil.line.interval)
            }
            _ => Nanos::NEVER,
        };
        self.demand(process, at);
    }
}

impl Kernel {
    /// Rule 1: what the thread has to wait for, if it has to.
    pub(super) fn take_gil(&mut self, trace: &mut Trace, thread: TaskId, line: u16) -> Option<u16> {
        let process = self.task(thread).process;
        let line = self.gils.lines[usize::from(line)];
        let gil = self.gils.locks.entry(process).or_insert_with(|| Gil {
            line,
            holder: None,
            waiters: VecDeque::new(),
            changed: Nanos::ZERO,
            demand_at: Nanos::NEVER,
            is_demanded: false,
        });
        match gil.holder {
            Some(holder) if holder == thread => None,
            Some(_) => {
                gil.waiters.push_back((thread, self.now));
                self.gils.expect_demand(process);
                Some(line.resource)
            }
            None => {
                gil.holder = Some(thread);
                gil.changed = self.now;
                record(
                    trace,
                    self.now,
                    EventKind::Acquire,
                    thread,
                    0,
                    line.resource,
                );
                None
            }
        }
    }

    /// Rules 2 and 3: a thread gives up the lock, if it has it.
    pub(super) fn drop_gil(&mut self, trace: &mut Trace, thread: TaskId) {
        let process = self.task(thread).process;
        let Some(gil) = self.gils.locks.get_mut(&process) else {
            return;
        };
        if gil.holder != Some(thread) {
            return;
        }
        let resource = gil.line.resource;
        let next = gil.waiters.pop_front().map(|(waiter, _)| waiter);
        gil.holder = next;
        gil.changed = self.now;
        gil.is_demanded = false;
        self.gils.expect_demand(process);
        record(trace, self.now, EventKind::Release, thread, 0, resource);
        if let Some(next) = next {
            record(trace, self.now, EventKind::Acquire, next, 0, resource);
            self.wake(trace, next, resource);
        }
    }

    /// Rule 4, for the locks whose time has come.
    pub(super) fn demand_gils(&mut self, trace: &mut Trace) {
        while self.gils.next() <= self.now {
            let Some((_, process)) = self.gils.demands.first().copied() else {
                return;
            };
            self.gils.demand(process, Nanos::NEVER);
            let Some(gil) = self.gils.locks.get_mut(&process) else {
                return;
            };
            let (Some(holder), resource) = (gil.holder, gil.line.resource) else {
                continue;
            };
            let lane = usize::from(self.tasks[holder.index()].last_lane);
            if self.tasks[holder.index()].state != State::Running {
                gil.is_demanded = true;
                continue;
            }
            let works_from = self.lanes[lane].work_since;
            if works_from > self.now {
                self.gils.demand(process, works_from); // It is still being switched to.
                continue;
            }
            self.settle(lane);
            self.drop_gil(trace, holder);
            self.block_thread(trace, lane, holder, resource, State::Blocked);
            if let Some(gil) = self.gils.locks.get_mut(&process) {
                gil.waiters.push_back((holder, self.now));
            }
            self.gils.expect_demand(process);
        }
    }

    /// Rule 4, for a holder that did not run when its lock was demanded, and is dispatched now.
    pub(super) fn holder_starts(&mut self, thread: TaskId, works_from: Nanos) {
        let process = self.task(thread).process;
        if let Some(gil) = self.gils.locks.get_mut(&process)
            && gil.holder == Some(thread)
            && std::mem::take(&mut gil.is_demanded)
        {
            self.gils.demand(process, works_from);
        }
    }
}
