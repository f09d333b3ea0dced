//! From the walk over a trace's events to tracks. Pure; the one place here that listens to it.
//!
//! Called by `data`, piece by piece for a long trace.

use std::rc::Rc;

use super::data::{CrashMark, TaskTrack};
use super::palette::{HUES, Palette};
use super::summary::{Channel, Channels, Shares, Span, Stop, Track};
use crate::base::Nanos;
use crate::trace::{
    EventKind, LaneSpan, SpanKind, StopReason, TaskId, TaskSpan, TaskState, Trace, Visitor,
};

/// A visitor that makes rows of what it hears.
pub(super) trait Collect: Visitor {
    /// What it makes.
    type Rows;
    /// Everything has been told.
    fn finish(self, trace: &Trace) -> Self::Rows;
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

/// One track a lane, and what is known with them.
#[derive(Debug)]
pub(super) struct LaneRows {
    pub tracks: Vec<Track>,
    /// How many uninterrupted stretches of work there are.
    pub slices: u64,
    pub crashes: Vec<CrashMark>,
    /// What all lanes' time went to.
    pub totals: Shares,
}

pub(super) struct CollectLanes {
    palette: Rc<Palette>,
    tracks: Vec<Track>,
    until: Vec<u64>,
    slices: u64,
    crashed: bool,
}

impl CollectLanes {
    pub(super) fn new(trace: &Trace, palette: Rc<Palette>) -> CollectLanes {
        let others = [Channel::SWITCH, Channel::GAP, Channel::IDLE];
        let works = palette.hues().into_iter().map(Channel::work);
        let spin = spins(trace).then_some(Channel::SPIN);
        let channels = works.chain(others).chain(spin).collect();
        let channels = Rc::new(Channels::new(channels));
        CollectLanes {
            palette,
            tracks: vec![Track::new(channels); trace.lanes.len()],
            until: vec![0; trace.lanes.len()],
            slices: 0,
            crashed: false,
        }
    }

    fn idle_until(&mut self, lane: usize, until_ns: u64) {
        if self.until[lane] < until_ns {
            self.tracks[lane].push(Span {
                start_ns: self.until[lane],
                task: TaskId::NONE,
                detail: 0,
                channel: Channel::IDLE,
                stop: Stop::Continues,
            });
        }
    }
}

impl Visitor for CollectLanes {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let index = usize::from(lane);
        self.idle_until(index, span.start.0);
        let task = innermost(&span);
        let (channel, detail) = match (span.kind, span.stop) {
            (SpanKind::Switch, _) => (Channel::SWITCH, span.cost),
            (kind, stop) => {
                let channel = match kind {
                    SpanKind::Gap => Channel::GAP,
                    SpanKind::Spin => Channel::SPIN,
                    SpanKind::Useful | SpanKind::Switch => {
                        Channel::work(self.palette.tint(task).hue)
                    }
                };
                let resource = match stop {
                    StopReason::Blocked(resource) => resource,
                    _ => 0,
                };
                (channel, resource)
            }
        };
        // After a gap the same slice goes on.
        let last = self.tracks[index].spans().last();
        let goes_on = last.is_some_and(|last| last.channel == Channel::GAP && last.task == task);
        self.slices += u64::from(span.kind == SpanKind::Useful && !goes_on);
        self.tracks[index].push(Span {
            start_ns: span.start.0,
            task,
            detail,
            channel,
            stop: stop_of(span.stop),
        });
        self.until[index] = span.end.0;
    }

    fn task_span(&mut self, _: TaskId, _: TaskSpan) {}

    fn task_ended(&mut self, _: TaskId, _: Nanos, state: TaskState) {
        self.crashed |= matches!(state, TaskState::Crashed | TaskState::Killed);
    }
}

impl Collect for CollectLanes {
    type Rows = LaneRows;

    fn finish(mut self, trace: &Trace) -> LaneRows {
        for lane in 0..self.tracks.len() {
            self.idle_until(lane, trace.end.0);
            self.tracks[lane].finish(trace.end.0);
        }
        let mut totals = Shares::NONE;
        for track in &self.tracks {
            let shares = track.shares_between(0, trace.end.0);
            for (total, share) in totals.0.iter_mut().zip(shares.0) {
                *total += share;
            }
        }
        LaneRows {
            crashes: if self.crashed {
                crashes(trace)
            } else {
                Vec::new()
            },
            tracks: self.tracks,
            slices: self.slices,
            totals,
        }
    }
}

/// From the events, as a task can crash as soon as it has got a lane, and has no span there then.
fn crashes(trace: &Trace) -> Vec<CrashMark> {
    let marks = trace.events.iter().filter_map(|event| {
        matches!(event.kind, EventKind::Crash | EventKind::Kill).then_some(CrashMark {
            at: event.at,
            lane: event.lane,
            task: event.task,
            own: event.kind == EventKind::Crash,
        })
    });
    marks.collect()
}

/// Tasks' rows. The walk tells a task that is being switched to, or whose core was taken away, as
/// ready; its lane tells what it really was, just before or just after, and the two are put together.
pub(super) struct CollectTasks {
    palette: Rc<Palette>,
    rows: Vec<Row>,
    /// What a lane has told about the end of a ready span that is still to come.
    ahead: Option<Span>,
}

struct Row {
    track: Track,
    until_ns: u64,
    end: Option<(Nanos, TaskState)>,
}

impl Row {
    /// The last span is over at the start of `span`, which takes the rest of its time.
    fn end_with(&mut self, span: Span) {
        match self.track.last_mut() {
            Some(last) if last.start_ns >= span.start_ns => *last = span,
            _ => self.track.push(span),
        }
    }

    /// The task is absent up to `until_ns` where nothing else is known.
    fn fill(&mut self, task: TaskId, until_ns: u64) {
        if self.until_ns < until_ns {
            self.track.push(Span {
                start_ns: self.until_ns,
                task,
                detail: 0,
                channel: Channel::ABSENT,
                stop: Stop::Continues,
            });
        }
    }
}

impl CollectTasks {
    pub(super) fn new(trace: &Trace, palette: Rc<Palette>) -> CollectTasks {
        let spin = spins(trace).then_some(Channel::SPIN);
        let of_hue: Vec<Rc<Channels>> = (0..HUES)
            .map(|hue| {
                let mut channels = vec![
                    Channel::work(hue),
                    Channel::SWITCH,
                    Channel::GAP,
                    Channel::READY,
                    Channel::BLOCKED,
                    Channel::ABSENT,
                ];
                channels.extend(spin);
                Rc::new(Channels::new(channels))
            })
            .collect();
        let rows = (0..trace.tasks.len() as u32).map(|task| Row {
            track: Track::new(of_hue[usize::from(palette.tint(TaskId(task)).hue)].clone()),
            until_ns: 0,
            end: None,
        });
        CollectTasks {
            rows: rows.collect(),
            palette,
            ahead: None,
        }
    }
}

impl Visitor for CollectTasks {
    fn lane_span(&mut self, _: u8, span: LaneSpan) {
        let task = innermost(&span);
        let (channel, detail) = match span.kind {
            SpanKind::Useful | SpanKind::Spin => return,
            SpanKind::Gap => (Channel::GAP, 0),
            SpanKind::Switch => (Channel::SWITCH, span.cost),
        };
        let told = Span {
            start_ns: span.start.0,
            task,
            detail,
            channel,
            stop: stop_of(span.stop),
        };
        let row = &mut self.rows[task.index()];
        match row.track.spans().last() {
            Some(last) if last.channel == Channel::READY && row.until_ns == span.end.0 => {
                row.end_with(told);
            }
            _ => self.ahead = Some(told),
        }
    }

    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        let row = &mut self.rows[task.index()];
        row.fill(task, span.start.0);
        let (channel, detail) = match span.state {
            TaskState::Ready => (Channel::READY, 0),
            TaskState::Running(lane) => {
                (Channel::work(self.palette.tint(task).hue), u16::from(lane))
            }
            TaskState::Spinning(lane) => (Channel::SPIN, u16::from(lane)),
            TaskState::Blocked(resource) => (Channel::BLOCKED, resource),
            TaskState::Finished | TaskState::Crashed | TaskState::Killed | TaskState::Absent => {
                (Channel::ABSENT, 0)
            }
        };
        row.track.push(Span {
            start_ns: span.start.0,
            task,
            detail,
            channel,
            stop: Stop::Continues,
        });
        row.until_ns = span.end.0;
        let ahead = self.ahead.take().filter(|ahead| {
            let inside = (span.start.0..span.end.0).contains(&ahead.start_ns);
            ahead.task == task && inside && channel == Channel::READY
        });
        if let Some(ahead) = ahead {
            row.end_with(ahead);
        }
    }

    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        let row = &mut self.rows[task.index()];
        // A task killed while it was switched to was told to be ready for the whole switch.
        while row
            .track
            .spans()
            .last()
            .is_some_and(|last| last.start_ns >= at.0)
        {
            row.track.pop();
        }
        row.until_ns = row.until_ns.min(at.0);
        row.end = Some((at, state));
    }
}

impl Collect for CollectTasks {
    type Rows = Vec<TaskTrack>;

    fn finish(self, trace: &Trace) -> Vec<TaskTrack> {
        let rows = (0..).map(TaskId).zip(self.rows);
        rows.map(|(task, mut row)| {
            row.fill(task, trace.end.0);
            row.track.finish(trace.end.0);
            let (until, state) = row.end.unwrap_or((trace.end, TaskState::Absent));
            TaskTrack {
                track: row.track,
                until,
                state,
            }
        })
        .collect()
    }
}

/// Whether any task of a trace spins.
fn spins(trace: &Trace) -> bool {
    let mut events = trace.events.iter();
    events.any(|event| event.kind == EventKind::SpinBegin)
}
