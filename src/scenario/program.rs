//! The statement language as a tree. Plain data: the grammar is in `text`, what statements do is
//! the kernel's part.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::base::Nanos;

/// What a task does: statements, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Program {
    /// In the order they are executed.
    pub statements: Vec<Statement>,
}

/// One statement and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Where it stands in the scenario's text.
    #[serde(skip)]
    pub span: SourceSpan,
}

/// Bytes of a scenario's text. Two spans always count as equal: where a statement stands is not
/// part of what it means.
#[derive(Clone, Debug, Default, Eq)]
pub struct SourceSpan(pub Range<u32>);

impl PartialEq for SourceSpan {
    fn eq(&self, _: &SourceSpan) -> bool {
        true
    }
}

/// How long a statement takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Time {
    /// Always the same.
    Fixed(Nanos),
    /// Drawn each time it is executed, from an exponential distribution with this mean.
    Exponential(Nanos),
}

impl Time {
    /// How long it is on average.
    #[must_use]
    pub const fn mean(self) -> Nanos {
        match self {
            Time::Fixed(time) | Time::Exponential(time) => time,
        }
    }
}

impl From<Nanos> for Time {
    fn from(time: Nanos) -> Time {
        Time::Fixed(time)
    }
}

/// As it is written: `5ms`, `exponential 5ms`.
impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Time::Fixed(time) => write!(out, "{time}"),
            Time::Exponential(mean) => write!(out, "exponential {mean}"),
        }
    }
}

/// What a statement does. Names are as written; `validate` checks that they exist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatementKind {
    /// `compute D`: needs a hardware thread for `D`.
    Compute(Time),
    /// `io DEVICE D`: blocks the thread while the device works for `D`.
    Io {
        /// The device.
        device: String,
        /// How long it works.
        duration: Time,
    },
    /// `await DEVICE D`: suspends the coroutine while the device works for `D`.
    Await {
        /// The device.
        device: String,
        /// How long it works.
        duration: Time,
    },
    /// `poll DEVICE D every P`: asks every `P` whether the device has done its work of `D`.
    Poll {
        /// The device.
        device: String,
        /// How long it works.
        duration: Time,
        /// How long the task sleeps after each time it asks in vain; zero is asking without a pause.
        every: Nanos,
    },
    /// `sleep D`: does nothing for at least `D`.
    Sleep(Time),
    /// `yield`: lets others go first.
    Yield,
    /// `repeat N { … }`.
    Repeat {
        /// How often.
        times: u32,
        /// What.
        body: Vec<Statement>,
    },
    /// `forever { … }`.
    Forever {
        /// What.
        body: Vec<Statement>,
    },
    /// `lock M`, or `lock M for D { … } else { … }`.
    Lock {
        /// The mutex.
        mutex: String,
        /// How long to try, and what follows; without it, as long as it takes.
        attempt: Option<LockAttempt>,
    },
    /// `read-lock L`: takes a reader-writer lock for reading.
    ReadLock(String),
    /// `write-lock L`: takes a reader-writer lock for writing.
    WriteLock(String),
    /// `unlock M`: gives back a mutex or a reader-writer lock.
    Unlock(String),
    /// `wait S`: takes one from a semaphore.
    Wait(String),
    /// `post S`: gives one to a semaphore.
    Post(String),
    /// `wait C with M`: waits on a condition, giving up the mutex meanwhile.
    WaitCondition {
        /// The condition.
        condition: String,
        /// The mutex.
        mutex: String,
    },
    /// `signal C`: wakes one that waits on a condition.
    Signal(String),
    /// `broadcast C`: wakes all that wait on a condition.
    Broadcast(String),
    /// `barrier B`.
    Barrier(String),
    /// `send CH SIZE`.
    Send {
        /// The channel.
        channel: String,
        /// How much, in bytes.
        size_bytes: u64,
    },
    /// `recv CH`.
    Receive(String),
    /// `load X`: a shared variable into the private register.
    Load(String),
    /// `add N`: to the private register.
    Add(i64),
    /// `store X`: the private register into a shared variable.
    Store(String),
    /// `atomic X += N`.
    AtomicAdd {
        /// The shared variable.
        variable: String,
        /// What is added.
        amount: i64,
    },
    /// `spawn NAME`: starts one more of a coroutine, thread or process.
    Spawn(String),
    /// `join`: waits for all that this task spawned.
    Join,
    /// `without-gil { … }`.
    WithoutGil {
        /// What is done without the interpreter lock.
        body: Vec<Statement>,
    },
    /// `log TEXT`: a mark in the trace.
    Log(String),
    /// `crash`: takes down the process.
    Crash,
    /// `exit`: ends this task.
    Exit,
}

/// The blocks inside a statement that is lent out, for change or not.
macro_rules! blocks_of {
    ($kind:expr) => {
        match $kind {
            StatementKind::Repeat { body, .. }
            | StatementKind::Forever { body }
            | StatementKind::WithoutGil { body } => vec![body],
            StatementKind::Lock {
                attempt: Some(LockAttempt {
                    locked, timed_out, ..
                }),
                ..
            } => vec![locked, timed_out],
            StatementKind::Lock { attempt: None, .. }
            | StatementKind::Compute(_)
            | StatementKind::Io { .. }
            | StatementKind::Await { .. }
            | StatementKind::Poll { .. }
            | StatementKind::Sleep(_)
            | StatementKind::Yield
            | StatementKind::ReadLock(_)
            | StatementKind::WriteLock(_)
            | StatementKind::Unlock(_)
            | StatementKind::Wait(_)
            | StatementKind::Post(_)
            | StatementKind::WaitCondition { .. }
            | StatementKind::Signal(_)
            | StatementKind::Broadcast(_)
            | StatementKind::Barrier(_)
            | StatementKind::Send { .. }
            | StatementKind::Receive(_)
            | StatementKind::Load(_)
            | StatementKind::Add(_)
            | StatementKind::Store(_)
            | StatementKind::AtomicAdd { .. }
            | StatementKind::Spawn(_)
            | StatementKind::Join
            | StatementKind::Log(_)
            | StatementKind::Crash
            | StatementKind::Exit => Vec::new(),
        }
    };
}

impl StatementKind {
    /// The blocks of statements inside this one.
    #[must_use]
    pub fn blocks(&self) -> Vec<&Vec<Statement>> {
        blocks_of!(self)
    }

    /// The same, to be changed.
    pub fn blocks_mut(&mut self) -> Vec<&mut Vec<Statement>> {
        blocks_of!(self)
    }

    /// The statement as it is written, without its blocks.
    #[must_use]
    pub fn head(&self) -> String {
        let mut kind = self.clone();
        for block in kind.blocks_mut() {
            block.clear();
        }
        let mut source = super::language::print(&Program {
            statements: vec![Statement {
                kind,
                span: SourceSpan::default(),
            }],
        });
        source.truncate(source.find(" {").unwrap_or(source.len()));
        source
    }

    /// The word the statement begins with.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            StatementKind::Compute(_) => "compute",
            StatementKind::Io { .. } => "io",
            StatementKind::Await { .. } => "await",
            StatementKind::Poll { .. } => "poll",
            StatementKind::Sleep(_) => "sleep",
            StatementKind::Yield => "yield",
            StatementKind::Repeat { .. } => "repeat",
            StatementKind::Forever { .. } => "forever",
            StatementKind::Lock { .. } => "lock",
            StatementKind::ReadLock(_) => "read-lock",
            StatementKind::WriteLock(_) => "write-lock",
            StatementKind::Unlock(_) => "unlock",
            StatementKind::Wait(_) | StatementKind::WaitCondition { .. } => "wait",
            StatementKind::Post(_) => "post",
            StatementKind::Signal(_) => "signal",
            StatementKind::Broadcast(_) => "broadcast",
            StatementKind::Barrier(_) => "barrier",
            StatementKind::Send { .. } => "send",
            StatementKind::Receive(_) => "recv",
            StatementKind::Load(_) => "load",
            StatementKind::Add(_) => "add",
            StatementKind::Store(_) => "store",
            StatementKind::AtomicAdd { .. } => "atomic",
            StatementKind::Spawn(_) => "spawn",
            StatementKind::Join => "join",
            StatementKind::WithoutGil { .. } => "without-gil",
            StatementKind::Log(_) => "log",
            StatementKind::Crash => "crash",
            StatementKind::Exit => "exit",
        }
    }
}

/// The rest of `lock M for D { … } else { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockAttempt {
    /// How long to try.
    pub limit: Nanos,
    /// What is done with the lock held.
    pub locked: Vec<Statement>,
    /// What is done when the time is up.
    pub timed_out: Vec<Statement>,
}
