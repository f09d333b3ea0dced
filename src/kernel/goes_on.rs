//! Threads and event loops go on where their programs stand, and leave their lane when those have to
//! wait or end. What statements do is `interpret`'s part.

use super::engine::record;
use super::events::Look;
use super::interpret::Effect;
use super::sched::Entry;
use super::setup::{COROUTINE_SWITCH, COROUTINES, NO_SWITCH};
use super::state::{Kernel, State, Task};
use crate::base::Nanos;
use crate::trace::{EventKind, TaskId, Trace};

impl Kernel {
    /// The lane's task has nothing left to compute: its program goes on.
    pub(super) fn interpret(&mut self, trace: &mut Trace, lane: usize) {
        let thread = self.lanes[lane].task;
        loop {
            if self.halted.is_some() {
                return;
            }
            let event_loop = self.task(thread).event_loop;
            if event_loop == Task::NO_LOOP {
                return self.thread_goes_on(trace, lane, thread);
            }
            let Some(coroutine) = self.loops[event_loop as usize].current else {
                if self.resume_next(trace, lane, thread, event_loop) {
                    continue;
                }
                return;
            };
            if self.task(coroutine).remaining > Nanos::ZERO
                || self.lanes[lane].work_since > self.now
            {
                return self.set_deadline(lane);
            }
            if !self.coroutine_goes_on(trace, lane, coroutine, event_loop) {
                return;
            }
        }
    }

    /// The event loop takes its next coroutine; false if the thread left the lane instead.
    fn resume_next(
        &mut self,
        trace: &mut Trace,
        lane: usize,
        thread: TaskId,
        event_loop: u32,
    ) -> bool {
        let state = &mut self.loops[event_loop as usize];
        let Some(next) = state.ready.pop_front() else {
            // So it never waits for the lock but in the middle of a coroutine.
            if self.gils.is_used() {
                self.drop_gil(trace, thread);
            }
            match self.look(trace, lane, thread) {
                Some(Look::Over) => return true,
                Some(Look::Goes) => {
                    self.set_deadline(lane);
                    return false;
                }
                None => {}
            }
            if self.loops[event_loop as usize].alive == 0 {
                self.finish_thread(trace, lane, thread);
            } else {
                self.block_thread(trace, lane, thread, COROUTINES, State::Blocked);
            }
            return false;
        };
        let is_switch = state.last.is_some_and(|last| last != next);
        state.current = Some(next);
        state.last = Some(next);
        self.task_mut(next).state = State::Running;
        let cost = if is_switch {
            COROUTINE_SWITCH
        } else {
            NO_SWITCH
        };
        record(trace, self.now, EventKind::Resume, next, lane, cost);
        self.lanes[lane].work_since = self.now + self.switch_costs[usize::from(cost)];
        true
    }

    fn thread_goes_on(&mut self, trace: &mut Trace, lane: usize, thread: TaskId) {
        match self.until_effect(trace, lane, thread) {
            Effect::GoOn => unreachable!("going on is not an effect"),
            Effect::Compute => {
                self.looks_ahead_again(thread);
                self.set_deadline(lane);
            }
            Effect::Wait {
                resource, state, ..
            } => {
                self.block_thread(trace, lane, thread, resource, state);
            }
            Effect::Yield => {
                record(trace, self.now, EventKind::Yield, thread, lane, 0);
                self.free(lane);
                let queue = self.queue_of(lane);
                self.enqueue(thread, queue, Entry::Yielded);
            }
            Effect::End => self.finish_thread(trace, lane, thread),
            Effect::Crash => self.crash(trace, lane, thread),
        }
    }

    /// A thread that has come past a statement at which it might have waited computes for longer than
    /// was known.
    fn looks_ahead_again(&mut self, thread: TaskId) {
        if self.entities.are_known() && self.entities.of(thread).burst == Nanos::ZERO {
            self.entities.of_mut(thread).burst = self.burst_ahead(thread);
            self.look_for_better = true;
        }
    }

    /// True if the event loop still has the lane.
    fn coroutine_goes_on(
        &mut self,
        trace: &mut Trace,
        lane: usize,
        coroutine: TaskId,
        event_loop: u32,
    ) -> bool {
        let thread = self.lanes[lane].task;
        let kind = match self.until_effect(trace, lane, coroutine) {
            Effect::GoOn => unreachable!("going on is not an effect"),
            Effect::Compute => return true,
            Effect::Wait {
                resource,
                state,
                blocks_thread: true,
            } => {
                self.block_thread(trace, lane, thread, resource, state);
                return false;
            }
            Effect::Crash => {
                self.crash(trace, lane, thread);
                return false;
            }
            Effect::Wait {
                resource, state, ..
            } => {
                self.task_mut(coroutine).state = state;
                (EventKind::Suspend, resource)
            }
            Effect::Yield => {
                self.task_mut(coroutine).state = State::Ready;
                self.loops[event_loop as usize].ready.push_back(coroutine);
                (EventKind::CoroutineYield, 0)
            }
            Effect::End => (EventKind::CoroutineFinish, 0),
        };
        record(trace, self.now, kind.0, coroutine, lane, kind.1);
        self.loops[event_loop as usize].current = None;
        if kind.0 == EventKind::CoroutineFinish {
            self.end(trace, coroutine);
        }
        true
    }

    pub(super) fn block_thread(
        &mut self,
        trace: &mut Trace,
        lane: usize,
        thread: TaskId,
        resource: u16,
        state: State,
    ) {
        if self.gils.is_used() {
            self.drop_gil(trace, thread);
        }
        record(trace, self.now, EventKind::Block, thread, lane, resource);
        self.task_mut(thread).state = state;
        self.free(lane);
    }

    fn finish_thread(&mut self, trace: &mut Trace, lane: usize, thread: TaskId) {
        if self.gils.is_used() {
            self.drop_gil(trace, thread);
        }
        record(trace, self.now, EventKind::Finish, thread, lane, 0);
        self.free(lane);
        self.end(trace, thread);
    }
}
