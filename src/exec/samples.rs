//! Small scenarios and traces for this room's unit tests.

use crate::base::Nanos;
use crate::scenario::{
    Body, Coroutine, Process, Program, Scenario, Statement, StatementKind, Thread,
};
use crate::trace::{Origin, Outcome, Trace};

/// A trace in which nothing has happened.
pub(super) fn empty_trace() -> Trace {
    Trace {
        origin: Origin::Simulated,
        lanes: Vec::new(),
        groups: Vec::new(),
        processes: Vec::new(),
        tasks: Vec::new(),
        resources: Vec::new(),
        costs: vec![Default::default()],
        memory: Default::default(),
        events: Vec::new(),
        end: Nanos::ZERO,
        outcome: Outcome::Finished,
        variables: Vec::new(),
    }
}

/// A program of these statements.
pub(super) fn program(kinds: impl IntoIterator<Item = StatementKind>) -> Program {
    let statements = kinds
        .into_iter()
        .map(|kind| Statement {
            kind,
            span: Default::default(),
        })
        .collect();
    Program { statements }
}

/// `compute` for this many milliseconds.
pub(super) fn compute(ms: u64) -> StatementKind {
    StatementKind::Compute(Nanos::from_ms(ms).into())
}

/// `sleep` for this many milliseconds.
pub(super) fn sleep(ms: u64) -> StatementKind {
    StatementKind::Sleep(Nanos::from_ms(ms).into())
}

/// A process.
pub(super) fn process(name: &str, count: u32, threads: Vec<Thread>) -> Process {
    Process {
        name: name.to_owned(),
        count,
        threads,
        ..Process::default()
    }
}

/// A thread that runs a program.
pub(super) fn thread(name: &str, count: u32, program: Program) -> Thread {
    Thread {
        name: name.to_owned(),
        count,
        body: Body::Program(program),
        ..Thread::default()
    }
}

/// Processes of one thread each, named `a`, `b` and so on.
pub(super) fn simple(programs: impl IntoIterator<Item = Program>) -> Scenario {
    let processes = programs
        .into_iter()
        .zip('a'..)
        .map(|(program, name)| process(&name.to_string(), 1, vec![thread("main", 1, program)]))
        .collect();
    Scenario {
        processes,
        ..Scenario::default()
    }
}

/// A process with an event loop of two requests, and two processes of two computing threads each.
pub(super) fn server_and_encoder() -> Scenario {
    let request = Coroutine {
        name: "request".to_owned(),
        count: 2,
        program: program([
            StatementKind::Await {
                device: "network".to_owned(),
                duration: Nanos::from_ms(20).into(),
            },
            compute(1),
        ]),
        ..Coroutine::default()
    };
    let event_loop = Thread {
        name: "loop".to_owned(),
        body: Body::Coroutines(vec![request]),
        ..Thread::default()
    };
    let processes = vec![
        process("server", 1, vec![event_loop]),
        process(
            "encoder",
            2,
            vec![thread("worker", 2, program([compute(10)]))],
        ),
    ];
    Scenario {
        processes,
        ..Scenario::default()
    }
}
