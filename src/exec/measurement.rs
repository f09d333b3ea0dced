//! From what the workers left behind to one measured trace: their clocks brought onto one axis that
//! begins when all were told to go, spawned tasks numbered, those that died with their worker ended.
//! Pure; the only place where a measured trace is made.

use std::collections::BTreeMap;

use super::clock::Alignment;
use super::job::{Does, Spawned};
use super::plan::RealPlan;
use super::recorder::Batch;
use super::slicer::FIRST_SPAWNED_PROCESS;
use crate::base::Nanos;
use crate::trace::{
    Event, EventKind, Origin, Outcome, ProcessInfo, SwitchCost, TaskId, TaskInfo, Trace,
};

/// What one worker contributed.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// What it left behind.
    pub batch: Batch,
    /// How its clock and the page's belong together.
    pub alignment: Alignment,
    /// If it died: when, by the page's clock.
    pub died: Option<Nanos>,
}

/// Brings the parts together, which are in the order of the plan's jobs. `from` is when all were
/// told to go and `until` when the last was heard of or the run was stopped, by the page's clock.
/// `unfinished` is how the run ended if some tasks did not.
#[must_use]
pub fn merge(
    plan: &RealPlan,
    parts: Vec<Part>,
    (from, until): (Nanos, Nanos),
    unfinished: Outcome,
    clock_step: Nanos,
) -> Trace {
    let alignment_error = parts
        .iter()
        .map(|part| part.alignment.error)
        .max()
        .unwrap_or_default();
    let mut merger = Merger {
        trace: Trace {
            origin: Origin::Measured {
                clock_step,
                alignment_error,
            },
            lanes: plan.lanes.clone(),
            groups: plan.groups.clone(),
            processes: plan.processes.clone(),
            tasks: plan.tasks.clone(),
            resources: plan.resources.clone(),
            costs: vec![SwitchCost::default()],
            memory: Default::default(),
            events: Vec::new(),
            end: until.saturating_sub(from),
            outcome: unfinished,
            variables: Vec::new(),
        },
        numbers: BTreeMap::new(),
    };
    let on_axis = |part: &Part, at: Nanos| part.alignment.to_page(at).saturating_sub(from);
    merger.number_spawned(plan, &parts, on_axis);
    merger.arrive();
    for part in &parts {
        merger.place(part, |at| on_axis(part, at));
    }
    merger.sort();
    for (job, part) in plan.jobs.iter().zip(&parts) {
        let Some(died) = part.died else { continue };
        let mut tasks: Vec<TaskId> = Vec::new();
        for thread in &job.threads {
            tasks.push(thread.task);
            if let Does::Coroutines(coroutines) = &thread.does {
                tasks.extend(coroutines.iter().map(|coroutine| coroutine.task));
            }
        }
        tasks.extend(
            part.batch
                .spawned
                .iter()
                .map(|spawned| merger.number(spawned.task)),
        );
        merger.end_all(&tasks, died.saturating_sub(from));
    }
    merger.finish()
}

struct Merger {
    trace: Trace,
    /// From the provisional numbers of spawned tasks to those in the trace.
    numbers: BTreeMap<TaskId, TaskId>,
}

/// Where a task is after some events.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Absent,
    OffLane,
    OnLane(u8),
    Ended,
}

impl Merger {
    fn number(&self, task: TaskId) -> TaskId {
        self.numbers.get(&task).copied().unwrap_or(task)
    }

    /// Gives every spawned task its number, in the order in which they came.
    fn number_spawned(
        &mut self,
        plan: &RealPlan,
        parts: &[Part],
        on_axis: impl Fn(&Part, Nanos) -> Nanos,
    ) {
        let mut came: Vec<(Nanos, Spawned)> = Vec::new();
        for part in parts {
            let arrivals: BTreeMap<TaskId, Nanos> = part
                .batch
                .records
                .iter()
                .filter(|record| record.kind() == Some(EventKind::Arrive))
                .map(|record| (record.task, on_axis(part, record.at)))
                .collect();
            for spawned in &part.batch.spawned {
                let at = arrivals
                    .get(&spawned.task)
                    .copied()
                    .unwrap_or(self.trace.end);
                came.push((at, *spawned));
            }
        }
        came.sort_by_key(|(at, spawned)| (*at, spawned.task));
        let templates = plan.jobs.first().map_or(&[][..], |job| &job.templates);
        let mut processes: BTreeMap<u32, u32> = BTreeMap::new();
        for (arrival, spawned) in came {
            let Some(template) = templates.get(spawned.template as usize) else {
                continue;
            };
            if let Some(line) = template.new_process {
                let alike = self
                    .trace
                    .processes
                    .iter()
                    .filter(|known| known.line == line);
                let copy = alike.count() as u32;
                processes.insert(spawned.process, self.trace.processes.len() as u32);
                self.trace.processes.push(ProcessInfo { line, copy });
            }
            let process = match spawned.process {
                known if known < FIRST_SPAWNED_PROCESS => known,
                new => processes.get(&new).copied().unwrap_or(0),
            };
            let info = TaskInfo {
                group: template.group,
                index: self.trace.groups[template.group as usize].count,
                process,
                host: self.number(spawned.host),
                parent: self.number(spawned.parent),
                arrival,
            };
            self.trace.groups[template.group as usize].count += 1;
            self.numbers
                .insert(spawned.task, TaskId(self.trace.tasks.len() as u32));
            self.trace.tasks.push(info);
        }
    }

    /// The tasks of the start come when they are due: that is what they were told.
    fn arrive(&mut self) {
        let spawned = self.numbers.len();
        let of_start = self.trace.tasks.len() - spawned;
        let due = self.trace.tasks[..of_start]
            .iter()
            .map(|task| task.arrival)
            .enumerate();
        let end = self.trace.end;
        self.trace
            .events
            .extend(due.filter(|(_, at)| *at <= end).map(|(index, at)| Event {
                at,
                task: TaskId(index as u32),
                detail: 0,
                kind: EventKind::Arrive,
                lane: 0,
            }));
    }

    /// Puts a worker's records on the axis. Nothing happens to a task before it comes, and on one
    /// lane time does not go back, however far the clocks are apart.
    fn place(&mut self, part: &Part, on_axis: impl Fn(Nanos) -> Nanos) {
        let mut lane_at = vec![Nanos::ZERO; self.trace.lanes.len()];
        for record in &part.batch.records {
            let task = self.number(record.task);
            let Some(info) = self.trace.tasks.get(task.index()) else {
                continue;
            };
            let at = on_axis(record.at).max(info.arrival);
            let Some(mut event) = record.event(at) else {
                continue;
            };
            event.task = task;
            let Some(lane_at) = lane_at.get_mut(usize::from(event.lane)) else {
                continue;
            };
            if is_of_lane(event.kind) {
                *lane_at = at.max(*lane_at);
                event.at = *lane_at;
            }
            self.trace.events.push(event);
        }
    }

    /// By time; of one instant first those that come, then each worker's in its order.
    fn sort(&mut self) {
        self.trace
            .events
            .sort_by_key(|event| (event.at, event.kind != EventKind::Arrive));
    }

    /// Where every task is after all events.
    fn places(&self) -> Vec<Place> {
        let mut places = vec![Place::Absent; self.trace.tasks.len()];
        for event in &self.trace.events {
            let place = match event.kind {
                EventKind::Start | EventKind::Resume => Place::OnLane(event.lane),
                EventKind::Finish
                | EventKind::Crash
                | EventKind::Kill
                | EventKind::KillWaiting
                | EventKind::CoroutineFinish => Place::Ended,
                EventKind::Arrive
                | EventKind::Wake
                | EventKind::Preempt
                | EventKind::Yield
                | EventKind::Block
                | EventKind::CoroutineYield
                | EventKind::Suspend => Place::OffLane,
                EventKind::ServiceBegin
                | EventKind::Log
                | EventKind::Acquire
                | EventKind::Release
                | EventKind::Requeue
                | EventKind::TimeOut
                | EventKind::JobRelease
                | EventKind::JobDone
                | EventKind::DeadlineMiss
                | EventKind::Refused
                | EventKind::Sent
                | EventKind::Received
                | EventKind::Broken
                | EventKind::SpinBegin
                | EventKind::SpinEnd
                | EventKind::Throttle
                | EventKind::GapBegin
                | EventKind::GapEnd => continue,
            };
            places[event.task.index()] = place;
        }
        places
    }

    /// Ends those of a dead worker's tasks that have not ended: its process is gone.
    fn end_all(&mut self, tasks: &[TaskId], at: Nanos) {
        let places = self.places();
        let own = self
            .trace
            .events
            .iter()
            .filter(|event| tasks.contains(&event.task));
        let last = own.clone().map(|event| event.at).max().unwrap_or_default();
        let said_why = own.clone().any(|event| event.kind == EventKind::Crash);
        let mut ends = Vec::new();
        for task in tasks {
            let host = self.trace.tasks[task.index()].host;
            let (kind, lane) = match places[task.index()] {
                Place::Ended | Place::Absent => continue,
                // It ends with its thread, which has the lane; or its thread has ended before it.
                Place::OnLane(_) if host != TaskId::NONE => continue,
                Place::OnLane(lane) if said_why => (EventKind::Kill, lane),
                Place::OnLane(lane) => (EventKind::Crash, lane),
                Place::OffLane => (EventKind::KillWaiting, 0),
            };
            let at = if said_why { last } else { at.max(last) };
            ends.push(Event {
                at,
                task: *task,
                detail: 0,
                kind,
                lane,
            });
        }
        // Those on lanes first, so that their coroutines go with them.
        ends.sort_by_key(|event| event.kind == EventKind::KillWaiting);
        self.trace.events.extend(ends);
        self.sort();
    }

    /// Closes the run: at its last event if every task ended, else when it was stopped.
    fn finish(mut self) -> Trace {
        let places = self.places();
        let on_dead_thread = |index: usize| {
            let host = self.trace.tasks[index].host;
            host != TaskId::NONE && places[host.index()] == Place::Ended
        };
        let all_ended = places
            .iter()
            .enumerate()
            .all(|(index, place)| *place == Place::Ended || on_dead_thread(index));
        let last = self
            .trace
            .events
            .last()
            .map_or(Nanos::ZERO, |event| event.at);
        if all_ended {
            if !matches!(self.trace.outcome, Outcome::Failed { .. }) {
                self.trace.outcome = Outcome::Finished;
            }
            self.trace.end = last;
        } else {
            self.trace.end = self.trace.end.max(last);
        }
        self.trace
    }
}

/// Whether an event begins or ends something on a lane.
fn is_of_lane(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Arrive
            | EventKind::Wake
            | EventKind::KillWaiting
            | EventKind::ServiceBegin
            | EventKind::Log
            | EventKind::Acquire
            | EventKind::Release
            | EventKind::Requeue
            | EventKind::TimeOut
            | EventKind::JobRelease
            | EventKind::JobDone
            | EventKind::DeadlineMiss
            | EventKind::Refused
            | EventKind::Sent
            | EventKind::Received
            | EventKind::Broken
    )
}

#[cfg(test)]
mod tests;
