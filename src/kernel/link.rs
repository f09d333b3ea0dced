//! What the scenario's names mean: programs compiled, devices and shared objects numbered, the trace's
//! tables of groups and resources filled. Nothing here runs.

use super::code::{Access, Instruction, Names, Object, compile};
use super::cost::CostTable;
use super::device::Device;
use super::ipc::{Channels, Ipc};
use super::reach::Reach;
use super::setup::{CoroutineLine, Does, Layout, ProcessLine, Start, Target, ThreadLine};
use super::sync::{Barrier, Condition, LockLimit, Mutex, Semaphore, Sync};
use crate::base::Nanos;
use crate::scenario::{Body, Process, Program, Scenario, Thread};
use crate::trace::{JobTiming, Resource, ResourceKind, TaskGroup, TaskKind};

/// A scenario whose names have been resolved.
pub(super) struct Linked {
    pub layout: Layout,
    pub code: Vec<Instruction>,
    pub reach: Reach,
    pub groups: Vec<TaskGroup>,
    pub shared: Shared,
    pub ipc: Ipc,
}

/// What all programs share by name.
#[derive(Default)]
pub(super) struct Shared {
    pub devices: Vec<Device>,
    pub sync: Sync,
    pub lock_limits: Vec<LockLimit>,
    pub variables: Vec<(String, i64)>,
    pub resources: Vec<Resource>,
    channels: Channels,
    /// The names behind `devices` and the lists of `sync`, by kind and number.
    device_names: Vec<String>,
    object_names: Vec<(Object, String)>,
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
                };
                linked.thread(&place, process, thread)
            })
            .collect();
        linked.layout.processes.push(ProcessLine { threads });
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

impl Shared {
    fn of(scenario: &Scenario) -> Shared {
        let fixed = [
            ResourceKind::Timer,
            ResourceKind::Children,
            ResourceKind::Coroutines,
            ResourceKind::Period,
            ResourceKind::Memory,
            ResourceKind::Processes,
        ];
        let mut shared = Shared {
            resources: fixed
                .map(|kind| Resource {
                    kind,
                    name: String::new(),
                })
                .into(),
            ..Shared::default()
        };
        for device in &scenario.devices {
            shared.add_device(&device.name, Some(device.channels));
        }
        for mutex in &scenario.mutexes {
            shared.add_object(Object::Mutex, &mutex.name, 0);
        }
        for semaphore in &scenario.semaphores {
            shared.add_object(Object::Semaphore, &semaphore.name, semaphore.count.into());
        }
        for barrier in &scenario.barriers {
            shared.add_object(Object::Barrier, &barrier.name, barrier.parties.into());
        }
        for channel in &scenario.channels {
            let room = shared.resource(ResourceKind::Room, &channel.name);
            let mail = shared.resource(ResourceKind::Mail, &channel.name);
            shared.channels.add(channel, room, mail);
        }
        for variable in &scenario.variables {
            shared.add_object(Object::Variable, &variable.name, variable.value);
        }
        shared
    }

    fn resource(&mut self, kind: ResourceKind, name: &str) -> u16 {
        let known = self
            .resources
            .iter()
            .position(|it| it.kind == kind && it.name == name);
        let index = known.unwrap_or_else(|| {
            self.resources.push(Resource {
                kind,
                name: name.to_owned(),
            });
            self.resources.len() - 1
        });
        u16::try_from(index).expect("the reader bounds what a text can name")
    }

    fn add_device(&mut self, name: &str, channels: Option<u32>) -> u16 {
        let resource = self.resource(ResourceKind::Device, name);
        self.devices.push(Device::new(resource, channels));
        self.device_names.push(name.to_owned());
        (self.devices.len() - 1) as u16
    }

    /// Adds an object; `number` is a semaphore's count, a barrier's parties, a variable's value.
    fn add_object(&mut self, object: Object, name: &str, number: i64) -> u16 {
        let index = self
            .object_names
            .iter()
            .filter(|(kind, _)| *kind == object)
            .count();
        self.object_names.push((object, name.to_owned()));
        let sync = &mut self.sync;
        match object {
            Object::Variable => {
                self.variables.push((name.to_owned(), number));
                sync.variables.push(number);
            }
            Object::Mutex => {
                let resource = self.resource(ResourceKind::Mutex, name);
                self.sync.mutexes.push(Mutex::new(resource));
            }
            Object::Semaphore => {
                let resource = self.resource(ResourceKind::Semaphore, name);
                self.sync
                    .semaphores
                    .push(Semaphore::new(resource, number as u32));
            }
            Object::Condition => {
                let resource = self.resource(ResourceKind::Condition, name);
                self.sync.conditions.push(Condition::new(resource));
            }
            Object::Barrier => {
                let resource = self.resource(ResourceKind::Barrier, name);
                self.sync
                    .barriers
                    .push(Barrier::new(resource, number as u32));
            }
        }
        index as u16
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

    fn attempt(&mut self, limit: Nanos) -> u32 {
        self.shared.lock_limits.push((limit, 0));
        (self.shared.lock_limits.len() - 1) as u32
    }

    fn attempt_goes_on_at(&mut self, attempt: u32, target: u32) {
        self.shared.lock_limits[attempt as usize].1 = target;
    }

    fn access_cost(&self, access: Access) -> Nanos {
        match access {
            Access::Plain => self.place.costs.memory_access,
            Access::Atomic => self.place.costs.atomic_access,
            Access::Lock => self.place.costs.lock,
        }
    }
}
