//! `timeslice export`: tables for a spreadsheet, or a picture for a page.

use std::io::Write;

use timeslice::analysis::{TaskReport, report};
use timeslice::kernel::simulate;
use timeslice::trace::{LaneSpan, SpanKind, StopReason, TaskId, Trace, lane_spans, svg};

use crate::Failure;
use crate::arguments::Options;
use crate::input;
use crate::output;

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A line for each task, with the numbers of the report.
    Tasks,
    /// A line for each stretch of a hardware thread's time.
    Slices,
    /// The timeline as a picture.
    Svg,
}

pub(crate) fn export(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let Some(form) = options.form else {
        return Err(Failure::Usage(
            "say what is exported: `--csv tasks`, `--csv slices` or `--svg`".to_owned(),
        ));
    };
    let input = input::read_one(options)?;
    let parsed = input::scenario(&input, options)?;
    let trace = simulate(&parsed.scenario, options.limits);
    output::to(options, out, |out| match form {
        Form::Tasks => tasks(&report(&trace).tasks, out),
        Form::Slices => slices(&trace, out),
        Form::Svg => svg::write(&trace, &parsed.scenario.title, out),
    })
}

fn tasks(tasks: &[TaskReport], out: &mut dyn Write) -> std::io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record([
        "process",
        "thread",
        "coroutine",
        "index",
        "state",
        "arrival_ns",
        "first_run_ns",
        "finish_ns",
        "turnaround_ns",
        "response_ns",
        "waiting_ns",
        "longest_gap_ns",
        "blocked_ns",
        "cpu_ns",
        "voluntary_switches",
        "involuntary_switches",
        "migrations",
    ])?;
    let number = |number: u64| number.to_string();
    // A time that never came is an empty field.
    let time = |time: Option<u64>| time.map_or_else(String::new, number);
    for task in tasks {
        table.write_record([
            task.process.clone(),
            task.thread.clone(),
            task.coroutine.clone(),
            task.index.to_string(),
            task.state.to_owned(),
            number(task.arrival_ns),
            time(task.first_run_ns),
            time(task.finish_ns),
            time(task.turnaround_ns),
            time(task.response_ns),
            number(task.waiting_ns),
            number(task.longest_gap_ns),
            number(task.blocked_ns),
            number(task.cpu_ns),
            number(task.voluntary_switches),
            number(task.involuntary_switches),
            number(task.migrations),
        ])?;
    }
    table.flush()
}

fn slices(trace: &Trace, out: &mut dyn Write) -> std::io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record([
        "core",
        "sibling",
        "start_ns",
        "end_ns",
        "kind",
        "process",
        "thread",
        "coroutine",
        "index",
        "ended",
        "resource",
    ])?;
    for (lane, spans) in trace.lanes.iter().zip(lane_spans(trace)) {
        for span in spans {
            let inside = span.coroutine != TaskId::NONE;
            let who = if inside { span.coroutine } else { span.task };
            let group = trace.group(who);
            let (ended, resource) = ended(trace, &span);
            table.write_record([
                lane.core.to_string().as_str(),
                &lane.sibling.to_string(),
                &span.start.0.to_string(),
                &span.end.0.to_string(),
                match span.kind {
                    SpanKind::Useful => "useful",
                    SpanKind::Switch => "switch",
                    SpanKind::Spin => "spin",
                    SpanKind::Gap => "gap",
                },
                &group.process,
                &group.thread,
                &group.coroutine,
                &trace.tasks[who.index()].index.to_string(),
                ended,
                &resource,
            ])?;
        }
    }
    table.flush()
}

/// Why a stay ended, and what the task went to wait for.
fn ended(trace: &Trace, span: &LaneSpan) -> (&'static str, String) {
    let word = match span.stop {
        StopReason::Blocked(resource) => return ("blocked", trace.resource_name(resource)),
        StopReason::Continues => "continues",
        StopReason::Preempted => "preempted",
        StopReason::Yielded => "yielded",
        StopReason::Finished => "finished",
        StopReason::Crashed => "crashed",
        StopReason::Killed => "killed",
        StopReason::RunEnded => "run-ended",
    };
    (word, String::new())
}
