//! From the walk over a trace's events to tracks. Pure; the one place here that listens to it.
//!
//! Called by `data`.

use super::data::TaskTrack;
use super::palette::Palette;
use super::summary::{Channel, Span, Stop, Track};
use crate::base::Nanos;
use crate::trace::{
    LaneSpan, SpanKind, StopReason, TaskId, TaskSpan, TaskState, Trace, Visitor, walk,
};

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

/// What [`lanes`] finds.
pub(super) struct Lanes {
    /// One track a lane.
    pub tracks: Vec<Track>,
    /// How many uninterrupted stretches of work there are.
    pub slices: u64,
}

/// One track a lane.
pub(super) fn lanes(trace: &Trace, palette: &Palette) -> Lanes {
    let mut collect = CollectLanes {
        palette,
        spans: vec![Vec::new(); trace.lanes.len()],
        until: vec![0; trace.lanes.len()],
        slices: 0,
    };
    walk(trace, &mut collect);
    let end_ns = trace.end.0;
    for lane in 0..trace.lanes.len() {
        collect.idle_until(lane, end_ns);
    }
    let tracks = collect.spans.into_iter();
    Lanes {
        tracks: tracks.map(|spans| Track::new(spans, end_ns)).collect(),
        slices: collect.slices,
    }
}

struct CollectLanes<'a> {
    palette: &'a Palette,
    spans: Vec<Vec<Span>>,
    until: Vec<u64>,
    slices: u64,
}

impl CollectLanes<'_> {
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

impl Visitor for CollectLanes<'_> {
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
/// ready; its lane tells what it really was, just before or just after, and the two are put together.
struct CollectTasks<'a> {
    palette: &'a Palette,
    rows: Vec<Row>,
    /// What a lane has told about the end of a ready span that is still to come.
    ahead: Option<Span>,
}

#[derive(Clone)]
struct Row {
    spans: Vec<Span>,
    until_ns: u64,
    end: Option<(Nanos, TaskState)>,
}

/// One track a task.
pub(super) fn tasks(trace: &Trace, palette: &Palette) -> Vec<TaskTrack> {
    let row = Row {
        spans: Vec::new(),
        until_ns: 0,
        end: None,
    };
    let mut tasks = CollectTasks {
        palette,
        rows: vec![row; trace.tasks.len()],
        ahead: None,
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
    /// The last span is over at the start of `span`, which takes the rest of its time.
    fn end_with(&mut self, span: Span) {
        match self.spans.last_mut() {
            Some(last) if last.start_ns >= span.start_ns => *last = span,
            _ => self.spans.push(span),
        }
    }

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

impl Visitor for CollectTasks<'_> {
    fn lane_span(&mut self, _: u8, span: LaneSpan) {
        let task = innermost(&span);
        let (channel, detail) = match span.kind {
            SpanKind::Useful => return,
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
        match row.spans.last() {
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
        while row.spans.last().is_some_and(|last| last.start_ns >= at.0) {
            row.spans.pop();
        }
        row.until_ns = row.until_ns.min(at.0);
        row.end = Some((at, state));
    }
}
