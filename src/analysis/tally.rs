//! Counting through a trace once: what the numbers of a report are made of.

use super::memory::MemoryCount;
use super::ready::ReadyCount;
use super::report::{CoreReport, TaskReport, state_name};
use crate::base::Nanos;
use crate::trace::{
    Event, EventKind, LaneSpan, SpanKind, TaskId, TaskSpan, TaskState, Trace, Visitor, walk,
};

#[derive(Clone, Default)]
struct TaskTally {
    came: bool,
    /// There was no room for it.
    refused: bool,
    first_run: Option<Nanos>,
    ended: Option<(Nanos, TaskState)>,
    waiting: Nanos,
    /// From when to when it last was ready but did not run.
    gap: (Nanos, Nanos),
    longest_gap: Nanos,
    blocked: Nanos,
    cpu: Nanos,
    spin: Nanos,
    voluntary: u64,
    involuntary: u64,
    migrations: u64,
    jobs: u64,
    deadline_misses: u64,
    max_lateness: Option<i64>,
    last_lane: Option<u8>,
    /// For an event loop, the coroutine it ran last.
    last_coroutine: Option<TaskId>,
}

#[derive(Clone, Copy, Default)]
struct LaneTally {
    useful: Nanos,
    switch: Nanos,
    spin: Nanos,
    last_thread: Option<TaskId>,
    /// Whether that thread still has the lane.
    taken: bool,
}

/// What the events and spans of a trace come to.
pub(super) struct Tally<'a> {
    trace: &'a Trace,
    tasks: Vec<TaskTally>,
    lanes: Vec<LaneTally>,
    /// What no single task tells.
    pub(super) counts: Counts,
}

/// What no single task or core of a run tells.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    /// Context switches.
    pub(super) switches: u64,
    /// Most tasks that were ready at once.
    pub(super) peak_ready: u64,
    /// Most that was taken of the main memory.
    pub(super) peak_memory_bytes: u64,
    /// Tasks and spawns that there was no room for.
    pub(super) refused: u64,
}

impl Visitor for Tally<'_> {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let tally = &mut self.lanes[usize::from(lane)];
        match span.kind {
            SpanKind::Useful => tally.useful += span.end - span.start,
            SpanKind::Switch => tally.switch += span.end - span.start,
            SpanKind::Spin => tally.spin += span.end - span.start,
            SpanKind::Gap => {}
        }
    }

    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        let tally = &mut self.tasks[task.index()];
        let length = span.end - span.start;
        match span.state {
            TaskState::Ready => {
                tally.waiting += length;
                // Spans of the same waiting follow each other where a switch was cut short.
                if tally.gap.1 != span.start {
                    tally.gap.0 = span.start;
                }
                tally.gap.1 = span.end;
                tally.longest_gap = tally.longest_gap.max(tally.gap.1 - tally.gap.0);
            }
            TaskState::Running(_) => tally.cpu += length,
            TaskState::Spinning(_) => {
                tally.cpu += length;
                tally.spin += length;
            }
            TaskState::Blocked(_) => tally.blocked += length,
            TaskState::Finished | TaskState::Crashed | TaskState::Killed | TaskState::Absent => {}
        }
    }

    fn task_ended(&mut self, task: TaskId, at: Nanos, state: TaskState) {
        self.tasks[task.index()].ended = Some((at, state));
    }
}

impl<'a> Tally<'a> {
    /// Goes through a trace.
    pub(super) fn of(trace: &'a Trace) -> Tally<'a> {
        let mut tally = Tally {
            trace,
            tasks: vec![TaskTally::default(); trace.tasks.len()],
            lanes: vec![LaneTally::default(); trace.lanes.len()],
            counts: Counts::default(),
        };
        let mut ready = ReadyCount::new(trace);
        let mut memory = MemoryCount::new(trace);
        for event in &trace.events {
            memory.count(event, ready.innermost(event.task));
            ready.count(event);
            tally.count(event);
        }
        tally.counts.peak_memory_bytes = memory.peak_bytes;
        tally.counts.peak_ready = ready.peak();
        walk(trace, &mut tally);
        tally
    }

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
                    self.preempted(preempted, at);
                }
                self.counts.switches += u64::from(last.is_some_and(|last| last != task));
                self.ran(task, at, detail);
                let last_lane = self.tasks[task.index()].last_lane.replace(lane);
                let migrated = last_lane.is_some_and(|last| last != lane);
                self.tasks[task.index()].migrations += u64::from(migrated);
            }
            EventKind::Resume => {
                let host = self.trace.tasks[task.index()].host;
                let last = self.tasks[host.index()].last_coroutine.replace(task);
                self.counts.switches += u64::from(last.is_some_and(|last| last != task));
                self.ran(task, at, detail);
            }
            EventKind::JobDone => {
                let lateness = self.lateness(task, detail, at);
                let tally = &mut self.tasks[task.index()];
                tally.jobs += 1;
                tally.max_lateness = tally.max_lateness.max(lateness);
            }
            EventKind::DeadlineMiss => self.tasks[task.index()].deadline_misses += 1,
            EventKind::Arrive => self.tasks[task.index()].came = true,
            EventKind::Refused => {
                self.counts.refused += 1;
                let tally = &mut self.tasks[task.index()];
                tally.refused |= !tally.came;
            }
            EventKind::Preempt => {
                self.lanes[usize::from(lane)].taken = false;
                self.preempted(task, at);
            }
            EventKind::Yield | EventKind::Block => {
                self.lanes[usize::from(lane)].taken = false;
                self.tasks[task.index()].voluntary += 1;
            }
            EventKind::CoroutineYield | EventKind::Suspend => {
                self.tasks[task.index()].voluntary += 1;
            }
            EventKind::Finish | EventKind::Crash | EventKind::Kill => {
                self.lanes[usize::from(lane)].taken = false;
            }
            _ => {}
        }
    }

    /// A thread lost its lane. One that lost it at the very end of its first switch has not run yet.
    fn preempted(&mut self, thread: TaskId, at: Nanos) {
        let tally = &mut self.tasks[thread.index()];
        tally.involuntary += 1;
        if tally.first_run == Some(at) {
            tally.first_run = None;
        }
    }

    /// How long after its deadline a job was done.
    fn lateness(&self, task: TaskId, job: u16, done: Nanos) -> Option<i64> {
        let timing = self.trace.group(task).timing?;
        let release = self.trace.tasks[task.index()].arrival.0
            + timing.period.0.saturating_mul(u64::from(job));
        let deadline = release.saturating_add(timing.deadline.0);
        Some(done.0.wrapping_sub(deadline).cast_signed())
    }

    fn ran(&mut self, task: TaskId, at: Nanos, cost: u16) {
        let from = at.saturating_add(self.trace.costs[usize::from(cost)].total());
        if from <= self.trace.end {
            self.tasks[task.index()].first_run.get_or_insert(from);
        }
    }

    /// What one task did.
    pub(super) fn task(&self, task: TaskId) -> TaskReport {
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
        let has_jobs = group.timing.is_some();
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
            longest_gap_ns: tally.longest_gap.0,
            blocked_ns: tally.blocked.0,
            cpu_ns: tally.cpu.0,
            spin_ns: tally.spin.0,
            voluntary_switches: tally.voluntary,
            involuntary_switches: tally.involuntary,
            migrations: tally.migrations,
            jobs: has_jobs.then_some(tally.jobs),
            deadline_misses: has_jobs.then_some(tally.deadline_misses),
            max_lateness_ns: tally.max_lateness,
            state: if tally.refused {
                "refused"
            } else {
                state_name(state)
            },
        }
    }

    /// Where one hardware thread's time went.
    pub(super) fn core(&self, lane: usize) -> CoreReport {
        let info = self.trace.lanes[lane];
        let tally = self.lanes[lane];
        CoreReport {
            core: info.core,
            sibling: info.sibling,
            useful_ns: tally.useful.0,
            switch_ns: tally.switch.0,
            spin_ns: tally.spin.0,
            idle_ns: {
                let busy = tally.useful + tally.switch + tally.spin;
                self.trace.end.saturating_sub(busy).0
            },
        }
    }
}
