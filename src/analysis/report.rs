//! The report: what each task and each hardware thread did, in numbers. Its JSON form is stable:
//! fields are added, never renamed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::channels::{ChannelReport, channels};
use super::containers::{ContainerReport, containers};
use super::groups::{GroupReport, groups};
use super::tally::Tally;
use super::totals::Totals;
use crate::trace::{Outcome, TaskId, TaskKind, TaskState, Trace};

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The version of this form: 1.
    pub schema: u32,
    /// `finished`, `deadlock`, `stuck`, `livelock`, `limit`, `time-limit`, `cancelled` or `failed`.
    pub outcome: &'static str,
    /// For a deadlock, the circle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<Vec<CycleReport>>,
    /// For a limit, its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// When the run ended.
    pub end_ns: u64,
    /// The tasks that run programs, in the order of the scenario's text, copies side by side.
    pub tasks: Vec<TaskReport>,
    /// The same, all tasks of a line of the scenario together.
    pub groups: Vec<GroupReport>,
    /// The threads that run event loops over coroutines; the coroutines are among `tasks`.
    pub event_loops: Vec<TaskReport>,
    /// The hardware threads.
    pub cores: Vec<CoreReport>,
    /// The channels; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelReport>,
    /// Containers, where there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<ContainerReport>,
    /// All together.
    pub totals: Totals,
    /// What the shared variables ended at.
    pub variables: BTreeMap<String, i64>,
}

/// One step of a deadlock's circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CycleReport {
    /// Who waits.
    pub task: String,
    /// For what.
    pub waits_for: String,
}

/// What one task did. Times that never came are `null`: an unfinished task has no finish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskReport {
    /// Its process's name.
    pub process: String,
    /// Its thread's name.
    pub thread: String,
    /// Its own name, for a coroutine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub coroutine: String,
    /// Which of the tasks with these names it is, from zero.
    pub index: u32,
    /// When it came.
    pub arrival_ns: u64,
    /// When it first ran.
    pub first_run_ns: Option<u64>,
    /// When it ended, by itself or not.
    pub finish_ns: Option<u64>,
    /// `finish − arrival`.
    pub turnaround_ns: Option<u64>,
    /// `first run − arrival`.
    pub response_ns: Option<u64>,
    /// How long it was ready but did not run; being switched to counts as waiting.
    pub waiting_ns: u64,
    /// The longest of the times at a stretch that make up `waiting_ns`.
    pub longest_gap_ns: u64,
    /// How long it waited for something else than a core.
    pub blocked_ns: u64,
    /// How long it ran, spinning included.
    pub cpu_ns: u64,
    /// How long of that it did nothing but try to get spin locks; left out where that is no time.
    #[serde(skip_serializing_if = "is_zero")]
    pub spin_ns: u64,
    /// How often it gave up its hardware thread (for a coroutine: its turn) by itself.
    pub voluntary_switches: u64,
    /// How often its hardware thread was taken from it.
    pub involuntary_switches: u64,
    /// How often it went on on another hardware thread than before.
    pub migrations: u64,
    /// For a task with a period or a deadline: how many of its jobs were done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jobs: Option<u64>,
    /// How many of its jobs were not done by their deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_misses: Option<u64>,
    /// The largest lateness of a job that was done: when it was done, less its deadline. Negative if
    /// every one was early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lateness_ns: Option<i64>,
    /// `finished`, `crashed`, `killed`, `running`, `spinning`, `ready`, `blocked`, `absent` (it has not come) or
    /// `refused` (there was no room for it).
    pub state: &'static str,
}

/// Where one hardware thread's time went; the four parts add up to the run's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CoreReport {
    /// The core.
    pub core: u16,
    /// The hardware thread on it.
    pub sibling: u8,
    /// Tasks' own work.
    pub useful_ns: u64,
    /// Changing from one task to another.
    pub switch_ns: u64,
    /// Waiting by computing.
    pub spin_ns: u64,
    /// Nothing; for a measured run also what the real operating system took away.
    pub idle_ns: u64,
}

/// Makes the report of a trace.
#[must_use]
pub fn report(trace: &Trace) -> Report {
    let tally = Tally::of(trace);
    let mut order: Vec<TaskId> = (0..trace.tasks.len() as u32).map(TaskId).collect();
    order.sort_by_key(|task| {
        let info = &trace.tasks[task.index()];
        (info.group, info.index)
    });
    let (loops, leaves): (Vec<TaskId>, Vec<TaskId>) = order
        .into_iter()
        .partition(|task| trace.kind(*task) == TaskKind::EventLoop);
    let tasks: Vec<TaskReport> = leaves.iter().map(|task| tally.task(*task)).collect();
    let event_loops = loops.iter().map(|task| tally.task(*task)).collect();
    let cores: Vec<CoreReport> = (0..trace.lanes.len())
        .map(|lane| tally.core(lane))
        .collect();
    Report {
        schema: 1,
        outcome: outcome_name(&trace.outcome),
        cycle: cycle(trace),
        limit: match &trace.outcome {
            Outcome::Limit { limit } => Some(limit.clone()),
            _ => None,
        },
        end_ns: trace.end.0,
        totals: Totals::of(&tasks, &cores, tally.counts),
        groups: groups(&tasks),
        containers: containers(trace),
        tasks,
        event_loops,
        cores,
        channels: channels(trace),
        variables: trace.variables.iter().cloned().collect(),
    }
}

/// The name of an outcome in the report.
#[must_use]
pub fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Finished => "finished",
        Outcome::Deadlock { .. } => "deadlock",
        Outcome::Stuck => "stuck",
        Outcome::Livelock => "livelock",
        Outcome::Limit { .. } => "limit",
        Outcome::TimeLimit => "time-limit",
        Outcome::Cancelled => "cancelled",
        Outcome::Failed { .. } => "failed",
    }
}

fn is_zero(time: &u64) -> bool {
    *time == 0
}

/// The name of a task's state in the report.
#[must_use]
pub fn state_name(state: TaskState) -> &'static str {
    match state {
        TaskState::Ready => "ready",
        TaskState::Running(_) => "running",
        TaskState::Spinning(_) => "spinning",
        TaskState::Blocked(_) => "blocked",
        TaskState::Finished => "finished",
        TaskState::Crashed => "crashed",
        TaskState::Killed => "killed",
        TaskState::Absent => "absent",
    }
}

fn cycle(trace: &Trace) -> Option<Vec<CycleReport>> {
    let Outcome::Deadlock { cycle } = &trace.outcome else {
        return None;
    };
    Some(
        cycle
            .iter()
            .map(|edge| CycleReport {
                task: trace.task_name(edge.task),
                waits_for: trace.resource_name(edge.resource),
            })
            .collect(),
    )
}
