//! The same programs under another model: `run_as` as a pure change of the scenario. The kernel
//! boots what comes out of it, and so may whoever runs a scenario for real. `docs/scenario-format.md`
//! has the rules for people:
//!
//! - Every line of the scenario that makes tasks with a program becomes a line of the new model,
//!   with as many copies as there were in all. Its name is that of the process, the thread (left
//!   out where it is `main`) and the coroutine, joined by dots.
//! - A thread that becomes a coroutine writes `await` where it wrote `io`, because a program that is
//!   written for an event loop awaits. A coroutine that becomes a thread writes `io` for `await`.
//!   What a coroutine had as `io` was meant to block its event loop, and stays.
//! - Arrivals are kept, each task's own. Of several `events` of event loops the first one counts. Priority, niceness, tickets, affinity, periods and working sets go along to processes and threads; an
//!   event loop knows none of them, and the reader refuses periods there.
//! - `spawn` of a process or of a thread with an event loop becomes a `spawn` of each task that it
//!   would have started, and `join` waits for all of these.
//! - Under `hybrid` the tasks are dealt in turn to one process for each hardware thread; a coroutine
//!   spawns into its own event loop.
//! - Locks, variables, channels and devices stay: between processes they stand for shared memory.
//!   What changes is whom a `crash` takes along.

mod lines;

use std::borrow::Cow;

use super::arrivals::Arrivals;
use super::model::{Body, Coroutine, Process, RunAs, Scenario, Thread};
use super::program::{Program, Statement, StatementKind};
use crate::base::Nanos;
use lines::{Line, Lines};

/// The name of the one process of `threads` and `coroutines`.
const PROCESS: &str = "app";
/// The name of the thread that runs an event loop.
const LOOP: &str = "loop";
/// The name of a thread that is alone in its process.
const MAIN: &str = "main";

/// The scenario that runs the same programs under its `run_as`, written out: its own `run_as` is
/// as-written.
#[must_use]
pub fn as_model(scenario: &Scenario) -> Scenario {
    modelled(scenario).into_owned()
}

/// The same, without a copy where there is nothing to change.
#[must_use]
pub fn modelled(scenario: &Scenario) -> Cow<'_, Scenario> {
    if scenario.run_as == RunAs::AsWritten {
        return Cow::Borrowed(scenario);
    }
    let lines = Lines::of(scenario);
    let processes = match scenario.run_as {
        RunAs::AsWritten => scenario.processes.clone(),
        RunAs::Processes => lines.processes(),
        RunAs::Threads => vec![lines.one_process(lines.threads())],
        RunAs::Coroutines => vec![lines.one_process(vec![lines.event_loop()])],
        RunAs::Hybrid => lines.hybrid(hardware_threads(scenario)),
    };
    Cow::Owned(Scenario {
        run_as: RunAs::AsWritten,
        processes,
        ..scenario.clone()
    })
}

/// How many tasks a scenario starts with, and how many statements its programs have in all once
/// [`as_model`] has written them out; for bounding both before it does.
pub(crate) fn size(scenario: &Scenario) -> (u128, u128) {
    let lines = Lines::of(scenario);
    let copies = match scenario.run_as {
        RunAs::Hybrid => hardware_threads(scenario) as u128,
        _ => 1,
    };
    let tasks = lines.list.iter().map(|line| u128::from(line.count)).sum();
    let statements: u128 = lines
        .list
        .iter()
        .map(|line| 1 + lines.statements(line, &line.program.statements))
        .sum();
    (tasks, statements.saturating_mul(copies))
}

fn hardware_threads(scenario: &Scenario) -> usize {
    (scenario.machine.cores * scenario.machine.smt).max(1) as usize
}

impl Lines<'_> {
    /// Every line a process of one thread.
    fn processes(&self) -> Vec<Process> {
        let of_line = |line: &Line<'_>| Process {
            name: line.name.clone(),
            count: line.count,
            arrival: line.arrival,
            arrivals: self.arrivals(line),
            priority: line.priority(),
            nice: line.nice(),
            tickets: line.tickets(),
            affinity: line.affinity().to_vec(),
            period: line.period(),
            deadline: line.deadline(),
            jobs: line.jobs(),
            working_set_bytes: line.working_set_bytes(),
            refill: line.refill(),
            threads: vec![Thread {
                body: Body::Program(self.program(line, false)),
                ..Thread::default()
            }],
            ..line.process.clone()
        };
        self.list.iter().map(of_line).collect()
    }

    /// The one process that all these threads are in.
    fn one_process(&self, threads: Vec<Thread>) -> Process {
        let usual = Process::default();
        let processes = self.list.iter().map(|line| line.process);
        let with_gil = processes.into_iter().find(|process| process.gil);
        Process {
            name: PROCESS.to_owned(),
            count: 1,
            arrival: self.first_arrival,
            gil: with_gil.is_some(),
            gil_interval: with_gil.map_or(usual.gil_interval, |process| process.gil_interval),
            // The reader sees to it that all are in the same.
            container: self
                .list
                .first()
                .and_then(|line| line.process.container.clone()),
            threads,
            ..usual
        }
    }

    /// Every line a thread.
    fn threads(&self) -> Vec<Thread> {
        let usual = Process::default();
        let of_line = |line: &Line<'_>| Thread {
            name: line.name.clone(),
            count: line.count,
            arrival: line.arrival.saturating_sub(self.first_arrival),
            arrivals: self.arrivals(line),
            priority: Some(line.priority()).filter(|it| *it != usual.priority),
            nice: Some(line.nice()).filter(|it| *it != usual.nice),
            tickets: Some(line.tickets()).filter(|it| *it != usual.tickets),
            affinity: Some(line.affinity().to_vec()).filter(|it| !it.is_empty()),
            period: line.period(),
            deadline: line.deadline(),
            jobs: Some(line.jobs()).filter(|it| *it != usual.jobs),
            working_set_bytes: Some(line.working_set_bytes()).filter(|it| *it > 0),
            refill: line.refill(),
            events: None,
            body: Body::Program(self.program(line, false)),
        };
        self.list.iter().map(of_line).collect()
    }

    /// Every line a coroutine of one thread.
    fn event_loop(&self) -> Thread {
        let coroutines = self
            .list
            .iter()
            .map(|line| self.coroutine(line, line.count, self.arrivals(line)));
        self.event_loop_over(coroutines.collect())
    }

    /// A thread that runs an event loop over these, and learns of events as the first event loop of
    /// the text that says how.
    fn event_loop_over(&self, coroutines: Vec<Coroutine>) -> Thread {
        Thread {
            name: LOOP.to_owned(),
            events: self.list.iter().find_map(|line| line.thread.events),
            body: Body::Coroutines(coroutines),
            ..Thread::default()
        }
    }

    /// So many coroutines of a line.
    fn coroutine(&self, line: &Line<'_>, count: u32, arrivals: Option<Arrivals>) -> Coroutine {
        Coroutine {
            name: line.name.clone(),
            count,
            arrival: line.arrival.saturating_sub(self.first_arrival),
            arrivals,
            program: self.program(line, true),
        }
    }

    /// The tasks dealt in turn to event loops, each in a process of its own; as many as there are
    /// hardware threads, but none without a task unless there is none at all.
    fn hybrid(&self, hardware_threads: usize) -> Vec<Process> {
        let tasks: u64 = self.list.iter().map(|line| u64::from(line.count)).sum();
        let number = (hardware_threads as u64).min(tasks).max(1);
        let spawned = self.spawned();
        let delays: Vec<Option<Vec<Nanos>>> =
            self.list.iter().map(|line| self.delays(line)).collect();
        (0..number)
            .map(|mine| {
                let mut dealt = 0;
                let mut coroutines = Vec::new();
                for ((line, is_spawned), delays) in self.list.iter().zip(&spawned).zip(&delays) {
                    // Of the tasks dealt so far, every `number`th from `mine` on is mine.
                    let mine_of = |dealt: u64| (dealt + number - 1 - mine) / number;
                    let before = mine_of(dealt);
                    let arrivals = delays.as_ref().map(|delays| {
                        let of_line = (dealt..).zip(delays);
                        let mine = of_line.filter(|(task, _)| task % number == mine);
                        Arrivals::At(mine.map(|(_, delay)| *delay).collect())
                    });
                    dealt += u64::from(line.count);
                    let count = (mine_of(dealt) - before) as u32;
                    if count > 0 || *is_spawned || tasks == 0 {
                        coroutines.push(self.coroutine(line, count, arrivals));
                    }
                }
                Process {
                    name: format!("{PROCESS}-{}", mine + 1),
                    ..self.one_process(vec![self.event_loop_over(coroutines)])
                }
            })
            .collect()
    }

    /// For each line, whether any program spawns it.
    fn spawned(&self) -> Vec<bool> {
        let mut spawned = vec![false; self.list.len()];
        for line in &self.list {
            let mut blocks = vec![&line.program.statements];
            while let Some(block) = blocks.pop() {
                for statement in block {
                    blocks.extend(statement.kind.blocks());
                    if let StatementKind::Spawn(name) = &statement.kind
                        && let Some(target) = self.target(line, name)
                    {
                        for (other, _) in self.started_by(line, target) {
                            spawned[other.at] = true;
                        }
                    }
                }
            }
        }
        spawned
    }

    /// A line's program as a coroutine or as a thread writes it.
    fn program(&self, line: &Line<'_>, as_coroutine: bool) -> Program {
        Program {
            statements: self.block(line, line.program.statements.clone(), as_coroutine),
        }
    }

    fn block(
        &self,
        line: &Line<'_>,
        statements: Vec<Statement>,
        as_coroutine: bool,
    ) -> Vec<Statement> {
        let was_coroutine = line.place.2.is_some();
        let mut block = Vec::with_capacity(statements.len());
        for Statement { mut kind, span } in statements {
            for inner in kind.blocks_mut() {
                *inner = self.block(line, std::mem::take(inner), as_coroutine);
            }
            let kind = match kind {
                StatementKind::Spawn(name) => {
                    for kind in self.spawn(line, name) {
                        block.push(Statement {
                            kind,
                            span: span.clone(),
                        });
                    }
                    continue;
                }
                StatementKind::Io { device, duration } if as_coroutine && !was_coroutine => {
                    StatementKind::Await { device, duration }
                }
                StatementKind::Await { device, duration } if !as_coroutine => {
                    StatementKind::Io { device, duration }
                }
                other => other,
            };
            block.push(Statement { kind, span });
        }
        block
    }

    /// What starts the tasks that `spawn name` would have started.
    fn spawn(&self, line: &Line<'_>, name: String) -> Vec<StatementKind> {
        let Some(target) = self.target(line, &name) else {
            return vec![StatementKind::Spawn(name)];
        };
        let one = |(other, times): (&Line<'_>, u32)| {
            let spawn = StatementKind::Spawn(other.name.clone());
            match times {
                1 => spawn,
                times => StatementKind::Repeat {
                    times,
                    body: vec![Statement {
                        kind: spawn,
                        span: Default::default(),
                    }],
                },
            }
        };
        self.started_by(line, target).map(one).collect()
    }

    /// How many statements a block has once it is written out.
    fn statements(&self, line: &Line<'_>, statements: &[Statement]) -> u128 {
        let mut count = 0;
        for statement in statements {
            count += match &statement.kind {
                StatementKind::Spawn(name) => match self.target(line, name) {
                    Some(target) => self.started_by(line, target).count() as u128,
                    None => 1,
                },
                kind => {
                    let inner = kind.blocks().into_iter();
                    1 + inner
                        .map(|block| self.statements(line, block))
                        .sum::<u128>()
                }
            };
        }
        count
    }
}
