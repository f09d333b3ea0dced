//! A trace and the tables its events point into.

use serde::{Deserialize, Serialize};

use super::event::{Event, TaskId};
use crate::base::{Nanos, format_bytes};

/// What happened in one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Simulated, or measured with what.
    pub origin: Origin,
    /// The rows: a hardware thread each (simulated), or a worker each (measured).
    pub lanes: Vec<Lane>,
    /// The kinds of task, in the order of the scenario's text.
    pub groups: Vec<TaskGroup>,
    /// The processes, copies side by side.
    pub processes: Vec<ProcessInfo>,
    /// The tasks: those of the start in the order of the text, then those spawned.
    pub tasks: Vec<TaskInfo>,
    /// What tasks wait for, and texts they log.
    pub resources: Vec<Resource>,
    /// The distinct costs of switches.
    pub costs: Vec<SwitchCost>,
    /// What tasks take of the main memory; nothing where it was not counted.
    pub memory: MemoryCosts,
    /// The events, by time; at one instant in the order they happened.
    pub events: Vec<Event>,
    /// When the run ended.
    pub end: Nanos,
    /// How it ended.
    pub outcome: Outcome,
    /// The shared variables, and what they ended at.
    pub variables: Vec<(String, i64)>,
}

/// Where a trace comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The kernel.
    Simulated,
    /// Real workers.
    Measured {
        /// The smallest step of the clock.
        clock_step: Nanos,
        /// How far the clocks of two workers may be apart.
        alignment_error: Nanos,
    },
}

/// One row of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// The core, or for a measured trace the worker.
    pub core: u16,
    /// The hardware thread on that core.
    pub sibling: u8,
}

/// What a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TaskKind {
    /// A thread that runs a program.
    Thread,
    /// A thread that runs an event loop over coroutines.
    EventLoop,
    /// A coroutine.
    Coroutine,
}

/// One line of the scenario that makes tasks: all its copies share these names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskGroup {
    /// The process's name.
    pub process: String,
    /// The thread's name.
    pub thread: String,
    /// The coroutine's name; empty for a thread.
    pub coroutine: String,
    /// What its tasks are.
    pub kind: TaskKind,
    /// When the jobs of each are due, if they have any.
    pub timing: Option<JobTiming>,
    /// How many there were in all, those spawned included.
    pub count: u32,
}

/// When the jobs of a task are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobTiming {
    /// From one release to the next, the first being the task's arrival; zero if there is only one.
    pub period: Nanos,
    /// From a release to when its job should be done.
    pub deadline: Nanos,
}

/// One process of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessInfo {
    /// Its position among the processes of the scenario's text.
    pub line: u32,
    /// Which of the copies it is, from zero.
    pub copy: u32,
}

/// One task of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskInfo {
    /// Its line of the scenario; an index into [`Trace::groups`].
    pub group: u32,
    /// Which of that line's tasks it is, from zero.
    pub index: u32,
    /// Its process; an index into [`Trace::processes`].
    pub process: u32,
    /// The thread a coroutine belongs to; [`TaskId::NONE`] for a thread.
    pub host: TaskId,
    /// Who spawned it; [`TaskId::NONE`] for the tasks of the start, and for the coroutines that a
    /// spawned thread brings with it.
    pub parent: TaskId,
    /// When it is due to come, or came by `spawn`.
    pub arrival: Nanos,
}

/// What a task waits for, or a text it logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// What it is.
    pub kind: ResourceKind,
    /// Its name; empty for the kinds there is one of.
    pub name: String,
}

/// The kinds of [`Resource`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResourceKind {
    /// The passing of time.
    Timer,
    /// The release of its next job.
    Period,
    /// The tasks it spawned.
    Children,
    /// For an event loop: the first of its coroutines to be ready.
    Coroutines,
    /// A device.
    Device,
    /// A mutex.
    Mutex,
    /// A semaphore.
    Semaphore,
    /// A condition variable.
    Condition,
    /// A barrier.
    Barrier,
    /// A text for [`super::EventKind::Log`].
    Text,
    /// The main memory.
    Memory,
    /// The limit on processes.
    Processes,
    /// A mutex that tasks spin for.
    SpinLock,
    /// A reader-writer lock, for reading.
    Reading,
    /// The same, for writing.
    Writing,
    /// Room for a message in the channel of this name.
    Room,
    /// A message from the channel of this name.
    Mail,
    /// A message of so many bytes through the channel of this name, for [`super::EventKind::Sent`] and
    /// [`super::EventKind::Received`].
    Message(u64),
    /// The interpreter lock of each process of this name.
    InterpreterLock,
    /// A container, whose quota may be used up.
    Container,
}

/// What tasks take of the main memory while they live, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct MemoryCosts {
    /// A process with a thread, beside its threads.
    pub process_bytes: u64,
    /// A thread.
    pub thread_bytes: u64,
    /// A coroutine.
    pub coroutine_bytes: u64,
}

/// What one switch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct SwitchCost {
    /// Between what.
    pub kind: SwitchKind,
    /// Saving one set of registers and restoring another.
    pub save_restore: Nanos,
    /// Finding out who runs next.
    pub choose: Nanos,
    /// Changing the page table, and refilling the address translation cache.
    pub address_space: Nanos,
    /// Refilling the data caches.
    pub cache_refill: Nanos,
}

impl SwitchCost {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> Nanos {
        self.save_restore + self.choose + self.address_space + self.cache_refill
    }
}

/// Between what a switch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum SwitchKind {
    /// None: the same task goes on, or the hardware thread has run nothing before.
    #[default]
    None,
    /// Two coroutines of one thread.
    Coroutine,
    /// Two threads of one process.
    Thread,
    /// Threads of two processes.
    Process,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Every task ended.
    Finished,
    /// Tasks wait for each other in a circle that nothing outside can break.
    Deadlock {
        /// The circle: each task waits for the resource that the next one would have to give.
        cycle: Vec<CycleEdge>,
    },
    /// Tasks wait for what nobody will give, without a circle.
    Stuck,
    /// Tasks run without getting anywhere.
    Livelock,
    /// A limit was reached; everything up to there is kept.
    Limit {
        /// Its name: `threads`, `coroutines` or `events`.
        limit: String,
    },
    /// The longest simulated or real time was reached.
    TimeLimit,
    /// Someone stopped it.
    Cancelled,
    /// A worker failed (measured only).
    Failed {
        /// What it said.
        message: String,
    },
}

/// One step of a deadlock's circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleEdge {
    /// Who waits.
    pub task: TaskId,
    /// For what; an index into [`Trace::resources`].
    pub resource: u16,
}

impl Trace {
    /// What a task is.
    #[must_use]
    pub fn kind(&self, task: TaskId) -> TaskKind {
        self.group(task).kind
    }

    /// The scenario's line a task comes from.
    #[must_use]
    pub fn group(&self, task: TaskId) -> &TaskGroup {
        &self.groups[self.tasks[task.index()].group as usize]
    }

    /// A name for people: `browser`, `encoder/worker 3`, `server/loop/request 17`. The thread's
    /// name is left out where it is `main`, the number where there is only one such task.
    #[must_use]
    pub fn task_name(&self, task: TaskId) -> String {
        let info = &self.tasks[task.index()];
        let mut name = self.group_name(info.group);
        if self.group(task).count > 1 {
            name.push_str(&format!(" {}", info.index));
        }
        name
    }

    /// The name that all tasks of a line of the scenario share.
    #[must_use]
    pub fn group_name(&self, group: u32) -> String {
        let group = &self.groups[group as usize];
        let mut name = group.process.clone();
        if group.thread != "main" || !group.coroutine.is_empty() {
            name.push('/');
            name.push_str(&group.thread);
        }
        if !group.coroutine.is_empty() {
            name.push('/');
            name.push_str(&group.coroutine);
        }
        name
    }

    /// A name for people of what tasks wait for: `disk`, `timer`, `its children`.
    #[must_use]
    pub fn resource_name(&self, resource: u16) -> String {
        let resource = &self.resources[usize::from(resource)];
        match resource.kind {
            ResourceKind::Timer => "timer".to_owned(),
            ResourceKind::Period => "its next period".to_owned(),
            ResourceKind::Children => "its children".to_owned(),
            ResourceKind::Coroutines => "its coroutines".to_owned(),
            ResourceKind::Memory => "memory".to_owned(),
            ResourceKind::Processes => "processes".to_owned(),
            ResourceKind::InterpreterLock => format!("the interpreter lock of {}", resource.name),
            ResourceKind::Device
            | ResourceKind::Mutex
            | ResourceKind::Semaphore
            | ResourceKind::Condition
            | ResourceKind::SpinLock
            | ResourceKind::Barrier
            | ResourceKind::Container
            | ResourceKind::Text => resource.name.clone(),
            ResourceKind::Reading => format!("{} for reading", resource.name),
            ResourceKind::Writing => format!("{} for writing", resource.name),
            ResourceKind::Room => format!("room in {}", resource.name),
            ResourceKind::Mail => format!("a message from {}", resource.name),
            ResourceKind::Message(bytes) => {
                format!("{} through {}", format_bytes(bytes), resource.name)
            }
        }
    }
}
