//! What must hold of the things that tasks share: mutexes and channels, read from the trace alone.

use std::collections::{BTreeMap, VecDeque};

use crate::scenario::Scenario;
use crate::trace::{ResourceKind, TaskId, Trace};

/// Who holds what, and what is inside, at one moment of a trace.
pub(super) struct Shared<'a> {
    trace: &'a Trace,
    holders: BTreeMap<u16, TaskId>,
    channels: BTreeMap<&'a str, Inside>,
}

/// What is inside a channel.
struct Inside {
    capacity: u64,
    used: u64,
    messages: VecDeque<u16>,
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
            channels: channels.collect(),
        }
    }

    /// A mutex has one holder at a time.
    pub(super) fn acquire(&mut self, task: TaskId, mutex: u16) -> Result<(), String> {
        match self.holders.insert(mutex, task) {
            None => Ok(()),
            Some(holder) => Err(format!("task {} holds the mutex", holder.0)),
        }
    }

    /// Only its holder gives it back.
    pub(super) fn release(&mut self, task: TaskId, mutex: u16) -> Result<(), String> {
        match self.holders.remove(&mutex) {
            Some(holder) if holder == task => Ok(()),
            _ => Err("it does not hold the mutex".to_owned()),
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
