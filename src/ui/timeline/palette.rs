//! Which colour a task has: a hue and a shade of it. Pure, and made from the tables of a trace alone,
//! so that the same mix has the same colours in simulated and in measured panels.
//!
//! 1. Two to ten processes: a hue each; their threads are shades of it.
//! 2. More processes: a hue for each process of the text; its copies are shades.
//! 3. One process with up to ten tasks: a hue a task.
//! 4. One process with more: a hue for each line of the text; its tasks are shades.
//!
//! Called by `data`; the hues themselves are in `tokens.css`.

use std::collections::BTreeMap;

use crate::trace::{TaskId, TaskKind, Trace};

/// How many hues there are.
pub const HUES: u8 = 10;
/// How many shades each has.
pub const SHADES: u8 = 3;

/// One colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tint {
    /// Which of the [`HUES`].
    pub hue: u8,
    /// Which of its [`SHADES`]; the first is the hue as it is.
    pub shade: u8,
}

/// One line of the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendEntry {
    /// Its colour.
    pub hue: u8,
    /// What has it.
    pub name: String,
}

/// The colours of a trace's tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    tints: Vec<Tint>,
    legend: Vec<LegendEntry>,
}

impl Palette {
    /// The colours of `trace`.
    #[must_use]
    pub fn new(trace: &Trace) -> Palette {
        let hues = usize::from(HUES);
        let leaves = ids(trace).filter(|task| !is_loop(trace, *task)).count();
        let info = |task: TaskId| &trace.tasks[task.index()];
        match trace.processes.len() {
            2..=10 => {
                let mut seen = vec![0; trace.processes.len()];
                let siblings = ids(trace).map(|task| {
                    let number = &mut seen[info(task).process as usize];
                    // An event loop is drawn only between its coroutines: it takes no shade.
                    *number += u32::from(!is_loop(trace, task));
                    number.saturating_sub(1)
                });
                let owner = |task: TaskId| info(task).process;
                Palette::of(trace, owner, siblings, |task| process_name(trace, task))
            }
            11.. => {
                let process = |task: TaskId| &trace.processes[info(task).process as usize];
                let copies = ids(trace).map(|task| process(task).copy);
                let owner = |task: TaskId| process(task).line;
                Palette::of(trace, owner, copies, |task| {
                    trace.group(task).process.clone()
                })
            }
            _ if leaves <= hues => {
                let firsts = first_of_group(trace);
                // Tasks that were spawned stand last in the table, but not in the text.
                let owner = |task: TaskId| firsts[info(task).group as usize] + info(task).index;
                Palette::of(trace, owner, ids(trace).map(|_| 0), |task| {
                    trace.task_name(task)
                })
            }
            _ => {
                let copies = ids(trace).map(|task| info(task).index);
                let owner = |task: TaskId| info(task).group;
                Palette::of(trace, owner, copies, |task| trace.group_name(owner(task)))
            }
        }
    }

    /// Tasks with the same owner have the same hue; owners get theirs in order.
    fn of(
        trace: &Trace,
        owner: impl Fn(TaskId) -> u32,
        variants: impl Iterator<Item = u32>,
        name: impl Fn(TaskId) -> String,
    ) -> Palette {
        let mut first_of: BTreeMap<u32, TaskId> = BTreeMap::new();
        for task in ids(trace).filter(|task| !is_loop(trace, *task)) {
            first_of.entry(owner(task)).or_insert(task);
        }
        let hue_at = |ordinal: usize| (ordinal % usize::from(HUES)) as u8;
        let hue_of: BTreeMap<u32, u8> = first_of
            .keys()
            .enumerate()
            .map(|(ordinal, owner)| (*owner, hue_at(ordinal)))
            .collect();
        Palette {
            tints: ids(trace)
                .zip(variants)
                .map(|(task, variant)| Tint {
                    hue: hue_of.get(&owner(task)).copied().unwrap_or(0),
                    shade: (variant % u32::from(SHADES)) as u8,
                })
                .collect(),
            legend: first_of
                .values()
                .enumerate()
                .map(|(ordinal, task)| LegendEntry {
                    hue: hue_at(ordinal),
                    name: name(*task),
                })
                .collect(),
        }
    }

    /// The colour of a task.
    #[must_use]
    pub fn tint(&self, task: TaskId) -> Tint {
        self.tints[task.index()]
    }

    /// The hues that occur.
    #[must_use]
    pub fn hues(&self) -> Vec<u8> {
        let mut seen = [false; HUES as usize];
        for tint in &self.tints {
            seen[usize::from(tint.hue)] = true;
        }
        (0..HUES).filter(|hue| seen[usize::from(*hue)]).collect()
    }

    /// What each hue stands for, in the order of the scenario's text. Past ten they repeat.
    #[must_use]
    pub fn legend(&self) -> &[LegendEntry] {
        &self.legend
    }
}

fn ids(trace: &Trace) -> impl Iterator<Item = TaskId> + use<> {
    (0..trace.tasks.len() as u32).map(TaskId)
}

fn is_loop(trace: &Trace, task: TaskId) -> bool {
    trace.kind(task) == TaskKind::EventLoop
}

/// For each group, how many tasks stand before it in the text.
fn first_of_group(trace: &Trace) -> Vec<u32> {
    let mut before = 0;
    trace
        .groups
        .iter()
        .map(|group| {
            let first = before;
            before += if group.kind == TaskKind::EventLoop {
                0
            } else {
                group.count
            };
            first
        })
        .collect()
}

/// A process's name, with its number where there are several alike.
#[must_use]
pub fn process_name(trace: &Trace, task: TaskId) -> String {
    let process = trace.processes[trace.tasks[task.index()].process as usize];
    let name = &trace.group(task).process;
    let alike = |other: &&crate::trace::ProcessInfo| other.line == process.line;
    if trace.processes.iter().filter(alike).count() > 1 {
        format!("{name} {}", process.copy)
    } else {
        name.clone()
    }
}
