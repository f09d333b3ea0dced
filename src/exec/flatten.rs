//! From a program's statements to the flat instructions that real tasks follow, saying for every
//! statement what stands in for it, or why there is no real run. It plans nothing: who runs what is
//! `plan`'s part.

use std::collections::BTreeSet;

use crate::base::Nanos;
use crate::scenario::{Scenario, Statement, StatementKind, Time};
use crate::trace::{Resource, ResourceKind};
use crate::work::Instruction;

/// The resources every trace has, in the order in which the kernel has them too.
pub(super) const TIMER: u16 = 0;
/// See [`TIMER`].
pub(super) const CHILDREN: u16 = 1;
/// See [`TIMER`].
pub(super) const COROUTINES: u16 = 2;
/// Devices and texts come after this many; the last of them are for periodic tasks and for what there is no
/// room for, which no real run has.
pub(super) const FIXED_RESOURCES: u16 = 6;

/// All programs of a run as one list of instructions, and what was found on the way.
#[derive(Debug)]
pub(super) struct Flattener<'a> {
    scenario: &'a Scenario,
    /// The instructions so far.
    pub code: Vec<Instruction>,
    /// What tasks wait for, and texts they log.
    pub resources: Vec<Resource>,
    /// What stands in for what, each said once.
    pub notes: BTreeSet<String>,
    /// Why there is no real run.
    pub refusals: BTreeSet<String>,
    /// The shortest time that any `compute` asks for.
    pub shortest_compute: Nanos,
    /// Whether any program has a `crash`.
    pub crashes: bool,
    /// Whether any program has an `io`, which blocks a coroutine's whole thread.
    pub blocks: bool,
}

/// Where one program starts, and a bound from below on what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flat {
    /// The position of its first instruction.
    pub start: u32,
    /// Its computing, in all.
    pub computing: Nanos,
    /// Its computing and waiting, in all.
    pub whole: Nanos,
}

/// What a `spawn NAME` starts, found by whoever knows the lines.
pub(super) type FindTemplate<'f> = dyn FnMut(&str) -> Option<u32> + 'f;

impl<'a> Flattener<'a> {
    pub(super) fn new(scenario: &'a Scenario) -> Flattener<'a> {
        let fixed = [
            ResourceKind::Timer,
            ResourceKind::Children,
            ResourceKind::Coroutines,
            ResourceKind::Period,
            ResourceKind::Memory,
            ResourceKind::Processes,
        ];
        let mut flattener = Flattener {
            scenario,
            code: Vec::new(),
            resources: fixed
                .map(|kind| Resource {
                    kind,
                    name: String::new(),
                })
                .into(),
            notes: BTreeSet::new(),
            refusals: BTreeSet::new(),
            shortest_compute: Nanos::NEVER,
            crashes: false,
            blocks: false,
        };
        for device in &scenario.devices {
            flattener.resource(ResourceKind::Device, &device.name);
        }
        flattener
    }

    /// Appends a program.
    pub(super) fn program(
        &mut self,
        statements: &[Statement],
        find: &mut FindTemplate<'_>,
    ) -> Flat {
        let start = self.code.len() as u32;
        let taken = self.block(statements, 0, find);
        self.code.push(Instruction::Exit);
        Flat {
            start,
            computing: taken.computing,
            whole: taken.whole,
        }
    }

    fn block(
        &mut self,
        statements: &[Statement],
        depth: u16,
        find: &mut FindTemplate<'_>,
    ) -> Taken {
        statements
            .iter()
            .fold(Taken::default(), |taken, statement| {
                taken.then(self.statement(&statement.kind, depth, find))
            })
    }

    fn statement(
        &mut self,
        kind: &StatementKind,
        depth: u16,
        find: &mut FindTemplate<'_>,
    ) -> Taken {
        match kind {
            StatementKind::Compute(time) => {
                let duration = self.mean_of(*time);
                self.shortest_compute = self.shortest_compute.min(duration);
                self.code.push(Instruction::Compute(duration));
                Taken {
                    computing: duration,
                    whole: duration,
                }
            }
            StatementKind::Io { device, duration } => {
                self.blocks = true;
                let duration = self.mean_of(*duration);
                self.device_wait("io", device, duration, true)
            }
            StatementKind::Await { device, duration } => {
                let duration = self.mean_of(*duration);
                self.device_wait("await", device, duration, false)
            }
            StatementKind::Sleep(duration) => {
                let duration = self.mean_of(*duration);
                self.wait(TIMER, duration, false)
            }
            StatementKind::Yield => {
                self.code.push(Instruction::Yield);
                Taken::default()
            }
            StatementKind::Repeat { times: 0, .. } => Taken::default(),
            StatementKind::Repeat { times, body } => {
                self.code.push(Instruction::SetCounter {
                    counter: depth,
                    times: *times,
                });
                let target = self.code.len() as u32;
                let round = self.block(body, depth + 1, find);
                self.code.push(Instruction::LoopBack {
                    counter: depth,
                    target,
                });
                round.times(*times)
            }
            StatementKind::Forever { body } => {
                let target = self.code.len() as u32;
                self.block(body, depth, find);
                self.code.push(Instruction::Jump(target));
                self.notes
                    .insert("`forever` goes on until the time limit.".to_owned());
                Taken {
                    computing: Nanos::ZERO,
                    whole: Nanos::NEVER,
                }
            }
            StatementKind::Spawn(name) => {
                match find(name) {
                    Some(template) => self.code.push(Instruction::Spawn(template)),
                    None => {
                        self.refusals
                            .insert(format!("`spawn {name}` cannot run for real in this model."));
                    }
                }
                Taken::default()
            }
            StatementKind::Join => {
                self.code.push(Instruction::Join);
                Taken::default()
            }
            StatementKind::Log(text) => {
                let text = self.resource(ResourceKind::Text, text);
                self.code.push(Instruction::Log(text));
                Taken::default()
            }
            StatementKind::Crash => {
                self.crashes = true;
                self.code.push(Instruction::Crash);
                Taken::default()
            }
            StatementKind::Exit => {
                self.code.push(Instruction::Exit);
                Taken::default()
            }
            // Real workers have no interpreter lock that could be given up.
            StatementKind::WithoutGil { body } => self.block(body, depth, find),
            unsupported => {
                let name = name_of(unsupported);
                self.refusals
                    .insert(format!("`{name}` does not run for real in this version."));
                Taken::default()
            }
        }
    }

    /// What stands in for a random time.
    fn mean_of(&mut self, time: Time) -> Nanos {
        if let Time::Exponential(_) = time {
            self.notes.insert(
                "`exponential`: every time is its mean, where the simulation draws each anew."
                    .to_owned(),
            );
        }
        time.mean()
    }

    fn device_wait(
        &mut self,
        statement: &str,
        device: &str,
        duration: Nanos,
        blocks_thread: bool,
    ) -> Taken {
        let declared = self
            .scenario
            .devices
            .iter()
            .find(|known| known.name == device);
        self.notes.insert(match declared {
            Some(declared) => format!(
                "`{statement} {device}`: a timer stands in for the device. Its {} channels are not: every request is served at once.",
                declared.channels
            ),
            None => format!("`{statement} {device}`: a timer stands in for the device."),
        });
        let resource = self.resource(ResourceKind::Device, device);
        self.wait(resource, duration, blocks_thread)
    }

    fn wait(&mut self, resource: u16, duration: Nanos, blocks_thread: bool) -> Taken {
        self.code.push(Instruction::Wait {
            resource,
            duration,
            blocks_thread,
        });
        Taken {
            computing: Nanos::ZERO,
            whole: duration,
        }
    }

    fn resource(&mut self, kind: ResourceKind, name: &str) -> u16 {
        let found = self
            .resources
            .iter()
            .position(|known| known.kind == kind && known.name == name);
        let index = found.unwrap_or_else(|| {
            self.resources.push(Resource {
                kind,
                name: name.to_owned(),
            });
            self.resources.len() - 1
        });
        // What a text can name is bounded well below this by its length.
        u16::try_from(index).expect("the reader bounds what a text can name")
    }
}

/// What statements take, from below.
#[derive(Clone, Copy, Default)]
struct Taken {
    computing: Nanos,
    whole: Nanos,
}

impl Taken {
    fn then(self, next: Taken) -> Taken {
        Taken {
            computing: self.computing.saturating_add(next.computing),
            whole: self.whole.saturating_add(next.whole),
        }
    }

    fn times(self, times: u32) -> Taken {
        let scale = |time: Nanos| Nanos(time.0.saturating_mul(u64::from(times)));
        Taken {
            computing: scale(self.computing),
            whole: scale(self.whole),
        }
    }
}

/// A statement's word, as it is written.
fn name_of(kind: &StatementKind) -> &'static str {
    match kind {
        StatementKind::Compute(_) => "compute",
        StatementKind::Io { .. } => "io",
        StatementKind::Await { .. } => "await",
        StatementKind::Poll { .. } => "poll",
        StatementKind::Sleep(_) => "sleep",
        StatementKind::Yield => "yield",
        StatementKind::Repeat { .. } => "repeat",
        StatementKind::Forever { .. } => "forever",
        StatementKind::Lock { .. } => "lock",
        StatementKind::ReadLock(_) => "read-lock",
        StatementKind::WriteLock(_) => "write-lock",
        StatementKind::Unlock(_) => "unlock",
        StatementKind::Wait(_) | StatementKind::WaitCondition { .. } => "wait",
        StatementKind::Post(_) => "post",
        StatementKind::Signal(_) => "signal",
        StatementKind::Broadcast(_) => "broadcast",
        StatementKind::Barrier(_) => "barrier",
        StatementKind::Send { .. } => "send",
        StatementKind::Receive(_) => "recv",
        StatementKind::Load(_) => "load",
        StatementKind::Add(_) => "add",
        StatementKind::Store(_) => "store",
        StatementKind::AtomicAdd { .. } => "atomic",
        StatementKind::Spawn(_) => "spawn",
        StatementKind::Join => "join",
        StatementKind::WithoutGil { .. } => "without-gil",
        StatementKind::Log(_) => "log",
        StatementKind::Crash => "crash",
        StatementKind::Exit => "exit",
    }
}
