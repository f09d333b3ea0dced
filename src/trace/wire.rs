//! A trace as bytes, for the way from a worker to the page and for golden hashes. Little-endian,
//! the same on every target. Not a format for keeping: both ends are of one build.

use serde::{Deserialize, Serialize};

use super::event::{Event, EventKind, TaskId};
use super::table::{
    Lane, Origin, Outcome, ProcessInfo, Resource, SwitchCost, TaskGroup, TaskInfo, Trace,
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
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (head, events) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let head: Head = postcard::from_bytes(head).ok()?;
    let (records, rest) = events.as_chunks::<16>();
    if !rest.is_empty() {
        return None;
    }
    let events = records
        .iter()
        .map(decode_event)
        .collect::<Option<Vec<_>>>()?;
    Some(Trace {
        origin: head.origin,
        lanes: head.lanes,
        groups: head.groups,
        processes: head.processes,
        tasks: head.tasks,
        resources: head.resources,
        costs: head.costs,
        events,
        end: head.end,
        outcome: head.outcome,
        variables: head.variables,
    })
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
