//! How fast the kernel simulates, beside the least that could do it: a bare loop that scans the
//! cores and writes sixteen bytes a slice, timed in the same run. Both write into memory that an earlier run has touched. Prints slices a second and the
//! ratio; asserts nothing, since machines are shared and noisy.
//!
//! `cargo bench --bench kernel`

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::Instant;

use timeslice::base::{Nanos, Random};
use timeslice::kernel::Simulation;
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::{
    Body, Machine, Process, Program, Scenario, SourceSpan, Statement, StatementKind, Thread,
};
use timeslice::trace::{Event, EventKind};

const QUANTUM: Nanos = Nanos::from_ms(10);
const SWITCH: Nanos = Nanos::from_us(5);
const SLICES_A_TASK: u64 = 20;

fn main() {
    println!("round robin, 10 ms quantum, 5 us switch, 20 slices a task, whole trace kept");
    println!(
        "{:>8} {:>6} {:>9} {:>14} {:>14} {:>6}",
        "tasks", "cores", "lengths", "kernel M/s", "bare M/s", "ratio"
    );
    for jittered in [false, true] {
        for tasks in [1_000, 100_000] {
            for cores in [4, 64] {
                let lengths = lengths(tasks, jittered);
                let mut events = Vec::new();
                let (kernel, slices) = best_of(9, || run_kernel(cores, &lengths, &mut events));
                let mut records = Vec::new();
                let (bare, bare_slices) =
                    best_of(9, || run_bare(cores as usize, &lengths, &mut records));
                println!(
                    "{tasks:>8} {cores:>6} {:>9} {:>14.1} {:>14.1} {:>6.2}",
                    if jittered { "jittered" } else { "equal" },
                    slices as f64 / kernel / 1e6,
                    bare_slices as f64 / bare / 1e6,
                    (slices as f64 / kernel) / (bare_slices as f64 / bare),
                );
            }
        }
    }
}

fn lengths(tasks: u64, jittered: bool) -> Vec<Nanos> {
    let mut random = Random::new(1, 0);
    let whole = QUANTUM.0 * SLICES_A_TASK;
    (0..tasks)
        .map(|_| {
            Nanos(if jittered {
                whole - random.below(QUANTUM.0)
            } else {
                whole
            })
        })
        .collect()
}

/// The shortest of several timed runs, in seconds, and what the run counted.
fn best_of(times: u32, mut run: impl FnMut() -> (f64, u64)) -> (f64, u64) {
    (0..times)
        .map(|_| run())
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .expect("at least one run")
}

fn run_kernel(cores: u32, lengths: &[Nanos], events: &mut Vec<Event>) -> (f64, u64) {
    let mut scenario = Scenario {
        machine: Machine {
            cores,
            // So that all processes of the mix fit at once.
            memory_bytes: 1 << 50,
            ..Machine::default()
        },
        ..Scenario::default()
    };
    scenario.machine.cost.process_switch = Some(SWITCH);
    scenario.processes = lengths
        .iter()
        .map(|length| Process {
            threads: vec![Thread {
                body: Body::Program(Program {
                    statements: vec![Statement {
                        kind: StatementKind::Compute((*length).into()),
                        span: SourceSpan::default(),
                    }],
                }),
                ..Thread::default()
            }],
            ..Process::default()
        })
        .collect();
    let reused = std::mem::take(events);
    let mut simulation = Simulation::reusing(&scenario, RunLimits::COMMAND_LINE, reused);
    let start = Instant::now();
    simulation.run(u64::MAX);
    let seconds = start.elapsed().as_secs_f64();
    let trace = simulation.into_trace();
    let starts = trace
        .events
        .iter()
        .filter(|event| event.kind == EventKind::Start);
    let slices = starts.count() as u64;
    *events = black_box(trace).events;
    (seconds, slices)
}

struct Record {
    _at: u64,
    _task: u32,
    _core: u32,
}

/// The bare loop: no programs, no policies, no states; one record a slice.
fn run_bare(cores: usize, lengths: &[Nanos], trace: &mut Vec<Record>) -> (f64, u64) {
    trace.clear();
    let start = Instant::now();
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
            break;
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
    let seconds = start.elapsed().as_secs_f64();
    let slices = trace.len() as u64;
    black_box(&trace);
    (seconds, slices)
}
