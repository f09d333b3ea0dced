//! The event loop: what happens next, and in which order at one instant. What statements do is
//! `interpret`'s part.
//!
//! One round of an instant: programs go on whose computing is done, lowest lane first; timers go
//! off; tasks arrive; quanta end (`ties` swaps the last two); idle lanes take tasks, lowest first.
//! What a round starts at the same instant is the next round's.

use super::choice::{Choice, Decision};
use super::setup::{NO_SWITCH, PROCESS_SWITCH, THREAD_SWITCH};
use super::state::{Kernel, State, Task};
use crate::base::Nanos;
use crate::scenario::{QueueScope, Ties};
use crate::trace::{Event, EventKind, Outcome, TaskId, Trace};

/// Writes one event.
#[inline]
pub(super) fn record(
    trace: &mut Trace,
    at: Nanos,
    kind: EventKind,
    task: TaskId,
    lane: usize,
    detail: u16,
) {
    trace.events.push(Event {
        at,
        task,
        detail,
        kind,
        lane: lane as u8,
    });
}

impl Kernel {
    /// Runs the next round of this instant, or the first of the next instant at which anything
    /// happens. Gives the outcome when the run is over.
    pub fn step(&mut self, trace: &mut Trace) -> Option<Outcome> {
        if self.halted.is_some() {
            return self.halted.clone();
        }
        if self.alive == 0 {
            return Some(Outcome::Finished);
        }
        if trace.events.len() as u64 >= self.limits.events {
            return Some(Outcome::Limit {
                limit: "events".to_owned(),
            });
        }
        let next = self.next_instant();
        if next > self.limits.time {
            assert!(
                next != Nanos::NEVER,
                "tasks are left, but nothing can happen"
            );
            self.now = self.limits.time;
            return Some(Outcome::TimeLimit);
        }
        if next > self.now {
            self.now = next;
            self.statements_now = 0;
            self.expiries_done = false;
        }
        if self.hand_over(trace) {
            return None;
        }
        self.programs_go_on(trace);
        while let Some(timer) = self.timers.take_due(next) {
            self.goes_off(trace, timer.task, timer.device);
        }
        match self.ties {
            Ties::ArrivalsFirst => {
                self.tasks_arrive(trace);
                self.quanta_end(trace);
            }
            Ties::PreemptedFirst => {
                self.quanta_end(trace);
                self.tasks_arrive(trace);
            }
        }
        self.dispatch(trace);
        None
    }

    fn next_instant(&self) -> Nanos {
        let arrival = self
            .arrivals
            .get(self.arrived)
            .map_or(Nanos::NEVER, |arrival| arrival.0);
        self.deadlines
            .earliest()
            .min(self.timers.next())
            .min(arrival)
    }

    /// Charges the lanes whose computing or quantum ends now; programs go on, quanta are noted.
    fn programs_go_on(&mut self, trace: &mut Trace) {
        loop {
            let mut went_on = false;
            for lane in self.deadlines.due(self.now).without(&self.expired) {
                let on = &mut self.lanes[lane];
                if on.task == TaskId::NONE {
                    continue; // It crashed on the way here.
                }
                let worked = self.now - std::mem::replace(&mut on.work_since, self.now);
                let task = on.task;
                let actor = self.current_coroutine(task).unwrap_or(task);
                let actor = self.task_mut(actor);
                actor.remaining -= worked;
                if actor.remaining == Nanos::ZERO {
                    self.interpret(trace, lane);
                    went_on = true;
                } else {
                    self.expired.insert(lane);
                }
            }
            // What went on may be due again at once.
            if !went_on || self.halted.is_some() {
                return;
            }
        }
    }

    fn tasks_arrive(&mut self, trace: &mut Trace) {
        while let Some((at, task)) = self.arrivals.get(self.arrived).copied() {
            if at > self.now {
                break;
            }
            self.arrived += 1;
            self.arrive(trace, task);
        }
    }

    /// Takes the lanes whose quantum is over from their tasks, unless nobody waits for them.
    fn quanta_end(&mut self, trace: &mut Trace) {
        self.expiries_done = true;
        if self.expired.is_empty() {
            return;
        }
        let expired = std::mem::take(&mut self.expired);
        for lane in expired {
            let task = self.lanes[lane].task;
            if task == TaskId::NONE {
                continue; // Its process crashed in this very round.
            }
            let queue = self.queue_of(lane);
            if self.waiting[queue] == 0 {
                self.lanes[lane].renewing = true;
                self.renewing.insert(lane);
                self.set_deadline(lane);
                continue;
            }
            record(trace, self.now, EventKind::Preempt, task, lane, 0);
            self.free(lane);
            self.enqueue(task, queue);
        }
    }

    /// Idle lanes take tasks, lowest first.
    fn dispatch(&mut self, trace: &mut Trace) {
        if self.waiting_in_all == 0 || self.idle.is_empty() {
            return;
        }
        for lane in self.idle {
            if let Some(task) = self.take_for(lane) {
                self.idle.remove(lane);
                self.start(trace, lane, task);
            }
        }
    }

    /// The task an idle lane takes: from its own queue, else from the longest other one.
    #[inline]
    fn take_for(&mut self, lane: usize) -> Option<TaskId> {
        let mut queue = self.queue_of(lane);
        if self.waiting[queue] == 0 {
            queue = self.longest_queue()?;
        }
        let mut ahead = 0;
        let options = self.waiting[queue];
        if self.chooser.decides() && options > 1 {
            ahead = self.chooser.choose(self.choices.len(), options);
        }
        let task = self.dequeue(queue, ahead);
        if self.chooser.decides() && options > 1 {
            let decision = Decision::Dispatch { lane: lane as u8 };
            self.choices.push(Choice {
                at: self.now,
                decision,
                options,
                chosen: ahead,
                task,
            });
        }
        self.waiting[queue] -= 1;
        self.waiting_in_all -= 1;
        Some(task)
    }

    /// The queue in which most tasks wait, the lowest of equals; none if nobody waits.
    fn longest_queue(&self) -> Option<usize> {
        let longest = |best: usize, other: usize| {
            if self.waiting[other] > self.waiting[best] {
                other
            } else {
                best
            }
        };
        (0..self.queues.len())
            .reduce(longest)
            .filter(|queue| self.waiting[*queue] > 0)
    }

    /// Takes the live task of a queue that has `ahead` live ones before it.
    #[inline]
    pub(super) fn dequeue(&mut self, queue: usize, ahead: u32) -> TaskId {
        if ahead == 0 {
            loop {
                let task = self.queues[queue]
                    .dequeue()
                    .expect("the count of waiting tasks is right");
                if self.task(task).state == State::Ready {
                    return task;
                }
            }
        }
        let mut position = 0;
        let mut alive_before = 0;
        loop {
            let task = self.queues[queue]
                .peek_nth(position)
                .expect("the count of waiting tasks is right");
            if self.task(task).state == State::Ready {
                if alive_before == ahead {
                    self.queues[queue].dequeue_nth(position);
                    return task;
                }
                alive_before += 1;
            }
            position += 1;
        }
    }

    /// A lane takes a task: the switch is paid, then the task goes on.
    #[inline]
    pub(super) fn start(&mut self, trace: &mut Trace, lane: usize, task: TaskId) {
        let process = self.task(task).process;
        let cost = self.switch_to(lane, task, process);
        record(trace, self.now, EventKind::Start, task, lane, cost);
        let work_since = self.now + self.switch_costs[usize::from(cost)];
        let slice = self.queues[self.queue_of(lane)].slice();
        let on = &mut self.lanes[lane];
        on.task = task;
        on.last_task = task;
        on.last_process = process;
        on.work_since = work_since;
        on.quantum_end = work_since.saturating_add(slice);
        let started = &mut self.tasks[task.index()];
        started.state = State::Running;
        started.last_lane = lane as u16;
        let remaining = match started.event_loop {
            Task::NO_LOOP => started.remaining,
            event_loop => match self.loops[event_loop as usize].current {
                Some(coroutine) => self.tasks[coroutine.index()].remaining,
                None => Nanos::ZERO,
            },
        };
        let at = self.lanes[lane].deadline(remaining);
        self.deadlines.set(lane, at);
    }

    /// Which switch it is for a lane to go on with `task`.
    #[inline]
    fn switch_to(&self, lane: usize, task: TaskId, process: u32) -> u16 {
        let on = &self.lanes[lane];
        if on.last_task == task || on.last_task == TaskId::NONE {
            NO_SWITCH
        } else if on.last_process == process {
            THREAD_SWITCH
        } else {
            PROCESS_SWITCH
        }
    }

    /// The kernel looks at a lane again when its task's computing is done or its quantum is over.
    pub(super) fn set_deadline(&mut self, lane: usize) {
        let on = &self.lanes[lane];
        let actor = self.current_coroutine(on.task).unwrap_or(on.task);
        let at = on.deadline(self.task(actor).remaining);
        self.deadlines.set(lane, at);
    }

    /// A lane has no task any more.
    pub(super) fn free(&mut self, lane: usize) {
        let on = &mut self.lanes[lane];
        on.task = TaskId::NONE;
        if on.renewing {
            on.renewing = false;
            self.renewing.remove(lane);
        }
        self.idle.insert(lane);
        self.deadlines.set(lane, Nanos::NEVER);
    }

    /// A thread goes into a run queue.
    pub(super) fn enqueue(&mut self, task: TaskId, queue: usize) {
        let ready = self.task_mut(task);
        ready.state = State::Ready;
        ready.queue = queue as u16;
        self.queues[queue].enqueue(task);
        self.waiting[queue] += 1;
        self.waiting_in_all += 1;
        if !self.renewing.is_empty() {
            self.end_renewals(queue);
        }
    }

    /// Someone waits now, so the renewed quanta of the lanes of this queue count again.
    fn end_renewals(&mut self, queue: usize) {
        let lanes = match self.scope {
            QueueScope::Global => self.renewing,
            QueueScope::PerCore => self.renewing.only(queue),
        };
        for lane in lanes {
            self.renewing.remove(lane);
            let slice = self.queues[queue].slice();
            let on = &mut self.lanes[lane];
            on.renewing = false;
            // The next boundary of the quanta that followed each other silently. One that falls on
            // this instant still counts, unless this instant's have been seen to.
            let since = (self.now - on.quantum_end).0;
            let quanta = if self.expiries_done {
                since / slice.0 + 1
            } else {
                since.div_ceil(slice.0)
            };
            on.quantum_end += Nanos(quanta.max(1) * slice.0);
            self.set_deadline(lane);
        }
    }

    /// A timer goes off: a sleep is over, or a device has finished.
    fn goes_off(&mut self, trace: &mut Trace, task: TaskId, device: Option<u16>) {
        let mut resource = super::setup::TIMER;
        if let Some(index) = device {
            let tasks = &self.tasks;
            let is_alive = |task: TaskId| tasks[task.index()].state != State::Ended;
            let device = &mut self.devices[usize::from(index)];
            resource = device.resource;
            if let Some(next) = device.finish(is_alive) {
                self.serve(trace, index, next.task, next.duration);
            }
        }
        if self.task(task).state != State::Ended {
            self.wake(trace, task, resource);
        }
    }

    /// A device begins to work for a task.
    pub(super) fn serve(&mut self, trace: &mut Trace, device: u16, task: TaskId, duration: Nanos) {
        let resource = self.devices[usize::from(device)].resource;
        record(trace, self.now, EventKind::ServiceBegin, task, 0, resource);
        self.timers
            .set(self.now.saturating_add(duration), task, Some(device));
    }
}

impl Task {
    /// Whether it is a coroutine.
    pub(super) fn is_coroutine(&self) -> bool {
        self.host != TaskId::NONE
    }
}
