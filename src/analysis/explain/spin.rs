//! Why a task spins: who has the lock that it tries to get.

use super::Chain;
use super::cause::Cause;
use super::moment::Stretch;
use crate::trace::{EventKind, ResourceKind, TaskId};

impl Chain<'_> {
    /// Explains a task that spins on a lane.
    pub(super) fn spins(&mut self, task: TaskId, lane: u8, when: Stretch) {
        let events = &self.trace.events;
        let until = events.partition_point(|event| event.at <= self.moment.at);
        let begins = |kind: EventKind| kind == EventKind::SpinBegin;
        let began = events[..until]
            .iter()
            .rev()
            .find(|event| event.task == task && begins(event.kind));
        let resource = began.map_or(0, |event| event.detail);
        if self.trace.resources[usize::from(resource)].kind != ResourceKind::SpinLock {
            // It looks whether anything is there to be done, which is what it runs for.
            return self.causes.push(Cause::Runs {
                task,
                inside: None,
                lane,
                when,
            });
        }
        self.causes.push(Cause::Spins {
            task,
            resource,
            lane,
            when,
        });
        if let Some((holder, since)) = self.moment.users(resource, task).holders.first().copied() {
            self.causes.push(Cause::Served {
                task: holder,
                resource,
                since,
            });
            self.held_by(holder, resource);
        }
    }
}
