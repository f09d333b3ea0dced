//! A scenario as a machine about to start, and its first tasks made. What its names mean is `link`'s
//! part.

use std::sync::Arc;

use super::affinity::Affinity;
use super::caches::Caches;
use super::choice::Chooser;
use super::cost::CostTable;
use super::draws::Draws;
use super::events::Polls;
use super::gil::Gils;
use super::lanes::{Deadlines, Lane, LaneSet};
use super::link::{Linked, link};
use super::memory::Memory;
use super::periodic::Periodic;
use super::quota::Quotas;
use super::sched::{Entities, RunQueue};
use super::smt::Smt;
use super::state::Kernel;
use super::timers::Timers;
use crate::base::Nanos;
use crate::scenario::limits::RunLimits;
use crate::scenario::models::modelled;
use crate::scenario::{Arriving, Body, Events, Process, QueueScope, Scenario};
use crate::trace::{
    Event, Lane as LaneInfo, Origin, Outcome, ProcessInfo, Resource, ResourceKind, SwitchCost,
    TaskId, Trace,
};

/// The resources every trace has, in this order.
pub(super) const TIMER: u16 = 0;
pub(super) const CHILDREN: u16 = 1;
pub(super) const COROUTINES: u16 = 2;
pub(super) const PERIOD: u16 = 3;
pub(super) const MEMORY: u16 = 4;
pub(super) const PROCESSES: u16 = 5;

/// The switch costs every trace has, in this order.
pub(super) const NO_SWITCH: u16 = 0;
pub(super) const COROUTINE_SWITCH: u16 = 1;
pub(super) const THREAD_SWITCH: u16 = 2;
pub(super) const PROCESS_SWITCH: u16 = 3;

/// Those of a thread that went on elsewhere are behind these, in the same order. A trace has them where
/// they cost something.
pub(super) const MIGRATIONS: usize = 4;
pub(super) const SWITCHES: usize = 2 * MIGRATIONS;

fn switches(costs: &CostTable) -> [SwitchCost; SWITCHES] {
    let here = [
        SwitchCost::default(),
        costs.coroutine_switch,
        costs.thread_switch,
        costs.process_switch,
    ];
    let elsewhere = |switch: SwitchCost| SwitchCost {
        cache_refill: switch.cache_refill + costs.migration,
        ..switch
    };
    std::array::from_fn(|at| match here.get(at) {
        Some(switch) => *switch,
        None => elsewhere(here[at - MIGRATIONS]),
    })
}

/// What the scenario's lines make: read by `spawn` and at the start.
#[derive(Debug)]
pub(super) struct Layout {
    pub processes: Vec<ProcessLine>,
    pub targets: Vec<Target>,
}

impl Layout {
    /// Where the programs begin that the tasks of a spawn target run.
    pub(super) fn started_by(&self, target: Target) -> Vec<u32> {
        let of_thread = |thread: &ThreadLine| match &thread.does {
            Does::Program(start) => vec![start.pc],
            Does::Coroutines(lines) => {
                let started = lines.iter().filter(|line| line.count > 0);
                started.map(|line| line.start.pc).collect()
            }
        };
        match target {
            Target::Process(line) => {
                let threads = self.processes[line].threads.iter();
                threads
                    .filter(|thread| thread.count > 0)
                    .flat_map(of_thread)
                    .collect()
            }
            Target::Thread(line, thread) => of_thread(&self.processes[line].threads[thread]),
            Target::Coroutine(line, thread, coroutine) => {
                match &self.processes[line].threads[thread].does {
                    Does::Program(_) => Vec::new(),
                    Does::Coroutines(lines) => vec![lines[coroutine].start.pc],
                }
            }
        }
    }
}

/// One `[[process]]`.
#[derive(Debug)]
pub(super) struct ProcessLine {
    pub threads: Vec<ThreadLine>,
    /// The container of its processes.
    pub container: Option<u16>,
}

/// One `[[process.thread]]`.
#[derive(Debug)]
pub(super) struct ThreadLine {
    pub group: u32,
    pub count: u32,
    /// For an event loop, how it learns what is done.
    pub events: Option<Events>,
    pub does: Does,
}

/// What a thread does.
#[derive(Debug)]
pub(super) enum Does {
    /// Runs this program.
    Program(Start),
    /// Runs an event loop over these.
    Coroutines(Vec<CoroutineLine>),
}

/// One `[[process.thread.coroutine]]`.
#[derive(Debug)]
pub(super) struct CoroutineLine {
    pub group: u32,
    pub count: u32,
    pub start: Start,
}

/// Where a program starts, and how many loop counters it needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub pc: u32,
    pub counters: u16,
}

/// What a `spawn` makes, by position in the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Process(usize),
    Thread(usize, usize),
    Coroutine(usize, usize, usize),
}

/// The kernel at time zero, before anything has happened, and the trace it will write.
pub(super) fn boot(
    scenario: &Scenario,
    limits: RunLimits,
    chooser: Chooser,
    mut events: Vec<Event>,
) -> (Kernel, Trace) {
    events.clear();
    let scenario = &*modelled(scenario);
    let costs = CostTable::of(&scenario.machine);
    let Linked {
        layout,
        code,
        reach,
        groups,
        shared,
        ipc,
    } = link(scenario, &costs);
    let is_container = |it: &Resource| it.kind == ResourceKind::Container;
    let first_container = shared.resources.iter().position(is_container).unwrap_or(0) as u16;
    let lanes = lanes(scenario);
    let switches = switches(&costs);
    let mut switch_costs = switches.to_vec();
    if costs.migration == Nanos::ZERO {
        switch_costs.truncate(MIGRATIONS);
    }
    let caches = Caches::new(scenario, &costs, &mut switch_costs);
    let mut kernel = Kernel {
        now: Nanos::ZERO,
        limits,
        switch_costs: switches.map(|switch| switch.total()),
        ties: scenario.scheduler.ties,
        scope: scenario.scheduler.queue,
        balance: scenario.scheduler.balance,
        affinity: Affinity::of(scenario, lanes.len()),
        migration_costs: costs.migration > Nanos::ZERO,
        system_call: costs.messages.system_call,
        polls: Polls::new(),
        quotas: Quotas::new(&scenario.containers, first_container, lanes.len()),
        draws: Draws::new(scenario.seed, &groups, &code),
        code: code.into(),
        layout: Arc::new(layout),
        claims: claims(scenario).into(),
        deadlines: Deadlines::new(lanes.len()),
        idle: (0..lanes.len()).fold(LaneSet::default(), |mut set, lane| {
            set.insert(lane);
            set
        }),
        renewing: LaneSet::default(),
        expired: LaneSet::default(),
        expiries_done: false,
        queues: match scenario.scheduler.queue {
            QueueScope::Global => vec![RunQueue::new(scenario, 0)],
            QueueScope::PerCore => (0..lanes.len())
                .map(|lane| RunQueue::new(scenario, lane))
                .collect(),
        },
        waiting: match scenario.scheduler.queue {
            QueueScope::Global => vec![0],
            QueueScope::PerCore => vec![0; lanes.len()],
        },
        waiting_in_all: 0,
        entities: Entities::new(scenario.scheduler.policy),
        look_for_better: false,
        review_at: Nanos::NEVER,
        periodic: Periodic::default(),
        lanes: vec![Lane::NEW; lanes.len()],
        smt: Smt::new(&scenario.machine),
        caches,
        timers: Timers::default(),
        memory: Memory::new(&scenario.machine, costs.memory),
        devices: shared.devices,
        sync: shared.sync,
        ipc,
        reach: Arc::new(reach),
        gils: Gils::new(shared.gils),
        lock_limits: shared.lock_limits.into(),
        arrivals: Arc::new([]),
        arrived: 0,
        processes: Vec::new(),
        tasks: Vec::new(),
        loops: Vec::new(),
        counters: Vec::new(),
        threads_made: 0,
        coroutines_made: 0,
        alive: 0,
        statements_now: 0,
        statements: 0,
        yields_in_a_row: 0,
        halted: None,
        chooser,
        choices: Vec::new(),
    };
    let mut trace = Trace {
        origin: Origin::Simulated,
        lanes,
        groups,
        processes: Vec::new(),
        tasks: Vec::new(),
        resources: shared.resources,
        costs: switch_costs,
        memory: costs.memory,
        events,
        end: Nanos::ZERO,
        outcome: Outcome::Cancelled,
        variables: shared.variables,
    };
    make_first_tasks(scenario, &mut kernel, &mut trace);
    (kernel, trace)
}

/// For each group of tasks, what the policy knows of them: their process as the scenario has it,
/// with what their thread has of its own.
fn claims(scenario: &Scenario) -> Vec<Process> {
    let mut claims = Vec::new();
    for process in &scenario.processes {
        for thread in &process.threads {
            let claim = Process {
                priority: thread.priority.unwrap_or(process.priority),
                nice: thread.nice.unwrap_or(process.nice),
                tickets: thread.tickets.unwrap_or(process.tickets),
                period: thread.period.or(process.period),
                jobs: thread.jobs.unwrap_or(process.jobs),
                threads: Vec::new(),
                ..process.clone()
            };
            let coroutines = match &thread.body {
                Body::Program(_) => 0,
                Body::Coroutines(coroutines) => coroutines.len(),
            };
            claims.extend(std::iter::repeat_n(claim, 1 + coroutines));
        }
    }
    claims
}

/// First siblings come first, so that taking the lowest lane spreads over the cores.
fn lanes(scenario: &Scenario) -> Vec<LaneInfo> {
    (0..scenario.machine.smt)
        .flat_map(|sibling| {
            (0..scenario.machine.cores).map(move |core| LaneInfo {
                core: core as u16,
                sibling: sibling as u8,
            })
        })
        .collect()
}

/// Makes the tasks of the start: line by line, of each line all copies side by side.
fn make_first_tasks(scenario: &Scenario, kernel: &mut Kernel, trace: &mut Trace) {
    let layout = Arc::clone(&kernel.layout);
    let seed = scenario.seed;
    for (line, process) in scenario.processes.iter().enumerate() {
        let first = kernel.processes.len() as u32;
        for copy in 0..process.count {
            trace.processes.push(ProcessInfo {
                line: line as u32,
                copy,
            });
            kernel.processes.push(super::state::Process {
                first_task: TaskId::NONE,
                threads: 0,
                container: layout.processes[line].container,
            });
        }
        let mut arriving = Arriving::of(process.arrivals.as_ref(), seed, (line, None, None));
        let of_line: Vec<(u32, Nanos)> = (first..)
            .zip(arriving.delays(process.count))
            .map(|(copy, delay)| (copy, process.arrival.saturating_add(delay)))
            .collect();
        let threads = layout.processes[line].threads.iter();
        for (position, (thread, text)) in threads.zip(&process.threads).enumerate() {
            let place = (line, Some(position), None);
            let mut arriving = Arriving::of(text.arrivals.as_ref(), seed, place);
            let mut made = Vec::new();
            for (process_copy, arrival) in &of_line {
                let arrival = arrival.saturating_add(text.arrival);
                for delay in arriving.delays(thread.count) {
                    let arrival = arrival.saturating_add(delay);
                    let none = TaskId::NONE;
                    let task = kernel.make_thread(trace, *process_copy, thread, none, arrival);
                    made.push((task, arrival));
                }
            }
            let (Does::Coroutines(lines), Body::Coroutines(texts)) = (&thread.does, &text.body)
            else {
                continue;
            };
            for (inner, (coroutine, text)) in lines.iter().zip(texts).enumerate() {
                let place = (line, Some(position), Some(inner));
                let mut arriving = Arriving::of(text.arrivals.as_ref(), seed, place);
                for (host, arrival) in &made {
                    let arrival = arrival.saturating_add(text.arrival);
                    for delay in arriving.delays(coroutine.count) {
                        let arrival = arrival.saturating_add(delay);
                        kernel.make_coroutine(trace, *host, coroutine, TaskId::NONE, arrival);
                    }
                }
            }
        }
    }
    let mut arrivals: Vec<(Nanos, TaskId)> = trace
        .tasks
        .iter()
        .enumerate()
        .map(|(index, task)| (task.arrival, TaskId(index as u32)))
        .collect();
    arrivals.sort();
    kernel.arrivals = arrivals.into();
}
