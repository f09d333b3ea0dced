//! From TOML tables to the model, with a complaint for everything that is not as it should be and
//! a default in its stead. What needs the whole scenario to be judged is in `validate`.

use toml_edit::Table;

use super::fields::Fields;
use super::resources::read_resources;
use super::scheduler::read_scheduler;
use super::schema;
use super::tasks::read_processes;
use crate::scenario::diagnostic::{Complaint, Complaints, Severity, code, error};
use crate::scenario::model::{Costs, Machine, Scenario};
use crate::scenario::validate::Places;

/// The scenario in a table, and where its parts stand.
pub(super) fn read(root: &Table, complaints: &mut Complaints<'_>) -> (Scenario, Places) {
    let root = Fields::new(&schema::ROOT, root, 0..0, complaints);
    let machine = root.table("machine", complaints);
    let scheduler = root.table("scheduler", complaints);
    let mut places = Places {
        run_as: root.span("run_as"),
        smt_throughput: machine
            .as_ref()
            .and_then(|machine| machine.span("smt_throughput")),
        processes: Vec::new(),
    };
    let resources = read_resources(&root, complaints);
    let scenario = Scenario {
        title: root.text("title", complaints).unwrap_or_default(),
        description: root.text("description", complaints).unwrap_or_default(),
        seed: root.integer("seed", complaints).unwrap_or(0) as u64,
        run_as: root.word("run_as", complaints).unwrap_or_default(),
        machine: machine
            .map(|machine| read_machine(&machine, complaints))
            .unwrap_or_default(),
        scheduler: scheduler
            .map(|scheduler| read_scheduler(&scheduler, complaints))
            .unwrap_or_default(),
        devices: resources.devices,
        mutexes: resources.mutexes,
        rwlocks: resources.rwlocks,
        semaphores: resources.semaphores,
        barriers: resources.barriers,
        channels: resources.channels,
        containers: resources.containers,
        variables: resources.variables,
        processes: read_processes(&root, &mut places, complaints),
    };
    (scenario, places)
}

/// Complains about a text that is in another format, or does not say in which.
pub(super) fn check_format(root: &Table, complaints: &mut Complaints<'_>) {
    let Some(format) = root.get("format") else {
        complaints.push(
            Complaint::new(
                Severity::Note,
                code::FORMAT_MISSING,
                0..0,
                "the text does not say its format, so it is read as format 1",
            )
            .hint("write `format = 1` at the top"),
        );
        return;
    };
    let span = format.span().unwrap_or(0..0);
    match format.as_integer() {
        Some(1) => {}
        Some(version) if version > 1 => complaints.push(
            error(
                code::FORMAT_UNKNOWN,
                span,
                format!("this is format {version}, and this version of Timeslice reads format 1"),
            )
            .hint("a newer version of Timeslice may read it; what is known of it is shown"),
        ),
        _ => complaints.push(
            error(code::FORMAT_UNKNOWN, span, "there is no such format").hint("write `format = 1`"),
        ),
    }
}

fn read_machine(machine: &Fields<'_>, complaints: &mut Complaints<'_>) -> Machine {
    let default = Machine::default();
    let cost = machine.table("cost", complaints);
    let smt: u32 = whole(machine, "smt", default.smt, complaints);
    let smt = if smt == 3 {
        let span = machine.span("smt").unwrap_or(0..0);
        complaints.push(
            error(
                code::OUT_OF_RANGE,
                span,
                "`smt` is 3, and it must be 1, 2 or 4",
            )
            .hint("no processor has three hardware threads a core"),
        );
        default.smt
    } else {
        smt
    };
    Machine {
        cores: whole(machine, "cores", default.cores, complaints),
        smt,
        smt_throughput_permille: machine
            .permille("smt_throughput", complaints)
            .unwrap_or(default.smt_throughput_permille),
        memory_bytes: machine
            .size("memory", complaints)
            .unwrap_or(default.memory_bytes),
        cache_bytes: machine
            .size("cache", complaints)
            .unwrap_or(default.cache_bytes),
        max_processes: machine
            .integer("max_processes", complaints)
            .map(|it| it as u32),
        costs: machine.word("costs", complaints).unwrap_or(default.costs),
        cost: cost
            .map(|cost| Costs {
                thread_switch: cost.duration("thread_switch", complaints),
                process_switch: cost.duration("process_switch", complaints),
                coroutine_switch: cost.duration("coroutine_switch", complaints),
                process_create: cost.duration("process_create", complaints),
                thread_create: cost.duration("thread_create", complaints),
                coroutine_create: cost.duration("coroutine_create", complaints),
                migration: cost.duration("migration", complaints),
                cache_refill: cost.duration("cache_refill", complaints),
                memory_access: cost.duration("memory_access", complaints),
                atomic_access: cost.duration("atomic_access", complaints),
                lock: cost.duration("lock", complaints),
                system_call: cost.duration("system_call", complaints),
                copy: cost.duration("copy", complaints),
                wake: cost.duration("wake", complaints),
                protocol: cost.duration("protocol", complaints),
                process_memory_bytes: cost.size("process_memory", complaints),
                thread_memory_bytes: cost.size("thread_memory", complaints),
                coroutine_memory_bytes: cost.size("coroutine_memory", complaints),
            })
            .unwrap_or_default(),
    }
}

/// A whole number whose range in the schema fits into 32 bits.
pub(super) fn whole(
    fields: &Fields<'_>,
    key: &'static str,
    default: u32,
    complaints: &mut Complaints<'_>,
) -> u32 {
    fields
        .integer(key, complaints)
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(default)
}
