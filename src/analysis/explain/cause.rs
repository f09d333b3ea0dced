//! What can be the cause of what: the links of an explanation, as data.

use super::moment::Stretch;
use crate::base::Nanos;
use crate::trace::{SwitchKind, TaskId};

/// Most turns, holders or names that one cause lists.
pub(super) const MOST_TURNS: usize = 5;

/// One link of an explanation. Lanes and resources are positions in the tables of the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The run was over before the instant; what follows is about its end.
    RunOver {
        /// When.
        end: Nanos,
    },
    /// The task comes later.
    NotYet {
        /// Who.
        task: TaskId,
        /// When.
        arrival: Nanos,
    },
    /// The task never comes, because its process crashed before.
    NeverComes {
        /// Who.
        task: TaskId,
        /// Who crashed.
        by: TaskId,
        /// When.
        at: Nanos,
    },
    /// The task never comes, because the run ends before.
    TooLate {
        /// Who.
        task: TaskId,
        /// The end of the run.
        end: Nanos,
    },
    /// The task never came, because there was no room for it.
    Refused {
        /// Who.
        task: TaskId,
        /// What there was not enough of.
        resource: u16,
        /// When.
        at: Nanos,
    },
    /// The task has ended by itself.
    Finished {
        /// Who.
        task: TaskId,
        /// When.
        at: Nanos,
    },
    /// The task has crashed.
    Crashed {
        /// Who.
        task: TaskId,
        /// When.
        at: Nanos,
    },
    /// The task ended because its process did.
    Killed {
        /// Who.
        task: TaskId,
        /// When.
        at: Nanos,
        /// Who crashed.
        by: Option<TaskId>,
    },
    /// The task does not wait, it runs.
    Runs {
        /// Who.
        task: TaskId,
        /// For an event loop, the coroutine it runs.
        inside: Option<TaskId>,
        /// Where.
        lane: u8,
        /// From when to when.
        when: Stretch,
    },
    /// Other hardware threads of the core it runs on are busy as well.
    SharesCore {
        /// Who.
        task: TaskId,
        /// Who is on the others.
        others: Vec<TaskId>,
    },
    /// The task is on a core, but does nothing there but try to get a lock.
    Spins {
        /// Who.
        task: TaskId,
        /// Which lock.
        resource: u16,
        /// Where.
        lane: u8,
        /// From when to when.
        when: Stretch,
    },
    /// The task has a core, which is still changing over to it.
    SwitchedTo {
        /// Who.
        task: TaskId,
        /// Where.
        lane: u8,
        /// Between what.
        kind: SwitchKind,
        /// From when to when.
        when: Stretch,
    },
    /// The real operating system has taken the core away (measured only).
    TakenAway {
        /// From whom.
        task: TaskId,
        /// Where.
        lane: u8,
        /// From when to when.
        when: Stretch,
    },
    /// The task could run, but does not.
    Ready {
        /// Who.
        task: TaskId,
        /// From when to when.
        when: Stretch,
    },
    /// What one core does meanwhile.
    Core {
        /// Which.
        lane: u8,
        /// What it does.
        work: LaneWork,
        /// From when to when; none where it idles.
        when: Option<Stretch>,
    },
    /// There are more cores than are listed.
    MoreCores {
        /// How many more.
        more: usize,
    },
    /// What a coroutine's event loop does meanwhile.
    EventLoop {
        /// The thread that runs the event loop.
        host: TaskId,
        /// What it does.
        work: LaneWork,
        /// From when to when.
        when: Stretch,
    },
    /// A coroutine blocks the thread of its event loop.
    EventLoopStopped {
        /// The thread that runs the event loop.
        host: TaskId,
        /// The coroutine.
        by: TaskId,
        /// What it waits for.
        resource: u16,
    },
    /// Who runs before the task does.
    Before {
        /// Who has to wait for them.
        task: TaskId,
        /// Who, where and when, in order of time.
        turns: Vec<Turn>,
        /// How many more turns there are than are listed.
        more: usize,
    },
    /// The task waits for the passing of time.
    Sleeps {
        /// Who.
        task: TaskId,
        /// From when to when.
        when: Stretch,
    },
    /// The task has done its job and waits for the release of the next.
    NextJob {
        /// Who.
        task: TaskId,
        /// From when to when.
        when: Stretch,
    },
    /// The task could run, but its container has used up its quota.
    Throttled {
        /// Who.
        task: TaskId,
        /// The container.
        container: u16,
        /// From when to when.
        when: Stretch,
    },
    /// The task waits for what it spawned.
    Joins {
        /// Who.
        task: TaskId,
        /// From when to when.
        when: Stretch,
        /// Which of its children have not ended.
        left: Vec<TaskId>,
        /// The last of several to end, and when it does, if it does.
        last: Option<(TaskId, Option<Nanos>)>,
    },
    /// None of the coroutines of an event loop can go on.
    EventLoopWaits {
        /// The thread that runs the event loop.
        task: TaskId,
        /// From when to when.
        when: Stretch,
        /// The first of its coroutines that can.
        first: Option<TaskId>,
    },
    /// The task waits for a resource.
    Waits {
        /// Who.
        task: TaskId,
        /// For what.
        resource: u16,
        /// From when to when.
        when: Stretch,
    },
    /// The resource works for a task.
    Served {
        /// For whom.
        task: TaskId,
        /// What.
        resource: u16,
        /// Since when.
        since: Nanos,
    },
    /// A mutex is held by a task that has ended, so it is never given back.
    Abandoned {
        /// Who held it.
        task: TaskId,
        /// Which.
        resource: u16,
    },
    /// Nobody has posted to a semaphore, or signalled a condition.
    Unanswered {
        /// Which.
        resource: u16,
    },
    /// A task sends to a channel, or receives from it, and so lets another go on.
    Answers {
        /// Who.
        task: TaskId,
        /// What the other waits for.
        resource: u16,
        /// When.
        at: Nanos,
    },
    /// Nobody is left at the other end of a channel.
    LeftAlone {
        /// What is waited for.
        resource: u16,
        /// Since when.
        at: Nanos,
    },
    /// Who else has come to a barrier.
    Gathered {
        /// Which.
        resource: u16,
        /// Who, first come first.
        come: Vec<TaskId>,
    },
    /// A device works for a task that was killed.
    StillBusy {
        /// Which.
        resource: u16,
    },
    /// Who comes before the task in a resource's queue.
    Ahead {
        /// Who waits for them.
        task: TaskId,
        /// Whose queue.
        resource: u16,
        /// Who, first come first.
        ahead: Vec<TaskId>,
    },
    /// The chain has come back to a task that it has explained already.
    Circle {
        /// Which.
        task: TaskId,
    },
}

/// What a core or an event loop does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneWork {
    /// Runs a task.
    Runs(TaskId),
    /// Changes over to a task.
    Switches(TaskId),
    /// Has nothing to run.
    Idles,
}

/// One stay of a task on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who.
    pub task: TaskId,
    /// Where.
    pub lane: u8,
    /// From.
    pub from: Nanos,
    /// To.
    pub to: Nanos,
}
