//! Who loses a hardware thread: quanta that end, slices that get longer or shorter, better tasks that
//! take a lane from worse ones. Who gets it is `dispatch`'s part, the rules are the policy's (`sched`).

use super::engine::record;
use super::sched::Entry;
use super::state::{Kernel, State, Task};
use crate::base::Nanos;
use crate::scenario::QueueScope;
use crate::trace::{EventKind, TaskId, Trace};

impl Kernel {
    /// The lanes whose quantum is over are on offer: their tasks queue with the others, unless
    /// nobody waits. Whether a lane changes hands is seen when it takes a task.
    pub(super) fn quanta_end(&mut self) {
        self.expiries_done = true;
        self.renewals_end();
        if self.expired.is_empty() {
            return;
        }
        for lane in std::mem::take(&mut self.expired) {
            let task = self.lanes[lane].task;
            if task == TaskId::NONE {
                continue; // Its process crashed in this very round.
            }
            let queue = self.queue_of(lane);
            let gave_way = std::mem::take(&mut self.lanes[lane].gives_way);
            let has_some_left = self.entities.are_known()
                && self.queues[queue].slice(task, &self.entities) > Nanos::ZERO;
            if has_some_left && !gave_way {
                self.set_slice(lane); // It has got longer meanwhile.
                continue;
            }
            if !self.someone_waits_for(lane) {
                if gave_way {
                    self.set_slice(lane); // The better task is gone; the slice begins as it should have.
                } else {
                    self.lanes[lane].renewing = true;
                    self.renewing.insert(lane);
                    self.set_deadline(lane);
                }
                continue;
            }
            self.idle.insert(lane);
            self.deadlines.set(lane, Nanos::NEVER);
            if self.entities.are_known() {
                self.charge_running(queue);
                self.queues[queue].leaves(task, &mut self.entities);
            }
            let entry = if gave_way {
                Entry::Preempted
            } else {
                Entry::QuantumOver
            };
            self.enqueue(task, queue, entry);
        }
    }

    /// Quanta that followed each other silently, until someone came at this very instant, end as well.
    fn renewals_end(&mut self) {
        for lane in self.deadlines.due(self.now).without(&self.expired) {
            let on = &self.lanes[lane];
            if on.task != TaskId::NONE
                && on.quantum_end <= self.now
                && self.settle(lane) > Nanos::ZERO
            {
                self.expired.insert(lane);
            }
        }
    }

    /// A lane on offer goes on with its own task: another quantum, without a switch.
    pub(super) fn keep(&mut self, lane: usize) {
        let task = self.lanes[lane].task;
        self.task_mut(task).state = State::Running;
        if self.entities.are_known() {
            let queue = self.queue_of(lane);
            self.queues[queue].begins(task, &mut self.entities);
        }
        self.set_slice(lane);
    }

    /// A lane's slice ends when what is left of it is over, from now or from the end of the switch.
    fn set_slice(&mut self, lane: usize) {
        let slice = self.queues[self.queue_of(lane)].slice(self.lanes[lane].task, &self.entities);
        let on = &mut self.lanes[lane];
        on.quantum_end = self.now.max(on.work_since).saturating_add(slice);
        self.set_deadline(lane);
    }

    /// While the first of those who wait precedes someone who runs, it takes that one's lane.
    pub(super) fn give_way_to_better(&mut self, trace: &mut Trace) {
        if !std::mem::take(&mut self.look_for_better) {
            return;
        }
        for queue in 0..self.queues.len() {
            while let Some(lane) = self.lane_that_gives_way(queue) {
                let task = self.lanes[lane].task;
                record(trace, self.now, EventKind::Preempt, task, lane, 0);
                self.free(lane);
                self.enqueue(task, queue, Entry::Preempted);
                self.dispatch(trace);
            }
        }
        self.look_for_better = false;
    }

    /// The lane of a queue whose task gives way to the first that waits. Where tasks are bound to
    /// lanes, the others that wait are looked at as well.
    fn lane_that_gives_way(&mut self, queue: usize) -> Option<usize> {
        let candidates = if self.affinity.is_used() {
            self.waiting[queue] as usize
        } else {
            1
        };
        (0..candidates).find_map(|ahead| {
            let waiting = self.queues[queue].peek_nth(ahead, &self.entities, self.now)?;
            self.lane_that_gives_way_to(waiting, queue)
        })
    }

    /// The lane whose task all others precede, the lowest of equals, if it gives way. A lane in the
    /// middle of a switch gives way at its end.
    fn lane_that_gives_way_to(&mut self, waiting: TaskId, queue: usize) -> Option<usize> {
        let mut last: Option<usize> = None;
        for lane in self.lanes_of(queue) {
            if self.lanes[lane].task == TaskId::NONE || !self.affinity.allows(waiting, lane) {
                continue;
            }
            self.settle(lane);
            let task = self.lanes[lane].task;
            let is_worst = last.is_none_or(|worst| {
                let worst = self.lanes[worst].task;
                self.queues[queue].worse(task, worst, &self.entities)
            });
            if is_worst {
                last = Some(lane);
            }
        }
        let lane = last?;
        let running = self.lanes[lane].task;
        if !self.queues[queue].preempts(waiting, running, &self.entities, self.now) {
            return None;
        }
        let now = self.now;
        let on = &mut self.lanes[lane];
        if on.work_since > now {
            on.quantum_end = on.work_since;
            on.gives_way = true;
            self.set_deadline(lane);
            return None;
        }
        Some(lane)
    }

    /// The policy looks at its waiting tasks again.
    pub(super) fn review(&mut self) {
        for queue in 0..self.queues.len() {
            // What was done before is charged to what it was done in, and what begins now is whole.
            self.settle_lanes(queue);
            self.queues[queue].review(&mut self.entities, self.now);
            self.change_slices(queue);
        }
        self.look_for_better = true;
        self.set_review();
    }

    /// Asks when the policy wants to look again.
    pub(super) fn set_review(&mut self) {
        let earliest = self.queues.iter().map(|queue| queue.review_at()).min();
        self.review_at = earliest.unwrap_or(Nanos::NEVER);
    }

    /// Where tasks are measured by what others have got, those who run are charged before anyone
    /// comes or goes.
    pub(super) fn charge_running(&mut self, queue: usize) {
        if self.queues[queue].measures_all() {
            self.settle_lanes(queue);
        }
    }

    fn settle_lanes(&mut self, queue: usize) {
        for lane in self.lanes_of(queue) {
            if self.lanes[lane].task != TaskId::NONE {
                self.settle(lane);
            }
        }
    }

    /// The slices under way on the lanes of a queue last longer or shorter than they were given.
    pub(super) fn change_slices(&mut self, queue: usize) {
        for lane in self.lanes_of(queue) {
            let on = &self.lanes[lane];
            let is_slicing = on.task != TaskId::NONE
                && !on.renewing
                && !on.gives_way
                && self.task(on.task).state == State::Running;
            if is_slicing {
                self.settle(lane);
                self.set_slice(lane);
            }
        }
    }

    /// The lanes that take from a queue.
    fn lanes_of(&self, queue: usize) -> std::ops::Range<usize> {
        match self.scope {
            QueueScope::Global => 0..self.lanes.len(),
            QueueScope::PerCore => queue..queue + 1,
        }
    }

    /// A task's priority changes, whatever it is doing.
    pub(super) fn set_priority(&mut self, task: TaskId, priority: i32) {
        if !self.entities.are_known() {
            return;
        }
        let before = std::mem::replace(&mut self.entities.of_mut(task).priority, priority);
        let Task { state, queue, .. } = *self.task(task);
        if before != priority && state == State::Ready {
            self.queues[usize::from(queue)].reprioritise(task, before, &mut self.entities);
        }
        self.look_for_better = true;
    }

    /// Someone waits now, so the renewed quanta of the lanes of this queue count again.
    pub(super) fn end_renewals(&mut self, queue: usize) {
        let lanes = match self.scope {
            QueueScope::Global => self.renewing,
            QueueScope::PerCore => self.renewing.only(queue),
        };
        for lane in lanes {
            self.renewing.remove(lane);
            self.settle(lane);
            let task = self.lanes[lane].task;
            let slice = self.queues[queue].slice(task, &self.entities);
            let on = &mut self.lanes[lane];
            on.renewing = false;
            // The next boundary of the quanta that followed each other silently. One that falls on
            // this instant still counts, unless this instant's have been seen to.
            if self.entities.are_known() {
                if slice == Nanos::ZERO && self.expiries_done {
                    self.queues[queue].renew(task, &mut self.entities);
                }
                self.set_slice(lane);
                continue;
            }
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
}
