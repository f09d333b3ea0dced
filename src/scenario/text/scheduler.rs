//! `[scheduler]` in the text: its keys, reading it and printing it.

use super::fields::Fields;
use super::keys::key;
use super::print::Printer;
use super::read::whole;
use super::schema::{Kind, Schema};
use crate::base::Nanos;
use crate::scenario::diagnostic::Complaints;
use crate::scenario::limits;
use crate::scenario::model::{AfterIo, Balance, Policy, QueueScope, Scheduler, Ties};
use crate::scenario::words::Word;

const SLICE: Kind = Kind::Duration {
    min: limits::MIN_QUANTUM,
};
const SLICES: Kind = Kind::Durations {
    min: limits::MIN_QUANTUM,
    most: limits::LEVELS as usize,
};
const REVIEW: Kind = Kind::Duration {
    min: limits::MIN_REVIEW,
};

/// `[scheduler]`.
pub static SCHEDULER: Schema = Schema {
    label: "[scheduler]",
    keys: &[
        key("policy", Kind::Word(Policy::WORDS), "the rule"),
        key("quantum", SLICE, "how long a slice may last"),
        key(
            "queue",
            Kind::Word(QueueScope::WORDS),
            "one run queue, or one a hardware thread",
        ),
        key(
            "ties",
            Kind::Word(Ties::WORDS),
            "who queues first at one instant",
        ),
        key(
            "balance",
            Kind::Word(Balance::WORDS),
            "whether an empty queue takes from others",
        ),
        key(
            "preemptive",
            Kind::Flag,
            "whether a better task takes the core",
        ),
        key("aging", REVIEW, "waiting so long gains one level"),
        key(
            "levels",
            Kind::Integer {
                min: 1,
                max: limits::LEVELS as i64,
            },
            "how many levels there are",
        ),
        key("quanta", SLICES, "the quantum of each level, from the top"),
        key(
            "allotments",
            SLICES,
            "how long a task may run on each level, from the top",
        ),
        key("boost", REVIEW, "how often all tasks go back to the top"),
        key(
            "after_io",
            Kind::Word(AfterIo::WORDS),
            "what a task that has waited has left of its allotment",
        ),
        key("latency", SLICE, "in which every ready task gets a turn"),
        key("min_granularity", SLICE, "the shortest slice"),
        key(
            "wakeup_granularity",
            Kind::Duration { min: Nanos::ZERO },
            "how far behind a task that wakes takes the core",
        ),
        key("base_slice", SLICE, "the length of a slice"),
    ],
};

/// The scheduler in a table.
pub(super) fn read_scheduler(table: &Fields<'_>, complaints: &mut Complaints<'_>) -> Scheduler {
    let default = Scheduler::default();
    Scheduler {
        policy: table.word("policy", complaints).unwrap_or(default.policy),
        quantum: table
            .duration("quantum", complaints)
            .unwrap_or(default.quantum),
        queue: table.word("queue", complaints).unwrap_or(default.queue),
        ties: table.word("ties", complaints).unwrap_or(default.ties),
        balance: table.word("balance", complaints).unwrap_or(default.balance),
        preemptive: table
            .flag("preemptive", complaints)
            .unwrap_or(default.preemptive),
        aging: table.duration("aging", complaints),
        levels: whole(table, "levels", default.levels, complaints),
        quanta: table.durations("quanta", complaints).unwrap_or_default(),
        allotments: table
            .durations("allotments", complaints)
            .unwrap_or_default(),
        boost: table.duration("boost", complaints),
        after_io: table
            .word("after_io", complaints)
            .unwrap_or(default.after_io),
        latency: table.duration("latency", complaints),
        min_granularity: table.duration("min_granularity", complaints),
        wakeup_granularity: table.duration("wakeup_granularity", complaints),
        base_slice: table.duration("base_slice", complaints),
    }
}

/// Prints what differs from the default.
pub(super) fn print_scheduler(out: &mut Printer, scheduler: &Scheduler) {
    let default = Scheduler::default();
    if *scheduler == default {
        return;
    }
    out.header("[scheduler]");
    if scheduler.policy != default.policy {
        out.string("policy", scheduler.policy.word());
    }
    if scheduler.quantum != default.quantum {
        out.string("quantum", &scheduler.quantum.to_string());
    }
    if scheduler.queue != default.queue {
        out.string("queue", scheduler.queue.word());
    }
    if scheduler.ties != default.ties {
        out.string("ties", scheduler.ties.word());
    }
    if scheduler.balance != default.balance {
        out.string("balance", scheduler.balance.word());
    }
    out.unless(default.preemptive, "preemptive", scheduler.preemptive);
    out.duration("aging", scheduler.aging);
    out.unless(default.levels, "levels", scheduler.levels);
    for (key, list) in [
        ("quanta", &scheduler.quanta),
        ("allotments", &scheduler.allotments),
    ] {
        if !list.is_empty() {
            let quoted: Vec<String> = list.iter().map(|item| format!("\"{item}\"")).collect();
            out.list(key, &quoted);
        }
    }
    out.duration("boost", scheduler.boost);
    if scheduler.after_io != default.after_io {
        out.string("after_io", scheduler.after_io.word());
    }
    out.duration("latency", scheduler.latency);
    out.duration("min_granularity", scheduler.min_granularity);
    out.duration("wakeup_granularity", scheduler.wakeup_granularity);
    out.duration("base_slice", scheduler.base_slice);
}
