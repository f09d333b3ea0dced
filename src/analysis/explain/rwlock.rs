//! Why a task waits for a reader-writer lock: who has it, or which writers a reader lets go first.

use super::Chain;
use super::cause::{Cause, MOST_TURNS};
use crate::trace::{ResourceKind, TaskId};

impl Chain<'_> {
    /// Explains a wait for a reader-writer lock, for reading or for writing.
    pub(super) fn waits_for_rwlock(&mut self, task: TaskId, resource: u16) {
        let wanted = &self.trace.resources[usize::from(resource)];
        let other = match wanted.kind {
            ResourceKind::Reading => ResourceKind::Writing,
            _ => ResourceKind::Reading,
        };
        let position = |kind: ResourceKind| {
            let resources = &self.trace.resources;
            let found = resources
                .iter()
                .position(|it| it.kind == kind && it.name == wanted.name);
            found.map_or(resource, |at| at as u16)
        };
        let (reading, writing) = match other {
            ResourceKind::Writing => (resource, position(other)),
            _ => (position(other), resource),
        };
        let (readers, writers) = (
            self.moment.users(reading, task),
            self.moment.users(writing, task),
        );
        if resource == reading && writers.holders.is_empty() {
            // It could have the lock, but a writer that waits goes first.
            let ahead = writers.waiting;
            let Some(first) = ahead.first().copied() else {
                return;
            };
            self.causes.push(Cause::Ahead {
                task,
                resource,
                ahead,
            });
            return self.task(first);
        }
        let holders = [(writing, writers.holders), (reading, readers.holders)];
        let mut first = None;
        for (held_for, holders) in holders {
            for (holder, since) in holders.iter().take(MOST_TURNS) {
                first = first.or(Some((*holder, held_for)));
                self.causes.push(Cause::Served {
                    task: *holder,
                    resource: held_for,
                    since: *since,
                });
            }
        }
        if let Some((holder, held_for)) = first {
            self.held_by(holder, held_for);
        }
    }
}
