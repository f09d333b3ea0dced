//! A trace as a still picture: SVG for slides, handouts and papers, with a row for each lane and,
//! where there are not too many, one for each task. It needs no style sheet and no script, and what
//! is finer than half a pixel is drawn as one, so that the picture stays small however long the run.
//!
//! Positions are whole hundredths of a pixel: the same trace gives the same bytes everywhere.

mod page;
mod row;

use std::io::{self, Write};

use super::event::{EventKind, TaskId};
use super::spans::{LaneSpan, SpanKind, TaskSpan, TaskState, Visitor};
use super::table::{Origin, TaskKind, Trace};
use super::walk::walk;
use crate::base::Nanos;
use page::Page;
use row::{Bar, FINE, Row};

/// The picture is so wide.
const WIDTH: u64 = 1_000;
/// Names stand left of this.
const LEFT: u64 = 170;
/// The run takes so much of the width.
const PLOT: u64 = 810;
const TOP: u64 = 40;
const LANE_HEIGHT: u64 = 22;
const TASK_HEIGHT: u64 = 14;
const GAP: u64 = 4;
/// More tasks than these are not drawn one by one.
const MOST_TASKS: usize = 40;

/// The hues of the page, set to at least 3 : 1 against white, and the ink that is read on them.
const HUES: [(&str, &str); 10] = [
    ("#0068a8", "#ffffff"),
    ("#c47a00", "#1b1304"),
    ("#008562", "#ffffff"),
    ("#b2548a", "#ffffff"),
    ("#3795cc", "#04121b"),
    ("#c24e00", "#ffffff"),
    ("#807500", "#ffffff"),
    ("#5c6169", "#ffffff"),
    ("#7d4f2c", "#ffffff"),
    ("#98324f", "#ffffff"),
];
const SWITCH: &str = "#1b1e23";
const SPIN: &str = "#8a4fbf";
const READY: &str = "#c9c4ba";
const BLOCKED: &str = "#e2ded6";
const LOST: &str = "#b3261e";

/// Writes the picture of a trace.
///
/// # Errors
/// Whatever `out` says.
pub fn write(trace: &Trace, title: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(draw(trace, title).as_bytes())
}

fn draw(trace: &Trace, title: &str) -> String {
    let leaf = |task: &TaskId| trace.kind(*task) != TaskKind::EventLoop;
    let mut tasks: Vec<TaskId> = (0..trace.tasks.len() as u32)
        .map(TaskId)
        .filter(leaf)
        .collect();
    let left_out = tasks.len() > MOST_TASKS;
    if left_out {
        tasks.clear();
    }
    tasks.sort_by_key(|task| {
        let info = &trace.tasks[task.index()];
        (info.group, info.index)
    });
    let mut row_of = vec![None; trace.tasks.len()];
    let lanes_end = TOP + trace.lanes.len() as u64 * (LANE_HEIGHT + GAP) + GAP;
    let mut rows: Vec<Row> = (0..trace.lanes.len() as u64)
        .map(|lane| Row::new(TOP + lane * (LANE_HEIGHT + GAP), LANE_HEIGHT))
        .collect();
    for (at, task) in tasks.iter().enumerate() {
        row_of[task.index()] = Some(rows.len());
        let y = lanes_end + at as u64 * (TASK_HEIGHT + GAP);
        rows.push(Row::new(y, TASK_HEIGHT));
    }
    let mut painter = Painter {
        trace,
        rows,
        row_of,
    };
    walk(trace, &mut painter);
    let rows = painter.rows;
    let bottom = lanes_end + tasks.len() as u64 * (TASK_HEIGHT + GAP);
    let mut page = Page {
        text: String::new(),
    };
    page.open(trace, title, bottom + 62);
    page.axis(trace.end, bottom);
    for (lane, row) in rows.iter().take(trace.lanes.len()).enumerate() {
        page.name(&lane_name(trace, lane), row.y + LANE_HEIGHT / 2, 12);
    }
    for (task, row) in tasks.iter().zip(&rows[trace.lanes.len()..]) {
        page.name(&trace.task_name(*task), row.y + TASK_HEIGHT / 2, 11);
    }
    for row in rows {
        page.text.push_str(&row.finished());
    }
    let mut events = trace.events.iter();
    let spins = events.any(|event| event.kind == EventKind::SpinBegin);
    page.key(bottom + 40, left_out.then_some(trace.tasks.len()), spins);
    page.text.push_str("</svg>\n");
    page.text
}

struct Painter<'a> {
    trace: &'a Trace,
    rows: Vec<Row>,
    /// For each task, its row, if it has one.
    row_of: Vec<Option<usize>>,
}

impl Painter<'_> {
    /// A hue for each process; where there is only one, for each of its lines.
    fn hue(&self, task: TaskId) -> (&'static str, &'static str) {
        let info = &self.trace.tasks[task.index()];
        let number = match self.trace.processes.len() {
            1 => info.group,
            _ => info.process,
        };
        HUES[number as usize % HUES.len()]
    }

    fn span(&self, start: Nanos, end: Nanos) -> (u64, u64) {
        (x_of(start, self.trace.end), x_of(end, self.trace.end))
    }
}

impl Visitor for Painter<'_> {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let inside = span.coroutine != TaskId::NONE;
        let who = if inside { span.coroutine } else { span.task };
        let (from, to) = self.span(span.start, span.end);
        let (fill, ink) = self.hue(who);
        let (fill, verb) = match span.kind {
            SpanKind::Useful => (fill, "runs"),
            SpanKind::Switch => (SWITCH, "is switched to"),
            SpanKind::Spin => (SPIN, "asks again and again"),
            SpanKind::Gap => (LOST, "loses its core to the real operating system"),
        };
        let row = &mut self.rows[usize::from(lane)];
        if to - from < FINE {
            return row.fine(from, to, LANE_HEIGHT, fill);
        }
        let name = self.trace.task_name(who);
        let label = (span.kind == SpanKind::Useful).then_some((name.as_str(), ink));
        row.bar(&Bar {
            from,
            to,
            height: LANE_HEIGHT,
            fill,
            about: format_args!("{name} {verb} from {} to {}", span.start, span.end),
            label,
        });
    }

    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        let Some(row) = self.row_of[task.index()] else {
            return;
        };
        let (from, to) = self.span(span.start, span.end);
        let waits;
        let (height, fill, what) = match span.state {
            TaskState::Running(_) => (TASK_HEIGHT, self.hue(task).0, "runs"),
            TaskState::Spinning(_) => (TASK_HEIGHT, SPIN, "asks again and again"),
            TaskState::Ready => (6, READY, "is ready, but does not run,"),
            TaskState::Blocked(resource) => {
                waits = format!("waits for {}", self.trace.resource_name(resource));
                (4, BLOCKED, waits.as_str())
            }
            TaskState::Finished | TaskState::Crashed | TaskState::Killed | TaskState::Absent => {
                return;
            }
        };
        self.rows[row].bar(&Bar {
            from,
            to,
            height,
            fill,
            about: format_args!("{what} from {} to {}", span.start, span.end),
            label: None,
        });
    }

    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        let Some(row) = self.row_of[task.index()] else {
            return;
        };
        if matches!(state, TaskState::Crashed | TaskState::Killed) {
            let (from, _) = self.span(at, at);
            let how = if state == TaskState::Crashed {
                "crashes"
            } else {
                "is killed with its process"
            };
            self.rows[row].bar(&Bar {
                from,
                to: from + 300,
                height: TASK_HEIGHT,
                fill: LOST,
                about: format_args!("{how} at {at}"),
                label: None,
            });
        }
    }
}

/// Where an instant is drawn, in hundredths of a pixel.
fn x_of(at: Nanos, end: Nanos) -> u64 {
    let along = u128::from(at.0) * u128::from(PLOT * 100) / u128::from(end.0.max(1));
    LEFT * 100 + along as u64
}

fn lane_name(trace: &Trace, lane: usize) -> String {
    let info = trace.lanes[lane];
    match trace.origin {
        Origin::Measured { .. } => format!("worker {}", info.core),
        Origin::Simulated if trace.lanes.iter().any(|lane| lane.sibling > 0) => {
            format!("core {}.{}", info.core, info.sibling)
        }
        Origin::Simulated => format!("core {}", info.core),
    }
}
