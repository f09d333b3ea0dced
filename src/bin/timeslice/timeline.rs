//! A timeline in characters: one row a hardware thread, in each column the letter of whoever had
//! it longest in that stretch of time, or the sign of idling if nobody had it longer than that.

use std::collections::BTreeMap;
use std::io::{self, Write};

use timeslice::base::Nanos;
use timeslice::trace::{
    EventKind, LaneSpan, SpanKind, TaskId, TaskSpan, TaskState, Trace, Visitor, walk,
};

/// Letters for tasks, or for groups of tasks where there are too many.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const IDLE: char = '.';
const SWITCH: char = '~';
const SPIN: char = '*';

pub(crate) fn print(trace: &Trace, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let end = trace.end.0;
    if end == 0 {
        return Ok(());
    }
    let label = trace
        .lanes
        .iter()
        .map(|lane| lane_name(trace, lane.core, lane.sibling).len())
        .max()
        .unwrap_or(0);
    let columns = width.saturating_sub(label + 3).clamp(20, 400);
    let mut chart = Chart {
        trace,
        columns,
        one_by_one: trace.tasks.len() <= LETTERS.len(),
        lanes: vec![vec![BTreeMap::new(); columns]; trace.lanes.len()],
    };
    walk(trace, &mut chart);
    writeln!(out, "\nTimeline")?;
    let mut used = Vec::new();
    for (lane, row) in trace.lanes.iter().zip(&chart.lanes) {
        let letters: String = row
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let idle = chart.edge(index + 1) - chart.edge(index) - column.values().sum::<u64>();
                let most = column
                    .iter()
                    .max_by_key(|(who, time)| (**time, std::cmp::Reverse(**who)))
                    .filter(|(_, time)| **time >= idle);
                match most {
                    None => IDLE,
                    Some((Who::Switching, _)) => SWITCH,
                    Some((Who::Spinning, _)) => SPIN,
                    Some((Who::Task(number), _)) => {
                        if !used.contains(number) {
                            used.push(*number);
                        }
                        letter(*number)
                    }
                }
            })
            .collect();
        let name = lane_name(trace, lane.core, lane.sibling);
        writeln!(out, "{name:label$} |{letters}|")?;
    }
    let end = Nanos(end).to_string();
    let gap = columns - 1;
    writeln!(out, "{:label$}  0{end:>gap$}", "")?;
    print_legend(&chart, &mut used, width, out)
}

fn print_legend(
    chart: &Chart<'_>,
    used: &mut [usize],
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    used.sort_unstable();
    let names = used.iter().map(|number| {
        let name = if chart.one_by_one {
            chart.trace.task_name(TaskId(*number as u32))
        } else {
            let group = &chart.trace.groups[*number];
            let mut names = vec![group.process.as_str()];
            if group.thread != "main" || !group.coroutine.is_empty() {
                names.push(&group.thread);
            }
            if !group.coroutine.is_empty() {
                names.push(&group.coroutine);
            }
            names.join("/")
        };
        format!("{} {name}", letter(*number))
    });
    let mut events = chart.trace.events.iter();
    let spins = events.any(|event| event.kind == EventKind::SpinBegin);
    let signs = [format!("{SWITCH} switching"), format!("{IDLE} idle")];
    let signs = signs
        .into_iter()
        .chain(spins.then(|| format!("{SPIN} spinning")));
    let mut line = String::new();
    for entry in names.chain(signs) {
        if !line.is_empty() && line.chars().count() + entry.chars().count() + 2 > width {
            writeln!(out, "{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push_str("  ");
        }
        line.push_str(&entry);
    }
    writeln!(out, "{line}")
}

fn letter(number: usize) -> char {
    LETTERS.chars().nth(number).unwrap_or('*')
}

fn lane_name(trace: &Trace, core: u16, sibling: u8) -> String {
    if trace.lanes.iter().any(|lane| lane.sibling > 0) {
        format!("core {core}.{sibling}")
    } else {
        format!("core {core}")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    /// A task, or its group, by position.
    Task(usize),
    Switching,
    Spinning,
}

/// For each lane and each column, how long whom.
struct Chart<'a> {
    trace: &'a Trace,
    columns: usize,
    one_by_one: bool,
    lanes: Vec<Vec<BTreeMap<Who, u64>>>,
}

impl Chart<'_> {
    /// Where a column begins: column c covers [c × end / columns, (c + 1) × end / columns).
    fn edge(&self, column: usize) -> u64 {
        (column as u128 * u128::from(self.trace.end.0) / self.columns as u128) as u64
    }
}

impl Visitor for Chart<'_> {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let who = match span.kind {
            SpanKind::Useful => {
                let task = if span.coroutine == TaskId::NONE {
                    span.task
                } else {
                    span.coroutine
                };
                Who::Task(if self.one_by_one {
                    task.index()
                } else {
                    self.trace.tasks[task.index()].group as usize
                })
            }
            SpanKind::Switch => Who::Switching,
            SpanKind::Spin => Who::Spinning,
            SpanKind::Gap => return,
        };
        let (end, columns) = (u128::from(self.trace.end.0), self.columns as u128);
        let column_at = |at: Nanos| (u128::from(at.0) * columns / end) as usize;
        let first = column_at(span.start);
        let last = column_at(span.end).min(self.columns - 1);
        let edges: Vec<u64> = (first..=last + 1).map(|column| self.edge(column)).collect();
        let row = &mut self.lanes[usize::from(lane)];
        for (column, shares) in row.iter_mut().enumerate().take(last + 1).skip(first) {
            let from = span.start.0.max(edges[column - first]);
            let to = span.end.0.min(edges[column - first + 1]);
            if to > from {
                *shares.entry(who).or_insert(0) += to - from;
            }
        }
    }

    fn task_span(&mut self, _: TaskId, _: TaskSpan) {}

    fn task_ended(&mut self, _: TaskId, _: Nanos, _: TaskState) {}
}
