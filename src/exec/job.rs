//! What one worker is to do: plain data that `plan` makes and every kind of worker can follow.

use serde::{Deserialize, Serialize};

use crate::base::Nanos;
use crate::trace::{TaskId, TaskKind};
use crate::work::Instruction;

/// Everything one worker has to know before a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// How the worker goes about it.
    pub driver: Driver,
    /// The lane of this worker, or the first lane of its pool.
    pub first_lane: u8,
    /// The threads it starts with, in the order of the run's tasks.
    pub threads: Vec<ThreadJob>,
    /// What a `spawn` makes.
    pub templates: Vec<Template>,
    /// The first number for a spawned task, and the distance to the next: workers number theirs
    /// without asking each other.
    pub spawn_numbers: (u32, u32),
    /// The instructions of all programs.
    pub code: Vec<Instruction>,
}

/// How a worker goes about its tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Driver {
    /// The threads take turns on the worker's one thread, each for this long at the most.
    Turns {
        /// [`Nanos::NEVER`] where the policy does not slice.
        quantum: Nanos,
        /// Whether `crash` is a real trap of the worker, or only ends the tasks of its process.
        traps: bool,
    },
    /// The one thread's coroutines are futures on the worker's own event loop.
    Futures,
    /// The threads are threads of a pool over one shared memory.
    Pool {
        /// How many the pool has.
        threads: u8,
    },
}

/// One thread of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadJob {
    /// Its number.
    pub task: TaskId,
    /// Its process.
    pub process: u32,
    /// When it comes.
    pub arrival: Nanos,
    /// What it does.
    pub does: Does,
}

/// What a thread does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Does {
    /// Runs the program that starts here.
    Program(u32),
    /// Runs an event loop over these.
    Coroutines(Vec<CoroutineJob>),
}

/// One coroutine of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoroutineJob {
    /// Its number.
    pub task: TaskId,
    /// When it comes.
    pub arrival: Nanos,
    /// Where its program starts.
    pub start: u32,
}

/// What a `spawn` makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The group it belongs to.
    pub group: u32,
    /// A thread or a coroutine.
    pub kind: TaskKind,
    /// For a process of its own, its position among the scenario's processes.
    pub new_process: Option<u32>,
    /// Where its program starts.
    pub start: u32,
}

/// A task that a `spawn` made while the run was going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spawned {
    /// Its number, provisional until all workers' records are merged.
    pub task: TaskId,
    /// Which template made it.
    pub template: u32,
    /// Whose process it belongs to, unless the template gives it its own.
    pub process: u32,
    /// The event loop of a coroutine, or [`TaskId::NONE`].
    pub host: TaskId,
    /// Who spawned it.
    pub parent: TaskId,
}
