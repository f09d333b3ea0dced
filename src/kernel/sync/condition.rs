//! A condition variable (Mesa style): a signal lets a waiter ask for its mutex again, and is
//! forgotten where nobody waits.

use std::collections::VecDeque;

use crate::trace::TaskId;

/// One condition variable.
#[derive(Clone, Debug, Hash)]
pub(in crate::kernel) struct Condition {
    /// How it is named in the trace.
    pub resource: u16,
    /// Who waits, and for which mutex it asks when it is signalled.
    pub waiters: VecDeque<(TaskId, u16)>,
}

impl Condition {
    pub(in crate::kernel) fn new(resource: u16) -> Condition {
        Condition {
            resource,
            waiters: VecDeque::new(),
        }
    }
}
