//! The keys of format 1: their names, what values they take and what they are for. One static
//! table for each table of the text; what a [`Schema`] is, is in `schema`.

pub use super::arrivals::ARRIVALS;
pub use super::containers::CONTAINER;
pub use super::resources::{BARRIER, CHANNEL, DEVICE, MUTEX, RWLOCK, SEMAPHORE, VARIABLE};
pub use super::scheduler::SCHEDULER;
use super::schema::{Key, Kind, Schema};
use crate::base::Nanos;
use crate::scenario::limits;
use crate::scenario::model::{CostPreset, Events, RunAs};
use crate::scenario::words::Word;

pub(super) const fn key(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, about }
}

pub(super) const NAME: Key = key("name", Kind::Name, "what statements and the run call it");
const COUNT: Key = key(
    "count",
    Kind::Integer {
        min: 0,
        max: u32::MAX as i64,
    },
    "how many alike; 0 makes a template for `spawn`",
);
const ARRIVAL: Kind = Kind::Duration { min: Nanos::ZERO };
const APART: Key = key(
    "arrivals",
    Kind::Table(&ARRIVALS),
    "how far apart its copies come",
);
const PRIORITY: Kind = Kind::Integer {
    min: i32::MIN as i64,
    max: i32::MAX as i64,
};
const NICE: Kind = Kind::Integer { min: -20, max: 19 };
const TICKETS: Kind = Kind::Integer {
    min: 1,
    max: limits::TICKETS as i64,
};
const AFFINITY: Kind = Kind::Integers {
    min: 0,
    max: limits::HARDWARE_THREADS as i64 - 1,
    most: limits::HARDWARE_THREADS as usize,
};
const PERIOD: Kind = Kind::Duration {
    min: limits::MIN_QUANTUM,
};
const JOBS: Kind = Kind::Integer {
    min: 1,
    max: limits::JOBS as i64,
};
const PROGRAM: Key = key("program", Kind::Program, "what it does");
const MEMORY: Kind = Kind::Size {
    min: 0,
    max: limits::MEMORY_BYTES,
};
const COST: Kind = Kind::Duration { min: Nanos::ZERO };

/// The whole text.
pub static ROOT: Schema = Schema {
    label: "the scenario",
    keys: &[
        key(
            "format",
            Kind::Integer { min: 1, max: 1 },
            "the version of the format",
        ),
        key(
            "title",
            Kind::Text {
                max_chars: limits::TITLE_CHARS,
            },
            "one line that names it",
        ),
        key(
            "description",
            Kind::Text {
                max_chars: limits::DESCRIPTION_CHARS,
            },
            "what to look at",
        ),
        key(
            "seed",
            Kind::Integer {
                min: 0,
                max: limits::SEED as i64,
            },
            "determines every random decision",
        ),
        key(
            "run_as",
            Kind::Word(RunAs::WORDS),
            "the model the programs run under",
        ),
        key("machine", Kind::Table(&MACHINE), "the hardware"),
        key(
            "scheduler",
            Kind::Table(&SCHEDULER),
            "who runs next, and for how long",
        ),
        key(
            "device",
            Kind::Tables(&DEVICE),
            "something that serves `io` and `await`",
        ),
        key(
            "mutex",
            Kind::Tables(&MUTEX),
            "a lock that one task holds at a time",
        ),
        key(
            "rwlock",
            Kind::Tables(&RWLOCK),
            "a lock for one writer or any number of readers",
        ),
        key(
            "semaphore",
            Kind::Tables(&SEMAPHORE),
            "a counting semaphore",
        ),
        key(
            "barrier",
            Kind::Tables(&BARRIER),
            "lets all through when enough have come",
        ),
        key(
            "channel",
            Kind::Tables(&CHANNEL),
            "carries messages between tasks",
        ),
        key(
            "container",
            Kind::Tables(&CONTAINER),
            "limits the share of the machine that processes have",
        ),
        key("variable", Kind::Tables(&VARIABLE), "a shared variable"),
        key(
            "process",
            Kind::Tables(&PROCESS),
            "an address space with at least one thread",
        ),
    ],
};

/// `[machine]`.
pub static MACHINE: Schema = Schema {
    label: "[machine]",
    keys: &[
        key(
            "cores",
            Kind::Integer {
                min: 1,
                max: limits::CORES as i64,
            },
            "physical cores",
        ),
        key(
            "smt",
            Kind::Integer {
                min: 1,
                max: limits::SMT as i64,
            },
            "hardware threads a core",
        ),
        key(
            "smt_throughput",
            Kind::Decimal {
                min_permille: 1_000,
                max_permille: limits::SMT * 1_000,
            },
            "a core with all siblings busy, relative to one busy sibling",
        ),
        key(
            "memory",
            Kind::Size {
                min: 1,
                max: limits::MEMORY_BYTES,
            },
            "main memory",
        ),
        key(
            "cache",
            Kind::Size {
                min: 1,
                max: limits::MEMORY_BYTES,
            },
            "what the cache of a core holds",
        ),
        key(
            "max_processes",
            Kind::Integer {
                min: 1,
                max: limits::PROCESSES as i64,
            },
            "most processes at once",
        ),
        key(
            "costs",
            Kind::Word(CostPreset::WORDS),
            "where the costs come from",
        ),
        key("cost", Kind::Table(&COSTS), "single costs"),
    ],
};

/// `[machine.cost]`.
pub static COSTS: Schema = Schema {
    label: "[machine.cost]",
    keys: &[
        key(
            "thread_switch",
            COST,
            "from one thread to another of the same process",
        ),
        key(
            "process_switch",
            COST,
            "from a thread to one of another process",
        ),
        key(
            "coroutine_switch",
            COST,
            "from one coroutine to another inside a thread",
        ),
        key("process_create", COST, "making a process with `spawn`"),
        key("thread_create", COST, "making a thread with `spawn`"),
        key("coroutine_create", COST, "making a coroutine with `spawn`"),
        key("cache_refill", COST, "bringing a kibibyte into a cache"),
        key("migration", COST, "going on on another hardware thread"),
        key("memory_access", COST, "`load` and `store`"),
        key("atomic_access", COST, "`atomic X += N`"),
        key(
            "lock",
            COST,
            "asking for a lock, a semaphore, a condition or a barrier",
        ),
        key("system_call", COST, "asking the kernel for anything"),
        key("copy", COST, "copying a kibibyte of a message"),
        key("wake", COST, "waking a task that waits for a channel"),
        key("protocol", COST, "what a socket does for a message"),
        key(
            "process_memory",
            MEMORY,
            "what a process takes beside its threads",
        ),
        key("thread_memory", MEMORY, "what a thread takes"),
        key("coroutine_memory", MEMORY, "what a coroutine takes"),
    ],
};

/// `[[process]]`.
pub static PROCESS: Schema = Schema {
    label: "[[process]]",
    keys: &[
        NAME,
        COUNT,
        key("arrival", ARRIVAL, "when it comes"),
        APART,
        key("priority", PRIORITY, "smaller runs first"),
        key("nice", NICE, "Linux niceness"),
        key("tickets", TICKETS, "its share in a lottery"),
        key("affinity", AFFINITY, "the hardware threads it may run on"),
        key("period", PERIOD, "runs its program once in each"),
        key("deadline", PERIOD, "by when, after each release"),
        key("jobs", JOBS, "how many times, with a period"),
        key("working_set", MEMORY, "how much it works with"),
        key("refill", COST, "how long bringing that into a cache takes"),
        key(
            "gil",
            Kind::Flag,
            "its threads need one interpreter lock to compute",
        ),
        key(
            "gil_interval",
            PERIOD,
            "how long a thread waits before it demands that lock",
        ),
        key("container", Kind::Name, "the container it is in"),
        PROGRAM,
        key("thread", Kind::Tables(&THREAD), "what the kernel schedules"),
    ],
};

/// `[[process.thread]]`.
pub static THREAD: Schema = Schema {
    label: "[[process.thread]]",
    keys: &[
        NAME,
        COUNT,
        key("arrival", ARRIVAL, "when it comes, after its process"),
        APART,
        key("priority", PRIORITY, "its own, not that of its process"),
        key("nice", NICE, "its own, not that of its process"),
        key("tickets", TICKETS, "its own, not those of its process"),
        key("affinity", AFFINITY, "its own, not that of its process"),
        key("period", PERIOD, "its own, not that of its process"),
        key("deadline", PERIOD, "its own, not that of its process"),
        key("jobs", JOBS, "its own, not those of its process"),
        key("working_set", MEMORY, "its own, not that of its process"),
        key("refill", COST, "its own, not that of its process"),
        key(
            "events",
            Kind::Word(Events::WORDS),
            "how its event loop learns what is done",
        ),
        PROGRAM,
        key(
            "coroutine",
            Kind::Tables(&COROUTINE),
            "what a thread schedules itself",
        ),
    ],
};

/// `[[process.thread.coroutine]]`.
pub static COROUTINE: Schema = Schema {
    label: "[[process.thread.coroutine]]",
    keys: &[
        NAME,
        COUNT,
        key("arrival", ARRIVAL, "when it comes, after its thread"),
        APART,
        PROGRAM,
    ],
};
