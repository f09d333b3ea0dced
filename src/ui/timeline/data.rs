//! A trace made ready to be drawn, once: a track for each lane, a track for each task when someone
//! asks for them, names, colours and totals. Pure; knows no pixels.
//!
//! Made by the page when a run is over; read by everything else in this room.

use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::collect::{Collect, CollectLanes, CollectTasks};
use super::layout::Grouping;
use super::palette::{Palette, Tint};
use super::summary::{Shares, Track};
use crate::base::Nanos;
use crate::trace::{TaskId, TaskKind, TaskState, Trace, Walk};

/// A trace and what drawing it needs.
pub struct TimelineData {
    trace: Rc<Trace>,
    palette: Rc<Palette>,
    lanes: Made<CollectLanes>,
    tasks: Made<CollectTasks>,
    names: Vec<OnceCell<Box<Name>>>,
}

/// So many events are taken in within a few milliseconds.
pub const AT_ONCE: usize = 50_000;

impl fmt::Debug for TimelineData {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = out.debug_struct("TimelineData");
        fields.field("end", &self.trace.end);
        fields.field("events", &self.trace.events.len());
        fields.finish_non_exhaustive()
    }
}

/// Rows that are there, or being made.
struct Made<C: Collect> {
    rows: OnceCell<C::Rows>,
    walk: RefCell<Option<Walk<Rc<Trace>, C>>>,
}

impl<C: Collect> Made<C> {
    /// Nothing, and nothing begun.
    fn none() -> Made<C> {
        Made {
            rows: OnceCell::new(),
            walk: RefCell::new(None),
        }
    }

    fn begin(&self, trace: &Rc<Trace>, collect: impl FnOnce() -> C) {
        if self.rows.get().is_none() {
            let mut walk = self.walk.borrow_mut();
            walk.get_or_insert_with(|| Walk::new(trace.clone(), collect()));
        }
    }

    fn go_on(&self, events: usize) -> bool {
        let mut walk = self.walk.borrow_mut();
        if let Some(mut walking) = walk.take() {
            if walking.go_on(events) {
                let rows = walking.finish(C::finish);
                assert!(self.rows.set(rows).is_ok(), "rows are made once");
            } else {
                *walk = Some(walking);
            }
        }
        self.rows.get().is_some()
    }

    fn rows(&self) -> &C::Rows {
        self.go_on(usize::MAX);
        self.rows.get().expect("the walk had begun and is over")
    }
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
    /// Makes the lanes of a trace of up to [`AT_ONCE`] events. Those of a longer one, and tasks' rows
    /// and names of any, are made when they are needed, or before, by [`TimelineData::go_on`].
    #[must_use]
    pub fn new(trace: Rc<Trace>) -> TimelineData {
        let data = TimelineData {
            palette: Rc::new(Palette::new(&trace)),
            lanes: Made::none(),
            tasks: Made::none(),
            names: vec![OnceCell::new(); trace.tasks.len()],
            trace,
        };
        data.go_on(Grouping::Lanes, AT_ONCE);
        data
    }

    /// Goes on making what a grouping is drawn from, over at most this many events; tells whether it
    /// is there.
    pub fn go_on(&self, grouping: Grouping, events: usize) -> bool {
        if !self.lane_rows().go_on(events) {
            return false;
        }
        match grouping {
            Grouping::Lanes => true,
            Grouping::Tasks => self.task_rows().go_on(events),
        }
    }

    /// Whether what a grouping is drawn from is there.
    #[must_use]
    pub fn is_made(&self, grouping: Grouping) -> bool {
        let tasks = grouping == Grouping::Lanes || self.tasks.rows.get().is_some();
        self.lanes.rows.get().is_some() && tasks
    }

    fn lane_rows(&self) -> &Made<CollectLanes> {
        let collect = || CollectLanes::new(&self.trace, self.palette.clone());
        self.lanes.begin(&self.trace, collect);
        &self.lanes
    }

    fn task_rows(&self) -> &Made<CollectTasks> {
        let collect = || CollectTasks::new(&self.trace, self.palette.clone());
        self.tasks.begin(&self.trace, collect);
        &self.tasks
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

    /// One track a lane; makes at once what is still missing.
    #[must_use]
    pub fn lanes(&self) -> &[Track] {
        &self.lane_rows().rows().tracks
    }

    /// One track a task; makes at once what is still missing.
    #[must_use]
    pub fn tasks(&self) -> &[TaskTrack] {
        self.task_rows().rows()
    }

    /// Where tasks on lanes crashed or were killed, in order of time.
    #[must_use]
    pub fn crashes(&self) -> &[CrashMark] {
        &self.lane_rows().rows().crashes
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
        &self.lane_rows().rows().totals
    }

    /// How many uninterrupted stretches of work there are on all lanes.
    #[must_use]
    pub fn slices(&self) -> u64 {
        self.lane_rows().rows().slices
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
