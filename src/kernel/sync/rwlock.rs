//! A lock that one writer holds, or any number of readers.
//!
//! 1. A writer has it when nobody else does. Readers share it.
//! 2. When someone has to wait although the lock could be had, is what it prefers: with `readers` no reader
//!    ever waits for a writer that waits itself; with `writers` no reader comes in while a writer
//!    waits; with `fair` nobody overtakes anybody.
//! 3. A lock that is given back goes to all who can have it then, in the order of what it prefers, and
//!    of equals of their coming.
//!
//! Source: POSIX leaves the order open; `readers` is the default of glibc's `pthread_rwlock_t`
//! (`PTHREAD_RWLOCK_PREFER_READER_NP`), `writers` its `PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP`.

use std::collections::VecDeque;

use crate::scenario::Prefer;
use crate::trace::TaskId;

/// What a task wants a reader-writer lock for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::kernel) enum For {
    Reading,
    Writing,
}

/// One reader-writer lock.
#[derive(Clone, Debug, Hash)]
pub(in crate::kernel) struct RwLock {
    reading: u16,
    writing: u16,
    prefer: Prefer,
    writer: Option<TaskId>,
    /// Who reads; twice if it has taken the lock twice.
    readers: Vec<TaskId>,
    waiters: VecDeque<(TaskId, For)>,
}

impl RwLock {
    pub(in crate::kernel) fn new(reading: u16, writing: u16, prefer: Prefer) -> RwLock {
        RwLock {
            reading,
            writing,
            prefer,
            writer: None,
            readers: Vec::new(),
            waiters: VecDeque::new(),
        }
    }

    /// How holding it, or waiting for it, is named in the trace.
    pub(super) fn resource(&self, wanted: For) -> u16 {
        match wanted {
            For::Reading => self.reading,
            For::Writing => self.writing,
        }
    }

    /// True if the task has it now; else it waits.
    pub(super) fn lock(&mut self, task: TaskId, wanted: For) -> bool {
        let waits_behind = match (self.prefer, wanted) {
            (Prefer::Readers, For::Reading) => false,
            (Prefer::Writers, For::Reading) => self.waits_for(For::Writing),
            (Prefer::Fair, _) | (_, For::Writing) => !self.waiters.is_empty(),
        };
        if waits_behind || !self.can_have(wanted) {
            self.waiters.push_back((task, wanted));
            return false;
        }
        self.has(task, wanted);
        true
    }

    /// A task gives it back, if it has it; what it had it for.
    pub(super) fn unlock(&mut self, task: TaskId) -> Option<For> {
        if self.writer == Some(task) {
            self.writer = None;
            return Some(For::Writing);
        }
        let at = self.readers.iter().position(|reader| *reader == task)?;
        self.readers.remove(at);
        Some(For::Reading)
    }

    /// The next one that waits and can have it, and has it from now on.
    pub(super) fn next(&mut self) -> Option<(TaskId, For)> {
        let first_of = |wanted: For| self.waiters.iter().position(|waiter| waiter.1 == wanted);
        let at = match self.prefer {
            Prefer::Readers => first_of(For::Reading).or(first_of(For::Writing)),
            Prefer::Writers => first_of(For::Writing).or(first_of(For::Reading)),
            Prefer::Fair => Some(0),
        }?;
        let (task, wanted) = *self.waiters.get(at)?;
        if !self.can_have(wanted) {
            return None;
        }
        self.waiters.remove(at);
        self.has(task, wanted);
        Some((task, wanted))
    }

    /// Tasks that ended do not wait any longer.
    pub(super) fn forget(&mut self, is_alive: &dyn Fn(TaskId) -> bool) {
        self.waiters.retain(|(task, _)| is_alive(*task));
    }

    /// For each that waits, whom it waits for and how the trace names what it waits for: all who have the
    /// lock; and a reader that could have it, the writers that it lets go first.
    pub(in crate::kernel) fn for_each_wait(&self, mut tell: impl FnMut(TaskId, TaskId, u16)) {
        for (at, (task, wanted)) in self.waiters.iter().enumerate() {
            let resource = self.resource(*wanted);
            if *wanted == For::Reading && self.writer.is_none() {
                let before = match self.prefer {
                    Prefer::Fair => at,
                    Prefer::Readers | Prefer::Writers => self.waiters.len(),
                };
                for (writer, _) in self
                    .waiters
                    .iter()
                    .take(before)
                    .filter(|it| it.1 == For::Writing)
                {
                    tell(*task, *writer, resource);
                }
                continue;
            }
            for holder in self.writer.iter().chain(&self.readers) {
                tell(*task, *holder, resource);
            }
        }
    }

    fn waits_for(&self, wanted: For) -> bool {
        self.waiters.iter().any(|waiter| waiter.1 == wanted)
    }

    fn can_have(&self, wanted: For) -> bool {
        self.writer.is_none() && (wanted == For::Reading || self.readers.is_empty())
    }

    fn has(&mut self, task: TaskId, wanted: For) {
        match wanted {
            For::Reading => self.readers.push(task),
            For::Writing => self.writer = Some(task),
        }
    }
}
