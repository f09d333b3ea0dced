//! How fast the kernel simulates, beside the least that could do it. Both are timed in the same run, so
//! that the ratio says something on a shared and noisy machine. It has no clock of its own: whoever
//! calls it, natively or in a browser, brings one. It asserts nothing and prints nothing.

mod bare;

use std::hint::black_box;

use crate::base::{Nanos, Random};
use crate::kernel::Simulation;
use crate::scenario::limits::RunLimits;
use crate::scenario::{
    Body, Machine, Process, Program, Scenario, SourceSpan, Statement, StatementKind, Thread,
};
use crate::trace::{Event, EventKind, Trace};

pub(crate) const QUANTUM: Nanos = Nanos::from_ms(10);
pub(crate) const SWITCH: Nanos = Nanos::from_us(5);
const SLICES_A_TASK: u64 = 20;

/// A mix of processes that only compute, under round robin: 10 ms quantum, 5 us switch, about twenty
/// slices a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// How many processes, of one thread each.
    pub tasks: u32,
    /// Cores of one hardware thread.
    pub cores: u32,
    /// Whether the last slices are of different lengths, so that the cores fall out of step.
    pub jittered: bool,
}

impl Mix {
    /// The mixes that are usually timed.
    pub const USUAL: [Mix; 8] = {
        let mut mixes = [Mix {
            tasks: 1_000,
            cores: 4,
            jittered: false,
        }; 8];
        let mut at = 0;
        while at < mixes.len() {
            mixes[at].cores = if at & 1 == 0 { 4 } else { 64 };
            mixes[at].tasks = if at & 2 == 0 { 1_000 } else { 100_000 };
            mixes[at].jittered = at & 4 != 0;
            at += 1;
        }
        mixes
    };

    /// How long each task computes.
    fn lengths(self) -> Vec<Nanos> {
        let whole = QUANTUM.0 * SLICES_A_TASK;
        let mut random = Random::new(1, 0);
        let shorter_by = |random: &mut Random| match self.jittered {
            true => random.below(QUANTUM.0),
            false => 0,
        };
        (0..self.tasks)
            .map(|_| Nanos(whole - shorter_by(&mut random)))
            .collect()
    }

    /// Whether its tasks compute equally long, in a word for a table.
    #[must_use]
    pub const fn lengths_word(self) -> &'static str {
        if self.jittered { "jittered" } else { "equal" }
    }

    /// The mix as a scenario.
    #[must_use]
    pub fn scenario(self) -> Scenario {
        let mut scenario = Scenario {
            machine: Machine {
                cores: self.cores,
                // So that all processes of the mix fit at once.
                memory_bytes: 1 << 50,
                ..Machine::default()
            },
            ..Scenario::default()
        };
        scenario.machine.cost.process_switch = Some(SWITCH);
        scenario.scheduler.quantum = QUANTUM;
        let process = |count: u32, length: &Nanos| Process {
            count,
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
        };
        scenario.processes = match self.jittered {
            false => vec![process(self.tasks, &Nanos(QUANTUM.0 * SLICES_A_TASK))],
            true => self
                .lengths()
                .iter()
                .map(|length| process(1, length))
                .collect(),
        };
        scenario
    }
}

/// How fast something went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// Slices of the trace.
    pub slices: u64,
    /// What the shortest of all tries took, in nanoseconds.
    pub shortest_ns: u64,
}

impl Speed {
    /// Slices a second, in millions.
    #[must_use]
    pub fn millions_per_s(self) -> f64 {
        self.slices as f64 * 1e3 / self.shortest_ns.max(1) as f64
    }
}

/// The kernel and the bare loop on the same mix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The kernel, its whole trace kept.
    pub kernel: Speed,
    /// A loop that scans the cores and writes sixteen bytes a slice: no programs, no policies, no states.
    pub bare: Speed,
}

impl Measured {
    /// The head of a table of which [`Measured::line`] makes the lines.
    pub const HEADING: &'static str = concat!(
        "round robin, 10 ms quantum, 5 us switch, 20 slices a task, whole trace kept\n",
        "   tasks  cores   lengths     kernel M/s       bare M/s  ratio"
    );

    /// A line of the table: million slices a second.
    #[must_use]
    pub fn line(self, mix: Mix) -> String {
        format!(
            "{:>8} {:>6} {:>9} {:>14.1} {:>14.1} {:>6.2}",
            mix.tasks,
            mix.cores,
            mix.lengths_word(),
            self.kernel.millions_per_s(),
            self.bare.millions_per_s(),
            self.ratio(),
        )
    }

    /// The kernel's speed as a share of the bare loop's.
    #[must_use]
    pub fn ratio(self) -> f64 {
        self.kernel.millions_per_s() / self.bare.millions_per_s()
    }
}

/// Times both `tries` times, in turns, by a clock that counts nanoseconds. Both write into memory that
/// an earlier try has touched.
pub fn measure(mix: Mix, tries: u32, clock: &mut dyn FnMut() -> u64) -> Measured {
    let (scenario, lengths) = (mix.scenario(), mix.lengths());
    let mut events = Vec::new();
    let mut records = Vec::new();
    let mut best: Option<Measured> = None;
    for _ in 0..tries.max(1) {
        let (kernel, trace) = time_kernel(&scenario, RunLimits::COMMAND_LINE, events, clock);
        events = black_box(trace).events;
        let start = clock();
        bare::run(mix.cores as usize, &lengths, &mut records);
        let bare = Speed {
            slices: records.len() as u64,
            shortest_ns: clock() - start,
        };
        black_box(&records);
        let shorter = |one: Speed, other: Speed| match one.shortest_ns <= other.shortest_ns {
            true => one,
            false => other,
        };
        let before = best.unwrap_or(Measured { kernel, bare });
        best = Some(Measured {
            kernel: shorter(before.kernel, kernel),
            bare: shorter(before.bare, bare),
        });
    }
    best.expect("there is one try at least")
}

/// Runs a scenario once, writing into the memory of an earlier run's events; the making of the machine is
/// not timed.
pub fn time_kernel(
    scenario: &Scenario,
    limits: RunLimits,
    events: Vec<Event>,
    clock: &mut dyn FnMut() -> u64,
) -> (Speed, Trace) {
    let mut simulation = Simulation::reusing(scenario, limits, events);
    let start = clock();
    simulation.run(u64::MAX);
    let shortest_ns = clock() - start;
    let trace = simulation.into_trace();
    let is_start = |event: &&Event| event.kind == EventKind::Start;
    let speed = Speed {
        slices: trace.events.iter().filter(is_start).count() as u64,
        shortest_ns,
    };
    (speed, trace)
}
