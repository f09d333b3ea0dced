//! What the scenario's names mean: programs compiled, devices and shared objects numbered, the trace's
//! tables of groups and resources filled. Nothing here runs.

use super::code::{Access, Instruction, Names, Object};
use super::compile::compile;
use super::cost::CostTable;
use super::events::calls_of_await;
use super::ipc::Ipc;
use super::reach::Reach;
use super::setup::{CoroutineLine, Does, Layout, ProcessLine, Start, Target, ThreadLine};
use super::shared::Shared;
use crate::base::Nanos;
use crate::scenario::{Body, Process, Program, Scenario, Thread};
use crate::trace::{JobTiming, ResourceKind, TaskGroup, TaskKind};

/// A scenario whose names have been resolved.
pub(super) struct Linked {
    pub layout: Layout,
    pub code: Vec<Instruction>,
    pub reach: Reach,
    pub groups: Vec<TaskGroup>,
    pub shared: Shared,
    pub ipc: Ipc,
}

/// Resolves all names of a scenario.
pub(super) fn link(scenario: &Scenario, costs: &CostTable) -> Linked {
    let mut linked = Linker {
        layout: Layout {
            processes: Vec::new(),
            targets: Vec::new(),
        },
        code: Vec::new(),
        program_starts: Vec::new(),
        programs: Vec::new(),
        groups: Vec::new(),
        shared: Shared::of(scenario),
    };
    for (line, process) in scenario.processes.iter().enumerate() {
        let gil = process.gil.then(|| linked.shared.add_gil(process));
        let threads = process
            .threads
            .iter()
            .enumerate()
            .map(|(position, thread)| {
                let place = Place {
                    scenario,
                    costs,
                    line,
                    position,
                    gil,
                };
                linked.thread(&place, process, thread)
            })
            .collect();
        let in_it = |name: &String| scenario.containers.iter().position(|it| it.name == *name);
        let container = process.container.as_ref().and_then(in_it);
        linked.layout.processes.push(ProcessLine {
            threads,
            container: container.map(|position| position as u16),
        });
    }
    linked.finish(costs)
}

/// A scenario whose names are being resolved.
struct Linker {
    layout: Layout,
    code: Vec<Instruction>,
    program_starts: Vec<u32>,
    /// The program of each group; none for an event loop.
    programs: Vec<Option<u32>>,
    groups: Vec<TaskGroup>,
    shared: Shared,
}

/// Which thread of the scenario a program belongs to.
struct Place<'a> {
    scenario: &'a Scenario,
    costs: &'a CostTable,
    line: usize,
    position: usize,
    gil: Option<u16>,
}

impl Linker {
    fn finish(mut self, costs: &CostTable) -> Linked {
        let layout = &self.layout;
        let reach = Reach::of(&self.program_starts, &self.code, |target| {
            layout.started_by(layout.targets[target as usize])
        });
        let mut ipc = std::mem::take(&mut self.shared.channels).finish(costs.messages);
        ipc.find_roles(&reach, &self.code, &self.programs);
        Linked {
            layout: self.layout,
            code: self.code,
            reach,
            groups: self.groups,
            shared: self.shared,
            ipc,
        }
    }

    fn thread(&mut self, place: &Place<'_>, process: &Process, thread: &Thread) -> ThreadLine {
        let group = self.groups.len() as u32;
        let does = match &thread.body {
            Body::Program(program) => {
                self.add_group(process, thread, "", TaskKind::Thread);
                let jobs = process.timing(thread).map(|timing| match timing.period {
                    Some(_) => thread.jobs.unwrap_or(process.jobs).max(1),
                    None => 1,
                });
                Does::Program(self.compile(place, program, jobs))
            }
            Body::Coroutines(coroutines) => {
                self.add_group(process, thread, "", TaskKind::EventLoop);
                let mut lines = Vec::new();
                for coroutine in coroutines {
                    let group = self.groups.len() as u32;
                    self.add_group(process, thread, &coroutine.name, TaskKind::Coroutine);
                    let start = self.compile(place, &coroutine.program, None);
                    lines.push(CoroutineLine {
                        group,
                        count: coroutine.count,
                        start,
                    });
                }
                Does::Coroutines(lines)
            }
        };
        ThreadLine {
            group,
            count: thread.count,
            events: thread.events,
            does,
        }
    }

    fn add_group(&mut self, process: &Process, thread: &Thread, coroutine: &str, kind: TaskKind) {
        self.programs.push(None);
        self.groups.push(TaskGroup {
            process: process.name.clone(),
            thread: thread.name.clone(),
            coroutine: coroutine.to_owned(),
            timing: process
                .timing(thread)
                .filter(|_| kind == TaskKind::Thread)
                .map(|timing| JobTiming {
                    period: timing.period.unwrap_or(Nanos::ZERO),
                    deadline: timing.deadline,
                }),
            kind,
            count: 0,
        });
    }

    fn compile(&mut self, place: &Place<'_>, program: &Program, jobs: Option<u32>) -> Start {
        let targets = &mut self.layout.targets;
        let mut scope = Scope {
            place,
            targets,
            shared: &mut self.shared,
        };
        let (pc, counters) = compile(&program.statements, jobs, &mut scope, &mut self.code);
        self.program_starts.push(pc);
        if let Some(program) = self.programs.last_mut() {
            *program = Some(self.program_starts.len() as u32 - 1);
        }
        Start { pc, counters }
    }
}

/// What names mean inside one thread of the scenario.
struct Scope<'a> {
    place: &'a Place<'a>,
    targets: &'a mut Vec<Target>,
    shared: &'a mut Shared,
}

impl Scope<'_> {
    /// The nearest task of this name: a coroutine of this thread, a thread of this process, a
    /// process.
    fn find(&self, name: &str) -> Option<Target> {
        let Place {
            scenario,
            line,
            position,
            ..
        } = *self.place;
        let threads = &scenario.processes[line].threads;
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
        let found = scenario
            .processes
            .iter()
            .position(|process| process.name == name)?;
        Some(Target::Process(found))
    }
}

impl Names for Scope<'_> {
    fn device(&mut self, name: &str) -> u16 {
        match self
            .shared
            .device_names
            .iter()
            .position(|known| known == name)
        {
            Some(found) => found as u16,
            None => self.shared.add_device(name, None),
        }
    }

    fn spawn(&mut self, name: &str) -> Option<(u32, Nanos)> {
        let target = self.find(name)?;
        let costs = self.place.costs;
        let cost = match target {
            Target::Process(..) => costs.process_create,
            Target::Thread(..) => costs.thread_create,
            Target::Coroutine(..) => costs.coroutine_create,
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
        self.shared.resource(ResourceKind::Text, text)
    }

    fn object(&mut self, object: Object, name: &str) -> u16 {
        let mut of_kind = self
            .shared
            .object_names
            .iter()
            .filter(|(kind, _)| *kind == object);
        match of_kind.position(|(_, known)| known == name) {
            Some(found) => found as u16,
            // Only mutexes, conditions and variables may be used without being declared.
            None => self.shared.add_object(object, name, 0),
        }
    }

    fn transfer(&mut self, channel: &str, bytes: Option<u64>) -> (u32, Nanos) {
        let shared = &mut *self.shared;
        let send = bytes.map(|bytes| {
            let message = shared.resource(ResourceKind::Message(bytes), channel);
            (bytes, message)
        });
        let costs = &self.place.costs.messages;
        shared.channels.transfer(channel, send, costs)
    }

    fn transfer_goes_on_at(&mut self, transfer: u32, target: u32) {
        self.shared.channels.goes_on_at(transfer, target);
    }

    fn is_rwlock(&self, name: &str) -> bool {
        let locks = &self.place.scenario.rwlocks;
        locks.iter().any(|lock| lock.name == name)
    }

    fn attempt(&mut self, limit: Nanos) -> u32 {
        self.shared.lock_limits.push((limit, 0));
        (self.shared.lock_limits.len() - 1) as u32
    }

    fn attempt_goes_on_at(&mut self, attempt: u32, target: u32) {
        self.shared.lock_limits[attempt as usize].1 = target;
    }

    fn await_calls(&self) -> (Nanos, Nanos) {
        let Place {
            scenario,
            line,
            position,
            ..
        } = *self.place;
        let thread = &scenario.processes[line].threads[position];
        let is_loop = !thread.coroutines().is_empty();
        let call = self.place.costs.messages.system_call;
        calls_of_await(thread.events.filter(|_| is_loop), call)
    }

    fn gil(&self) -> Option<u16> {
        self.place.gil
    }

    fn access_cost(&self, access: Access) -> Nanos {
        match access {
            Access::Plain => self.place.costs.memory_access,
            Access::Atomic => self.place.costs.atomic_access,
            Access::Lock => self.place.costs.lock,
            Access::Call => self.place.costs.messages.system_call,
        }
    }
}
