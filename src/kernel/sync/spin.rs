//! Spin locks: who waits for one computes until it has it.
//!
//! 1. Whoever asks for a free lock has it.
//! 2. Whoever asks for one that is held looks at it again and again, on its hardware thread, of which it can
//!    lose its turn like anyone else.
//! 3. A lock that is given back goes at once to the one that has tried longest of those that are on a
//!    hardware thread. If there is none, it is free, and whoever next runs and asks for it has it.
//!
//! Source: test-and-set as in Silberschatz, Galvin, Gagne, *Operating System Concepts*, section on
//! hardware support for synchronization; who of several wins is left open there. That a lock changes hands
//! takes no time here.

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use crate::base::Nanos;
use crate::kernel::engine::record;
use crate::kernel::state::{Kernel, State};
use crate::scenario::limits;
use crate::trace::{EventKind, Outcome, ResourceKind, TaskId, Trace};

/// What a task that spins has left to compute: more than any run takes.
const WITHOUT_END: Nanos = Nanos(1 << 62);

/// Who tries to get which spin lock.
#[derive(Clone, Debug, Default)]
pub(in crate::kernel) struct Spinners {
    /// What each tries to get, whether or not it has a hardware thread.
    tries: BTreeMap<TaskId, u16>,
    /// Those of them that spin on a hardware thread.
    on_lane: BTreeSet<TaskId>,
    /// How often in a row the scheduler has looked at the waiting tasks again and nothing has happened,
    /// and how many events there were then.
    quiet_looks: (u32, usize),
    /// How often in a row someone has looked at a lock in vain and nothing else has happened, and how many
    /// events there were then.
    turns: (u32, usize),
}

impl Spinners {
    /// Whether any task spins on a hardware thread.
    #[inline]
    pub(in crate::kernel) fn any(&self) -> bool {
        !self.on_lane.is_empty()
    }

    /// Drops tasks that have ended.
    pub(super) fn forget(&mut self, is_alive: &dyn Fn(TaskId) -> bool) {
        self.tries.retain(|task, _| is_alive(*task));
        self.on_lane.retain(|task| is_alive(*task));
    }
}

impl Kernel {
    /// Rules 1 and 2: a task asks for a spin lock, or looks at it again.
    pub(super) fn try_to_take(&mut self, trace: &mut Trace, actor: TaskId, index: u16) -> Verdict {
        let mutex = &mut self.sync.mutexes[usize::from(index)];
        let resource = mutex.resource;
        if mutex.owner.is_none() {
            mutex.owner = Some(actor);
            mutex.give_up(actor);
            if self.sync.spinners.tries.remove(&actor).is_some() {
                let lane = self.lane_of(actor);
                record(trace, self.now, EventKind::SpinEnd, actor, lane, resource);
            }
            record(trace, self.now, EventKind::Acquire, actor, 0, resource);
            return Verdict::GoesOn;
        }
        if self.sync.spinners.tries.insert(actor, index).is_none() {
            mutex.waiters.push_back(actor);
            let lane = self.lane_of(actor);
            record(trace, self.now, EventKind::SpinBegin, actor, lane, resource);
        }
        self.sync.spinners.on_lane.insert(actor);
        self.task_mut(actor).pc -= 1;
        if self.closes_a_circle(actor, index) {
            self.halted = Some(Outcome::Livelock);
        } else if self.all_spin_in_vain() {
            self.halted = Some(self.deadlock_or_livelock());
        } else if self.turns_in_vain(trace) {
            self.halted = Some(Outcome::Livelock);
        }
        Verdict::Computes(WITHOUT_END)
    }

    /// Rule 3: who has the lock that has been given back, if anyone spins for it.
    pub(super) fn pass_spin_lock_on(&mut self, trace: &mut Trace, index: u16) {
        let mutex = &self.sync.mutexes[usize::from(index)];
        let resource = mutex.resource;
        let on_lane = &self.sync.spinners.on_lane;
        let next = mutex.waiters.iter().find(|task| on_lane.contains(task));
        let Some(next) = next.copied() else { return };
        let lane = self.lane_of(next);
        self.settle(lane);
        let mutex = &mut self.sync.mutexes[usize::from(index)];
        mutex.owner = Some(next);
        mutex.give_up(next);
        self.sync.spinners.tries.remove(&next);
        self.sync.spinners.on_lane.remove(&next);
        let task = self.task_mut(next);
        task.remaining = Nanos::ZERO;
        task.pc += 1;
        record(trace, self.now, EventKind::SpinEnd, next, lane, resource);
        record(trace, self.now, EventKind::Acquire, next, 0, resource);
        self.set_deadline(lane);
    }

    /// A thread leaves its lane. If it spins there, it looks at its lock again when next it runs.
    #[inline]
    pub(in crate::kernel) fn stops_spinning(&mut self, thread: TaskId) {
        if !self.sync.spinners.any() {
            return;
        }
        let actor = self.current_coroutine(thread).unwrap_or(thread);
        if self.sync.spinners.on_lane.remove(&actor) {
            self.task_mut(actor).remaining = Nanos::ZERO;
        }
    }

    fn lane_of(&self, actor: TaskId) -> usize {
        let task = self.task(actor);
        let thread = if task.is_coroutine() {
            task.host
        } else {
            actor
        };
        usize::from(self.task(thread).last_lane)
    }

    /// Whether a task that has begun to wait for a mutex waits for itself, over whatever locks, and someone
    /// of that circle spins: the run would never come to rest.
    pub(super) fn closes_a_circle(&self, actor: TaskId, mutex: u16) -> bool {
        if self.sync.spinners.tries.is_empty() {
            return false;
        }
        let mut waits_for = Some(mutex);
        let mut spins = false;
        for _ in 0..=self.sync.mutexes.len() {
            let Some(mutex) = waits_for.map(|it| &self.sync.mutexes[usize::from(it)]) else {
                return false;
            };
            spins |= mutex.spins;
            match mutex.owner {
                None => return false,
                Some(holder) if holder == actor => return spins,
                Some(holder) => waits_for = self.lock_it_waits_for(holder),
            }
        }
        false
    }

    /// The lock that a task waits for as long as it takes.
    fn lock_it_waits_for(&self, task: TaskId) -> Option<u16> {
        let tries = self.sync.spinners.tries.get(&task).copied();
        tries.or_else(|| {
            let is_blocked = self.task(task).state == State::Blocked;
            if !is_blocked || self.sync.attempts.contains_key(&task) {
                return None;
            }
            let mut mutexes = self.sync.mutexes.iter();
            let lock = mutexes.position(|mutex| mutex.waiters.contains(&task))?;
            Some(lock as u16)
        })
    }

    /// Whether every thread that runs or could run tries to get a lock that is held, and nothing else will
    /// happen.
    fn all_spin_in_vain(&self) -> bool {
        let on_lanes = self.lanes.iter().filter(|lane| lane.task != TaskId::NONE);
        let throttled = self.quotas.throttled().count();
        let could_run = self.waiting_in_all as usize + on_lanes.count() + throttled;
        let tries = &self.sync.spinners.tries;
        tries.len() == could_run
            && self.nothing_else_comes()
            && !self.gils.will_change_hands()
            && tries
                .values()
                .all(|lock| self.sync.mutexes[usize::from(*lock)].owner.is_some())
    }

    /// Whether only tasks that spin have taken turns for so long that it is suspected to go on for ever: what
    /// could help waits for a core that they leave to each other.
    fn turns_in_vain(&mut self, trace: &Trace) -> bool {
        let spins = |thread: TaskId| {
            let actor = self.current_coroutine(thread).unwrap_or(thread);
            self.sync.spinners.tries.contains_key(&actor)
        };
        let (in_a_row, seen) = self.sync.spinners.turns;
        let mut since = trace.events[seen..].iter();
        let of_interpreter = |detail: u16| {
            trace.resources[usize::from(detail)].kind == ResourceKind::InterpreterLock
        };
        let is_turn = since.all(|event| match event.kind {
            EventKind::Start => spins(event.task),
            EventKind::Preempt | EventKind::SpinBegin | EventKind::Throttle => true,
            // Their interpreter lock may go from hand to hand meanwhile.
            EventKind::Block | EventKind::Wake | EventKind::Acquire | EventKind::Release => {
                of_interpreter(event.detail) || self.quotas.is_container(event.detail)
            }
            _ => false,
        });
        let mut lanes = self.lanes.iter().map(|lane| lane.task);
        let all_spin = lanes.all(|task| task == TaskId::NONE || spins(task));
        let in_a_row = if is_turn && all_spin { in_a_row + 1 } else { 0 };
        self.sync.spinners.turns = (in_a_row, trace.events.len());
        in_a_row >= limits::SPINS_IN_A_ROW && self.nothing_else_comes()
    }

    /// Whether what goes on is only that tasks spin, so that nothing will ever change.
    pub(in crate::kernel) fn only_spins(&self) -> bool {
        self.sync.spinners.any() && self.next_instant_of_others() == Nanos::NEVER
    }

    /// Whether, but for the scheduler's looking again (quanta end, `aging`, `boost`), what goes on is only
    /// that tasks spin, and that has changed nothing so often that it is suspected never to.
    pub(in crate::kernel) fn looks_in_vain(&mut self, events: usize) -> bool {
        let on_lanes = self.lanes.iter().filter(|lane| lane.task != TaskId::NONE);
        let all_spin = on_lanes.count() == self.sync.spinners.on_lane.len();
        let nothing_else = all_spin && self.nothing_else_comes() && !self.gils.will_change_hands();
        let (in_a_row, seen) = &mut self.sync.spinners.quiet_looks;
        *in_a_row = match nothing_else && *seen == events {
            true => *in_a_row + 1,
            false => 0,
        };
        *seen = events;
        *in_a_row >= limits::QUIET_LOOKS_IN_A_ROW
    }

    /// Whether no timer, no job, no arrival and nobody who comes back with a container's next period will
    /// change anything. Interpreter locks are not asked.
    fn nothing_else_comes(&self) -> bool {
        let spins = |thread: TaskId| {
            let actor = self.current_coroutine(thread).unwrap_or(thread);
            self.sync.spinners.tries.contains_key(&actor)
        };
        self.quotas.throttled().all(spins)
            && self.timers.next() == Nanos::NEVER
            && self.periodic.next(self.now) == Nanos::NEVER
            && self.arrivals.len() == self.arrived
    }
}
