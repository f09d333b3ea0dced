//! Rule 9: who holds an interpreter lock, and who computes without the one that is needed.

use std::collections::BTreeMap;

use crate::scenario::models::modelled;
use crate::scenario::{Scenario, Statement, StatementKind};
use crate::trace::{ResourceKind, TaskId, Trace};

/// The interpreter locks that are held.
pub(super) struct Gils<'a> {
    trace: &'a Trace,
    /// By process.
    holders: BTreeMap<u32, TaskId>,
    /// For each line of processes, whether a thread of it may compute only with its lock.
    needs: Vec<bool>,
}

impl<'a> Gils<'a> {
    pub(super) fn new(trace: &'a Trace, scenario: &Scenario) -> Gils<'a> {
        let scenario = modelled(scenario);
        let spins = scenario.mutexes.iter().any(|mutex| mutex.spin);
        let needs = scenario.processes.iter().map(|process| {
            let asks = process.threads.iter().any(|thread| thread.events.is_some());
            let mut programs = process.threads.iter().flat_map(|thread| thread.programs());
            process.gil && !spins && !asks && !programs.any(|program| gives_up(&program.statements))
        });
        Gils {
            trace,
            holders: BTreeMap::new(),
            needs: needs.collect(),
        }
    }

    /// The process whose interpreter lock it is, if it is one.
    pub(super) fn process(&self, task: TaskId, resource: u16) -> Option<u32> {
        let kind = self.trace.resources[usize::from(resource)].kind;
        (kind == ResourceKind::InterpreterLock).then(|| self.trace.tasks[task.index()].process)
    }

    pub(super) fn acquire(&mut self, task: TaskId, process: u32) -> Result<(), String> {
        match self.holders.insert(process, task) {
            None => Ok(()),
            Some(holder) => Err(format!("task {} holds the interpreter lock", holder.0)),
        }
    }

    pub(super) fn release(&mut self, task: TaskId, process: u32) -> Result<(), String> {
        match self.holders.remove(&process) {
            Some(holder) if holder == task => Ok(()),
            _ => Err("it does not hold the interpreter lock".to_owned()),
        }
    }

    /// One of these threads that compute lacks the lock it needs.
    pub(super) fn look_at(&self, threads: impl Iterator<Item = TaskId>) -> Result<(), String> {
        if !self.needs.contains(&true) {
            return Ok(());
        }
        let lacks = |thread: &TaskId| {
            let process = self.trace.tasks[thread.index()].process;
            let line = self.trace.processes[process as usize].line;
            self.needs[line as usize] && self.holders.get(&process) != Some(thread)
        };
        match { threads }.find(lacks) {
            None => Ok(()),
            Some(task) => Err(format!("task {} computes without its lock", task.0)),
        }
    }
}

fn gives_up(statements: &[Statement]) -> bool {
    statements.iter().any(|statement| {
        let kind = &statement.kind;
        let mut blocks = kind.blocks().into_iter();
        let gives_up_itself = matches!(
            kind,
            StatementKind::WithoutGil { .. }
                | StatementKind::Send { .. }
                | StatementKind::Receive(_)
                | StatementKind::Poll { .. }
                | StatementKind::Log(_)
        );
        gives_up_itself || blocks.any(|block| gives_up(block))
    })
}
