//! Why a task waits for a channel: who is before it, and whose sending or receiving lets it go on.

use super::Chain;
use super::cause::Cause;
use super::moment::{Stretch, Users};
use crate::base::Nanos;
use crate::trace::{EventKind, ResourceKind, TaskId};

impl Chain<'_> {
    /// Explains a wait for room in a channel, or for a message from it.
    pub(super) fn waits_for_channel(
        &mut self,
        task: TaskId,
        resource: u16,
        when: Stretch,
        users: &Users,
    ) {
        let before = users.waiting.iter().take_while(|other| **other != task);
        let ahead: Vec<TaskId> = before.copied().collect();
        if !ahead.is_empty() {
            self.causes.push(Cause::Ahead {
                task,
                resource,
                ahead,
            });
        }
        let Some(at) = when.to else {
            return self.causes.push(Cause::Unanswered { resource });
        };
        match self.answer(task, resource, at) {
            Some(Answer::Broken) => self.causes.push(Cause::LeftAlone { resource, at }),
            Some(Answer::By(other)) => {
                self.causes.push(Cause::Answers {
                    task: other,
                    resource,
                    at,
                });
                self.task(other);
            }
            None => {}
        }
    }

    /// What lets a task go on that waits for a channel until `at`: of what happens then, the last thing
    /// before it wakes that another task does with this channel.
    fn answer(&self, task: TaskId, resource: u16, at: Nanos) -> Option<Answer> {
        let name = |resource: u16| &self.trace.resources[usize::from(resource)].name;
        let events = &self.trace.events;
        let from = events.partition_point(|event| event.at < at);
        let to = events.partition_point(|event| event.at <= at);
        let wakes = events[from..to]
            .iter()
            .position(|event| event.kind == EventKind::Wake && event.task == task)?;
        let mut before = events[from..from + wakes].iter().rev();
        before.find_map(|event| match event.kind {
            EventKind::Broken if event.task == task => Some(Answer::Broken),
            EventKind::Sent | EventKind::Received
                if event.task != task && name(event.detail) == name(resource) =>
            {
                Some(Answer::By(event.task))
            }
            _ => None,
        })
    }
}

enum Answer {
    /// Nobody is left at the other end.
    Broken,
    /// This task sends or receives.
    By(TaskId),
}

/// Whether this is something that channels make tasks wait for.
pub(super) fn is_of_channel(kind: ResourceKind) -> bool {
    matches!(kind, ResourceKind::Room | ResourceKind::Mail)
}
