//! The hot path of time slicing: quanta end, others wait, and nothing else happens at this instant.
//! It does what the rounds of `engine` do, without their sets and queues of other things to look at, and
//! writes one event a slice instead of two, since the next task's start implies the preemption.
//!
//! It is here because it doubles the speed of a run that is nothing but slicing; whatever it
//! does not recognise it leaves to `engine` untouched.

use super::sched::Entry;
use super::state::{Kernel, State, Task};
use crate::trace::Trace;

impl Kernel {
    /// Hands the lanes whose quanta end now to the next tasks; false, with nothing done, if anything
    /// else is to be done at this instant.
    #[inline]
    pub(super) fn hand_over(&mut self, trace: &mut Trace) -> bool {
        let now = self.now;
        let Some(due) = self.deadlines.due_bits(now) else {
            return false;
        };
        let is_plain = self.idle.is_empty()
            && self.renewing.is_empty()
            && self.timers.next() > now
            && self.arrivals.get(self.arrived).is_none_or(|arrival| arrival.0 > now)
            && !self.chooser.decides()
            && !self.affinity.is_used()
            && !self.smt.is_used()
            // So each lane's start comes before that of the task that is preempted there.
            && self.queues[0].is_in_order();
        if !is_plain || due == 0 || !bits(due).all(|lane| self.is_plain_expiry(lane)) {
            return false;
        }
        for lane in bits(due) {
            let on = &mut self.lanes[lane];
            let worked = now - on.work_since;
            let task = on.task;
            let queue = self.queue_of(lane);
            let preempted = &mut self.tasks[task.index()];
            preempted.remaining -= worked;
            preempted.state = State::Ready;
            preempted.queue = queue as u16;
            self.queues[queue].enqueue(task, Entry::QuantumOver, &mut self.entities, now);
        }
        for lane in bits(due) {
            // As many go as have come, so the counts of those that wait stay the same.
            let next = self.dequeue(self.queue_of(lane), 0);
            self.start(trace, lane, next);
        }
        self.expiries_done = true;
        true
    }

    /// Whether all that is due on a lane is that a plain thread gives way to another one.
    #[inline]
    fn is_plain_expiry(&self, lane: usize) -> bool {
        let on = &self.lanes[lane];
        let task = self.task(on.task);
        task.event_loop == Task::NO_LOOP
            && task.remaining > self.now - on.work_since
            && self.waiting[self.queue_of(lane)] > 0
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
