//! A trace as Chrome trace event JSON, the format that Perfetto and `chrome://tracing` open. One
//! process "cores" with a track for each lane, and the trace's own processes with a track for each
//! task. Written piece by piece, so that a long trace needs no memory of its own.
//!
//! The format: "Trace Event Format", Google, 2016; times are microseconds, here with the three
//! digits that make them exact.

use std::fmt;
use std::io::{self, Write};

use super::event::{EventKind, TaskId};
use super::spans::{LaneSpan, SpanKind, StopReason, TaskSpan, TaskState, Visitor};
use super::table::{SwitchKind, TaskKind, Trace};
use super::walk::walk;
use crate::base::Nanos;

/// The process that the lanes are tracks of; the trace's own processes are numbered from the next.
const CORES: u32 = 1;

/// Writes a trace.
///
/// # Errors
/// Whatever `out` says.
pub fn write(trace: &Trace, title: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "{{\"displayTimeUnit\":\"ns\",\"otherData\":{{\"title\":{}}},\"traceEvents\":[",
        Quoted(title)
    )?;
    let mut writer = Writer {
        trace,
        out,
        first: true,
        result: Ok(()),
    };
    writer.names();
    walk(trace, &mut writer);
    writer.marks();
    writer.result?;
    out.write_all(b"\n]}\n")
}

struct Writer<'a> {
    trace: &'a Trace,
    out: &'a mut dyn Write,
    first: bool,
    /// The first thing that went wrong; nothing is written after it.
    result: io::Result<()>,
}

impl Writer<'_> {
    fn event(&mut self, event: fmt::Arguments<'_>) {
        if self.result.is_err() {
            return;
        }
        let gap = if self.first { "\n" } else { ",\n" };
        self.first = false;
        self.result = write!(self.out, "{gap}{{{event}}}");
    }

    /// What the processes and their tracks are called, and in which order they stand.
    fn names(&mut self) {
        self.name("process_name", CORES, 0, "cores");
        for (at, lane) in self.trace.lanes.iter().enumerate() {
            let name = if self.trace.lanes.iter().any(|lane| lane.sibling > 0) {
                format!("core {}.{}", lane.core, lane.sibling)
            } else {
                format!("core {}", lane.core)
            };
            self.name("thread_name", CORES, at as u32 + 1, &name);
            self.order(CORES, at as u32 + 1);
        }
        let mut named = vec![false; self.trace.processes.len()];
        for at in 0..self.trace.tasks.len() {
            let task = TaskId(at as u32);
            let (pid, tid) = self.track(task);
            let info = self.trace.tasks[at];
            if !std::mem::replace(&mut named[info.process as usize], true) {
                let copy = self.trace.processes[info.process as usize].copy;
                let name = &self.trace.group(task).process;
                let name = if copy > 0 {
                    format!("{name} {copy}")
                } else {
                    name.clone()
                };
                self.name("process_name", pid, 0, &name);
            }
            self.name("thread_name", pid, tid, &self.trace.task_name(task));
            self.order(pid, tid);
        }
    }

    fn name(&mut self, what: &str, pid: u32, tid: u32, name: &str) {
        let name = Quoted(name);
        self.event(format_args!(
            "\"ph\":\"M\",\"name\":\"{what}\",\"pid\":{pid},\"tid\":{tid},\"args\":{{\"name\":{name}}}"
        ));
    }

    fn order(&mut self, pid: u32, tid: u32) {
        self.event(format_args!(
            "\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":{pid},\"tid\":{tid},\"args\":{{\"sort_index\":{tid}}}"
        ));
    }

    /// What tasks logged, what there was no room for, and messages.
    fn marks(&mut self) {
        let trace = self.trace;
        for event in &trace.events {
            let what = match event.kind {
                EventKind::Log => "",
                EventKind::Refused => "no room: ",
                EventKind::Sent => "sends ",
                EventKind::Received => "receives ",
                EventKind::Broken => "in vain: ",
                _ => continue,
            };
            let (pid, tid) = self.track(event.task);
            let text = format!("{what}{}", trace.resource_name(event.detail));
            let (text, at) = (Quoted(&text), Micros(event.at));
            self.event(format_args!(
                "\"ph\":\"i\",\"s\":\"t\",\"cat\":\"log\",\"name\":{text},\"pid\":{pid},\"tid\":{tid},\"ts\":{at}"
            ));
        }
    }

    fn track(&self, task: TaskId) -> (u32, u32) {
        let process = self.trace.tasks[task.index()].process;
        (CORES + 1 + process, task.0 + 1)
    }
}

impl Visitor for Writer<'_> {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let trace = self.trace;
        let who = if span.coroutine == TaskId::NONE {
            span.task
        } else {
            span.coroutine
        };
        let name = trace.task_name(who);
        let (at, length) = (Micros(span.start), Micros(span.end - span.start));
        let tid = u32::from(lane) + 1;
        let place =
            format_args!("\"pid\":{CORES},\"tid\":{tid},\"ts\":{at},\"dur\":{length}").to_string();
        let stop = stop_name(span.stop);
        match span.kind {
            SpanKind::Useful | SpanKind::Spin => {
                let name = Quoted(&name);
                let category = match span.kind {
                    SpanKind::Spin => "spin",
                    _ => "run",
                };
                self.event(format_args!(
                    "\"ph\":\"X\",\"cat\":\"{category}\",\"name\":{name},{place},\"args\":{{\"ended\":\"{stop}\"}}"
                ));
            }
            SpanKind::Switch => {
                let cost = trace.costs[usize::from(span.cost)];
                let kind = match cost.kind {
                    SwitchKind::None => "none",
                    SwitchKind::Coroutine => "coroutine",
                    SwitchKind::Thread => "thread",
                    SwitchKind::Process => "process",
                };
                self.event(format_args!(
                    "\"ph\":\"X\",\"cat\":\"switch\",\"name\":\"switch\",{place},\"args\":{{\"to\":{},\"kind\":\"{kind}\",\"save_restore_ns\":{},\"choose_ns\":{},\"address_space_ns\":{},\"cache_refill_ns\":{}}}",
                    Quoted(&name),
                    cost.save_restore.0,
                    cost.choose.0,
                    cost.address_space.0,
                    cost.cache_refill.0,
                ));
            }
            SpanKind::Gap => self.event(format_args!(
                "\"ph\":\"X\",\"cat\":\"gap\",\"name\":\"taken by the system\",{place},\"args\":{{}}"
            )),
        }
    }

    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        let trace = self.trace;
        let (pid, tid) = self.track(task);
        let (at, length) = (Micros(span.start), Micros(span.end - span.start));
        let waits_for;
        let (category, name): (&str, &str) = match span.state {
            TaskState::Running(_) if trace.kind(task) == TaskKind::EventLoop => {
                ("run", "event loop")
            }
            TaskState::Running(_) => ("run", "running"),
            TaskState::Spinning(_) => ("spin", "spinning"),
            TaskState::Ready => ("ready", "ready"),
            TaskState::Blocked(resource) => {
                waits_for = format!("waits for {}", trace.resource_name(resource));
                ("wait", &waits_for)
            }
            TaskState::Finished | TaskState::Crashed | TaskState::Killed | TaskState::Absent => {
                return;
            }
        };
        let name = Quoted(name);
        let lane = match span.state {
            TaskState::Running(lane) | TaskState::Spinning(lane) => i32::from(lane),
            _ => -1,
        };
        self.event(format_args!(
            "\"ph\":\"X\",\"cat\":\"{category}\",\"name\":{name},\"pid\":{pid},\"tid\":{tid},\"ts\":{at},\"dur\":{length},\"args\":{{\"lane\":{lane}}}"
        ));
    }

    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        let how = match state {
            TaskState::Crashed => "crashed",
            TaskState::Killed => "killed with its process",
            _ => return,
        };
        let (pid, tid) = self.track(task);
        let at = Micros(at);
        self.event(format_args!(
            "\"ph\":\"i\",\"s\":\"t\",\"cat\":\"end\",\"name\":\"{how}\",\"pid\":{pid},\"tid\":{tid},\"ts\":{at}"
        ));
    }
}

fn stop_name(stop: StopReason) -> &'static str {
    match stop {
        StopReason::Continues => "continues",
        StopReason::Preempted => "preempted",
        StopReason::Yielded => "yielded",
        StopReason::Blocked(_) => "blocked",
        StopReason::Finished => "finished",
        StopReason::Crashed => "crashed",
        StopReason::Killed => "killed",
        StopReason::RunEnded => "run-ended",
    }
}

/// Microseconds, exact to the nanosecond.
struct Micros(Nanos);

impl fmt::Display for Micros {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Nanos(nanos) = self.0;
        write!(out, "{}.{:03}", nanos / 1_000, nanos % 1_000)
    }
}

/// A JSON string.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        out.write_char('"')?;
        for letter in self.0.chars() {
            match letter {
                '"' => out.write_str("\\\"")?,
                '\\' => out.write_str("\\\\")?,
                letter if letter.is_control() => write!(out, "\\u{:04x}", u32::from(letter))?,
                letter => out.write_char(letter)?,
            }
        }
        out.write_char('"')
    }
}
