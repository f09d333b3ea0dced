//! A barrier: whoever comes waits, until enough have come; then all go on, and it begins anew.

use crate::trace::TaskId;

/// One barrier.
#[derive(Clone, Debug, Hash)]
pub(in crate::kernel) struct Barrier {
    /// How it is named in the trace.
    pub resource: u16,
    parties: usize,
    pub waiters: Vec<TaskId>,
}

impl Barrier {
    pub(in crate::kernel) fn new(resource: u16, parties: u32) -> Barrier {
        Barrier {
            resource,
            parties: parties as usize,
            waiters: Vec::new(),
        }
    }

    /// The others that go on, if this task was the last to come; else it waits.
    pub(super) fn arrive(&mut self, task: TaskId) -> Option<Vec<TaskId>> {
        if self.waiters.len() + 1 >= self.parties {
            return Some(std::mem::take(&mut self.waiters));
        }
        self.waiters.push(task);
        None
    }
}
