//! The bare loop: the least that simulates round robin on several cores. It scans the cores for the next
//! end of a slice. No programs, no policies, no states.

use std::collections::VecDeque;

use super::{QUANTUM, SWITCH};
use crate::base::Nanos;

/// One slice; as large as an event of a trace. What is never read is still written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    _at: u64,
    _task: u32,
    _core: u32,
}

/// Runs tasks of these lengths on so many cores and writes a record a slice.
pub(super) fn run(cores: usize, lengths: &[Nanos], trace: &mut Vec<Record>) {
    trace.clear();
    let mut remaining: Vec<u64> = lengths.iter().map(|length| length.0).collect();
    let mut queue: VecDeque<u32> = (0..lengths.len() as u32).collect();
    let mut until = vec![u64::MAX; cores];
    let mut on = vec![u32::MAX; cores];
    for core in 0..cores {
        let Some(task) = queue.pop_front() else { break };
        on[core] = task;
        until[core] = remaining[task as usize].min(QUANTUM.0);
        trace.push(Record {
            _at: 0,
            _task: task,
            _core: core as u32,
        });
    }
    loop {
        let mut core = 0;
        for other in 1..cores {
            if until[other] < until[core] {
                core = other;
            }
        }
        let now = until[core];
        if now == u64::MAX {
            return;
        }
        let task = on[core];
        let left = &mut remaining[task as usize];
        *left -= (*left).min(QUANTUM.0);
        if *left > 0 {
            queue.push_back(task);
        }
        match queue.pop_front() {
            Some(next) => {
                on[core] = next;
                let switch = if next == task { 0 } else { SWITCH.0 };
                until[core] = now + switch + remaining[next as usize].min(QUANTUM.0);
                trace.push(Record {
                    _at: now,
                    _task: next,
                    _core: core as u32,
                });
            }
            None => until[core] = u64::MAX,
        }
    }
}
