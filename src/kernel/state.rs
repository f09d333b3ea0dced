//! The kernel as a value: everything that decides what happens next, and nothing else. Cloning it
//! is a snapshot. The trace is written beside it, not in it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::affinity::Affinity;
use super::caches::Caches;
use super::choice::{Choice, Chooser};
use super::code::Instruction;
use super::device::Device;
use super::draws::Draws;
use super::events::Polls;
use super::gil::Gils;
use super::ipc::Ipc;
use super::lanes::{Deadlines, Lane, LaneSet};
use super::memory::Memory;
use super::periodic::Periodic;
use super::quota::Quotas;
use super::reach::Reach;
use super::sched::{Entities, RunQueue};
use super::setup::{Layout, SWITCHES};
use super::smt::Smt;
use super::sync::{LockLimit, Sync};
use super::timers::Timers;
use crate::base::Nanos;
use crate::scenario::limits::RunLimits;
use crate::scenario::{self, Balance, Events, QueueScope, Ties};
use crate::trace::{Outcome, TaskId, Trace};

/// The simulated operating system at one instant.
#[derive(Clone)]
pub struct Kernel {
    pub(super) now: Nanos,
    pub(super) limits: RunLimits,
    pub(super) ties: Ties,
    /// The totals of the trace's table of switch costs.
    pub(super) switch_costs: [Nanos; SWITCHES],
    pub(super) scope: QueueScope,
    pub(super) balance: Balance,
    pub(super) affinity: Affinity,
    /// Whether going on on another lane than before costs anything.
    pub(super) migration_costs: bool,
    /// All programs; never changes.
    pub(super) code: Arc<[Instruction]>,
    /// Which programs may bring about what; never changes.
    pub(super) reach: Arc<Reach>,
    /// The limits of lock attempts, by number; never change.
    pub(super) lock_limits: Arc<[LockLimit]>,
    /// What `spawn` makes; never changes.
    pub(super) layout: Arc<Layout>,
    /// For each group of tasks, what the policy knows of them; never changes.
    pub(super) claims: Arc<[scenario::Process]>,
    pub(super) lanes: Vec<Lane>,
    /// What hardware threads of one core do to each other.
    pub(super) smt: Smt,
    pub(super) caches: Caches,
    pub(super) deadlines: Deadlines,
    /// Lanes without a task.
    pub(super) idle: LaneSet,
    /// Lanes whose task renewed its quantum with nobody waiting.
    pub(super) renewing: LaneSet,
    /// Lanes whose quantum is over in this round; empty between rounds.
    pub(super) expired: LaneSet,
    /// Whether the quanta that end at this instant have been seen to.
    pub(super) expiries_done: bool,
    /// One, or one for each lane.
    pub(super) queues: Vec<RunQueue>,
    /// How many live tasks wait in each queue.
    pub(super) waiting: Vec<u32>,
    /// How many live tasks wait in all queues.
    pub(super) waiting_in_all: u32,
    /// What the policy knows of the tasks.
    pub(super) entities: Entities,
    /// Whether someone became ready in this round that may precede someone who runs.
    pub(super) look_for_better: bool,
    /// Periodic tasks and their jobs.
    pub(super) periodic: Periodic,
    /// When the policy wants to look at the waiting tasks again.
    pub(super) review_at: Nanos,
    /// What asking the kernel costs.
    pub(super) system_call: Nanos,
    /// Requests that tasks poll for.
    pub(super) polls: Polls,
    /// Containers, and what they have left to run.
    pub(super) quotas: Quotas,
    /// Random times of statements.
    pub(super) draws: Draws,
    pub(super) timers: Timers,
    pub(super) memory: Memory,
    pub(super) devices: Vec<Device>,
    pub(super) sync: Sync,
    pub(super) gils: Gils,
    pub(super) ipc: Ipc,
    /// Tasks that have yet to come, by time; those before `arrived` have.
    pub(super) arrivals: Arc<[(Nanos, TaskId)]>,
    pub(super) arrived: usize,
    pub(super) processes: Vec<Process>,
    pub(super) tasks: Vec<Task>,
    pub(super) loops: Vec<EventLoop>,
    /// The loop counters of all tasks; each knows where its own begin.
    pub(super) counters: Vec<u32>,
    /// How many of each kind were made.
    pub(super) threads_made: u64,
    pub(super) coroutines_made: u64,
    /// Tasks that have not ended.
    pub(super) alive: u64,
    /// Statements executed at this instant.
    pub(super) statements_now: u64,
    /// Statements executed in all.
    pub(super) statements: u64,
    /// Times that tasks yielded since one computed, woke, came or ended.
    pub(super) yields_in_a_row: u32,
    /// Why the run cannot go on.
    pub(super) halted: Option<Outcome>,
    pub(super) chooser: Chooser,
    pub(super) choices: Vec<Choice>,
}

/// What a task is doing, as far as the kernel needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum State {
    /// It has not come yet.
    Absent,
    /// A thread in a run queue, or a coroutine in its loop's queue.
    Ready,
    /// A thread on a lane, or a coroutine that its loop is in the middle of.
    Running,
    /// It waits for something.
    Blocked,
    /// It waits for its children.
    Joining,
    /// It could run, but its container has used up its quota.
    Throttled,
    /// It has ended.
    Ended,
}

/// One thread or coroutine. Kept small: a run may have a million.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// What is left of the computing it is in the middle of.
    pub remaining: Nanos,
    /// Its private register.
    pub register: i64,
    /// Its next instruction.
    pub pc: u32,
    pub process: u32,
    /// Where its loop counters begin.
    pub counters: u32,
    /// For a coroutine, its thread.
    pub host: TaskId,
    /// Who spawned it.
    pub parent: TaskId,
    /// How many of those it spawned have not ended.
    pub children: u32,
    /// The next task of the same process.
    pub next_of_process: TaskId,
    /// For an event loop, which one.
    pub event_loop: u32,
    /// The lane it ran on last; `u16::MAX` if none.
    pub last_lane: u16,
    /// The run queue it waits in, while it is ready.
    pub queue: u16,
    /// Where siblings share a core: what it has computed beyond whole nanoseconds, in parts of one.
    pub beyond: u16,
    pub state: State,
}

impl Task {
    /// The value of `event_loop` for a task that is none.
    pub(super) const NO_LOOP: u32 = u32::MAX;
    /// The value of `last_lane` for a task that has not run.
    pub(super) const NO_LANE: u16 = u16::MAX;
}

const _: () = assert!(size_of::<Task>() <= 64);

/// The scheduler inside a thread of coroutines.
#[derive(Clone, Debug, Default)]
pub(super) struct EventLoop {
    /// Coroutines that can go on, in the order they became ready.
    pub ready: VecDeque<TaskId>,
    /// The one it is in the middle of.
    pub current: Option<TaskId>,
    /// The one it ran last.
    pub last: Option<TaskId>,
    /// Coroutines that have not ended.
    pub alive: u32,
    /// How it learns that what a coroutine awaits is done; none where that costs nothing.
    pub events: Option<Events>,
    /// Coroutines whose devices are done, which it has not found out yet.
    pub done: VecDeque<TaskId>,
    /// Requests of its coroutines that it has not heard of again.
    pub under_way: u32,
    /// Whether it is in the middle of finding out.
    pub looks: bool,
}

/// One address space.
#[derive(Clone, Debug)]
pub(super) struct Process {
    /// The head of the list of its tasks.
    pub first_task: TaskId,
    /// How many threads of it live.
    pub threads: u32,
    /// The container it is in.
    pub container: Option<u16>,
}

impl Kernel {
    /// The simulated time.
    #[must_use]
    pub fn now(&self) -> Nanos {
        self.now
    }

    /// The choices made so far.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// What the shared variables hold.
    pub(super) fn variables(&self) -> &[i64] {
        &self.sync.variables
    }

    /// Writes what the shared variables ended at into the trace.
    pub(super) fn write_variables(&self, trace: &mut Trace) {
        for (variable, value) in trace.variables.iter_mut().zip(&self.sync.variables) {
            variable.1 = *value;
        }
    }

    #[inline]
    pub(super) fn task(&self, task: TaskId) -> &Task {
        &self.tasks[task.index()]
    }

    #[inline]
    pub(super) fn task_mut(&mut self, task: TaskId) -> &mut Task {
        &mut self.tasks[task.index()]
    }

    /// The queue that lane takes from.
    #[inline]
    pub(super) fn queue_of(&self, lane: usize) -> usize {
        match self.scope {
            QueueScope::Global => 0,
            QueueScope::PerCore => lane,
        }
    }
}
