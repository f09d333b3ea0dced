//! What tasks share, as values: devices, locks, channels, variables. A part of `model`; what happens with
//! them is the kernel's part.

use serde::{Deserialize, Serialize};

/// Something that serves `io` and `await`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// How many requests it serves at once; further ones queue in the order they came.
    pub channels: u32,
}

/// A lock that one task holds at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutex {
    /// Its name.
    pub name: String,
    /// Whether its holder runs at the priority of its most urgent waiter.
    pub priority_inheritance: bool,
    /// Whether whoever waits for it computes meanwhile, instead of leaving its core.
    pub spin: bool,
}

/// A lock that one writer holds at a time, or any number of readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RwLock {
    /// Its name.
    pub name: String,
    /// Who goes first.
    pub prefer: Prefer,
}

/// Who goes first at a reader-writer lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Prefer {
    /// Readers, also those that come while a writer waits.
    #[default]
    Readers,
    /// Writers: no reader comes in while one waits.
    Writers,
    /// Whoever came first.
    Fair,
}

/// A counting semaphore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Semaphore {
    /// Its name.
    pub name: String,
    /// What it starts at.
    pub count: u32,
}

/// A barrier that lets everyone through when enough have come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barrier {
    /// Its name.
    pub name: String,
    /// How many have to come.
    pub parties: u32,
}

/// Something tasks send messages through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// What it is made of, which decides what a message costs.
    pub kind: ChannelKind,
    /// How much it holds before a sender blocks, in bytes.
    pub capacity_bytes: u64,
}

/// What a channel is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum ChannelKind {
    Pipe,
    MessageQueue,
    SharedMemory,
    Socket,
}

/// A shared variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it starts at.
    pub value: i64,
}
