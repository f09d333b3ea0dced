//! Why a task waits for a device, a lock, a semaphore, a condition or a barrier: who has it, who is before
//! the task, and what those do. Locks for readers and writers, and channels, have files of their own.

use super::Chain;
use super::cause::{Cause, MOST_TURNS};
use super::channels::is_of_channel;
use super::moment::{Stretch, is_final};
use crate::trace::{ResourceKind, TaskId};

impl Chain<'_> {
    /// Explains a wait for a resource that has a name.
    pub(super) fn waits_for(&mut self, task: TaskId, resource: u16, when: Stretch) {
        self.causes.push(Cause::Waits {
            task,
            resource,
            when,
        });
        let users = self.moment.users(resource, task);
        let kind = self.trace.resources[usize::from(resource)].kind;
        if is_of_channel(kind) {
            return self.waits_for_channel(task, resource, when, &users);
        }
        if matches!(kind, ResourceKind::Reading | ResourceKind::Writing) {
            return self.waits_for_rwlock(task, resource);
        }
        // A coroutine that blocks waits as its thread.
        let host = self.trace.tasks[task.index()].host;
        let is_it = |other: TaskId| other == task || (other == host && host != TaskId::NONE);
        let served = users.holders.iter().find(|(holder, _)| is_it(*holder));
        if let (ResourceKind::Device, Some((_, since))) = (kind, served) {
            return self.causes.push(Cause::Served {
                task,
                resource,
                since: *since,
            });
        }
        for (holder, since) in users.holders.iter().take(MOST_TURNS) {
            self.causes.push(Cause::Served {
                task: *holder,
                resource,
                since: *since,
            });
        }
        let (ahead, behind) = match users.waiting.iter().position(|other| is_it(*other)) {
            Some(at) => (&users.waiting[..at], &users.waiting[at + 1..]),
            None => (users.waiting.as_slice(), [].as_slice()),
        };
        if kind == ResourceKind::Barrier {
            let come = [ahead, behind].concat();
            return self.causes.push(Cause::Gathered { resource, come });
        }
        if !ahead.is_empty() {
            let ahead = ahead.to_vec();
            self.causes.push(Cause::Ahead {
                task,
                resource,
                ahead,
            });
        }
        match (kind, users.holders.first()) {
            (ResourceKind::Device, None) => self.causes.push(Cause::StillBusy { resource }),
            (ResourceKind::Device, Some(_)) => {}
            (_, None) => self.causes.push(Cause::Unanswered { resource }),
            (_, Some((holder, _))) => self.held_by(*holder, resource),
        }
    }

    /// Why the holder of a mutex has not given it back.
    pub(super) fn held_by(&mut self, holder: TaskId, resource: u16) {
        if is_final(self.moment.doing(holder).state) {
            self.causes.push(Cause::Abandoned {
                task: holder,
                resource,
            });
        } else {
            self.task(holder);
        }
    }
}
