//! The scenario whose runs are all interleavings of another one's statements: nothing takes time, one
//! hardware thread takes turns, and before every statement that others can notice any of them may go
//! first. Each such statement leaves a mark, so that a schedule can be read.

use crate::base::Nanos;
use crate::scenario::models::as_model;
use crate::scenario::{
    Body, CostPreset, Machine, Policy, Process, Program, QueueScope, Scenario, Scheduler,
    SourceSpan, Statement, StatementKind, Time, limits,
};

/// Why a scenario cannot be explored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be explored: {why}")]
pub struct Unexplorable {
    what: String,
    why: &'static str,
}

/// The scenario that is explored.
///
/// # Errors
/// Says what of it has no meaning without time.
pub fn interleaved(scenario: &Scenario) -> Result<Scenario, Unexplorable> {
    let scenario = as_model(scenario);
    let mut processes = scenario.processes.clone();
    for process in &mut processes {
        untimed(process)?;
        for thread in &mut process.threads {
            match &mut thread.body {
                Body::Program(program) => *program = interrupted(program)?,
                Body::Coroutines(coroutines) => {
                    for coroutine in coroutines {
                        coroutine.program = marked(&coroutine.program)?;
                    }
                }
            }
        }
    }
    let mut mutexes = scenario.mutexes.clone();
    for mutex in &mut mutexes {
        // Who waits, spinning or not, waits for the same.
        mutex.spin = false;
    }
    Ok(Scenario {
        mutexes,
        machine: Machine {
            cores: 1,
            costs: CostPreset::Free,
            memory_bytes: limits::MEMORY_BYTES,
            ..Machine::default()
        },
        scheduler: Scheduler {
            policy: Policy::Fifo,
            queue: QueueScope::Global,
            ..Scheduler::default()
        },
        containers: Vec::new(),
        processes,
        ..scenario
    })
}

/// Takes from a process what is about time or about cores.
fn untimed(process: &mut Process) -> Result<(), Unexplorable> {
    let is_periodic = process
        .threads
        .iter()
        .any(|thread| process.timing(thread).is_some());
    if is_periodic {
        return Err(Unexplorable {
            what: format!("the process `{}`", process.name),
            why: "it has a period or a deadline, and exploring leaves time out",
        });
    }
    process.affinity = Vec::new();
    process.gil = false;
    process.refill = None;
    process.container = None;
    for thread in &mut process.threads {
        thread.affinity = None;
        thread.events = None;
        thread.refill = None;
    }
    Ok(())
}

/// A thread's program.
fn interrupted(program: &Program) -> Result<Program, Unexplorable> {
    Ok(Program {
        statements: block(&program.statements, true)?,
    })
}

/// A coroutine's program: its event loop lets nobody else go first in the middle of a turn.
fn marked(program: &Program) -> Result<Program, Unexplorable> {
    Ok(Program {
        statements: block(&program.statements, false)?,
    })
}

fn block(statements: &[Statement], is_thread: bool) -> Result<Vec<Statement>, Unexplorable> {
    let mut all = Vec::new();
    let mut put = |kind: StatementKind| {
        all.push(Statement {
            kind,
            span: SourceSpan::default(),
        });
    };
    for statement in statements {
        if is_thread && others_notice(&statement.kind) {
            put(StatementKind::Yield);
        }
        if !matches!(statement.kind, StatementKind::Log(_)) {
            put(StatementKind::Log(statement.kind.head()));
        }
        let mut kind = statement.kind.clone();
        for inner in kind.blocks_mut() {
            *inner = block(inner, is_thread)?;
        }
        match &mut kind {
            // Others may go first; how long it takes does not count.
            StatementKind::Compute(_) if is_thread => kind = StatementKind::Yield,
            StatementKind::Compute(time) => *time = Time::Fixed(Nanos::ZERO),
            StatementKind::Io { duration, .. }
            | StatementKind::Poll { duration, .. }
            | StatementKind::Await { duration, .. }
            | StatementKind::Sleep(duration) => {
                if let Time::Exponential(_) = duration {
                    return Err(Unexplorable {
                        what: format!("`{}`", statement.kind.head()),
                        why: "its time is drawn at random; write a fixed one",
                    });
                }
            }
            _ => {}
        }
        // How a task learns that a device is done does not count either.
        if let StatementKind::Poll {
            device, duration, ..
        } = kind
        {
            kind = StatementKind::Io { device, duration };
        }
        put(kind);
    }
    Ok(all)
}

/// Whether it makes a difference to others when a statement is executed.
fn others_notice(kind: &StatementKind) -> bool {
    !matches!(
        kind,
        StatementKind::Add(_)
            | StatementKind::Log(_)
            | StatementKind::Repeat { .. }
            | StatementKind::Forever { .. }
            | StatementKind::WithoutGil { .. }
            | StatementKind::Compute(_)
            | StatementKind::Sleep(_)
            | StatementKind::Yield
    )
}
