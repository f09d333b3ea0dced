//! The figures of one run that a comparison needs. A figure that a run does not have is `None`, never
//! zero.
//!
//! Called by `comparison` and the page, once a run.

use super::report::{Report, report};
use crate::base::Nanos;
use crate::trace::{
    LaneSpan, Origin, Outcome, SpanKind, TaskId, TaskSpan, TaskState, Trace, Visitor, walk,
};

/// The figures of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// The smallest step of the clock it was measured with; none for a simulated run.
    pub clock_step: Option<Nanos>,
    /// Last finish − first arrival, where everything came to its end.
    pub makespan: Option<Nanos>,
    /// Where the lanes' time went.
    pub split: Option<Split>,
    /// Over the tasks that finished, where everything came to its end.
    pub mean_turnaround: Option<Nanos>,
    /// The longest of them.
    pub max_turnaround: Option<Nanos>,
    /// Over the tasks that ran.
    pub mean_response: Option<Nanos>,
    /// Over the tasks that finished.
    pub mean_waiting: Option<Nanos>,
    /// Changes from one task to another on a lane. A real run has them only where one worker runs
    /// several tasks: what the real operating system does, no page can see.
    pub context_switches: Option<u64>,
    /// The longest time that any task was ready without running.
    pub longest_wait: Option<Nanos>,
    /// The tasks, in the order of the scenario's text.
    pub tasks: Vec<TaskDigest>,
}

/// Parts of all lanes' time, in percent. What is missing to a hundred is spinning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// Tasks' own work.
    pub useful: f64,
    /// Changing from one task to another; none where the run could not measure it.
    pub switch: Option<f64>,
    /// Nothing.
    pub idle: f64,
    /// The real operating system had taken the core away; none for a simulated run.
    pub taken: Option<f64>,
}

/// One task's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskDigest {
    /// What it is called, the same in every run of a scenario.
    pub name: String,
    /// Finish − arrival, if it ended.
    pub turnaround: Option<Nanos>,
}

impl Digest {
    /// The figures of a run.
    #[must_use]
    pub fn new(trace: &Trace) -> Digest {
        Digest::from_report(trace, &report(trace))
    }

    /// The same, where the report is made already.
    #[must_use]
    pub fn from_report(trace: &Trace, report: &Report) -> Digest {
        let clock_step = match trace.origin {
            Origin::Simulated => None,
            Origin::Measured { clock_step, .. } => Some(clock_step),
        };
        let measured = clock_step.is_some();
        let taken = measured.then(|| taken(trace));
        let over = trace.outcome == Outcome::Finished;
        let finished = || report.tasks.iter().filter(|task| task.state == "finished");
        let turnarounds = || finished().filter_map(|task| task.turnaround_ns);
        let totals = &report.totals;
        let nonzero = |count: u64| (count > 0 || !measured).then_some(count);
        Digest {
            clock_step,
            makespan: (over && !report.tasks.is_empty()).then_some(Nanos(totals.makespan_ns)),
            split: split(report, taken),
            mean_turnaround: mean(turnarounds()).filter(|_| over),
            max_turnaround: turnarounds().max().map(Nanos).filter(|_| over),
            mean_response: mean(report.tasks.iter().filter_map(|task| task.response_ns)),
            mean_waiting: mean(finished().map(|task| task.waiting_ns)).filter(|_| over),
            context_switches: nonzero(totals.context_switches),
            longest_wait: report
                .tasks
                .iter()
                .map(|task| Nanos(task.longest_gap_ns))
                .max(),
            tasks: tasks(report),
        }
    }
}

fn split(report: &Report, taken: Option<Nanos>) -> Option<Split> {
    let sum = |part: fn(&super::CoreReport) -> u64| report.cores.iter().map(part).sum::<u64>();
    let whole = report.end_ns * report.cores.len() as u64;
    let percent = |part: u64| part as f64 * 100.0 / whole as f64;
    let switch = sum(|core| core.switch_ns);
    let idle = sum(|core| core.idle_ns).saturating_sub(taken.unwrap_or_default().0);
    (whole > 0).then(|| Split {
        useful: percent(sum(|core| core.useful_ns)),
        switch: (switch > 0 || taken.is_none()).then(|| percent(switch)),
        idle: percent(idle),
        taken: taken.map(|taken| percent(taken.0)),
    })
}

fn mean(values: impl Iterator<Item = u64>) -> Option<Nanos> {
    let (sum, count) = values.fold((0_u128, 0_u128), |(sum, count), value| {
        (sum + u128::from(value), count + 1)
    });
    sum.checked_div(count).map(|mean| Nanos(mean as u64))
}

/// The names are those of [`Trace::task_name`].
fn tasks(report: &Report) -> Vec<TaskDigest> {
    let tasks = report.tasks.iter().enumerate().map(|(position, task)| {
        let parts = [&task.process, &task.thread, &task.coroutine];
        let is_said = |part: &&String| match part.as_str() {
            "" => false,
            "main" => !task.coroutine.is_empty(),
            _ => true,
        };
        let said = parts[1..].iter().copied().filter(is_said);
        let names: Vec<&str> = [parts[0]]
            .into_iter()
            .chain(said)
            .map(String::as_str)
            .collect();
        let mut name = names.join("/");
        // Tasks alike stand side by side.
        let alike =
            |other: &super::TaskReport| [&other.process, &other.thread, &other.coroutine] == parts;
        if task.index > 0 || report.tasks.get(position + 1).is_some_and(alike) {
            name.push_str(&format!(" {}", task.index));
        }
        TaskDigest {
            name,
            turnaround: task.turnaround_ns.map(Nanos),
        }
    });
    tasks.collect()
}

/// How long the real operating system had taken cores away, on all lanes together.
fn taken(trace: &Trace) -> Nanos {
    struct Gaps(Nanos);
    impl Visitor for Gaps {
        fn lane_span(&mut self, _: u8, span: LaneSpan) {
            if span.kind == SpanKind::Gap {
                self.0 += span.end - span.start;
            }
        }
        fn task_span(&mut self, _: TaskId, _: TaskSpan) {}
        fn task_ended(&mut self, _: TaskId, _: Nanos, _: TaskState) {}
    }
    let mut gaps = Gaps(Nanos::ZERO);
    walk(trace, &mut gaps);
    gaps.0
}
