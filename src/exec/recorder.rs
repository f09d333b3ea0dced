//! What a worker leaves behind while it runs: events stamped with its own clock, and the tasks it
//! spawned. Turning the records of all workers into one trace is `measurement`'s part.

use serde::{Deserialize, Serialize};

use super::job::Spawned;
use crate::base::Nanos;
use crate::trace::{Event, EventKind, TaskId};

/// Most events one worker may leave behind in one run.
pub const MOST_RECORDS: usize = 500_000;

/// One event, by the clock of the worker that it happened in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When, since the worker's time origin.
    pub at: Nanos,
    /// To whom.
    pub task: TaskId,
    /// About what, as in [`Event::detail`].
    pub detail: u16,
    kind: u8,
    /// On which lane.
    pub lane: u8,
}

impl Record {
    /// What happened; none if the number is unknown.
    #[must_use]
    pub fn kind(&self) -> Option<EventKind> {
        EventKind::from_number(self.kind)
    }

    /// The same as an event of a trace, with this time. None if the number of its kind is unknown.
    #[must_use]
    pub fn event(&self, at: Nanos) -> Option<Event> {
        let kind = self.kind()?;
        Some(Event {
            at,
            task: self.task,
            detail: self.detail,
            kind,
            lane: self.lane,
        })
    }
}

/// What has been left behind since the last batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The events, in the order they happened.
    pub records: Vec<Record>,
    /// The tasks that came into being; each stands here no later than its first event.
    pub spawned: Vec<Spawned>,
}

impl Batch {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.spawned.is_empty()
    }

    /// Whether something of this kind happened.
    #[must_use]
    pub fn has(&self, kind: EventKind) -> bool {
        self.records
            .iter()
            .any(|record| record.kind() == Some(kind))
    }

    /// Adds what came later.
    pub fn append(&mut self, mut later: Batch) {
        self.records.append(&mut later.records);
        self.spawned.append(&mut later.spawned);
    }
}

/// Keeps records until they are sent.
#[derive(Debug)]
pub struct Recorder {
    lane: u8,
    batch: Batch,
    taken: usize,
}

impl Recorder {
    /// For what happens on this lane.
    #[must_use]
    pub fn new(lane: u8) -> Recorder {
        Recorder {
            lane,
            batch: Batch::default(),
            taken: 0,
        }
    }

    /// Notes that something happened.
    pub fn note(&mut self, at: Nanos, kind: EventKind, task: TaskId, detail: u16) {
        let kind = kind as u8;
        self.batch.records.push(Record {
            at,
            task,
            detail,
            kind,
            lane: self.lane,
        });
    }

    /// Notes that a task came into being.
    pub fn note_spawned(&mut self, at: Nanos, spawned: Spawned) {
        self.batch.spawned.push(spawned);
        self.note(at, EventKind::Arrive, spawned.task, 0);
    }

    /// Takes what is there.
    pub fn take(&mut self) -> Batch {
        self.taken += self.batch.records.len();
        std::mem::take(&mut self.batch)
    }

    /// Whether no more should be noted.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.taken + self.batch.records.len() >= MOST_RECORDS
    }
}
