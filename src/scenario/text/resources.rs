//! The tables of what tasks share: their keys, reading and printing them.

use super::containers::{print_containers, read_containers};
use super::fields::Fields;
use super::keys::{NAME, key};
use super::names::{Names, limited};
use super::print::Printer;
use super::read::whole;
use super::schema::{Kind, Schema};
use crate::base::format_bytes;
use crate::scenario::diagnostic::{Complaints, code, error};
use crate::scenario::limits;
use crate::scenario::model::{
    Barrier, Channel, ChannelKind, Device, Mutex, Prefer, RwLock, Scenario, Semaphore, Variable,
};
use crate::scenario::words::Word;

/// `[[device]]`.
pub static DEVICE: Schema = Schema {
    label: "[[device]]",
    keys: &[
        NAME,
        key(
            "channels",
            Kind::Integer {
                min: 1,
                max: limits::DEVICE_CHANNELS as i64,
            },
            "how many requests it serves at once",
        ),
    ],
};

/// `[[mutex]]`.
pub static MUTEX: Schema = Schema {
    label: "[[mutex]]",
    keys: &[
        NAME,
        key(
            "priority_inheritance",
            Kind::Flag,
            "its holder runs at the priority of its most urgent waiter",
        ),
        key("spin", Kind::Flag, "who waits for it keeps its core"),
    ],
};

/// `[[rwlock]]`.
pub static RWLOCK: Schema = Schema {
    label: "[[rwlock]]",
    keys: &[
        NAME,
        key("prefer", Kind::Word(Prefer::WORDS), "who goes first"),
    ],
};

/// `[[semaphore]]`.
pub static SEMAPHORE: Schema = Schema {
    label: "[[semaphore]]",
    keys: &[
        NAME,
        key(
            "count",
            Kind::Integer {
                min: 0,
                max: limits::PARTIES as i64,
            },
            "what it starts at",
        ),
    ],
};

/// `[[barrier]]`.
pub static BARRIER: Schema = Schema {
    label: "[[barrier]]",
    keys: &[
        NAME,
        key(
            "parties",
            Kind::Integer {
                min: 1,
                max: limits::PARTIES as i64,
            },
            "how many have to come",
        ),
    ],
};

/// `[[channel]]`.
pub static CHANNEL: Schema = Schema {
    label: "[[channel]]",
    keys: &[
        NAME,
        key("kind", Kind::Word(ChannelKind::WORDS), "what it is made of"),
        key(
            "capacity",
            Kind::Size {
                min: 1,
                max: limits::CHANNEL_BYTES,
            },
            "how much it holds before a sender blocks",
        ),
    ],
};

/// `[[variable]]`.
pub static VARIABLE: Schema = Schema {
    label: "[[variable]]",
    keys: &[
        NAME,
        key(
            "value",
            Kind::Integer {
                min: i64::MIN,
                max: i64::MAX,
            },
            "what it starts at",
        ),
    ],
};

/// The resources of a text, as they stand in a scenario of nothing else.
pub(super) fn read_resources(root: &Fields<'_>, complaints: &mut Complaints<'_>) -> Scenario {
    // `unlock` has to know which lock is meant, so that these have names in common.
    let mut locks = Names::new("lock");
    Scenario {
        devices: named(
            root,
            "device",
            "disk",
            complaints,
            |name, device, complaints| Device {
                name,
                channels: whole(device, "channels", 1, complaints),
            },
        ),
        mutexes: named_among(&mut locks, root, "mutex", "door", complaints, read_mutex),
        rwlocks: named_among(
            &mut locks,
            root,
            "rwlock",
            "table",
            complaints,
            |name, rwlock, complaints| RwLock {
                name,
                prefer: rwlock.word("prefer", complaints).unwrap_or_default(),
            },
        ),
        semaphores: named(
            root,
            "semaphore",
            "slots",
            complaints,
            |name, semaphore, complaints| Semaphore {
                name,
                count: whole(semaphore, "count", 1, complaints),
            },
        ),
        barriers: named(
            root,
            "barrier",
            "start",
            complaints,
            |name, barrier, complaints| {
                if !barrier.has("parties") {
                    barrier.missing("parties", "2", complaints);
                }
                Barrier {
                    name,
                    parties: whole(barrier, "parties", 1, complaints),
                }
            },
        ),
        channels: named(
            root,
            "channel",
            "jobs",
            complaints,
            |name, channel, complaints| Channel {
                name,
                kind: channel
                    .word("kind", complaints)
                    .unwrap_or(ChannelKind::Pipe),
                capacity_bytes: channel.size("capacity", complaints).unwrap_or(64 << 10),
            },
        ),
        containers: read_containers(root, complaints),
        variables: named(
            root,
            "variable",
            "total",
            complaints,
            |name, variable, complaints| Variable {
                name,
                value: variable.integer("value", complaints).unwrap_or(0),
            },
        ),
        ..Scenario::default()
    }
}

fn read_mutex(name: String, mutex: &Fields<'_>, complaints: &mut Complaints<'_>) -> Mutex {
    let mut flag = |key| mutex.flag(key, complaints).unwrap_or(false);
    let (priority_inheritance, spin) = (flag("priority_inheritance"), flag("spin"));
    if priority_inheritance && spin {
        let span = mutex.span("priority_inheritance");
        complaints.push(
            error(
                code::NOT_FOR_SPIN_LOCKS,
                span.unwrap_or_else(|| mutex.place.clone()),
                "nobody waits for a spin lock in a queue, so its holder inherits nothing",
            )
            .hint("leave out one of the two"),
        );
    }
    Mutex {
        name,
        priority_inheritance,
        spin,
    }
}

/// The resources of one kind, made from their tables.
pub(super) fn named<T>(
    root: &Fields<'_>,
    key: &'static str,
    example: &str,
    complaints: &mut Complaints<'_>,
    make: impl Fn(String, &Fields<'_>, &mut Complaints<'_>) -> T,
) -> Vec<T> {
    named_among(&mut Names::new(key), root, key, example, complaints, make)
}

/// The same, where others have such names as well.
fn named_among<T>(
    names: &mut Names,
    root: &Fields<'_>,
    key: &'static str,
    example: &str,
    complaints: &mut Complaints<'_>,
    make: impl Fn(String, &Fields<'_>, &mut Complaints<'_>) -> T,
) -> Vec<T> {
    let mut room = limits::DECLARATIONS;
    let mut made = Vec::new();
    for fields in limited(root.tables(key, complaints), key, &mut room, complaints) {
        let name = names.take(&fields, example, made.len(), complaints);
        made.push(make(name, &fields, complaints));
    }
    made
}

/// Prints the tables of what tasks share.
pub(super) fn print_resources(out: &mut Printer, scenario: &Scenario) {
    for device in &scenario.devices {
        out.named("[[device]]", &device.name);
        out.unless(1, "channels", device.channels);
    }
    for mutex in &scenario.mutexes {
        out.named("[[mutex]]", &mutex.name);
        out.unless(false, "priority_inheritance", mutex.priority_inheritance);
        out.unless(false, "spin", mutex.spin);
    }
    for rwlock in &scenario.rwlocks {
        out.named("[[rwlock]]", &rwlock.name);
        if rwlock.prefer != Prefer::default() {
            out.string("prefer", rwlock.prefer.word());
        }
    }
    for semaphore in &scenario.semaphores {
        out.named("[[semaphore]]", &semaphore.name);
        out.unless(1, "count", semaphore.count);
    }
    for barrier in &scenario.barriers {
        out.named("[[barrier]]", &barrier.name);
        out.plain("parties", barrier.parties);
    }
    for channel in &scenario.channels {
        out.named("[[channel]]", &channel.name);
        if channel.kind != ChannelKind::Pipe {
            out.string("kind", channel.kind.word());
        }
        if channel.capacity_bytes != 64 << 10 {
            out.string("capacity", &format_bytes(channel.capacity_bytes));
        }
    }
    print_containers(out, &scenario.containers);
    for variable in &scenario.variables {
        out.named("[[variable]]", &variable.name);
        out.unless(0, "value", variable.value);
    }
}
