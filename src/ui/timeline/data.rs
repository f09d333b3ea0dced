//! A trace made ready to be drawn, once: a track for each lane, a track for each task when someone
//! asks for them, names, colours and totals. Pure; knows no pixels.
//!
//! Made by the page when a run is over; read by everything else in this room.

use std::cell::OnceCell;
use std::rc::Rc;

use super::palette::{Palette, Tint};
use super::summary::{Channel, Shares, Span, Stop, Track};
use crate::base::Nanos;
use crate::trace::{
    EventKind, LaneSpan, SpanKind, StopReason, TaskId, TaskKind, TaskSpan, TaskState, Trace,
    Visitor, walk,
};

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
        let mut collect = Lanes {
            palette: &palette,
            spans: vec![Vec::new(); trace.lanes.len()],
            until: vec![0; trace.lanes.len()],
            slices: 0,
        };
        walk(&trace, &mut collect);
        let end_ns = trace.end.0;
        for lane in 0..trace.lanes.len() {
            collect.idle_until(lane, end_ns);
        }
        let slices = collect.slices;
        let lanes: Vec<Track> = collect
            .spans
            .into_iter()
            .map(|spans| Track::new(spans, end_ns))
            .collect();
        let mut totals = Shares::NONE;
        for track in &lanes {
            let shares = track.shares_between(0, end_ns);
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
        self.tasks
            .get_or_init(|| task_tracks(&self.trace, &self.palette))
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

/// The innermost task of a lane's span: the coroutine, or the thread where there is none.
fn innermost(span: &LaneSpan) -> TaskId {
    if span.coroutine == TaskId::NONE {
        span.task
    } else {
        span.coroutine
    }
}

fn stop_of(reason: StopReason) -> Stop {
    match reason {
        StopReason::Continues => Stop::Continues,
        StopReason::Preempted => Stop::Preempted,
        StopReason::Yielded => Stop::Yielded,
        StopReason::Blocked(_) => Stop::Blocked,
        StopReason::Finished => Stop::Finished,
        StopReason::Crashed => Stop::Crashed,
        StopReason::Killed => Stop::Killed,
        StopReason::RunEnded => Stop::RunEnded,
    }
}

struct Lanes<'a> {
    palette: &'a Palette,
    spans: Vec<Vec<Span>>,
    until: Vec<u64>,
    slices: u64,
}

impl Lanes<'_> {
    fn idle_until(&mut self, lane: usize, until_ns: u64) {
        if self.until[lane] < until_ns {
            self.spans[lane].push(Span {
                start_ns: self.until[lane],
                task: TaskId::NONE,
                detail: 0,
                channel: Channel::IDLE,
                stop: Stop::Continues,
            });
        }
    }
}

impl Visitor for Lanes<'_> {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let lane = usize::from(lane);
        self.idle_until(lane, span.start.0);
        let task = innermost(&span);
        let (channel, detail) = match (span.kind, span.stop) {
            (SpanKind::Switch, _) => (Channel::SWITCH, span.cost),
            (kind, stop) => {
                let channel = if kind == SpanKind::Gap {
                    Channel::GAP
                } else {
                    Channel::work(self.palette.tint(task).hue)
                };
                let resource = match stop {
                    StopReason::Blocked(resource) => resource,
                    _ => 0,
                };
                (channel, resource)
            }
        };
        // After a gap the same slice goes on.
        let goes_on = self.spans[lane]
            .last()
            .is_some_and(|last| last.channel == Channel::GAP && last.task == task);
        self.slices += u64::from(span.kind == SpanKind::Useful && !goes_on);
        self.spans[lane].push(Span {
            start_ns: span.start.0,
            task,
            detail,
            channel,
            stop: stop_of(span.stop),
        });
        self.until[lane] = span.end.0;
    }

    fn task_span(&mut self, _: TaskId, _: TaskSpan) {}

    fn task_ended(&mut self, _: TaskId, _: Nanos, _: TaskState) {}
}

/// Tasks' rows. The walk tells a task that is being switched to, or whose core was taken away, as
/// ready; its lane tells the rest, always just before, so that the two can be put together.
struct Tasks<'a> {
    palette: &'a Palette,
    rows: Vec<Row>,
    /// The gap that the next ready span of its task is.
    gap: Option<(TaskId, u64)>,
}

#[derive(Clone)]
struct Row {
    spans: Vec<Span>,
    until_ns: u64,
    end: Option<(Nanos, TaskState)>,
}

fn task_tracks(trace: &Trace, palette: &Palette) -> Vec<TaskTrack> {
    let row = Row {
        spans: Vec::new(),
        until_ns: 0,
        end: None,
    };
    let mut tasks = Tasks {
        palette,
        rows: vec![row; trace.tasks.len()],
        gap: None,
    };
    walk(trace, &mut tasks);
    tasks
        .rows
        .into_iter()
        .enumerate()
        .map(|(index, mut row)| {
            row.fill(TaskId(index as u32), trace.end.0);
            let (until, state) = row.end.unwrap_or((trace.end, TaskState::Absent));
            TaskTrack {
                track: Track::new(row.spans, trace.end.0),
                until,
                state,
            }
        })
        .collect()
}

impl Row {
    /// The task is absent up to `until_ns` where nothing else is known.
    fn fill(&mut self, task: TaskId, until_ns: u64) {
        if self.until_ns < until_ns {
            self.spans.push(Span {
                start_ns: self.until_ns,
                task,
                detail: 0,
                channel: Channel::ABSENT,
                stop: Stop::Continues,
            });
        }
    }
}

impl Visitor for Tasks<'_> {
    fn lane_span(&mut self, _: u8, span: LaneSpan) {
        let task = innermost(&span);
        match span.kind {
            SpanKind::Useful => {}
            SpanKind::Gap => self.gap = Some((task, span.start.0)),
            SpanKind::Switch => {
                let row = &mut self.rows[task.index()];
                let Some(last) = row.spans.last_mut() else {
                    return;
                };
                if last.channel != Channel::READY || row.until_ns < span.end.0 {
                    return;
                }
                let switch = Span {
                    start_ns: span.start.0,
                    task,
                    detail: span.cost,
                    channel: Channel::SWITCH,
                    stop: stop_of(span.stop),
                };
                if last.start_ns == switch.start_ns {
                    *last = switch;
                } else if last.start_ns < switch.start_ns {
                    row.spans.push(switch);
                }
            }
        }
    }

    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        let row = &mut self.rows[task.index()];
        row.fill(task, span.start.0);
        let was_gap = self.gap.take() == Some((task, span.start.0));
        let (channel, detail) = match span.state {
            TaskState::Ready if was_gap => (Channel::GAP, 0),
            TaskState::Ready => (Channel::READY, 0),
            TaskState::Running(lane) => {
                (Channel::work(self.palette.tint(task).hue), u16::from(lane))
            }
            TaskState::Blocked(resource) => (Channel::BLOCKED, resource),
            TaskState::Finished | TaskState::Crashed | TaskState::Killed | TaskState::Absent => {
                (Channel::ABSENT, 0)
            }
        };
        row.spans.push(Span {
            start_ns: span.start.0,
            task,
            detail,
            channel,
            stop: Stop::Continues,
        });
        row.until_ns = span.end.0;
    }

    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        let row = &mut self.rows[task.index()];
        // A task killed while it was switched to was told to be ready for the whole switch.
        while row.spans.last().is_some_and(|last| last.start_ns >= at.0) {
            row.spans.pop();
        }
        row.until_ns = row.until_ns.min(at.0);
        row.end = Some((at, state));
    }
}

#[cfg(test)]
mod tests;
