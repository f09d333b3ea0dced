//! Reads processes, their threads and the coroutines of those. A part of `read`.

use super::arrivals::read_arrivals;
use super::fields::Fields;
use super::names::{Names, limited};
use super::read::whole;
use crate::base::Nanos;
use crate::scenario::diagnostic::{Complaints, code, error};
use crate::scenario::limits;
use crate::scenario::model::{Body, Coroutine, Process, Thread};
use crate::scenario::program::Program;
use crate::scenario::validate::{Places, TaskPlace};

/// All processes, in the order of the text.
pub(super) fn read_processes(
    root: &Fields<'_>,
    places: &mut Places,
    complaints: &mut Complaints<'_>,
) -> Vec<Process> {
    let mut names = Names::new("process");
    let mut room = limits::DECLARATIONS;
    let (mut thread_room, mut coroutine_room) = (limits::DECLARATIONS, limits::DECLARATIONS);
    let mut processes = Vec::new();
    for fields in limited(
        root.tables("process", complaints),
        "processes",
        &mut room,
        complaints,
    ) {
        let name = names.take(&fields, "browser", processes.len(), complaints);
        let mut place = TaskPlace::of(&fields);
        place.container = fields.span("container");
        let threads = fields.tables("thread", complaints);
        let threads = limited(threads, "threads", &mut thread_room, complaints);
        let program = read_body(&fields, "thread", complaints);
        let threads = match program {
            Some(program) => vec![Thread {
                body: Body::Program(program),
                ..Thread::default()
            }],
            None => read_threads(threads, &mut place, &mut coroutine_room, complaints),
        };
        let count = whole(&fields, "count", 1, complaints);
        processes.push(Process {
            name,
            count,
            arrival: arrival(&fields, complaints),
            arrivals: read_arrivals(&fields, count, complaints),
            priority: fields.integer("priority", complaints).unwrap_or(0) as i32,
            nice: fields.integer("nice", complaints).unwrap_or(0) as i8,
            tickets: whole(&fields, "tickets", 100, complaints),
            affinity: fields.integers("affinity", complaints).unwrap_or_default(),
            period: fields.duration("period", complaints),
            deadline: fields.duration("deadline", complaints),
            jobs: whole(&fields, "jobs", 10, complaints),
            working_set_bytes: fields.size("working_set", complaints).unwrap_or(0),
            refill: fields.duration("refill", complaints),
            gil: fields.flag("gil", complaints).unwrap_or(false),
            gil_interval: fields
                .duration("gil_interval", complaints)
                .unwrap_or(Process::default().gil_interval),
            container: fields.name_under("container", complaints),
            threads,
        });
        places.processes.push(place);
    }
    processes
}

fn read_threads(
    list: Vec<Fields<'_>>,
    process: &mut TaskPlace,
    coroutine_room: &mut usize,
    complaints: &mut Complaints<'_>,
) -> Vec<Thread> {
    let mut names = Names::new("thread of this process");
    let mut threads = Vec::new();
    for fields in list {
        let name = names.take(&fields, "worker", threads.len(), complaints);
        let mut place = TaskPlace::of(&fields);
        place.events = fields.span("events");
        let coroutines = fields.tables("coroutine", complaints);
        let coroutines = limited(coroutines, "coroutines", coroutine_room, complaints);
        let body = match read_body(&fields, "coroutine", complaints) {
            Some(program) => Body::Program(program),
            None => Body::Coroutines(read_coroutines(coroutines, &mut place, complaints)),
        };
        let count = whole(&fields, "count", 1, complaints);
        threads.push(Thread {
            name,
            count,
            arrival: arrival(&fields, complaints),
            arrivals: read_arrivals(&fields, count, complaints),
            priority: fields.integer("priority", complaints).map(|it| it as i32),
            nice: fields.integer("nice", complaints).map(|it| it as i8),
            tickets: fields.integer("tickets", complaints).map(|it| it as u32),
            affinity: fields.integers("affinity", complaints),
            period: fields.duration("period", complaints),
            deadline: fields.duration("deadline", complaints),
            jobs: fields.integer("jobs", complaints).map(|it| it as u32),
            working_set_bytes: fields.size("working_set", complaints),
            refill: fields.duration("refill", complaints),
            events: fields.word("events", complaints),
            body,
        });
        process.inner.push(place);
    }
    threads
}

fn read_coroutines(
    list: Vec<Fields<'_>>,
    thread: &mut TaskPlace,
    complaints: &mut Complaints<'_>,
) -> Vec<Coroutine> {
    let mut names = Names::new("coroutine of this thread");
    let mut coroutines = Vec::new();
    for fields in list {
        let name = names.take(&fields, "request", coroutines.len(), complaints);
        thread.inner.push(TaskPlace::of(&fields));
        if !fields.has("program") {
            fields.missing("program", "\"await network 5ms\"", complaints);
        }
        let count = whole(&fields, "count", 1, complaints);
        coroutines.push(Coroutine {
            name,
            count,
            arrival: arrival(&fields, complaints),
            arrivals: read_arrivals(&fields, count, complaints),
            program: fields.program("program", complaints).unwrap_or_default(),
        });
    }
    coroutines
}

fn arrival(fields: &Fields<'_>, complaints: &mut Complaints<'_>) -> Nanos {
    fields
        .duration("arrival", complaints)
        .unwrap_or(Nanos::ZERO)
}

/// The program of a process or a thread; `None` where it has `parts` instead.
fn read_body(
    fields: &Fields<'_>,
    parts: &'static str,
    complaints: &mut Complaints<'_>,
) -> Option<Program> {
    match (fields.span("program"), fields.has(parts)) {
        (Some(span), true) => {
            complaints.push(
                error(
                    code::TWO_BODIES,
                    span,
                    format!("{} has a `program` and a `{parts}` too", fields.label()),
                )
                .hint(format!(
                    "leave out one of them; the `{parts}` is taken here"
                )),
            );
            None
        }
        (None, false) => {
            complaints.push(
                error(
                    code::MISSING_BODY,
                    fields.place.clone(),
                    format!("{} does not say what it does", fields.label()),
                )
                .hint(format!("give it a `program`, or a `{parts}`")),
            );
            Some(Program::default())
        }
        (Some(_), false) => Some(fields.program("program", complaints).unwrap_or_default()),
        (None, true) => None,
    }
}

impl TaskPlace {
    fn of(fields: &Fields<'_>) -> TaskPlace {
        TaskPlace {
            header: fields.place.clone(),
            count: fields.span("count"),
            program: fields.span("program"),
            container: None,
            events: None,
            affinity: fields.span("affinity"),
            timing: fields.span("period").or_else(|| fields.span("deadline")),
            inner: Vec::new(),
        }
    }
}
