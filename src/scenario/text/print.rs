//! The canonical text of a scenario: keys in the order of the schema, defaults left out. Reading
//! it gives the same scenario again.

use std::fmt::Write;

use toml_edit::Value;

use super::arrivals::print_arrivals;
use super::resources::print_resources;
use super::scheduler::print_scheduler;
use crate::base::{Nanos, format_bytes};
use crate::scenario::language;
use crate::scenario::model::{Body, Costs, Machine, Process, RunAs, Scenario, Thread};
use crate::scenario::program::Program;
use crate::scenario::words::Word;

/// The canonical text.
#[must_use]
pub fn print(scenario: &Scenario) -> String {
    let mut out = Printer {
        text: String::from("format = 1\n"),
    };
    if !scenario.title.is_empty() {
        out.string("title", &scenario.title);
    }
    if !scenario.description.is_empty() {
        out.string("description", &scenario.description);
    }
    if scenario.seed != 0 {
        out.plain("seed", scenario.seed);
    }
    if scenario.run_as != RunAs::AsWritten {
        out.string("run_as", scenario.run_as.word());
    }
    print_machine(&mut out, &scenario.machine);
    print_scheduler(&mut out, &scenario.scheduler);
    print_resources(&mut out, scenario);
    for process in &scenario.processes {
        print_process(&mut out, process);
    }
    out.text
}

fn print_machine(out: &mut Printer, machine: &Machine) {
    let default = Machine::default();
    let Machine {
        cores,
        smt,
        smt_throughput_permille,
        memory_bytes,
        cache_bytes,
        max_processes,
        costs,
        cost,
    } = machine;
    if (Machine {
        cost: Costs::default(),
        ..machine.clone()
    }) != default
    {
        out.header("[machine]");
    }
    if *cores != default.cores {
        out.plain("cores", cores);
    }
    if *smt != default.smt {
        out.plain("smt", smt);
    }
    if *smt_throughput_permille != default.smt_throughput_permille {
        let (whole, rest) = (
            smt_throughput_permille / 1_000,
            smt_throughput_permille % 1_000,
        );
        let fraction = format!("{rest:03}");
        let fraction = fraction.trim_end_matches('0');
        let fraction = if fraction.is_empty() { "0" } else { fraction };
        out.plain("smt_throughput", format_args!("{whole}.{fraction}"));
    }
    if *memory_bytes != default.memory_bytes {
        out.string("memory", &format_bytes(*memory_bytes));
    }
    if *cache_bytes != default.cache_bytes {
        out.string("cache", &format_bytes(*cache_bytes));
    }
    out.given("max_processes", *max_processes);
    if *costs != default.costs {
        out.string("costs", costs.word());
    }
    if *cost != Costs::default() {
        out.header("[machine.cost]");
        for (key, value) in [
            ("thread_switch", cost.thread_switch),
            ("process_switch", cost.process_switch),
            ("coroutine_switch", cost.coroutine_switch),
            ("process_create", cost.process_create),
            ("thread_create", cost.thread_create),
            ("coroutine_create", cost.coroutine_create),
            ("migration", cost.migration),
            ("cache_refill", cost.cache_refill),
            ("memory_access", cost.memory_access),
            ("atomic_access", cost.atomic_access),
            ("lock", cost.lock),
            ("system_call", cost.system_call),
            ("copy", cost.copy),
            ("wake", cost.wake),
            ("protocol", cost.protocol),
        ] {
            if let Some(value) = value {
                out.string(key, &value.to_string());
            }
        }
        for (key, value) in [
            ("process_memory", cost.process_memory_bytes),
            ("thread_memory", cost.thread_memory_bytes),
            ("coroutine_memory", cost.coroutine_memory_bytes),
        ] {
            if let Some(value) = value {
                out.string(key, &format_bytes(value));
            }
        }
    }
}

fn print_process(out: &mut Printer, process: &Process) {
    out.named("[[process]]", &process.name);
    out.unless(1, "count", process.count);
    out.arrival(process.arrival);
    print_arrivals(out, process.arrivals.as_ref());
    out.unless(0, "priority", process.priority);
    out.unless(0, "nice", process.nice);
    out.unless(100, "tickets", process.tickets);
    if !process.affinity.is_empty() {
        out.list("affinity", &process.affinity);
    }
    out.duration("period", process.period);
    out.duration("deadline", process.deadline);
    out.unless(10, "jobs", process.jobs);
    if process.working_set_bytes > 0 {
        out.string("working_set", &format_bytes(process.working_set_bytes));
    }
    out.duration("refill", process.refill);
    out.unless(false, "gil", process.gil);
    if process.gil_interval != Process::default().gil_interval {
        out.string("gil_interval", &process.gil_interval.to_string());
    }
    if let Some(container) = &process.container {
        out.string("container", container);
    }
    if let [thread] = process.threads.as_slice()
        && let Body::Program(program) = &thread.body
        && *thread
            == (Thread {
                body: thread.body.clone(),
                ..Thread::default()
            })
    {
        out.program(program);
        return;
    }
    for thread in &process.threads {
        out.named("[[process.thread]]", &thread.name);
        out.unless(1, "count", thread.count);
        out.arrival(thread.arrival);
        print_arrivals(out, thread.arrivals.as_ref());
        out.given("priority", thread.priority);
        out.given("nice", thread.nice);
        out.given("tickets", thread.tickets);
        if let Some(affinity) = &thread.affinity {
            out.list("affinity", affinity);
        }
        out.duration("period", thread.period);
        out.duration("deadline", thread.deadline);
        out.given("jobs", thread.jobs);
        if let Some(bytes) = thread.working_set_bytes {
            out.string("working_set", &format_bytes(bytes));
        }
        out.duration("refill", thread.refill);
        if let Some(events) = thread.events {
            out.string("events", events.word());
        }
        match &thread.body {
            Body::Program(program) => out.program(program),
            Body::Coroutines(coroutines) => {
                for coroutine in coroutines {
                    out.named("[[process.thread.coroutine]]", &coroutine.name);
                    out.unless(1, "count", coroutine.count);
                    out.arrival(coroutine.arrival);
                    print_arrivals(out, coroutine.arrivals.as_ref());
                    out.program(&coroutine.program);
                }
            }
        }
    }
}

pub(super) struct Printer {
    text: String,
}

impl Printer {
    pub(super) fn header(&mut self, header: &str) {
        self.text.push('\n');
        self.text.push_str(header);
        self.text.push('\n');
    }

    pub(super) fn named(&mut self, header: &str, name: &str) {
        self.header(header);
        self.string("name", name);
    }

    pub(super) fn plain(&mut self, key: &str, value: impl std::fmt::Display) {
        let written = writeln!(self.text, "{key} = {value}");
        debug_assert!(written.is_ok(), "writing into memory does not fail");
    }

    pub(super) fn unless<T: PartialEq + std::fmt::Display>(
        &mut self,
        default: T,
        key: &str,
        value: T,
    ) {
        if value != default {
            self.plain(key, value);
        }
    }

    fn given(&mut self, key: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.plain(key, value);
        }
    }

    pub(super) fn list(&mut self, key: &str, items: &[impl std::fmt::Display]) {
        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
        self.plain(key, format_args!("[{}]", items.join(", ")));
    }

    pub(super) fn duration(&mut self, key: &str, value: Option<Nanos>) {
        if let Some(value) = value {
            self.string(key, &value.to_string());
        }
    }

    fn arrival(&mut self, arrival: Nanos) {
        if arrival != Nanos::ZERO {
            self.string("arrival", &arrival.to_string());
        }
    }

    pub(super) fn string(&mut self, key: &str, value: &str) {
        self.plain(key, quoted(value));
    }

    fn program(&mut self, program: &Program) {
        let source = language::print(program);
        if source.contains('\n') && reads_as_it_stands(&source) {
            self.plain("program", format_args!("\"\"\"\n{source}\n\"\"\""));
        } else {
            self.string("program", &source);
        }
    }
}

/// The TOML string with this value.
pub(in crate::scenario) fn quoted(value: &str) -> String {
    if value.contains('\n') && reads_as_it_stands(value) {
        return format!("\"\"\"\n{value}\"\"\"");
    }
    Value::from(value).to_string()
}

/// Whether a text may stand between three quotes without escapes.
fn reads_as_it_stands(value: &str) -> bool {
    let strange =
        |letter: char| letter == '\\' || (letter.is_control() && letter != '\n' && letter != '\t');
    !value.contains("\"\"\"") && !value.ends_with('"') && !value.contains(strange)
}
