//! What all programs of a scenario share by name: devices, locks, channels, variables, numbered, and the
//! trace's table of resources. Filled by `link`.

use super::code::Object;
use super::device::Device;
use super::gil::GilLine;
use super::ipc::Channels;
use super::sync::{Barrier, Condition, LockLimit, Mutex, RwLock, Semaphore, Sync};
use crate::scenario::{Process, Scenario};
use crate::trace::{Resource, ResourceKind};

/// What all programs share by name.
#[derive(Default)]
pub(super) struct Shared {
    pub devices: Vec<Device>,
    pub sync: Sync,
    pub lock_limits: Vec<LockLimit>,
    pub gils: Vec<GilLine>,
    pub variables: Vec<(String, i64)>,
    pub resources: Vec<Resource>,
    pub(super) channels: Channels,
    /// The names behind `devices` and the lists of `sync`, by kind and number.
    pub(super) device_names: Vec<String>,
    pub(super) object_names: Vec<(Object, String)>,
}

impl Shared {
    pub(super) fn of(scenario: &Scenario) -> Shared {
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
            shared
                .object_names
                .push((Object::Mutex, mutex.name.clone()));
            let kind = match mutex.spin {
                true => ResourceKind::SpinLock,
                false => ResourceKind::Mutex,
            };
            let resource = shared.resource(kind, &mutex.name);
            let inherits = mutex.priority_inheritance;
            let mutex = Mutex::new(resource, mutex.spin, inherits);
            shared.sync.mutexes.push(mutex);
        }
        for lock in &scenario.rwlocks {
            shared
                .object_names
                .push((Object::RwLock, lock.name.clone()));
            let reading = shared.resource(ResourceKind::Reading, &lock.name);
            let writing = shared.resource(ResourceKind::Writing, &lock.name);
            let lock = RwLock::new(reading, writing, lock.prefer);
            shared.sync.rwlocks.push(lock);
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
        for container in &scenario.containers {
            shared.resource(ResourceKind::Container, &container.name);
        }
        for variable in &scenario.variables {
            shared.add_object(Object::Variable, &variable.name, variable.value);
        }
        shared
    }

    pub(super) fn resource(&mut self, kind: ResourceKind, name: &str) -> u16 {
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

    pub(super) fn add_gil(&mut self, process: &Process) -> u16 {
        let resource = self.resource(ResourceKind::InterpreterLock, &process.name);
        let interval = process.gil_interval;
        self.gils.push(GilLine { resource, interval });
        (self.gils.len() - 1) as u16
    }

    pub(super) fn add_device(&mut self, name: &str, channels: Option<u32>) -> u16 {
        let resource = self.resource(ResourceKind::Device, name);
        self.devices.push(Device::new(resource, channels));
        self.device_names.push(name.to_owned());
        (self.devices.len() - 1) as u16
    }

    /// Adds an object; `number` is a semaphore's count, a barrier's parties, a variable's value.
    pub(super) fn add_object(&mut self, object: Object, name: &str, number: i64) -> u16 {
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
                self.sync.mutexes.push(Mutex::new(resource, false, false));
            }
            Object::RwLock => unreachable!("the reader asks for these to be declared"),
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
