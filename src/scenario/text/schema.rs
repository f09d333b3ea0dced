//! What a table of the text may hold: the kinds of values and the shape of the tables in `keys`.
//! Reading, `edit::set`, suggestions and the test of the documentation all go by these.

use crate::base::Nanos;

pub use super::keys::{
    ARRIVALS, BARRIER, CHANNEL, CONTAINER, COROUTINE, COSTS, DEVICE, MACHINE, MUTEX, PROCESS, ROOT,
    RWLOCK, SCHEDULER, SEMAPHORE, THREAD, VARIABLE,
};

/// The keys of one table of the text.
#[derive(Debug)]
pub struct Schema {
    /// How messages call the table: `the scenario`, `[machine]`, `[[process]]`.
    pub label: &'static str,
    /// Its keys, in the order they are printed.
    pub keys: &'static [Key],
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it is for, in a few words.
    pub about: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text of one or more lines.
    Text {
        /// Most characters.
        max_chars: usize,
    },
    /// A name that statements can use.
    Name,
    /// A whole number.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A number with up to three digits behind the point.
    Decimal {
        /// Smallest, in thousandths.
        min_permille: u32,
        /// Largest, in thousandths.
        max_permille: u32,
    },
    /// `true` or `false`.
    Flag,
    /// A duration with its unit.
    Duration {
        /// Shortest.
        min: Nanos,
    },
    /// A list of durations with their units.
    Durations {
        /// Shortest.
        min: Nanos,
        /// Most of them.
        most: usize,
    },
    /// A list of whole numbers.
    Integers {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// Most of them.
        most: usize,
    },
    /// A size with its unit.
    Size {
        /// Smallest, in bytes.
        min: u64,
        /// Largest, in bytes.
        max: u64,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// Statements.
    Program,
    /// A table.
    Table(&'static Schema),
    /// Any number of tables.
    Tables(&'static Schema),
}

impl Schema {
    /// The key with this name.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// How the table is written, for a hint.
    pub(super) fn how_to_write(&self) -> String {
        let label = self.label;
        if label.starts_with('[') {
            return format!("write `{label}` once, on a line of its own");
        }
        let first = self.keys[0].name;
        format!("write its keys in braces: `{label} = {{ {first} = … }}`")
    }

    /// The names of the keys.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}
