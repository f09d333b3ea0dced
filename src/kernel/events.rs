//! How those who have asked a device learn that it is done, where a scenario charges for it: the
//! event loops of threads with `events`, and `poll`.
//!
//! 1. An event loop looks when none of its coroutines can go on. Under readiness and completion a
//!    look is one system call that brings all that is done by its end; a loop that nothing is done
//!    for is blocked until something is. What reading an event or submitting a request costs is
//!    part of the coroutine's program (`code`).
//! 2. Under polling a look asks for every request that is under way, one system call each, and the
//!    loop looks again and again while there is any: it spins.
//! 3. `poll` asks with a system call each time, and spins or sleeps in between.
//!
//! Rounds of asking that are in vain are not played one by one: who spins computes without end, and
//! when the device is done the round that is under way is finished.
//!
//! Sources: epoll_wait(2), io_uring_enter(2), kqueue(2); W. R. Stevens, *UNIX Network Programming*, the
//! chapter on the I/O models.

use std::collections::BTreeMap;

use super::engine::record;
use super::state::{Kernel, State, Task};
use crate::base::Nanos;
use crate::scenario::Events;
use crate::trace::{EventKind, TaskId, Trace};

/// What is left to compute for those who ask until the device is done.
const WITHOUT_END: Nanos = Nanos(u64::MAX / 2);

/// Rule 1: the calls that a coroutine itself makes before and after it awaits a device.
pub(super) fn calls_of_await(events: Option<Events>, call: Nanos) -> (Nanos, Nanos) {
    match events {
        Some(Events::Readiness) => (Nanos::ZERO, call),
        Some(Events::Completion) => (call, Nanos::ZERO),
        Some(Events::Polling) | None => (Nanos::ZERO, Nanos::ZERO),
    }
}

/// The requests that are being polled for, and whether they are done.
pub(super) type Polls = BTreeMap<TaskId, bool>;

impl Kernel {
    /// A coroutine has asked a device and is suspended.
    pub(super) fn await_begins(&mut self, coroutine: TaskId) {
        let host = self.task(coroutine).host;
        if host != TaskId::NONE {
            let event_loop = self.task(host).event_loop;
            self.loops[event_loop as usize].under_way += 1;
        }
    }

    /// A device is done with what a task has asked for. True if the task finds out for itself.
    pub(super) fn is_found_out(&mut self, trace: &mut Trace, task: TaskId, resource: u16) -> bool {
        if let Some(is_done) = self.polls.get_mut(&task) {
            *is_done = true;
            let round = self.system_call;
            self.finish_round(task, round);
            return true;
        }
        let host = self.task(task).host;
        if host == TaskId::NONE {
            return false;
        }
        let Task {
            event_loop, state, ..
        } = *self.task(host);
        let event_loop = &mut self.loops[event_loop as usize];
        if event_loop.events.is_none() {
            return false;
        }
        event_loop.done.push_back(task);
        let sleeps = state == State::Blocked && event_loop.current.is_none();
        record(trace, self.now, EventKind::Wake, task, 0, resource);
        self.task_mut(task).state = State::Ready;
        if sleeps {
            self.wake_loop(trace, host);
        } else {
            self.loop_has_work(host);
        }
        true
    }

    /// An event loop that spins finishes its round: one of its coroutines can go on.
    pub(super) fn loop_has_work(&mut self, host: TaskId) {
        let event_loop = &self.loops[self.task(host).event_loop as usize];
        if event_loop.looks && event_loop.events == Some(Events::Polling) {
            let round = Nanos(
                self.system_call
                    .0
                    .saturating_mul(event_loop.under_way.into()),
            );
            self.finish_round(host, round);
        }
    }

    /// An event loop has nobody to go on with: it looks for events, or finds some at the end of a
    /// look. `None` if it has nothing to look for.
    pub(super) fn look(&mut self, trace: &mut Trace, lane: usize, thread: TaskId) -> Option<Look> {
        let number = self.task(thread).event_loop as usize;
        let event_loop = &mut self.loops[number];
        let events = event_loop.events?;
        if event_loop.looks {
            event_loop.looks = false;
            event_loop.under_way -= event_loop.done.len() as u32;
            event_loop.ready.append(&mut event_loop.done);
            if events == Events::Polling {
                record(trace, self.now, EventKind::SpinEnd, thread, lane, 0);
            }
            return Some(Look::Over);
        }
        let takes = match events {
            Events::Polling if event_loop.under_way == 0 => return None,
            Events::Polling => WITHOUT_END,
            _ if event_loop.done.is_empty() => return None,
            _ => self.system_call,
        };
        event_loop.looks = true;
        let is_done = !event_loop.done.is_empty();
        self.task_mut(thread).remaining = takes;
        if events == Events::Polling {
            record(trace, self.now, EventKind::SpinBegin, thread, lane, 0);
            if is_done {
                self.loop_has_work(thread);
            }
        }
        Some(match self.task(thread).remaining {
            Nanos::ZERO => Look::Over,
            _ => Look::Goes,
        })
    }

    /// A task that polls without a pause asks again, or has its answer. True if it goes on.
    pub(super) fn spin(&mut self, trace: &mut Trace, lane: usize, task: TaskId) -> bool {
        let begins = self.polls.get(&task) == Some(&false);
        let kind = if begins {
            self.task_mut(task).remaining = WITHOUT_END;
            self.task_mut(task).pc -= 1;
            EventKind::SpinBegin
        } else {
            self.polls.remove(&task);
            EventKind::SpinEnd
        };
        record(trace, self.now, kind, task, lane, 0);
        !begins
    }

    /// Whoever spins computes to the end of the round of asking that it is in the middle of.
    fn finish_round(&mut self, task: TaskId, round: Nanos) {
        if self.task(task).remaining < Nanos(WITHOUT_END.0 / 2) {
            return; // It does not spin, or finishes already.
        }
        let host = self.task(task).host;
        let thread = if host == TaskId::NONE { task } else { host };
        let Task {
            state, last_lane, ..
        } = *self.task(thread);
        let lane = usize::from(last_lane);
        if state == State::Running {
            self.settle(lane);
        }
        let spent = WITHOUT_END - self.task(task).remaining;
        self.task_mut(task).remaining = match (spent.0, round.0) {
            (_, 0) => Nanos::ZERO,
            (0, round) => Nanos(round),
            (spent, round) => Nanos((round - spent % round) % round),
        };
        if state == State::Running {
            self.set_deadline(lane);
        }
    }
}

/// What an event loop's look comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It takes time.
    Goes,
    /// It has brought what there was.
    Over,
}
