//! What must hold of the things that tasks share, mutexes and channels, and of asking, read from the trace alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::scenario::Scenario;
use crate::trace::{ResourceKind, TaskId, Trace};

/// Who holds what, and what is inside, at one moment of a trace.
pub(super) struct Shared<'a> {
    trace: &'a Trace,
    holders: BTreeMap<u16, TaskId>,
    /// Who has reader-writer locks, by their names.
    rwlocks: BTreeMap<&'a str, Held>,
    spinning: BTreeSet<TaskId>,
    channels: BTreeMap<&'a str, Inside>,
}

/// Who has a reader-writer lock; readers as often as they have taken it.
#[derive(Default)]
struct Held {
    writer: Option<TaskId>,
    readers: Vec<TaskId>,
}

/// What is inside a channel.
struct Inside {
    capacity: u64,
    used: u64,
    messages: VecDeque<u16>,
}

impl Held {
    fn check(&self) -> Result<(), String> {
        match (self.writer, self.readers.first()) {
            (Some(writer), Some(reader)) => Err(format!(
                "task {} writes while task {} reads",
                writer.0, reader.0
            )),
            _ => Ok(()),
        }
    }

    fn release(&mut self, task: TaskId, kind: ResourceKind) -> Result<(), String> {
        let had = match kind {
            ResourceKind::Writing => self.writer.take() == Some(task),
            _ => {
                let at = self.readers.iter().position(|reader| *reader == task);
                at.map(|at| self.readers.remove(at)).is_some()
            }
        };
        if had {
            Ok(())
        } else {
            Err("it does not hold the lock".to_owned())
        }
    }
}

impl<'a> Shared<'a> {
    pub(super) fn new(trace: &'a Trace, scenario: &'a Scenario) -> Shared<'a> {
        let channels = scenario.channels.iter().map(|channel| {
            let inside = Inside {
                capacity: channel.capacity_bytes,
                used: 0,
                messages: VecDeque::new(),
            };
            (channel.name.as_str(), inside)
        });
        Shared {
            trace,
            holders: BTreeMap::new(),
            rwlocks: BTreeMap::new(),
            spinning: BTreeSet::new(),
            channels: channels.collect(),
        }
    }

    /// A mutex has one holder at a time; a reader-writer lock one writer, or any number of readers.
    pub(super) fn acquire(&mut self, task: TaskId, mutex: u16) -> Result<(), String> {
        let resource = &self.trace.resources[usize::from(mutex)];
        let held = self.rwlocks.entry(&resource.name);
        match resource.kind {
            ResourceKind::Reading => {
                let held = held.or_default();
                held.readers.push(task);
                return held.check();
            }
            ResourceKind::Writing => {
                let held = held.or_default();
                if let Some(writer) = held.writer.replace(task) {
                    return Err(format!("task {} writes", writer.0));
                }
                return held.check();
            }
            _ => {}
        }
        match self.holders.insert(mutex, task) {
            None => Ok(()),
            Some(holder) => Err(format!("task {} holds the mutex", holder.0)),
        }
    }

    /// Only its holder gives it back.
    pub(super) fn release(&mut self, task: TaskId, mutex: u16) -> Result<(), String> {
        let resource = &self.trace.resources[usize::from(mutex)];
        if let Some(held) = self.rwlocks.get_mut(resource.name.as_str())
            && matches!(resource.kind, ResourceKind::Reading | ResourceKind::Writing)
        {
            return held.release(task, resource.kind);
        }
        match self.holders.remove(&mutex) {
            Some(holder) if holder == task => Ok(()),
            _ => Err("it does not hold the mutex".to_owned()),
        }
    }

    /// Who asks again and again ends that before it begins it again.
    pub(super) fn spins(&mut self, task: TaskId, begins: bool) -> Result<(), String> {
        let changes = match begins {
            true => self.spinning.insert(task),
            false => self.spinning.remove(&task),
        };
        if changes {
            Ok(())
        } else {
            Err("it did so before".to_owned())
        }
    }

    /// What is inside a channel fits into it. Of a message that is larger than the channel, only the
    /// last piece is still inside when all of it has come in.
    pub(super) fn sent(&mut self, message: u16) -> Result<(), String> {
        let (bytes, inside) = self.message(message)?;
        inside.used += last_piece(bytes, inside.capacity);
        inside.messages.push_back(message);
        if inside.used > inside.capacity {
            return Err(format!(
                "there are {} bytes in a channel of {}",
                inside.used, inside.capacity
            ));
        }
        Ok(())
    }

    /// Messages leave in the order in which they came in, each once.
    pub(super) fn received(&mut self, message: u16) -> Result<(), String> {
        let (bytes, inside) = self.message(message)?;
        inside.used -= last_piece(bytes, inside.capacity);
        match inside.messages.pop_front() {
            Some(first) if first == message => Ok(()),
            first => Err(format!("the first message in the channel is {first:?}")),
        }
    }

    fn message(&mut self, message: u16) -> Result<(u64, &mut Inside), String> {
        let resource = &self.trace.resources[usize::from(message)];
        let ResourceKind::Message(bytes) = resource.kind else {
            return Err("it is no message".to_owned());
        };
        let inside = self.channels.get_mut(resource.name.as_str());
        Ok((bytes, inside.ok_or("there is no such channel")?))
    }
}

fn last_piece(bytes: u64, capacity: u64) -> u64 {
    match bytes.checked_sub(1) {
        Some(before) => before % capacity + 1,
        None => 0,
    }
}
