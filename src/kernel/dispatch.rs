//! Who gets which hardware thread: idle lanes that take tasks, and the queues they take them from. Who
//! loses one is `preempt`'s part, in which order the policy's (`sched`); when to ask is `engine`'s.

use super::choice::{Choice, Decision};
use super::engine::record;
use super::sched::Entry;
use super::setup::{MIGRATIONS, NO_SWITCH, PROCESS_SWITCH, THREAD_SWITCH};
use super::state::{Kernel, State, Task};
use crate::base::Nanos;
use crate::scenario::{Balance, QueueScope};
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
        let done = self.work_done(lane, actor, worked);
        let actor = self.task_mut(actor);
        actor.remaining -= done;
        let left = actor.remaining;
        if self.entities.are_known() && worked > Nanos::ZERO {
            let burst = &mut self.entities.of_mut(task).burst;
            *burst = burst.saturating_sub(done);
            let queue = self.queue_of(lane);
            self.queues[queue].ran(task, worked, &mut self.entities);
        }
        left
    }

    /// Idle lanes, and those on offer, take tasks: those of idle cores first, then the lowest.
    pub(super) fn dispatch(&mut self, trace: &mut Trace) {
        if self.waiting_in_all == 0 || self.idle.is_empty() {
            return;
        }
        let (first, then) = self.smt.in_order(self.idle);
        for lane in first.into_iter().chain(then) {
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

    /// A lane on offer is taken from its task.
    fn leave_offer(&mut self, trace: &mut Trace, lane: usize) {
        let task = self.lanes[lane].task;
        if task != TaskId::NONE {
            record(trace, self.now, EventKind::Preempt, task, lane, 0);
            self.stops_spinning(task);
            self.lanes[lane].task = TaskId::NONE;
            if self.smt.is_used() {
                self.siblings_change(lane, false);
            }
        }
    }

    /// The task a lane takes: from its own queue, else from the longest other one.
    #[inline]
    fn take_for(&mut self, lane: usize) -> Option<TaskId> {
        let own = self.queue_of(lane);
        let mut queue = own;
        if !self.may_take_from(queue, lane) {
            if self.balance == Balance::None {
                return None;
            }
            queue = self.longest_queue_for(lane)?;
        }
        let allowed = self.affinity.is_used().then(|| self.allowed(queue, lane));
        let options = match &allowed {
            Some(allowed) => allowed.len() as u32,
            None => self.waiting[queue],
        };
        let nobody =
            self.chooser.may_let_time_pass() && self.next_instant_of_others() != Nanos::NEVER;
        let tasks = options;
        let options = options + u32::from(nobody);
        let mut ahead = 0;
        if self.chooser.decides() && options > 1 {
            ahead = self.chooser.choose(self.choices.len(), options);
        }
        if ahead == tasks {
            self.choices.push(Choice {
                at: self.now,
                decision: Decision::Dispatch { lane: lane as u8 },
                options,
                chosen: ahead,
                task: TaskId::NONE,
            });
            return None;
        }
        let position = allowed.map_or(ahead, |allowed| allowed[ahead as usize]);
        let task = self.dequeue(queue, position);
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

    /// Whether a queue has a task for this lane.
    #[inline]
    fn may_take_from(&self, queue: usize, lane: usize) -> bool {
        self.waiting[queue] > 0
            && (!self.affinity.is_used() || self.positions(queue, lane).next().is_some())
    }

    /// Whether someone waits in a lane's own queue who may run on it.
    pub(super) fn someone_waits_for(&self, lane: usize) -> bool {
        self.may_take_from(self.queue_of(lane), lane)
    }

    /// How many go before each task of a queue that may run on this lane.
    fn positions(&self, queue: usize, lane: usize) -> impl Iterator<Item = u32> {
        (0..self.waiting[queue]).filter(move |ahead| {
            let waits = &self.queues[queue];
            let task = waits.peek_nth(*ahead as usize, &self.entities, self.now);
            task.is_some_and(|task| self.affinity.allows(task, lane))
        })
    }

    fn allowed(&self, queue: usize, lane: usize) -> Vec<u32> {
        self.positions(queue, lane).collect()
    }

    /// Of the queues that have a task for this lane, the one in which most tasks wait, the lowest of
    /// equals.
    fn longest_queue_for(&self, lane: usize) -> Option<usize> {
        let longest = |best: usize, other: usize| {
            if self.waiting[other] > self.waiting[best] {
                other
            } else {
                best
            }
        };
        (0..self.queues.len())
            .filter(|queue| self.may_take_from(*queue, lane))
            .reduce(longest)
    }

    /// The run queue a thread that becomes ready goes into. With queues per core that of the lane it
    /// ran on last if that is idle, else of the lowest idle lane (of an idle core if there is one), else
    /// of the lane it ran on last, else the shortest, each only where it may run. Without balancing it
    /// is always the lane it ran on last, and at first the one with the fewest tasks, on the core with
    /// the fewest.
    pub(super) fn queue_for(&self, task: TaskId) -> usize {
        if self.scope == QueueScope::Global {
            return 0;
        }
        let may_run = |lane: &usize| !self.affinity.is_used() || self.affinity.allows(task, *lane);
        let is_free = |lane: &usize| self.idle.contains(*lane) && self.waiting[*lane] == 0;
        let last = self.task(task).last_lane;
        let last = (last != Task::NO_LANE).then_some(usize::from(last));
        let lanes = || (0..self.lanes.len()).filter(may_run);
        let core_is_free = |lane: &usize| self.smt.core(*lane).all(|lane| is_free(&lane));
        let tasks = |lane: usize| {
            let is_busy = !self.idle.contains(lane) && self.balance == Balance::None;
            self.waiting[lane] + u32::from(is_busy)
        };
        let fewest = || {
            let on_core = |lane: usize| self.smt.core(lane).map(tasks).sum::<u32>();
            lanes().min_by_key(|lane| (tasks(*lane), on_core(*lane)))
        };
        let chosen = match self.balance {
            Balance::None => last.or_else(fewest),
            Balance::Steal => last
                .filter(is_free)
                .or_else(|| lanes().find(core_is_free))
                .or_else(|| lanes().find(is_free))
                .or(last)
                .or_else(fewest),
        };
        chosen.unwrap_or(0)
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
        let mut cost = self.switch_to(lane, task, process);
        let mut work_since = self.now + self.switch_costs[usize::from(cost)];
        if self.caches.is_used() {
            let (with_refill, refill) = self.caches.switch(task, self.smt.core_of(lane), cost);
            cost = with_refill;
            work_since += refill;
        }
        record(trace, self.now, EventKind::Start, task, lane, cost);
        let queue = self.queue_of(lane);
        if self.entities.are_known() {
            self.queues[queue].begins(task, &mut self.entities);
        }
        let slice = self.queues[queue].slice(task, &self.entities);
        if self.smt.is_used() {
            self.siblings_change(lane, true);
        }
        if self.quotas.are_used() {
            self.quotas.counts_from(lane, work_since);
        }
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
        let actor = match started.event_loop {
            Task::NO_LOOP => Some(task),
            // Between coroutines it has work of its own: it looks for events.
            event_loop => self.loops[event_loop as usize].current.or(Some(task)),
        };
        let left = actor.map_or(Nanos::ZERO, |actor| {
            self.span_of(lane, actor, self.task(actor).remaining)
        });
        let at = self.lanes[lane].deadline(left);
        self.deadlines.set(lane, at);
        if self.gils.is_used() {
            self.holder_starts(task, work_since);
        }
    }

    /// Which switch it is for a lane to go on with `task`.
    #[inline]
    fn switch_to(&self, lane: usize, task: TaskId, process: u32) -> u16 {
        let on = &self.lanes[lane];
        let switch = if on.last_task == task || on.last_task == TaskId::NONE {
            NO_SWITCH
        } else if on.last_process == process {
            THREAD_SWITCH
        } else {
            PROCESS_SWITCH
        };
        if self.migration_costs {
            let last_lane = self.task(task).last_lane;
            if last_lane != Task::NO_LANE && usize::from(last_lane) != lane {
                return switch + MIGRATIONS as u16;
            }
        }
        switch
    }

    /// The kernel looks at a lane again when its task's computing is done or its quantum is over.
    pub(super) fn set_deadline(&mut self, lane: usize) {
        let on = &self.lanes[lane];
        let actor = self.current_coroutine(on.task).unwrap_or(on.task);
        let at = on.deadline(self.span_of(lane, actor, self.task(actor).remaining));
        self.deadlines.set(lane, at);
    }

    /// A lane has no task any more.
    pub(super) fn free(&mut self, lane: usize) {
        if self.entities.are_known() {
            let (task, queue) = (self.lanes[lane].task, self.queue_of(lane));
            self.charge_running(queue);
            self.queues[queue].leaves(task, &mut self.entities);
        }
        self.stops_spinning(self.lanes[lane].task);
        let on = &mut self.lanes[lane];
        on.task = TaskId::NONE;
        if on.renewing {
            on.renewing = false;
            self.renewing.remove(lane);
        }
        self.idle.insert(lane);
        self.deadlines.set(lane, Nanos::NEVER);
        if self.smt.is_used() {
            self.siblings_change(lane, false);
        }
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
}
