//! A trace made ready to be drawn, once: a track for each lane, a track for each task when someone
//! asks for them, names, colours and totals. Pure; knows no pixels.
//!
//! Made by the page when a run is over; read by everything else in this room.

use std::cell::OnceCell;
use std::rc::Rc;

use super::collect::{Lanes, lanes, tasks};
use super::palette::{Palette, Tint};
use super::summary::{Shares, Track};
use crate::base::Nanos;
use crate::trace::{EventKind, TaskId, TaskKind, TaskState, Trace};

/// A trace and what drawing it needs.
#[derive(Debug)]
pub struct TimelineData {
    trace: Rc<Trace>,
    palette: Palette,
    lanes: Vec<Track>,
    tasks: OnceCell<Vec<TaskTrack>>,
    names: Vec<OnceCell<Box<Name>>>,
    crashes: Vec<CrashMark>,
    totals: Shares,
    slices: u64,
}

/// What a task is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// With its process: `encoder/worker 3`.
    pub full: String,
    /// Where the last part of [`Name::full`] begins: `worker 3`.
    short_from: usize,
}

impl Name {
    /// Without its process: `worker 3`.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.full[self.short_from..]
    }
}

/// One task's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskTrack {
    /// What it did.
    pub track: Track,
    /// When it ended, or the run did.
    pub until: Nanos,
    /// What it was then.
    pub state: TaskState,
}

/// A task that ended by a crash, its own or its process's, while it was on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashMark {
    /// When.
    pub at: Nanos,
    /// On which lane.
    pub lane: u8,
    /// Who.
    pub task: TaskId,
    /// Whether it was its own.
    pub own: bool,
}

impl TimelineData {
    /// Makes everything but the tasks' rows and the names, which are made when they are needed.
    #[must_use]
    pub fn new(trace: Rc<Trace>) -> TimelineData {
        let palette = Palette::new(&trace);
        let Lanes {
            tracks: lanes,
            slices,
        } = lanes(&trace, &palette);
        let mut totals = Shares::NONE;
        for track in &lanes {
            let shares = track.shares_between(0, trace.end.0);
            for (total, share) in totals.0.iter_mut().zip(shares.0) {
                *total += share;
            }
        }
        let crashes = trace.events.iter().filter_map(|event| {
            matches!(event.kind, EventKind::Crash | EventKind::Kill).then_some(CrashMark {
                at: event.at,
                lane: event.lane,
                task: event.task,
                own: event.kind == EventKind::Crash,
            })
        });
        TimelineData {
            crashes: crashes.collect(),
            names: vec![OnceCell::new(); trace.tasks.len()],
            tasks: OnceCell::new(),
            palette,
            lanes,
            totals,
            slices,
            trace,
        }
    }

    /// The trace itself.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Its colours.
    #[must_use]
    pub fn palette(&self) -> &Palette {
        &self.palette
    }

    /// When the run ended.
    #[must_use]
    pub fn end_ns(&self) -> u64 {
        self.trace.end.0
    }

    /// One track a lane.
    #[must_use]
    pub fn lanes(&self) -> &[Track] {
        &self.lanes
    }

    /// One track a task; made at the first call.
    #[must_use]
    pub fn tasks(&self) -> &[TaskTrack] {
        self.tasks.get_or_init(|| tasks(&self.trace, &self.palette))
    }

    /// Where tasks on lanes crashed or were killed, in order of time.
    #[must_use]
    pub fn crashes(&self) -> &[CrashMark] {
        &self.crashes
    }

    /// What a task is called.
    #[must_use]
    pub fn name(&self, task: TaskId) -> &Name {
        self.names[task.index()].get_or_init(|| {
            let full = self.trace.task_name(task);
            let short_from = full.rfind('/').map_or(0, |slash| slash + 1);
            Box::new(Name { full, short_from })
        })
    }

    /// A task's colour.
    #[must_use]
    pub fn tint(&self, task: TaskId) -> Tint {
        self.palette.tint(task)
    }

    /// What all lanes' time went to.
    #[must_use]
    pub fn totals(&self) -> &Shares {
        &self.totals
    }

    /// How many uninterrupted stretches of work there are on all lanes.
    #[must_use]
    pub fn slices(&self) -> u64 {
        self.slices
    }

    /// The physical cores (or workers) of the run.
    #[must_use]
    pub fn cores(&self) -> usize {
        let mut cores: Vec<u16> = self.trace.lanes.iter().map(|lane| lane.core).collect();
        cores.dedup();
        cores.len()
    }

    /// The tasks in the order of the scenario's text, each process's side by side.
    #[must_use]
    pub fn tasks_in_order(&self) -> Vec<TaskId> {
        let mut order: Vec<TaskId> = (0..self.trace.tasks.len() as u32)
            .map(TaskId)
            .filter(|task| self.trace.kind(*task) != TaskKind::EventLoop)
            .collect();
        order.sort_by_key(|task| {
            let info = &self.trace.tasks[task.index()];
            let process = &self.trace.processes[info.process as usize];
            (
                process.line,
                process.copy,
                info.process,
                info.group,
                info.index,
            )
        });
        order
    }
}

#[cfg(test)]
mod tests;
