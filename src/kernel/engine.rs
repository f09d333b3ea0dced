//! The event loop: what happens next, and in which order at one instant. What statements do is
//! `interpret`'s part.
//!
//! One round of an instant: periods of containers begin; programs go on whose computing is done, lowest lane first; timers go
//! off; tasks arrive; quanta end (`ties` swaps the last two); idle lanes take tasks, lowest first.
//! What a round starts at the same instant is the next round's.

use super::setup::TIMER;
use super::state::{Kernel, State, Task};
use super::timers::Ends;
use crate::base::Nanos;
use crate::scenario::Ties;
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
    /// happens; of plain time slicing as many instants as it takes for the trace to have `stop_at`
    /// events. Gives the outcome when the run is over.
    pub fn step(&mut self, trace: &mut Trace, stop_at: u64) -> Option<Outcome> {
        if let Some(outcome) = self.halted.take() {
            return Some(self.deadlock_or(outcome));
        }
        if self.alive == 0 {
            return Some(Outcome::Finished);
        }
        for (so_far, most, name) in [
            (trace.events.len() as u64, self.limits.events, "events"),
            (self.statements, self.limits.statements, "statements"),
        ] {
            if so_far >= most {
                let limit = name.to_owned();
                return Some(self.deadlock_or(Outcome::Limit { limit }));
            }
        }
        if self.hand_over(trace, stop_at.min(self.limits.events)) {
            return None;
        }
        if self.review_at != Nanos::NEVER {
            self.set_review(); // Those it was for may have left.
        }
        let next = self.deadlines.earliest().min(self.next_instant_of_others());
        if next > self.now {
            self.deadlines_pass(trace);
        }
        if next == Nanos::NEVER {
            // What went on for those who had ended, or had stopped waiting, is not a part of the run.
            self.now = trace.events.last().map_or(Nanos::ZERO, |event| event.at);
            return Some(self.deadlock_or(Outcome::Stuck));
        }
        if next > self.limits.time && self.only_spins() {
            return Some(self.deadlock_or_livelock());
        }
        if next > self.limits.time {
            self.now = self.limits.time;
            return Some(self.deadlock_or(Outcome::TimeLimit));
        }
        if next > self.now {
            self.now = next;
            self.statements_now = 0;
            self.expiries_done = false;
        }
        if self.quotas.are_used() {
            self.charge_containers(trace);
        }
        self.programs_go_on(trace);
        while let Some(timer) = self.timers.take_due(next) {
            self.goes_off(trace, timer.task, timer.ends);
        }
        self.demand_gils(trace);
        self.release_jobs(trace);
        if self.review_at <= next {
            self.review();
        }
        if self.quotas.are_used() {
            self.throttle(trace);
        }
        match self.ties {
            Ties::ArrivalsFirst => {
                self.tasks_arrive(trace);
                self.quanta_end();
            }
            Ties::PreemptedFirst => {
                self.quanta_end();
                self.tasks_arrive(trace);
            }
        }
        if self.ipc.has_changed() {
            self.tell_of_broken_channels(trace);
        }
        self.dispatch(trace);
        self.give_way_to_better(trace);
        if self.sync.spinners.any() && self.looks_in_vain(trace.events.len()) {
            self.halted = Some(Outcome::Livelock);
        }
        None
    }

    /// When next something happens that is no end of computing or of a quantum.
    pub(super) fn next_instant_of_others(&self) -> Nanos {
        let arrival = self
            .arrivals
            .get(self.arrived)
            .map_or(Nanos::NEVER, |arrival| arrival.0);
        self.timers
            .next()
            .min(self.periodic.next(self.now))
            .min(self.gils.next())
            .min(arrival)
            .min(self.review_at)
            .min(self.next_of_containers())
    }

    /// Charges the lanes whose computing or quantum ends now; programs go on, quanta are noted.
    fn programs_go_on(&mut self, trace: &mut Trace) {
        loop {
            let mut went_on = false;
            for lane in self.deadlines.due(self.now).without(&self.expired) {
                if self.lanes[lane].task == TaskId::NONE {
                    continue; // It crashed on the way here.
                }
                if self.settle(lane) == Nanos::ZERO {
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
            if self.task(task).state == State::Ended {
                continue; // Its process crashed, or there was no room for its thread.
            }
            match self.lacks_room(task) {
                None => self.arrive(trace, task),
                Some(resource) => self.refuse(trace, task, resource),
            }
        }
    }

    /// A timer goes off.
    fn goes_off(&mut self, trace: &mut Trace, task: TaskId, ends: Ends) {
        let resource = match ends {
            Ends::Sleep => TIMER,
            Ends::Service(index) => {
                let tasks = &self.tasks;
                let is_alive = |task: TaskId| tasks[task.index()].state != State::Ended;
                let device = &mut self.devices[usize::from(index)];
                let resource = device.resource;
                if let Some(next) = device.finish(is_alive) {
                    self.serve(trace, index, next.task, next.duration);
                }
                resource
            }
            Ends::LockLimit(number) => return self.attempt_is_over(trace, task, number),
        };
        if self.task(task).state == State::Ended {
            return;
        }
        if !matches!(ends, Ends::Service(_)) || !self.is_found_out(trace, task, resource) {
            self.wake(trace, task, resource);
        }
    }

    /// A device begins to work for a task.
    pub(super) fn serve(&mut self, trace: &mut Trace, device: u16, task: TaskId, duration: Nanos) {
        let resource = self.devices[usize::from(device)].resource;
        record(trace, self.now, EventKind::ServiceBegin, task, 0, resource);
        self.timers.set(
            self.now.saturating_add(duration),
            task,
            Ends::Service(device),
        );
    }
}

impl Task {
    /// Whether it is a coroutine.
    pub(super) fn is_coroutine(&self) -> bool {
        self.host != TaskId::NONE
    }
}
