//! Checks of what tasks share: which lock takes which statement, and what fits into which channel.

use super::statements::{Checker, bytes};
use crate::base::format_bytes;
use crate::scenario::diagnostic::{code, error};
use crate::scenario::model::ChannelKind;
use crate::scenario::program::SourceSpan;

impl Checker<'_, '_, '_> {
    /// A message that is larger than its channel can only go through it where bytes flow.
    pub(super) fn check_message(&mut self, channel: &str, bytes: u64, span: &SourceSpan) {
        let found = self.scenario.channels.iter().find(|it| it.name == channel);
        let Some(found) = found.filter(|found| bytes > found.capacity_bytes) else {
            return;
        };
        let (what, why) = match found.kind {
            ChannelKind::Pipe | ChannelKind::Socket => return,
            ChannelKind::MessageQueue => ("a message queue", "refuses it"),
            ChannelKind::SharedMemory => ("shared memory", "has no room for it"),
        };
        let (bytes, capacity) = (format_bytes(bytes), format_bytes(found.capacity_bytes));
        self.complaints.push(
            error(
                code::MESSAGE_TOO_LARGE,
                super::statements::bytes(span),
                format!(
                    "a message of {bytes} is larger than `{channel}`: {what} of {capacity} {why}"
                ),
            )
            .hint(format!(
                "send less at once, give `{channel}` more `capacity`, or make it a pipe or a socket"
            )),
        );
    }

    /// A name that has to be that of a mutex.
    pub(super) fn mutex(&mut self, name: &str, span: &SourceSpan) {
        if self.declared.rwlocks.binary_search(&name).is_ok() {
            self.complaints.push(
                error(
                    code::UNKNOWN_NAME,
                    bytes(span),
                    format!("`{name}` is a reader-writer lock, not a mutex"),
                )
                .hint(format!("write `read-lock {name}` or `write-lock {name}`")),
            );
            return;
        }
        self.implied("mutex", name, &self.declared.mutexes, span);
    }

    pub(super) fn not_for_spin_locks(&mut self, name: &str, what: &str, span: &SourceSpan) {
        let mut mutexes = self.scenario.mutexes.iter();
        if mutexes.any(|mutex| mutex.spin && mutex.name == name) {
            self.complaints.push(
                error(
                    code::NOT_FOR_SPIN_LOCKS,
                    bytes(span),
                    format!("`{name}` is a spin lock, which cannot be {what}"),
                )
                .hint("leave out its `spin = true`, or this"),
            );
        }
    }
}
