//! The scenario as a value. Plain data: reading and printing are in `text`, checks in `validate`.
//!
//! Defaults are those of `docs/scenario-format.md`; [`Default`] gives them.

use serde::{Deserialize, Serialize};

use super::arrivals::Arrivals;
use super::program::Program;
pub use super::resources::{
    Barrier, Channel, ChannelKind, Device, Mutex, Prefer, RwLock, Semaphore, Variable,
};
pub use super::scheduler::{AfterIo, Balance, Policy, QueueScope, Scheduler, Ties};
use crate::base::Nanos;

/// Everything one run is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scenario {
    /// One line that names it.
    pub title: String,
    /// What to look at; shown beside the run.
    pub description: String,
    /// Determines every random decision.
    pub seed: u64,
    /// The model the programs run under.
    pub run_as: RunAs,
    /// The hardware.
    pub machine: Machine,
    /// The scheduler.
    pub scheduler: Scheduler,
    /// Devices that are declared; one that is only used serves everyone at once.
    pub devices: Vec<Device>,
    /// Mutexes that are declared; one that is only used is plain.
    pub mutexes: Vec<Mutex>,
    /// Reader-writer locks.
    pub rwlocks: Vec<RwLock>,
    /// Counting semaphores.
    pub semaphores: Vec<Semaphore>,
    /// Barriers.
    pub barriers: Vec<Barrier>,
    /// Channels between tasks.
    pub channels: Vec<Channel>,
    /// Shared variables that do not start at zero.
    pub variables: Vec<Variable>,
    /// Containers that processes may be in.
    pub containers: Vec<Container>,
    /// The processes, in the order of the text.
    pub processes: Vec<Process>,
}

/// The model the same programs are run under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RunAs {
    /// As the text has them.
    #[default]
    AsWritten,
    /// Every task a process of one thread.
    Processes,
    /// Every task a thread of one process.
    Threads,
    /// Every task a coroutine of one thread.
    Coroutines,
    /// One process a hardware thread, each with one thread of coroutines.
    Hybrid,
}

/// The hardware of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Physical cores.
    pub cores: u32,
    /// Hardware threads a core: 1, 2 or 4.
    pub smt: u32,
    /// What a core with all siblings busy does, relative to one busy sibling, in thousandths.
    pub smt_throughput_permille: u32,
    /// Main memory, in bytes.
    pub memory_bytes: u64,
    /// What the cache of a core holds, in bytes.
    pub cache_bytes: u64,
    /// Most processes at once; without one, as many as there is memory for.
    pub max_processes: Option<u32>,
    /// Where the costs come from.
    pub costs: CostPreset,
    /// Single costs that replace those of the preset.
    pub cost: Costs,
}

impl Default for Machine {
    fn default() -> Machine {
        Machine {
            cores: 1,
            smt: 1,
            smt_throughput_permille: 1_300,
            memory_bytes: 8 << 30,
            cache_bytes: 1 << 20,
            max_processes: None,
            costs: CostPreset::Linux,
            cost: Costs::default(),
        }
    }
}

/// A named set of costs; `docs/cost-model.md` has the numbers and their sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum CostPreset {
    /// Everything is free: the textbook's machine.
    Free,
    /// A Linux of today.
    #[default]
    Linux,
    /// A Windows of today.
    Windows,
    /// What this machine's calibration found; without one, as `Linux`.
    Measured,
}

/// Single costs that replace those of the preset, where given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Costs {
    /// From one thread to another of the same process.
    pub thread_switch: Option<Nanos>,
    /// From a thread to one of another process.
    pub process_switch: Option<Nanos>,
    /// From one coroutine to another inside a thread.
    pub coroutine_switch: Option<Nanos>,
    /// Making a process with `spawn`.
    pub process_create: Option<Nanos>,
    /// Making a thread with `spawn`.
    pub thread_create: Option<Nanos>,
    /// Making a coroutine with `spawn`.
    pub coroutine_create: Option<Nanos>,
    /// Going on on another hardware thread than before.
    pub migration: Option<Nanos>,
    /// Bringing a kibibyte of a working set into the cache of a core.
    pub cache_refill: Option<Nanos>,
    /// `load` and `store`.
    pub memory_access: Option<Nanos>,
    /// `atomic X += N`.
    pub atomic_access: Option<Nanos>,
    /// Asking for a lock, a semaphore, a condition or a barrier.
    pub lock: Option<Nanos>,
    /// Asking the kernel for anything.
    pub system_call: Option<Nanos>,
    /// Copying a kibibyte of a message.
    pub copy: Option<Nanos>,
    /// Waking a task that waits for a channel.
    pub wake: Option<Nanos>,
    /// What a socket's protocol does for a message.
    pub protocol: Option<Nanos>,
    /// What a process takes of the main memory beside its threads, in bytes.
    pub process_memory_bytes: Option<u64>,
    /// What a thread takes, in bytes.
    pub thread_memory_bytes: Option<u64>,
    /// What a coroutine takes, in bytes.
    pub coroutine_memory_bytes: Option<u64>,
}

/// What limits the share of the machine that some processes have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// For how long all threads of its processes together may run in a period.
    pub quota: Nanos,
    /// How long a period is.
    pub period: Nanos,
}

/// An address space with at least one thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its name.
    pub name: String,
    /// How many alike there are at the start; zero makes a template for `spawn`.
    pub count: u32,
    /// When it comes.
    pub arrival: Nanos,
    /// How far apart its copies come; all at once if not given.
    pub arrivals: Option<Arrivals>,
    /// Smaller runs first.
    pub priority: i32,
    /// Linux niceness, −20 to 19.
    pub nice: i8,
    /// Its share in a lottery.
    pub tickets: u32,
    /// The hardware threads its threads may run on; all where there is none.
    pub affinity: Vec<u32>,
    /// How often its threads have a job to do: each runs its program once a period.
    pub period: Option<Nanos>,
    /// By when a job should be done, counted from its release; the period if not given.
    pub deadline: Option<Nanos>,
    /// How many jobs a thread with a period has.
    pub jobs: u32,
    /// How much of the memory each of its threads works with, in bytes.
    pub working_set_bytes: u64,
    /// How long bringing that into a cache takes, instead of its size times the machine's cost.
    pub refill: Option<Nanos>,
    /// Whether its threads need one interpreter lock to compute.
    pub gil: bool,
    /// How long a thread waits for that lock before it demands it.
    pub gil_interval: Nanos,
    /// The container it is in.
    pub container: Option<String>,
    /// Its threads, in the order of the text.
    pub threads: Vec<Thread>,
}

impl Default for Process {
    /// One that comes at the start, has no name and no thread, and is like any other.
    fn default() -> Process {
        Process {
            name: String::new(),
            count: 1,
            arrival: Nanos::ZERO,
            arrivals: None,
            priority: 0,
            nice: 0,
            tickets: 100,
            affinity: Vec::new(),
            period: None,
            deadline: None,
            jobs: 10,
            working_set_bytes: 0,
            refill: None,
            gil: false,
            gil_interval: Nanos::from_ms(5),
            container: None,
            threads: Vec::new(),
        }
    }
}

/// What the kernel schedules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Its name; `main` where the process gives its program directly.
    pub name: String,
    /// How many alike there are in each process; zero makes a template for `spawn`.
    pub count: u32,
    /// When it comes, counted from the arrival of its process.
    pub arrival: Nanos,
    /// How far apart its copies come in each process; all at once if not given.
    pub arrivals: Option<Arrivals>,
    /// Its own priority; else that of its process.
    pub priority: Option<i32>,
    /// Its own niceness; else that of its process.
    pub nice: Option<i8>,
    /// Its own tickets; else those of its process.
    pub tickets: Option<u32>,
    /// The hardware threads it may run on; else those of its process.
    pub affinity: Option<Vec<u32>>,
    /// Its own period; else that of its process.
    pub period: Option<Nanos>,
    /// Its own deadline; else that of its process.
    pub deadline: Option<Nanos>,
    /// Its own number of jobs; else that of its process.
    pub jobs: Option<u32>,
    /// Its own working set, in bytes; else that of its process.
    pub working_set_bytes: Option<u64>,
    /// Its own time to bring that in; else that of its process.
    pub refill: Option<Nanos>,
    /// For an event loop, how it learns that what a coroutine awaits is done; if given, that costs
    /// system calls.
    pub events: Option<Events>,
    /// What it does.
    pub body: Body,
}

impl Default for Thread {
    /// One thread `main` that comes with its process and does nothing.
    fn default() -> Thread {
        Thread {
            name: "main".to_owned(),
            count: 1,
            arrival: Nanos::ZERO,
            arrivals: None,
            priority: None,
            nice: None,
            tickets: None,
            affinity: None,
            period: None,
            deadline: None,
            jobs: None,
            working_set_bytes: None,
            refill: None,
            events: None,
            body: Body::Program(Program::default()),
        }
    }
}

impl Process {
    /// The hardware threads that one of its threads may run on; all where there is none.
    #[must_use]
    pub fn affinity<'s>(&'s self, thread: &'s Thread) -> &'s [u32] {
        thread.affinity.as_deref().unwrap_or(&self.affinity)
    }

    /// How much of the memory one of its threads works with, in bytes.
    #[must_use]
    pub fn working_set_bytes(&self, thread: &Thread) -> u64 {
        thread.working_set_bytes.unwrap_or(self.working_set_bytes)
    }

    /// How long bringing that in takes, if it is said; a working set of a thread's own has its own.
    #[must_use]
    pub fn refill(&self, thread: &Thread) -> Option<Nanos> {
        let of_process = self.refill.filter(|_| thread.working_set_bytes.is_none());
        thread.refill.or(of_process)
    }

    /// When the jobs of one of its threads are due; none if it just runs its program.
    #[must_use]
    pub fn timing(&self, thread: &Thread) -> Option<Timing> {
        let period = thread.period.or(self.period);
        let deadline = thread.deadline.or(self.deadline).or(period)?;
        Some(Timing { period, deadline })
    }
}

impl Thread {
    /// Its program, or those of its coroutines.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        let (own, coroutines) = match &self.body {
            Body::Program(program) => (Some(program), [].as_slice()),
            Body::Coroutines(coroutines) => (None, coroutines.as_slice()),
        };
        own.into_iter()
            .chain(coroutines.iter().map(|coroutine| &coroutine.program))
    }

    /// The coroutines of its event loop; none if it runs a program.
    #[must_use]
    pub fn coroutines(&self) -> &[Coroutine] {
        match &self.body {
            Body::Program(_) => &[],
            Body::Coroutines(coroutines) => coroutines,
        }
    }
}

/// How an event loop learns that what a coroutine awaits is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Events {
    /// The kernel says what can be read without waiting, and the program reads it (epoll, kqueue).
    Readiness,
    /// The kernel says what has been done (I/O completion ports, io_uring).
    Completion,
    /// The loop asks for each, again and again.
    Polling,
}

/// When the jobs of a thread are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// From one release to the next; none if there is one job only.
    pub period: Option<Nanos>,
    /// From a release to when its job should be done.
    pub deadline: Nanos,
}

/// What a thread does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Runs a program.
    Program(Program),
    /// Runs an event loop over coroutines and ends with the last of them.
    Coroutines(Vec<Coroutine>),
}

/// What a thread schedules itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coroutine {
    /// Its name.
    pub name: String,
    /// How many alike there are in each thread; zero makes a template for `spawn`.
    pub count: u32,
    /// When it comes, counted from the arrival of its thread.
    pub arrival: Nanos,
    /// How far apart its copies come in each thread; all at once if not given.
    pub arrivals: Option<Arrivals>,
    /// What it does.
    pub program: Program,
}

impl Default for Coroutine {
    /// One that comes with its thread, has no name and does nothing.
    fn default() -> Coroutine {
        Coroutine {
            name: String::new(),
            count: 1,
            arrival: Nanos::ZERO,
            arrivals: None,
            program: Program::default(),
        }
    }
}
