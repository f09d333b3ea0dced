//! A trace as bytes, for the way from a worker to the page and for golden hashes. Little-endian,
//! the same on every target. Not a format for keeping: both ends are of one build.

use serde::{Deserialize, Serialize};

use super::event::{Event, EventKind, TaskId};
use super::table::{
    Lane, MemoryCosts, Origin, Outcome, ProcessInfo, Resource, SwitchCost, TaskGroup, TaskInfo,
    Trace,
};
use crate::base::Nanos;

#[derive(Serialize, Deserialize)]
struct Head {
    origin: Origin,
    lanes: Vec<Lane>,
    groups: Vec<TaskGroup>,
    processes: Vec<ProcessInfo>,
    tasks: Vec<TaskInfo>,
    resources: Vec<Resource>,
    costs: Vec<SwitchCost>,
    memory: MemoryCosts,
    end: Nanos,
    outcome: Outcome,
    variables: Vec<(String, i64)>,
}

/// The trace as bytes: the length of the tables, the tables, the events.
#[must_use]
pub fn encode(trace: &Trace) -> Vec<u8> {
    let head = Head {
        origin: trace.origin.clone(),
        lanes: trace.lanes.clone(),
        groups: trace.groups.clone(),
        processes: trace.processes.clone(),
        tasks: trace.tasks.clone(),
        resources: trace.resources.clone(),
        costs: trace.costs.clone(),
        memory: trace.memory,
        end: trace.end,
        outcome: trace.outcome.clone(),
        variables: trace.variables.clone(),
    };
    let head = postcard::to_allocvec(&head).expect("plain tables always serialise");
    let mut bytes = Vec::with_capacity(4 + head.len() + 16 * trace.events.len());
    bytes.extend_from_slice(&(head.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&head);
    for event in &trace.events {
        bytes.extend_from_slice(&event.at.0.to_le_bytes());
        bytes.extend_from_slice(&event.task.0.to_le_bytes());
        bytes.extend_from_slice(&event.detail.to_le_bytes());
        bytes.push(event.kind as u8);
        bytes.push(event.lane);
    }
    bytes
}

/// Reads what [`encode`] wrote; `None` where it is not that.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Trace> {
    let mut decoder = Decoder::default();
    decoder.push(bytes);
    decoder.finish()
}

/// Reads what [`encode`] wrote piece by piece, so that nobody has to wait for a large trace at once.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Bytes that are not yet enough for the next thing.
    pending: Vec<u8>,
    trace: Option<Trace>,
    is_broken: bool,
}

impl Decoder {
    /// Reads on.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.pending.is_empty() && self.trace.is_some() {
            let read = self.read_events(bytes);
            self.pending.extend_from_slice(&bytes[read..]);
            return;
        }
        self.pending.extend_from_slice(bytes);
        if self.trace.is_none() && !self.read_head() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let read = self.read_events(&pending);
        self.pending.extend_from_slice(&pending[read..]);
    }

    /// The trace, if what was read was a whole one.
    #[must_use]
    pub fn finish(self) -> Option<Trace> {
        let is_whole = self.pending.is_empty() && !self.is_broken;
        self.trace.filter(|_| is_whole)
    }

    /// Whether the tables are read.
    fn read_head(&mut self) -> bool {
        let Some((length, rest)) = self.pending.split_first_chunk::<4>() else {
            return false;
        };
        let length = u32::from_le_bytes(*length) as usize;
        let Some(head) = rest.get(..length) else {
            return false;
        };
        match postcard::from_bytes::<Head>(head) {
            Ok(head) => self.trace = Some(head.into_trace()),
            Err(_) => self.is_broken = true,
        }
        self.pending.drain(..4 + length);
        !self.is_broken
    }

    /// How many of the bytes were whole events.
    fn read_events(&mut self, bytes: &[u8]) -> usize {
        let Some(trace) = &mut self.trace else {
            return 0;
        };
        let (records, rest) = bytes.as_chunks::<16>();
        trace.events.reserve(records.len());
        for record in records {
            match decode_event(record) {
                Some(event) => trace.events.push(event),
                None => self.is_broken = true,
            }
        }
        bytes.len() - rest.len()
    }
}

impl Head {
    fn into_trace(self) -> Trace {
        Trace {
            origin: self.origin,
            lanes: self.lanes,
            groups: self.groups,
            processes: self.processes,
            tasks: self.tasks,
            resources: self.resources,
            costs: self.costs,
            memory: self.memory,
            events: Vec::new(),
            end: self.end,
            outcome: self.outcome,
            variables: self.variables,
        }
    }
}

fn decode_event(record: &[u8; 16]) -> Option<Event> {
    let (at, rest) = record.split_first_chunk::<8>()?;
    let (task, rest) = rest.split_first_chunk::<4>()?;
    let (detail, rest) = rest.split_first_chunk::<2>()?;
    Some(Event {
        at: Nanos(u64::from_le_bytes(*at)),
        task: TaskId(u32::from_le_bytes(*task)),
        detail: u16::from_le_bytes(*detail),
        kind: EventKind::from_number(rest[0])?,
        lane: rest[1],
    })
}

/// A 64-bit hash of a trace (FNV-1a over its bytes), for golden tests: equal traces, equal hash, on
/// every target.
#[must_use]
pub fn hash(trace: &Trace) -> u64 {
    encode(trace)
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Trace {
        let event = |at, kind| Event {
            at: Nanos(at),
            task: TaskId(0),
            detail: 1,
            kind,
            lane: 2,
        };
        Trace {
            origin: Origin::Simulated,
            lanes: vec![Lane {
                core: 0,
                sibling: 0,
            }],
            groups: Vec::new(),
            processes: vec![ProcessInfo { line: 0, copy: 0 }],
            tasks: Vec::new(),
            resources: Vec::new(),
            costs: vec![SwitchCost::default()],
            memory: MemoryCosts::default(),
            events: vec![event(3, EventKind::Start), event(9, EventKind::Finish)],
            end: Nanos(9),
            outcome: Outcome::Finished,
            variables: vec![("x".to_owned(), -1)],
        }
    }

    #[test]
    fn a_trace_comes_through_whole_however_it_is_cut() {
        let trace = sample();
        let bytes = encode(&trace);
        assert_eq!(decode(&bytes).as_ref(), Some(&trace));
        for piece in 1..bytes.len() {
            let mut decoder = Decoder::default();
            bytes.chunks(piece).for_each(|bytes| decoder.push(bytes));
            assert_eq!(
                decoder.finish().as_ref(),
                Some(&trace),
                "in pieces of {piece}"
            );
        }
    }

    #[test]
    fn what_is_no_whole_trace_is_none() {
        let bytes = encode(&sample());
        for cut in 0..bytes.len() {
            // Without its last events it is a whole trace of fewer.
            if !(bytes.len() - cut).is_multiple_of(16) || bytes.len() - cut > 32 {
                assert_eq!(decode(&bytes[..cut]), None, "{cut}");
            }
        }
        let mut forged = bytes;
        let kind = forged.len() - 2;
        forged[kind] = 200;
        assert_eq!(decode(&forged), None);
    }
}
