//! One record of a trace: sixteen bytes, so that millions fit.

use serde::{Deserialize, Serialize};

use crate::base::Nanos;

/// A thread or a coroutine of a run; an index into [`super::Trace::tasks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub u32);

impl TaskId {
    /// No task.
    pub const NONE: TaskId = TaskId(u32::MAX);

    /// The position in [`super::Trace::tasks`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What happened at one instant to one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Nanos,
    /// To whom.
    pub task: TaskId,
    /// What it was about: an index whose table depends on [`Event::kind`].
    pub detail: u16,
    /// What.
    pub kind: EventKind,
    /// On which lane, for the kinds that say so; else zero.
    pub lane: u8,
}

const _: () = assert!(size_of::<Event>() == 16);

/// The kinds of event. A thread is on a lane from `Start` until one of `Preempt`, `Yield`, `Block`,
/// `Finish`, `Crash` or `Kill`; a coroutine is on its thread from `Resume` until `CoroutineYield`,
/// `Suspend`, `CoroutineFinish` or the end of its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum EventKind {
    /// The task came into being and is ready.
    Arrive = 0,
    /// The task is ready again; `detail` is the resource it waited for.
    Wake = 1,
    /// A thread got the lane; `detail` is the [`super::SwitchCost`] paid before it runs. If another
    /// thread still has the lane, it is preempted by this: a slice then takes one event, not two.
    Start = 2,
    /// The lane was taken from a thread; it is ready.
    Preempt = 3,
    /// A thread gave up the lane; it is ready.
    Yield = 4,
    /// A thread left the lane to wait; `detail` is the resource.
    Block = 5,
    /// A thread ended.
    Finish = 6,
    /// A thread crashed, and its process with it.
    Crash = 7,
    /// A thread on the lane ended because its process did.
    Kill = 8,
    /// A thread or coroutine that was on no lane ended because its process did.
    KillWaiting = 9,
    /// A thread's event loop went on with a coroutine; `detail` is the cost paid before it runs.
    Resume = 10,
    /// A coroutine let others of its thread go first; it is ready.
    CoroutineYield = 11,
    /// A coroutine waits; `detail` is the resource.
    Suspend = 12,
    /// A coroutine ended.
    CoroutineFinish = 13,
    /// A device began to serve the task; `detail` is the resource.
    ServiceBegin = 14,
    /// The task left a mark; `detail` is the resource that holds its text.
    Log = 15,
    /// The real operating system took the core away in the middle of a span (measured only).
    GapBegin = 16,
    /// The core came back (measured only).
    GapEnd = 17,
    /// The task holds a mutex from now; `detail` is the resource.
    Acquire = 18,
    /// The task gave a mutex back; `detail` is the resource.
    Release = 19,
    /// A task that waits goes on waiting for another resource, `detail`.
    Requeue = 20,
    /// A task gave up waiting for the resource `detail`; a `Wake` follows.
    TimeOut = 21,
    /// A job of a task with a period or a deadline may begin; `detail` is its number, from zero.
    JobRelease = 22,
    /// A job is done; `detail` is its number.
    JobDone = 23,
    /// The deadline of a job passes and it is not done; `detail` is its number.
    DeadlineMiss = 24,
    /// There was no room, of the resource `detail`: the task itself never comes, or, where it runs,
    /// what it would have spawned does not.
    Refused = 25,
    /// The task put a message into a channel; `detail` is the message.
    Sent = 26,
    /// The task took a message out of a channel; `detail` is the message.
    Received = 27,
    /// Nobody is left at the other end of the channel that the task waits for or asked; `detail` is
    /// what it wants of it.
    Broken = 28,
    /// The task does nothing on its lane from now but ask again and again: whether something is done, or,
    /// where `detail` is a spin lock, for that. It may lose its lane meanwhile, and have it back.
    SpinBegin = 29,
    /// It has its answer, or its lock.
    SpinEnd = 30,
    /// A thread that was ready waits for the next period of its container, `detail`, which has used
    /// up its quota.
    Throttle = 31,
}

impl EventKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [EventKind; 32] = [
        EventKind::Arrive,
        EventKind::Wake,
        EventKind::Start,
        EventKind::Preempt,
        EventKind::Yield,
        EventKind::Block,
        EventKind::Finish,
        EventKind::Crash,
        EventKind::Kill,
        EventKind::KillWaiting,
        EventKind::Resume,
        EventKind::CoroutineYield,
        EventKind::Suspend,
        EventKind::CoroutineFinish,
        EventKind::ServiceBegin,
        EventKind::Log,
        EventKind::GapBegin,
        EventKind::GapEnd,
        EventKind::Acquire,
        EventKind::Release,
        EventKind::Requeue,
        EventKind::TimeOut,
        EventKind::JobRelease,
        EventKind::JobDone,
        EventKind::DeadlineMiss,
        EventKind::Refused,
        EventKind::Sent,
        EventKind::Received,
        EventKind::Broken,
        EventKind::SpinBegin,
        EventKind::SpinEnd,
        EventKind::Throttle,
    ];

    /// Whether a thread leaves its lane by this.
    #[must_use]
    pub fn leaves_lane(self) -> bool {
        matches!(
            self,
            EventKind::Preempt
                | EventKind::Yield
                | EventKind::Block
                | EventKind::Finish
                | EventKind::Crash
                | EventKind::Kill
        )
    }

    /// The kind with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u8) -> Option<EventKind> {
        EventKind::ALL.get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_numbered_in_order() {
        for (number, kind) in EventKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, number);
        }
    }
}
