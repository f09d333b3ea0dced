//! Who gets which hardware thread: quanta that end, idle lanes that take tasks, better tasks that
//! take a lane from others. In which order is the policy's part (`sched`); when to ask is `engine`'s.

use super::choice::{Choice, Decision};
use super::engine::record;
use super::sched::Entry;
use super::setup::{NO_SWITCH, PROCESS_SWITCH, THREAD_SWITCH};
use super::state::{Kernel, State, Task};
use crate::base::Nanos;
use crate::scenario::QueueScope;
use crate::trace::{EventKind, TaskId, Trace};

impl Kernel {
    /// Charges a lane's task for what it has done; gives what is left of its computing.
    #[inline]
    pub(super) fn settle(&mut self, lane: usize) -> Nanos {
        let on = &mut self.lanes[lane];
        let worked = self.now.saturating_sub(on.work_since);
        on.work_since = on.work_since.max(self.now);
        let task = on.task;
        let actor = self.current_coroutine(task).unwrap_or(task);
        let actor = self.task_mut(actor);
        actor.remaining -= worked;
        let left = actor.remaining;
        if self.entities.are_known() && worked > Nanos::ZERO {
            let burst = &mut self.entities.of_mut(task).burst;
            *burst = burst.saturating_sub(worked);
            let queue = self.queue_of(lane);
            self.queues[queue].ran(task, worked, &mut self.entities);
        }
        left
    }

    /// The lanes whose quantum is over are on offer: their tasks queue with the others, unless
    /// nobody waits. Whether a lane changes hands is seen when it takes a task.
    pub(super) fn quanta_end(&mut self) {
        self.expiries_done = true;
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
            if self.waiting[queue] == 0 {
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

    /// Idle lanes, and those on offer, take tasks, lowest first.
    pub(super) fn dispatch(&mut self, trace: &mut Trace) {
        if self.waiting_in_all == 0 || self.idle.is_empty() {
            return;
        }
        for lane in self.idle {
            let Some(task) = self.take_for(lane) else {
                continue;
            };
            self.idle.remove(lane);
            if self.lanes[lane].task == task {
                self.keep(lane);
                continue;
            }
            self.leave_offer(trace, lane);
            let last = self.task(task).last_lane;
            if last != Task::NO_LANE && self.lanes[usize::from(last)].task == task {
                self.leave_offer(trace, usize::from(last));
            }
            self.start(trace, lane, task);
        }
        for lane in self.idle {
            self.leave_offer(trace, lane);
        }
    }

    /// A lane on offer goes on with its own task: another quantum, without a switch.
    fn keep(&mut self, lane: usize) {
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

    /// A lane on offer is taken from its task.
    fn leave_offer(&mut self, trace: &mut Trace, lane: usize) {
        let task = self.lanes[lane].task;
        if task != TaskId::NONE {
            record(trace, self.now, EventKind::Preempt, task, lane, 0);
            self.lanes[lane].task = TaskId::NONE;
        }
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

    /// The lane of a queue whose task gives way to the first that waits: the one that all others
    /// precede, the lowest of equals. A lane in the middle of a switch gives way at its end.
    fn lane_that_gives_way(&mut self, queue: usize) -> Option<usize> {
        let first = self.queues[queue].peek_nth(0, &self.entities, self.now)?;
        let mut last: Option<usize> = None;
        for lane in self.lanes_of(queue) {
            if self.lanes[lane].task == TaskId::NONE {
                continue;
            }
            self.settle(lane);
            let task = self.lanes[lane].task;
            let gives_way = match last {
                None => true,
                Some(worst) => {
                    let worst = self.lanes[worst].task;
                    self.queues[queue].worse(task, worst, &self.entities)
                }
            };
            if gives_way {
                last = Some(lane);
            }
        }
        let lane = last?;
        let running = self.lanes[lane].task;
        if !self.queues[queue].preempts(first, running, &self.entities, self.now) {
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
        for queue in &mut self.queues {
            queue.review(&mut self.entities, self.now);
        }
        self.look_for_better = true;
        self.set_review();
    }

    /// Asks when the policy wants to look again.
    pub(super) fn set_review(&mut self) {
        let earliest = self.queues.iter().map(|queue| queue.review_at()).min();
        self.review_at = earliest.unwrap_or(Nanos::NEVER);
    }

    /// The task a lane takes: from its own queue, else from the longest other one.
    #[inline]
    fn take_for(&mut self, lane: usize) -> Option<TaskId> {
        let mut queue = self.queue_of(lane);
        if self.waiting[queue] == 0 {
            queue = self.longest_queue()?;
        }
        let options = self.waiting[queue];
        let mut ahead = 0;
        if self.chooser.decides() && options > 1 {
            ahead = self.chooser.choose(self.choices.len(), options);
        }
        let task = self.dequeue(queue, ahead);
        let own = self.queue_of(lane);
        if queue != own && self.entities.are_known() {
            self.queues[queue].moves_out(task, &mut self.entities);
            self.queues[own].moves_in(task, &mut self.entities);
        }
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

    /// Takes the task of a queue that has `ahead` others before it.
    #[inline]
    pub(super) fn dequeue(&mut self, queue: usize, ahead: u32) -> TaskId {
        let (queue, all) = (&mut self.queues[queue], &mut self.entities);
        let task = if ahead == 0 {
            queue.dequeue(all, self.now)
        } else {
            let task = queue.peek_nth(ahead as usize, all, self.now);
            queue.dequeue_nth(ahead as usize, all, self.now);
            task
        };
        task.expect("the count of waiting tasks is right")
    }

    /// A lane takes a task: the switch is paid, then the task goes on.
    #[inline]
    pub(super) fn start(&mut self, trace: &mut Trace, lane: usize, task: TaskId) {
        let process = self.task(task).process;
        let cost = self.switch_to(lane, task, process);
        record(trace, self.now, EventKind::Start, task, lane, cost);
        let work_since = self.now + self.switch_costs[usize::from(cost)];
        let queue = self.queue_of(lane);
        if self.entities.are_known() {
            self.queues[queue].begins(task, &mut self.entities);
        }
        let slice = self.queues[queue].slice(task, &self.entities);
        let on = &mut self.lanes[lane];
        on.task = task;
        on.last_task = task;
        on.last_process = process;
        on.work_since = work_since;
        on.quantum_end = work_since.saturating_add(slice);
        on.gives_way = false;
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
        if self.entities.are_known() {
            let (task, queue) = (self.lanes[lane].task, self.queue_of(lane));
            self.charge_running(queue);
            self.queues[queue].leaves(task, &mut self.entities);
        }
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
    pub(super) fn enqueue(&mut self, task: TaskId, queue: usize, entry: Entry) {
        let ready = self.task_mut(task);
        ready.state = State::Ready;
        ready.queue = queue as u16;
        if self.entities.are_known() {
            if matches!(entry, Entry::Arrived | Entry::Woke | Entry::Yielded) {
                self.entities.of_mut(task).burst = self.burst_ahead(task);
            }
            self.entities.of_mut(task).ready_since = self.now;
            self.look_for_better = true;
            self.charge_running(queue);
        }
        self.queues[queue].enqueue(task, entry, &mut self.entities, self.now);
        if self.entities.are_known() {
            self.set_review();
        }
        self.waiting[queue] += 1;
        self.waiting_in_all += 1;
        if self.entities.are_known() && self.queues[queue].changes_slices() {
            self.change_slices(queue);
        }
        if !self.renewing.is_empty() {
            self.end_renewals(queue);
        }
    }

    /// Where tasks are measured by what others have got, those who run are charged before anyone
    /// comes or goes.
    fn charge_running(&mut self, queue: usize) {
        if !self.queues[queue].measures_all() {
            return;
        }
        for lane in self.lanes_of(queue) {
            if self.lanes[lane].task != TaskId::NONE {
                self.settle(lane);
            }
        }
    }

    /// The slices under way on the lanes of a queue last longer or shorter than they were given.
    fn change_slices(&mut self, queue: usize) {
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
    #[expect(dead_code, reason = "mutexes that hand on priorities call it")]
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
    fn end_renewals(&mut self, queue: usize) {
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
