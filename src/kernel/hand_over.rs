//! The hot path of time slicing: quanta end, others wait, and nothing else happens. It does what the
//! rounds of `engine` do, one instant after the other, without their sets and queues of other things
//! to look at, and writes one event a slice instead of two, since the next task's start implies the
//! preemption.
//!
//! It is here because it more than doubles the speed of a run that is nothing but slicing; whatever it
//! does not recognise it leaves to `engine` untouched.

use super::engine::record;
use super::setup::{NO_SWITCH, PROCESS_SWITCH, THREAD_SWITCH};
use super::state::{Kernel, State, Task};
use crate::base::Nanos;
use crate::trace::{EventKind, TaskId, Trace};

impl Kernel {
    /// Hands lanes whose quanta end to the next tasks, instant by instant, until something else is to
    /// be done or the trace has `stop_at` events. False, with nothing done, if something else is to be
    /// done first.
    pub(super) fn hand_over(&mut self, trace: &mut Trace, stop_at: u64) -> bool {
        let Some(quantum) = self.only_slices() else {
            return false;
        };
        let until = self.next_instant_of_others();
        let before = trace.events.len();
        loop {
            let at = self.deadlines.earliest();
            if at >= until || at > self.limits.time {
                break;
            }
            let due = self.deadlines.due_bits(at);
            if !self.end_plainly(due, at) {
                break;
            }
            self.now = at;
            self.take_turns(trace, due, quantum);
            if trace.events.len() as u64 >= stop_at {
                break;
            }
        }
        if trace.events.len() == before {
            return false;
        }
        self.statements_now = 0;
        self.expiries_done = true;
        true
    }

    /// The quantum, if all that happens on the lanes is that threads take turns under round robin.
    fn only_slices(&self) -> Option<Nanos> {
        let is_plain = self.idle.is_empty()
            && self.renewing.is_empty()
            && self.periodic.is_empty()
            && !self.sync.spinners.any()
            && self.lanes.len() <= u64::BITS as usize
            && !self.migration_costs
            && !self.smt.is_used()
            && !self.gils.is_used()
            && !self.caches.is_used()
            && !self.quotas.are_used()
            && !self.chooser.decides()
            && !self.affinity.is_used();
        let queue = self.queues[0].as_round_robin().filter(|_| is_plain)?;
        Some(queue.quantum())
    }

    /// Whether the quanta that end now, on the lanes `due`, are those of plain threads that are not done,
    /// each with someone waiting for its lane.
    #[inline]
    fn end_plainly(&self, due: u64, now: Nanos) -> bool {
        bits(due).all(|lane| {
            let on = &self.lanes[lane];
            let task = self.task(on.task);
            task.event_loop == Task::NO_LOOP
                && task.remaining > now - on.work_since
                && self.waiting[self.queue_of(lane)] > 0
        })
    }

    /// The threads of the lanes `due` go to the back of their queues, and the first of these start. As
    /// many go as come, so the counts of those that wait stay the same.
    #[inline]
    fn take_turns(&mut self, trace: &mut Trace, due: u64, quantum: Nanos) {
        let now = self.now;
        for lane in bits(due) {
            let queue = self.queue_of(lane);
            let on = &mut self.lanes[lane];
            let preempted = &mut self.tasks[on.task.index()];
            preempted.remaining -= now - on.work_since;
            preempted.state = State::Ready;
            preempted.queue = queue as u16;
            let ready = self.queues[queue].as_round_robin_mut();
            let task = ready
                .expect("all queues have the same policy")
                .turn(on.task);
            let remaining = self.ahead_of(task);
            let started = &mut self.tasks[task.index()];
            started.state = State::Running;
            started.last_lane = lane as u16;
            let on = &mut self.lanes[lane];
            let cost = if on.last_task == task {
                NO_SWITCH
            } else if on.last_process == started.process {
                THREAD_SWITCH
            } else {
                PROCESS_SWITCH
            };
            record(trace, now, EventKind::Start, task, lane, cost);
            on.task = task;
            on.last_task = task;
            on.last_process = started.process;
            on.work_since = now + self.switch_costs[usize::from(cost)];
            on.quantum_end = on.work_since.saturating_add(quantum);
            on.gives_way = false;
            self.deadlines.put(lane, on.deadline(remaining));
        }
        self.deadlines.look_again_at(due);
    }

    /// What a thread computes before its program goes on; an event loop does so for its coroutine.
    #[inline]
    fn ahead_of(&self, thread: TaskId) -> Nanos {
        let task = self.task(thread);
        match task.event_loop {
            Task::NO_LOOP => task.remaining,
            event_loop => match self.loops[event_loop as usize].current {
                Some(coroutine) => self.task(coroutine).remaining,
                // It is looking for events.
                None => task.remaining,
            },
        }
    }
}

/// The numbers of the bits that are set, lowest first.
#[inline]
fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if set == 0 {
            return None;
        }
        let lowest = set.trailing_zeros() as usize;
        set &= set - 1;
        Some(lowest)
    })
}
