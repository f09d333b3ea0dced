//! A scenario as a machine about to start: programs compiled, names resolved, the first tasks made.

use std::sync::Arc;

use super::choice::Chooser;
use super::code::{Instruction, Names, compile};
use super::cost::CostTable;
use super::device::Device;
use super::lanes::{Deadlines, Lane, LaneSet};
use super::sched::{Entities, RunQueue};
use super::state::Kernel;
use super::timers::Timers;
use crate::base::Nanos;
use crate::scenario::limits::RunLimits;
use crate::scenario::models::modelled;
use crate::scenario::{Body, Process, Program, QueueScope, Scenario};
use crate::trace::{
    Event, Lane as LaneInfo, Origin, Outcome, ProcessInfo, Resource, ResourceKind, SwitchCost,
    TaskGroup, TaskId, TaskKind, Trace,
};

/// The resources every trace has, in this order.
pub(super) const TIMER: u16 = 0;
pub(super) const CHILDREN: u16 = 1;
pub(super) const COROUTINES: u16 = 2;

/// The switch costs every trace has, in this order.
pub(super) const NO_SWITCH: u16 = 0;
pub(super) const COROUTINE_SWITCH: u16 = 1;
pub(super) const THREAD_SWITCH: u16 = 2;
pub(super) const PROCESS_SWITCH: u16 = 3;

/// What the scenario's lines make: read by `spawn` and at the start.
#[derive(Debug)]
pub(super) struct Layout {
    pub processes: Vec<ProcessLine>,
    pub targets: Vec<Target>,
}

/// One `[[process]]`.
#[derive(Debug)]
pub(super) struct ProcessLine {
    pub threads: Vec<ThreadLine>,
}

/// One `[[process.thread]]`.
#[derive(Debug)]
pub(super) struct ThreadLine {
    pub group: u32,
    pub count: u32,
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
    let mut resources = Resources::new(scenario);
    let mut code = Vec::new();
    let mut groups = Vec::new();
    let mut layout = Layout {
        processes: Vec::new(),
        targets: Vec::new(),
    };
    for line in 0..scenario.processes.len() {
        let threads = lay_out(
            scenario,
            line,
            &costs,
            &mut resources,
            &mut layout.targets,
            &mut code,
            &mut groups,
        );
        layout.processes.push(ProcessLine { threads });
    }
    let lanes = lanes(scenario);
    let switches = [
        SwitchCost::default(),
        costs.coroutine_switch,
        costs.thread_switch,
        costs.process_switch,
    ];
    let mut kernel = Kernel {
        now: Nanos::ZERO,
        limits,
        switch_costs: switches.map(|switch| switch.total()),
        ties: scenario.scheduler.ties,
        scope: scenario.scheduler.queue,
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
        lanes: vec![Lane::NEW; lanes.len()],
        timers: Timers::default(),
        devices: resources.devices,
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
        resources: resources.table,
        costs: switches.into(),
        events,
        end: Nanos::ZERO,
        outcome: Outcome::Cancelled,
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
    for (line, process) in scenario.processes.iter().enumerate() {
        let first = kernel.processes.len() as u32;
        for copy in 0..process.count {
            trace.processes.push(ProcessInfo {
                line: line as u32,
                copy,
            });
            kernel.processes.push(super::state::Process {
                first_task: TaskId::NONE,
            });
        }
        let of_line = first..kernel.processes.len() as u32;
        for (thread, text) in layout.processes[line].threads.iter().zip(&process.threads) {
            let arrival = process.arrival.saturating_add(text.arrival);
            let mut made = Vec::new();
            for process_copy in of_line.clone() {
                for _ in 0..thread.count {
                    let task =
                        kernel.make_thread(trace, process_copy, thread, TaskId::NONE, arrival);
                    made.push(task);
                }
            }
            let (Does::Coroutines(lines), Body::Coroutines(texts)) = (&thread.does, &text.body)
            else {
                continue;
            };
            for (coroutine, text) in lines.iter().zip(texts) {
                let arrival = arrival.saturating_add(text.arrival);
                for host in &made {
                    for _ in 0..coroutine.count {
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

fn lay_out(
    scenario: &Scenario,
    line: usize,
    costs: &CostTable,
    resources: &mut Resources,
    targets: &mut Vec<Target>,
    code: &mut Vec<Instruction>,
    groups: &mut Vec<TaskGroup>,
) -> Vec<ThreadLine> {
    let process = &scenario.processes[line];
    let mut threads = Vec::new();
    for (position, thread) in process.threads.iter().enumerate() {
        let group = groups.len() as u32;
        let mut add_group = |coroutine: &str, kind| {
            groups.push(TaskGroup {
                process: process.name.clone(),
                thread: thread.name.clone(),
                coroutine: coroutine.to_owned(),
                kind,
                count: 0,
            });
        };
        let mut compile = |program: &Program| {
            let place = (line, position);
            let mut names = Scope {
                scenario,
                place,
                costs,
                resources,
                targets,
            };
            let (pc, counters) = compile(&program.statements, &mut names, code);
            Start { pc, counters }
        };
        let does = match &thread.body {
            Body::Program(program) => {
                add_group("", TaskKind::Thread);
                Does::Program(compile(program))
            }
            Body::Coroutines(coroutines) => {
                add_group("", TaskKind::EventLoop);
                let lines = coroutines
                    .iter()
                    .zip(group + 1..)
                    .map(|(coroutine, group)| {
                        add_group(&coroutine.name, TaskKind::Coroutine);
                        CoroutineLine {
                            group,
                            count: coroutine.count,
                            start: compile(&coroutine.program),
                        }
                    });
                Does::Coroutines(lines.collect())
            }
        };
        threads.push(ThreadLine {
            group,
            count: thread.count,
            does,
        });
    }
    threads
}

/// The devices and the trace's table of resources, which grows as programs name things.
struct Resources {
    devices: Vec<Device>,
    names: Vec<String>,
    table: Vec<Resource>,
}

impl Resources {
    fn new(scenario: &Scenario) -> Resources {
        let fixed = [
            ResourceKind::Timer,
            ResourceKind::Children,
            ResourceKind::Coroutines,
        ];
        let mut resources = Resources {
            devices: Vec::new(),
            names: Vec::new(),
            table: fixed
                .map(|kind| Resource {
                    kind,
                    name: String::new(),
                })
                .into(),
        };
        for device in &scenario.devices {
            resources.add_device(&device.name, Some(device.channels));
        }
        resources
    }

    fn add(&mut self, kind: ResourceKind, name: &str) -> u16 {
        let found = self
            .table
            .iter()
            .position(|known| known.kind == kind && known.name == name);
        let index = found.unwrap_or_else(|| {
            self.table.push(Resource {
                kind,
                name: name.to_owned(),
            });
            self.table.len() - 1
        });
        u16::try_from(index).expect("the reader bounds what a text can name")
    }

    fn add_device(&mut self, name: &str, channels: Option<u32>) -> u16 {
        let resource = self.add(ResourceKind::Device, name);
        self.devices.push(Device::new(resource, channels));
        self.names.push(name.to_owned());
        (self.devices.len() - 1) as u16
    }
}

/// What names mean inside one thread of the scenario.
struct Scope<'a> {
    scenario: &'a Scenario,
    /// The process and the thread, by position.
    place: (usize, usize),
    costs: &'a CostTable,
    resources: &'a mut Resources,
    targets: &'a mut Vec<Target>,
}

impl Scope<'_> {
    /// The nearest task of this name: a coroutine of this thread, a thread of this process, a
    /// process.
    fn find(&self, name: &str) -> Option<Target> {
        let (line, position) = self.place;
        let Process { threads, .. } = &self.scenario.processes[line];
        if let Body::Coroutines(coroutines) = &threads[position].body
            && let Some(found) = coroutines
                .iter()
                .position(|coroutine| coroutine.name == name)
        {
            return Some(Target::Coroutine(line, position, found));
        }
        if let Some(found) = threads.iter().position(|thread| thread.name == name) {
            return Some(Target::Thread(line, found));
        }
        let found = self
            .scenario
            .processes
            .iter()
            .position(|process| process.name == name)?;
        Some(Target::Process(found))
    }
}

impl Names for Scope<'_> {
    fn device(&mut self, name: &str) -> u16 {
        match self.resources.names.iter().position(|known| known == name) {
            Some(found) => found as u16,
            None => self.resources.add_device(name, None),
        }
    }

    fn spawn(&mut self, name: &str) -> Option<(u32, Nanos)> {
        let target = self.find(name)?;
        let cost = match target {
            Target::Process(..) => self.costs.process_create,
            Target::Thread(..) => self.costs.thread_create,
            Target::Coroutine(..) => self.costs.coroutine_create,
        };
        let index = self
            .targets
            .iter()
            .position(|known| *known == target)
            .unwrap_or_else(|| {
                self.targets.push(target);
                self.targets.len() - 1
            });
        Some((index as u32, cost))
    }

    fn text(&mut self, text: &str) -> u16 {
        self.resources.add(ResourceKind::Text, text)
    }
}
