//! The report: what each task and each hardware thread did, in numbers. Its JSON form is stable:
//! fields are added, never renamed.

use serde::Serialize;

use crate::base::Nanos;
use crate::trace::{
    Event, EventKind, LaneSpan, Outcome, SpanKind, TaskId, TaskKind, TaskSpan, TaskState, Trace,
    Visitor, walk,
};

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The version of this form: 1.
    pub schema: u32,
    /// `finished`, `deadlock`, `livelock`, `limit`, `time-limit`, `cancelled` or `failed`.
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
    /// The threads that run event loops over coroutines; the coroutines are among `tasks`.
    pub event_loops: Vec<TaskReport>,
    /// The hardware threads.
    pub cores: Vec<CoreReport>,
    /// All together.
    pub totals: Totals,
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
    /// How long it waited for something else than a core.
    pub blocked_ns: u64,
    /// How long it ran.
    pub cpu_ns: u64,
    /// How often it gave up its hardware thread (for a coroutine: its turn) by itself.
    pub voluntary_switches: u64,
    /// How often its hardware thread was taken from it.
    pub involuntary_switches: u64,
    /// How often it went on on another hardware thread than before.
    pub migrations: u64,
    /// `finished`, `crashed`, `killed`, `running`, `ready`, `blocked` or `absent`.
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

/// All tasks and cores together. Means are over the tasks that have the number, in whole
/// nanoseconds, rounded down; zero where none has it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// Last finish − first arrival.
    pub makespan_ns: u64,
    /// Changes from one thread to another on a hardware thread, and from one coroutine to another
    /// in a thread.
    pub context_switches: u64,
    /// Mean of `turnaround_ns`.
    pub mean_turnaround_ns: u64,
    /// Mean of `waiting_ns` over the tasks that finished.
    pub mean_waiting_ns: u64,
    /// Mean of `response_ns`.
    pub mean_response_ns: u64,
    /// Useful time of all hardware threads ÷ (their number × makespan).
    pub utilisation: f64,
    /// Tasks finished a second of makespan.
    pub throughput_per_s: f64,
    /// Jain's index over the finished tasks' `cpu ÷ turnaround`: 1 where all got the same share.
    pub fairness_jain: f64,
}

/// Makes the report of a trace.
#[must_use]
pub fn report(trace: &Trace) -> Report {
    let mut tally = Tally {
        trace,
        tasks: vec![TaskTally::default(); trace.tasks.len()],
        lanes: vec![LaneTally::default(); trace.lanes.len()],
        switches: 0,
    };
    for event in &trace.events {
        tally.count(event);
    }
    walk(trace, &mut tally);
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
        totals: totals(&tasks, &cores, tally.switches),
        tasks,
        event_loops,
        cores,
    }
}

/// The name of an outcome in the report.
#[must_use]
pub fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Finished => "finished",
        Outcome::Deadlock { .. } => "deadlock",
        Outcome::Livelock => "livelock",
        Outcome::Limit { .. } => "limit",
        Outcome::TimeLimit => "time-limit",
        Outcome::Cancelled => "cancelled",
        Outcome::Failed { .. } => "failed",
    }
}

/// The name of a task's state in the report.
#[must_use]
pub fn state_name(state: TaskState) -> &'static str {
    match state {
        TaskState::Ready => "ready",
        TaskState::Running(_) => "running",
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

fn totals(tasks: &[TaskReport], cores: &[CoreReport], context_switches: u64) -> Totals {
    let first_arrival = tasks.iter().map(|task| task.arrival_ns).min().unwrap_or(0);
    let last_finish = tasks
        .iter()
        .filter_map(|task| task.finish_ns)
        .max()
        .unwrap_or(first_arrival);
    let makespan_ns = last_finish.saturating_sub(first_arrival);
    let finished: Vec<&TaskReport> = tasks
        .iter()
        .filter(|task| task.state == "finished")
        .collect();
    let useful: u64 = cores.iter().map(|core| core.useful_ns).sum();
    let available = makespan_ns as f64 * cores.len() as f64;
    let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let shares: Vec<f64> = finished
        .iter()
        .filter(|task| task.cpu_ns > 0)
        .map(|task| task.cpu_ns as f64 / task.turnaround_ns.unwrap_or(0) as f64)
        .collect();
    let sum: f64 = shares.iter().sum();
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    Totals {
        makespan_ns,
        context_switches,
        mean_turnaround_ns: mean(finished.iter().filter_map(|task| task.turnaround_ns)),
        mean_waiting_ns: mean(finished.iter().map(|task| task.waiting_ns)),
        mean_response_ns: mean(tasks.iter().filter_map(|task| task.response_ns)),
        utilisation: ratio(useful as f64, available),
        throughput_per_s: ratio(finished.len() as f64 * 1e9, makespan_ns as f64),
        fairness_jain: ratio(sum * sum, squares * shares.len() as f64),
    }
}

fn mean(values: impl Iterator<Item = u64>) -> u64 {
    let (sum, count) = values.fold((0_u128, 0_u128), |(sum, count), value| {
        (sum + u128::from(value), count + 1)
    });
    sum.checked_div(count).unwrap_or(0) as u64
}

#[derive(Clone, Default)]
struct TaskTally {
    first_run: Option<Nanos>,
    ended: Option<(Nanos, TaskState)>,
    waiting: Nanos,
    blocked: Nanos,
    cpu: Nanos,
    voluntary: u64,
    involuntary: u64,
    migrations: u64,
    last_lane: Option<u8>,
    /// For an event loop, the coroutine it ran last.
    last_coroutine: Option<TaskId>,
}

#[derive(Clone, Copy, Default)]
struct LaneTally {
    useful: Nanos,
    switch: Nanos,
    last_thread: Option<TaskId>,
    /// Whether that thread still has the lane.
    taken: bool,
}

struct Tally<'a> {
    trace: &'a Trace,
    tasks: Vec<TaskTally>,
    lanes: Vec<LaneTally>,
    switches: u64,
}

impl Visitor for Tally<'_> {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let tally = &mut self.lanes[usize::from(lane)];
        match span.kind {
            SpanKind::Useful => tally.useful += span.end - span.start,
            SpanKind::Switch => tally.switch += span.end - span.start,
            SpanKind::Gap => {}
        }
    }

    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        let tally = &mut self.tasks[task.index()];
        let length = span.end - span.start;
        match span.state {
            TaskState::Ready => tally.waiting += length,
            TaskState::Running(_) => tally.cpu += length,
            TaskState::Blocked(_) => tally.blocked += length,
            TaskState::Finished | TaskState::Crashed | TaskState::Killed | TaskState::Absent => {}
        }
    }

    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        self.tasks[task.index()].ended = Some((at, state));
    }
}

impl Tally<'_> {
    /// What the spans do not tell: switches, migrations, and first runs, which may last no time.
    fn count(&mut self, event: &Event) {
        let Event {
            at,
            task,
            detail,
            lane,
            kind,
        } = *event;
        match kind {
            EventKind::Start => {
                let on = &mut self.lanes[usize::from(lane)];
                let last = on.last_thread.replace(task);
                if std::mem::replace(&mut on.taken, true)
                    && let Some(preempted) = last
                {
                    self.tasks[preempted.index()].involuntary += 1;
                }
                self.switches += u64::from(last.is_some_and(|last| last != task));
                self.ran(task, at, detail);
                let last_lane = self.tasks[task.index()].last_lane.replace(lane);
                let migrated = last_lane.is_some_and(|last| last != lane);
                self.tasks[task.index()].migrations += u64::from(migrated);
            }
            EventKind::Resume => {
                let host = self.trace.tasks[task.index()].host;
                let last = self.tasks[host.index()].last_coroutine.replace(task);
                self.switches += u64::from(last.is_some_and(|last| last != task));
                self.ran(task, at, detail);
            }
            EventKind::Preempt => self.tasks[task.index()].involuntary += 1,
            EventKind::Yield
            | EventKind::Block
            | EventKind::CoroutineYield
            | EventKind::Suspend => self.tasks[task.index()].voluntary += 1,
            _ => {}
        }
    }

    fn ran(&mut self, task: TaskId, at: Nanos, cost: u16) {
        let from = at.saturating_add(self.trace.costs[usize::from(cost)].total());
        if from <= self.trace.end {
            self.tasks[task.index()].first_run.get_or_insert(from);
        }
    }

    fn task(&self, task: TaskId) -> TaskReport {
        let info = &self.trace.tasks[task.index()];
        let group = self.trace.group(task);
        let tally = &self.tasks[task.index()];
        let (at, state) = tally.ended.unwrap_or((info.arrival, TaskState::Absent));
        let over = matches!(
            state,
            TaskState::Finished | TaskState::Crashed | TaskState::Killed
        );
        let finish = over.then_some(at);
        // It may have been killed while it was still being switched to.
        let first_run = tally
            .first_run
            .filter(|first_run| !over || *first_run <= at);
        let since_arrival = |at: Nanos| (at - info.arrival).0;
        TaskReport {
            process: group.process.clone(),
            thread: group.thread.clone(),
            coroutine: group.coroutine.clone(),
            index: info.index,
            arrival_ns: info.arrival.0,
            first_run_ns: first_run.map(|at| at.0),
            finish_ns: finish.map(|at| at.0),
            turnaround_ns: finish.map(since_arrival),
            response_ns: first_run.map(since_arrival),
            waiting_ns: tally.waiting.0,
            blocked_ns: tally.blocked.0,
            cpu_ns: tally.cpu.0,
            voluntary_switches: tally.voluntary,
            involuntary_switches: tally.involuntary,
            migrations: tally.migrations,
            state: state_name(state),
        }
    }

    fn core(&self, lane: usize) -> CoreReport {
        let info = self.trace.lanes[lane];
        let tally = self.lanes[lane];
        CoreReport {
            core: info.core,
            sibling: info.sibling,
            useful_ns: tally.useful.0,
            switch_ns: tally.switch.0,
            spin_ns: 0,
            idle_ns: self.trace.end.saturating_sub(tally.useful + tally.switch).0,
        }
    }
}
