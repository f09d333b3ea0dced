//! Random times of statements. Each task draws from a stream of its own, so that what it asks for
//! depends on the seed and on which task it is, and not on the policy or on who runs beside it.

use std::sync::Arc;

use super::code::Instruction;
use crate::base::{Nanos, Random};
use crate::trace::{TaskGroup, TaskId, TaskKind};

/// The streams of the seed that statements draw from: one for each task.
const STREAM: u64 = 1 << 56;

/// The streams of all tasks; nothing where no statement draws.
#[derive(Clone, Debug)]
pub(super) struct Draws {
    seed: u64,
    /// For each group of tasks, its position among those that have a program: that is the same
    /// under every model that keeps lines together.
    lines: Arc<[u64]>,
    of_task: Vec<Random>,
    are_used: bool,
}

impl Draws {
    pub(super) fn new(seed: u64, groups: &[TaskGroup], code: &[Instruction]) -> Draws {
        let mut programs = 0;
        let lines = groups.iter().map(|group| {
            let line = programs;
            programs += u64::from(group.kind != TaskKind::EventLoop);
            line
        });
        Draws {
            seed,
            lines: lines.collect(),
            of_task: Vec::new(),
            are_used: code.iter().any(Instruction::draws),
        }
    }

    /// A task has been made; they are told in the order of their numbers.
    pub(super) fn add(&mut self, group: u32, index: u32) {
        if self.are_used {
            let stream = self.lines[group as usize] << 32 | u64::from(index);
            self.of_task.push(Random::new(self.seed, STREAM | stream));
        }
    }

    /// How long a task asks for this time.
    pub(super) fn draw(&mut self, task: TaskId, mean: Nanos) -> Nanos {
        self.of_task[task.index()].exponential(mean)
    }

    /// What a task will draw from now on, for those who look ahead.
    pub(super) fn ahead(&self, task: TaskId) -> Option<Random> {
        self.of_task.get(task.index()).cloned()
    }
}
