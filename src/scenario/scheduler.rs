//! The scheduler as a value: which policy, and what there is to say about each. A part of `model`;
//! what the policies do is the kernel's.

use serde::{Deserialize, Serialize};

use crate::base::Nanos;

/// Who runs next, and for how long. Each policy looks at the keys that are its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduler {
    /// The rule.
    pub policy: Policy,
    /// How long a slice may last, for the policies that slice.
    pub quantum: Nanos,
    /// One run queue, or one for each hardware thread.
    pub queue: QueueScope,
    /// Who queues first at one instant.
    pub ties: Ties,
    /// With queues per core: whether a hardware thread that has nothing to do takes from others.
    pub balance: Balance,
    /// For the policies with priorities: whether a better task takes the core from a worse one.
    pub preemptive: bool,
    /// For `priority`: a waiting task gains one level each such stretch.
    pub aging: Option<Nanos>,
    /// For the policies with levels: how many there are.
    pub levels: u32,
    /// The quantum of each level, from the top; the last one counts for all below. Where there is
    /// none, it is `quantum`.
    pub quanta: Vec<Nanos>,
    /// For `mlfq`: how long a task may run on each level, from the top; the last one counts for all
    /// below. Where there is none, it is the level's quantum.
    pub allotments: Vec<Nanos>,
    /// For `mlfq`: how often all tasks go back to the top.
    pub boost: Option<Nanos>,
    /// For `mlfq`: what a task that has waited has left of its allotment.
    pub after_io: AfterIo,
    /// For `cfs`: the time in which every ready task should get its turn; Linux's if not given.
    pub latency: Option<Nanos>,
    /// For `cfs`: the shortest slice; Linux's if not given.
    pub min_granularity: Option<Nanos>,
    /// For `cfs`: how far a task that wakes must be behind to take the core; Linux's if not given.
    pub wakeup_granularity: Option<Nanos>,
    /// For `eevdf`: the length of a slice; Linux's if not given.
    pub base_slice: Option<Nanos>,
}

impl Default for Scheduler {
    fn default() -> Scheduler {
        Scheduler {
            policy: Policy::RoundRobin,
            quantum: Nanos::from_ms(10),
            queue: QueueScope::Global,
            ties: Ties::ArrivalsFirst,
            balance: Balance::Steal,
            preemptive: true,
            aging: None,
            levels: 3,
            quanta: Vec::new(),
            allotments: Vec::new(),
            boost: None,
            after_io: AfterIo::Sink,
            latency: None,
            min_granularity: None,
            wakeup_granularity: None,
            base_slice: None,
        }
    }
}

impl Scheduler {
    /// The quantum of a level, counted from the top.
    #[must_use]
    pub fn quantum_of(&self, level: usize) -> Nanos {
        let at = level.min(self.quanta.len().saturating_sub(1));
        self.quanta.get(at).copied().unwrap_or(self.quantum)
    }

    /// The allotment of a level, counted from the top.
    #[must_use]
    pub fn allotment_of(&self, level: usize) -> Nanos {
        let at = level.min(self.allotments.len().saturating_sub(1));
        let given = self.allotments.get(at).copied();
        given.unwrap_or_else(|| self.quantum_of(level))
    }
}

/// The scheduling policies of format 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are the field's own; each policy's file has its rules"
)]
pub enum Policy {
    Fifo,
    Sjf,
    Srtf,
    RoundRobin,
    Priority,
    Hrrn,
    Multilevel,
    Mlfq,
    Lottery,
    Stride,
    Cfs,
    Eevdf,
    Edf,
    RateMonotonic,
}

/// How many run queues there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QueueScope {
    /// One that all hardware threads take from.
    Global,
    /// One each.
    PerCore,
}

/// What becomes of uneven queues per core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Balance {
    /// A hardware thread whose queue is empty takes from the longest other one, and a task that
    /// wakes goes where nobody is.
    Steal,
    /// A task stays with the hardware thread whose queue it came into.
    None,
}

/// At one instant, who queues first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ties {
    /// A new arrival queues before the task that has just been preempted.
    ArrivalsFirst,
    /// The task that has just been preempted queues before a new arrival.
    PreemptedFirst,
}

/// What a multilevel feedback queue makes of a task that gave up its core to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AfterIo {
    /// It stays on its level with a fresh allotment.
    Stay,
    /// What it has used counts on, so that it sinks once its allotment is used up.
    Sink,
}
