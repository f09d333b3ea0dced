//! Checks of what statements name, statement by statement, within the whole scenario.

use std::collections::HashSet;
use std::ops::Range;

use super::{TaskLine, TaskPlace};
use crate::scenario::diagnostic::{Complaint, Complaints, Severity, code, error, warning};
use crate::scenario::model::{Body, Scenario, Thread};
use crate::scenario::program::{Program, SourceSpan, Statement, StatementKind};
use crate::scenario::spawn::SpawnTarget;
use crate::scenario::suggest;

const COMPARISONS: usize = 20_000;

/// Checks all programs; gives the lines of the scenario that some other line spawns.
pub(super) fn check(
    scenario: &Scenario,
    places: &[TaskPlace],
    complaints: &mut Complaints<'_>,
) -> HashSet<TaskLine> {
    let declared = Declared::of(scenario);
    let mut checker = Checker {
        scenario,
        declared: &declared,
        spawned: HashSet::new(),
        comparisons: COMPARISONS,
        told: HashSet::new(),
        complaints,
    };
    for (process, place) in places.iter().enumerate() {
        checker.check_process(process, place);
    }
    checker.spawned
}

/// The names that are declared, by kind, each list in order.
pub(super) struct Declared<'s> {
    devices: Vec<&'s str>,
    pub(super) mutexes: Vec<&'s str>,
    pub(super) rwlocks: Vec<&'s str>,
    semaphores: Vec<&'s str>,
    barriers: Vec<&'s str>,
    channels: Vec<&'s str>,
    variables: Vec<&'s str>,
}

impl<'s> Declared<'s> {
    fn of(scenario: &'s Scenario) -> Declared<'s> {
        Declared {
            devices: sorted(scenario.devices.iter().map(|it| it.name.as_str())),
            mutexes: sorted(scenario.mutexes.iter().map(|it| it.name.as_str())),
            rwlocks: sorted(scenario.rwlocks.iter().map(|it| it.name.as_str())),
            semaphores: sorted(scenario.semaphores.iter().map(|it| it.name.as_str())),
            barriers: sorted(scenario.barriers.iter().map(|it| it.name.as_str())),
            channels: sorted(scenario.channels.iter().map(|it| it.name.as_str())),
            variables: sorted(scenario.variables.iter().map(|it| it.name.as_str())),
        }
    }
}

/// In a fixed order: the same text always gets the same suggestion.
fn sorted<'s>(names: impl Iterator<Item = &'s str>) -> Vec<&'s str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names
}

pub(super) struct Checker<'s, 'c, 't> {
    pub(super) scenario: &'s Scenario,
    pub(super) declared: &'c Declared<'s>,
    /// The lines that another line spawns, or that spawn themselves although they never start.
    spawned: HashSet<TaskLine>,
    /// How many more names may be compared in search of the one that was meant: a hostile text
    /// could have thousands of them, and thousands of slips.
    comparisons: usize,
    /// What has been said once and need not be said again.
    told: HashSet<(&'static str, String)>,
    pub(super) complaints: &'c mut Complaints<'t>,
}

impl Checker<'_, '_, '_> {
    fn check_process(&mut self, process: usize, place: &TaskPlace) {
        let scenario = self.scenario;
        for (at, thread) in scenario.processes[process].threads.iter().enumerate() {
            let place = place.inner.get(at).unwrap_or(place);
            self.check_thread((process, at), thread, place);
        }
    }

    fn check_thread(&mut self, (process, at): (usize, usize), thread: &Thread, place: &TaskPlace) {
        match &thread.body {
            Body::Program(program) => {
                self.check_program((process, Some(at), None), program, place);
            }
            Body::Coroutines(coroutines) => {
                for (last, (coroutine, place)) in coroutines.iter().zip(&place.inner).enumerate() {
                    let line = (process, Some(at), Some(last));
                    self.check_program(line, &coroutine.program, place);
                }
            }
        }
    }

    fn check_program(&mut self, line: TaskLine, program: &Program, place: &TaskPlace) {
        if program.statements.is_empty()
            && let Some(span) = &place.program
            && !self.complaints.any_errors()
        {
            self.complaints.push(
                warning(
                    code::DOES_NOTHING,
                    span.clone(),
                    "this program does nothing",
                )
                .hint("write a statement, such as `compute 5ms`"),
            );
        }
        self.check_statements(line, &program.statements);
    }

    fn check_statements(&mut self, line: TaskLine, statements: &[Statement]) {
        let mut over = None;
        for statement in statements {
            if let Some(by) = over.take() {
                self.complaints.push(
                    warning(
                        code::UNREACHABLE,
                        bytes(&statement.span),
                        format!("this is never reached, because of the `{by}` before it"),
                    )
                    .hint("leave it out, or put it first"),
                );
            }
            self.check_statement(line, statement);
            let is_over = match &statement.kind {
                StatementKind::Forever { body } => !may_find_a_channel_broken(body),
                StatementKind::Exit | StatementKind::Crash => true,
                _ => false,
            };
            if is_over {
                over = Some(statement.kind.word());
            }
        }
    }

    fn check_statement(&mut self, line: TaskLine, statement: &Statement) {
        let declared = self.declared;
        let span = &statement.span;
        match &statement.kind {
            StatementKind::Io { device, .. } | StatementKind::Poll { device, .. } => {
                self.implied("device", device, &declared.devices, span)
            }
            StatementKind::Await { device, .. } => {
                self.implied("device", device, &declared.devices, span);
                if line.2.is_none() && self.told.insert(("await", format!("{line:?}"))) {
                    self.complaints.push(
                        Complaint::new(
                            Severity::Note,
                            code::AWAIT_IN_THREAD,
                            bytes(span),
                            "`await` in a thread blocks it, as `io` does",
                        )
                        .hint("it lets others of its thread run only in a coroutine"),
                    );
                }
            }
            StatementKind::Repeat { body, .. }
            | StatementKind::Forever { body }
            | StatementKind::WithoutGil { body } => {
                if body.is_empty() && !self.complaints.any_errors() {
                    self.complaints.push(warning(
                        code::DOES_NOTHING,
                        bytes(span),
                        format!("there is nothing in this `{}`", statement.kind.word()),
                    ));
                }
                self.check_statements(line, body);
            }
            StatementKind::Lock { mutex, attempt } => {
                self.mutex(mutex, span);
                if let Some(attempt) = attempt {
                    self.not_for_spin_locks(mutex, "asked for with a limit", span);
                    self.check_statements(line, &attempt.locked);
                    self.check_statements(line, &attempt.timed_out);
                }
            }
            StatementKind::WaitCondition { mutex, .. } => {
                self.mutex(mutex, span);
                self.not_for_spin_locks(mutex, "given up for a condition", span);
            }
            StatementKind::Unlock(lock)
                if declared.rwlocks.binary_search(&lock.as_str()).is_ok() => {}
            StatementKind::Unlock(lock) => self.implied("mutex", lock, &declared.mutexes, span),
            StatementKind::ReadLock(lock) | StatementKind::WriteLock(lock) => {
                self.declared_as("rwlock", lock, &declared.rwlocks, span);
            }
            StatementKind::Wait(name) | StatementKind::Post(name) => {
                self.declared_as("semaphore", name, &declared.semaphores, span);
            }
            StatementKind::Barrier(name) => {
                self.declared_as("barrier", name, &declared.barriers, span);
            }
            StatementKind::Send {
                channel,
                size_bytes,
            } => {
                self.declared_as("channel", channel, &declared.channels, span);
                self.check_message(channel, *size_bytes, span);
            }
            StatementKind::Receive(channel) => {
                self.declared_as("channel", channel, &declared.channels, span);
            }
            StatementKind::Load(variable)
            | StatementKind::Store(variable)
            | StatementKind::AtomicAdd { variable, .. } => {
                self.implied("variable", variable, &declared.variables, span);
            }
            StatementKind::Spawn(name) => self.check_spawn(line, name, span),
            _ => {}
        }
    }

    fn check_spawn(&mut self, line: TaskLine, name: &str, span: &SourceSpan) {
        let (process, thread) = (line.0, line.1.unwrap_or(0));
        match self.scenario.spawn_target(process, thread, name) {
            Some(target) => {
                let target = match target {
                    SpawnTarget::Process(at) => (at, None, None),
                    SpawnTarget::Thread(at) => (process, Some(at), None),
                    SpawnTarget::Coroutine(at) => (process, Some(thread), Some(at)),
                };
                // A task that makes more of its own kind is meant to.
                let own = match target {
                    (at, None, _) => at == line.0,
                    (_, _, None) => (target.0, target.1) == (line.0, line.1),
                    _ => target == line,
                };
                if !own {
                    self.spawned.insert(target);
                }
                self.note_nearest(target, name, span);
            }
            None if self.complaints.is_full() => self.complaints.count_error(),
            None => {
                let known = self.scenario.spawn_names(process, thread);
                let hint = match self.may_compare(known.len()) {
                    true => suggest::did_you_mean(name, &known),
                    false => None,
                };
                self.complaints.push(
                    error(
                        code::UNKNOWN_NAME,
                        bytes(span),
                        format!("`spawn {name}`: there is no such process, thread or coroutine"),
                    )
                    .hint_if(hint),
                );
            }
        }
    }

    /// A thread goes before a process of the same name, which may be what is meant.
    fn note_nearest(&mut self, target: TaskLine, name: &str, span: &SourceSpan) {
        let mut processes = self.scenario.processes.iter();
        let is_hidden = target.1.is_some() && processes.any(|process| process.name == name);
        if is_hidden && self.told.insert(("spawn", name.to_owned())) {
            let what = if target.2.is_some() {
                "coroutine"
            } else {
                "thread"
            };
            self.complaints.push(
                Complaint::new(
                    Severity::Note,
                    code::NEAREST_NAME,
                    bytes(span),
                    format!("`spawn {name}` starts the {what} `{name}`, not the process `{name}`"),
                )
                .hint("the nearest thing of a name is meant; give the process another name to start that"),
            );
        }
    }

    fn nearest<'n>(&mut self, name: &str, known: &[&'n str]) -> Option<&'n str> {
        self.may_compare(known.len())
            .then(|| suggest::nearest(name, known.iter().copied()))?
    }

    /// Whether a name may still be compared with so many others; they are counted then.
    fn may_compare(&mut self, names: usize) -> bool {
        match self.comparisons.checked_sub(names) {
            Some(left) => {
                self.comparisons = left;
                true
            }
            None => false,
        }
    }

    /// A name that has to be declared.
    fn declared_as(&mut self, kind: &str, name: &str, known: &[&str], span: &SourceSpan) {
        if known.binary_search(&name).is_ok() {
            return;
        }
        if self.complaints.is_full() {
            return self.complaints.count_error();
        }
        let hint = self.nearest(name, known).map_or_else(
            || format!("declare it: `[[{kind}]]`, and under it `name = \"{name}\"`"),
            |near| format!("did you mean `{near}`?"),
        );
        self.complaints.push(
            error(
                code::UNKNOWN_NAME,
                bytes(span),
                format!("there is no {kind} `{name}`"),
            )
            .hint(hint),
        );
    }

    /// A name that exists by being used, but may be a slip of one that is declared.
    pub(super) fn implied(
        &mut self,
        kind: &'static str,
        name: &str,
        known: &[&str],
        span: &SourceSpan,
    ) {
        if known.is_empty()
            || known.binary_search(&name).is_ok()
            || self.complaints.is_full()
            || !self.told.insert((kind, name.to_owned()))
        {
            return;
        }
        if let Some(near) = self.nearest(name, known) {
            self.complaints.push(
                warning(
                    code::SIMILAR_NAME,
                    bytes(span),
                    format!("the {kind} `{name}` is not declared, but `{near}` is"),
                )
                .hint(format!("write `{near}` if that is meant")),
            );
        }
    }
}

/// Whether a loop with this body is left when a channel turns out to be broken.
fn may_find_a_channel_broken(body: &[Statement]) -> bool {
    body.iter().any(|statement| match &statement.kind {
        StatementKind::Send { .. } | StatementKind::Receive(_) => true,
        // These are left themselves.
        StatementKind::Repeat { .. } | StatementKind::Forever { .. } => false,
        other => other
            .blocks()
            .into_iter()
            .any(|block| may_find_a_channel_broken(block)),
    })
}

pub(super) fn bytes(span: &SourceSpan) -> Range<usize> {
    span.0.start as usize..span.0.end as usize
}
