//! What tasks wait for each other with, and the variables they share, as plain state machines. They
//! say who gets what and who has to wait; that waiting takes a task off its core is `interpret`'s
//! part, and circles of waiting are `deadlock`'s.

mod barrier;
mod condition;
mod inherit;
mod mutex;
mod rwlock;
mod semaphore;
mod spin;

use std::collections::BTreeMap;

pub(super) use barrier::Barrier;
pub(super) use condition::Condition;
use inherit::Inherited;
pub(super) use mutex::Mutex;
pub(super) use rwlock::{For, RwLock};
pub(super) use semaphore::Semaphore;
use spin::Spinners;

use super::code::Instruction;
use super::engine::record;
use super::state::{Kernel, State};
use super::timers::Ends;
use crate::base::Nanos;
use crate::trace::{EventKind, Outcome, TaskId, Trace};

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sync {
    pub mutexes: Vec<Mutex>,
    pub rwlocks: Vec<RwLock>,
    pub spinners: Spinners,
    pub inherited: Inherited,
    pub semaphores: Vec<Semaphore>,
    pub conditions: Vec<Condition>,
    pub barriers: Vec<Barrier>,
    pub variables: Vec<i64>,
    /// For tasks that wait for a mutex with a limit: where they go on when it is over.
    pub attempts: BTreeMap<TaskId, Attempt>,
    attempts_made: u64,
    /// Attempts that timed out since one succeeded or a task ended.
    pub timed_out_in_a_row: u32,
}

/// A task that waits for a mutex with a limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    number: u64,
    pub mutex: u16,
    pub else_target: u32,
}

/// What an operation means for the task that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on.
    GoesOn,
    /// It waits for this resource.
    Waits(u16),
    /// It has so much to compute, and then goes on.
    Computes(Nanos),
}

impl Kernel {
    /// Executes an instruction of synchronisation or on shared variables.
    pub(super) fn synchronise(
        &mut self,
        trace: &mut Trace,
        actor: TaskId,
        instruction: Instruction,
    ) -> Verdict {
        match instruction {
            Instruction::Lock(mutex) if self.sync.mutexes[usize::from(mutex)].spins => {
                self.try_to_take(trace, actor, mutex)
            }
            Instruction::Lock(mutex) => {
                let verdict = self.lock(trace, actor, mutex);
                if verdict != Verdict::GoesOn && self.closes_a_circle(actor, mutex) {
                    self.halted = Some(Outcome::Livelock);
                }
                verdict
            }
            Instruction::LockFor { mutex, attempt } => {
                let (limit, else_target) = self.lock_limits[attempt as usize];
                let verdict = self.lock(trace, actor, mutex);
                if let Verdict::Waits(_) = verdict {
                    let at = self.now.saturating_add(limit);
                    let number = self.sync.attempts_made;
                    self.sync.attempts_made += 1;
                    self.timers.set(at, actor, Ends::LockLimit(number));
                    self.sync.attempts.insert(
                        actor,
                        Attempt {
                            number,
                            mutex,
                            else_target,
                        },
                    );
                } else {
                    self.sync.timed_out_in_a_row = 0;
                }
                verdict
            }
            Instruction::Unlock(mutex) => {
                self.unlock(trace, actor, mutex);
                Verdict::GoesOn
            }
            Instruction::ReadLock(lock) => self.rw_lock(trace, actor, lock, For::Reading),
            Instruction::WriteLock(lock) => self.rw_lock(trace, actor, lock, For::Writing),
            Instruction::RwUnlock(index) => {
                let index = usize::from(index);
                let lock = &mut self.sync.rwlocks[index];
                if let Some(had) = lock.unlock(actor) {
                    let resource = lock.resource(had);
                    record(trace, self.now, EventKind::Release, actor, 0, resource);
                    self.pass_rw_lock_on(trace, index);
                }
                Verdict::GoesOn
            }
            Instruction::SemaphoreWait(index) => {
                self.sync.semaphores[usize::from(index)].wait(actor)
            }
            Instruction::SemaphorePost(index) => {
                let semaphore = &mut self.sync.semaphores[usize::from(index)];
                let resource = semaphore.resource;
                if let Some(woken) = semaphore.post() {
                    self.wake(trace, woken, resource);
                }
                Verdict::GoesOn
            }
            Instruction::ConditionWait { condition, mutex } => {
                self.unlock(trace, actor, mutex);
                let condition = &mut self.sync.conditions[usize::from(condition)];
                condition.waiters.push_back((actor, mutex));
                Verdict::Waits(condition.resource)
            }
            Instruction::ConditionSignal(index) => {
                let waiter = self.sync.conditions[usize::from(index)].waiters.pop_front();
                self.ask_for_mutex_again(trace, waiter);
                Verdict::GoesOn
            }
            Instruction::ConditionBroadcast(index) => {
                for waiter in std::mem::take(&mut self.sync.conditions[usize::from(index)].waiters)
                {
                    self.ask_for_mutex_again(trace, Some(waiter));
                }
                Verdict::GoesOn
            }
            Instruction::Barrier(index) => {
                let barrier = &mut self.sync.barriers[usize::from(index)];
                let resource = barrier.resource;
                let Some(released) = barrier.arrive(actor) else {
                    return Verdict::Waits(resource);
                };
                for task in released {
                    self.wake(trace, task, resource);
                }
                Verdict::GoesOn
            }
            Instruction::Send(number) => self.send(trace, actor, number),
            Instruction::Receive(number) => self.receive(trace, actor, number),
            Instruction::Load(variable) => {
                self.task_mut(actor).register = self.sync.variables[usize::from(variable)];
                Verdict::GoesOn
            }
            Instruction::Add(amount) => {
                let register = &mut self.task_mut(actor).register;
                *register = register.wrapping_add(amount);
                Verdict::GoesOn
            }
            Instruction::Store(variable) => {
                self.sync.variables[usize::from(variable)] = self.task(actor).register;
                Verdict::GoesOn
            }
            Instruction::AtomicAdd { variable, amount } => {
                let value = &mut self.sync.variables[usize::from(variable)];
                *value = value.wrapping_add(amount);
                Verdict::GoesOn
            }
            other => unreachable!("{other:?} is not an instruction of synchronisation"),
        }
    }

    fn lock(&mut self, trace: &mut Trace, actor: TaskId, mutex: u16) -> Verdict {
        let index = mutex;
        let mutex = &mut self.sync.mutexes[usize::from(index)];
        let resource = mutex.resource;
        if mutex.lock(actor) {
            record(trace, self.now, EventKind::Acquire, actor, 0, resource);
            Verdict::GoesOn
        } else {
            self.hand_priority_on(index);
            Verdict::Waits(resource)
        }
    }

    /// Gives a mutex back; whoever waited longest has it from now on. Unlocking what one does not
    /// hold does nothing.
    fn unlock(&mut self, trace: &mut Trace, actor: TaskId, index: u16) {
        let mutex = &mut self.sync.mutexes[usize::from(index)];
        if mutex.owner != Some(actor) {
            return;
        }
        let resource = mutex.resource;
        let next = mutex.unlock();
        record(trace, self.now, EventKind::Release, actor, 0, resource);
        if self.sync.mutexes[usize::from(index)].spins {
            return self.pass_spin_lock_on(trace, index);
        }
        if self.sync.mutexes[usize::from(index)].inherits {
            self.look_at_priority(actor);
            self.hand_priority_on(index);
        }
        if let Some(next) = next {
            if self.sync.attempts.remove(&next).is_some() {
                self.sync.timed_out_in_a_row = 0;
            }
            record(trace, self.now, EventKind::Acquire, next, 0, resource);
            self.wake(trace, next, resource);
        }
    }

    fn rw_lock(&mut self, trace: &mut Trace, actor: TaskId, lock: u16, wanted: For) -> Verdict {
        let lock = &mut self.sync.rwlocks[usize::from(lock)];
        let resource = lock.resource(wanted);
        if !lock.lock(actor, wanted) {
            return Verdict::Waits(resource);
        }
        record(trace, self.now, EventKind::Acquire, actor, 0, resource);
        Verdict::GoesOn
    }

    /// Whoever waits for a reader-writer lock and can have it now has it.
    fn pass_rw_lock_on(&mut self, trace: &mut Trace, index: usize) {
        while let Some((next, wanted)) = self.sync.rwlocks[index].next() {
            let resource = self.sync.rwlocks[index].resource(wanted);
            record(trace, self.now, EventKind::Acquire, next, 0, resource);
            self.wake(trace, next, resource);
        }
    }

    /// A task that waited on a condition goes on as soon as it has its mutex again.
    fn ask_for_mutex_again(&mut self, trace: &mut Trace, waiter: Option<(TaskId, u16)>) {
        let Some((task, mutex)) = waiter else { return };
        match self.lock(trace, task, mutex) {
            Verdict::GoesOn => {
                let resource = self.sync.mutexes[usize::from(mutex)].resource;
                self.wake(trace, task, resource);
            }
            Verdict::Waits(resource) => {
                record(trace, self.now, EventKind::Requeue, task, 0, resource)
            }
            Verdict::Computes(_) => unreachable!("what a lock costs is computed before"),
        }
    }

    /// The time is over for a task that waits for a mutex with a limit.
    pub(super) fn attempt_is_over(&mut self, trace: &mut Trace, task: TaskId, number: u64) {
        let Some(attempt) = self.sync.attempts.get(&task).copied() else {
            return;
        };
        if attempt.number != number {
            return; // It got that mutex, and waits for another one by now.
        }
        self.sync.attempts.remove(&task);
        let mutex = &mut self.sync.mutexes[usize::from(attempt.mutex)];
        mutex.give_up(task);
        let resource = mutex.resource;
        self.hand_priority_on(attempt.mutex);
        self.sync.timed_out_in_a_row += 1;
        self.task_mut(task).pc = attempt.else_target;
        record(trace, self.now, EventKind::TimeOut, task, 0, resource);
        self.wake(trace, task, resource);
    }

    /// Whether a limit that passes would end this task's attempt.
    pub(super) fn is_attempt(&self, task: TaskId, number: u64) -> bool {
        let attempt = self.sync.attempts.get(&task);
        attempt.is_some_and(|attempt| attempt.number == number)
    }

    /// Tasks have ended: they wait for nothing any more, and what they held is held for ever.
    ///
    /// A mutex whose holder ends without unlocking it stays locked, as a POSIX mutex that is not
    /// robust does.
    pub(super) fn forget_ended_waiters(&mut self, trace: &mut Trace) {
        let tasks = &self.tasks;
        let is_alive = |task: TaskId| tasks[task.index()].state != State::Ended;
        for mutex in &mut self.sync.mutexes {
            mutex.waiters.retain(|task| is_alive(*task));
        }
        self.sync.spinners.forget(&is_alive);
        for lock in &mut self.sync.rwlocks {
            lock.forget(&is_alive);
        }
        for semaphore in &mut self.sync.semaphores {
            semaphore.waiters.retain(|task| is_alive(*task));
        }
        for condition in &mut self.sync.conditions {
            condition.waiters.retain(|(task, _)| is_alive(*task));
        }
        for barrier in &mut self.sync.barriers {
            barrier.waiters.retain(|task| is_alive(*task));
        }
        self.sync.attempts.retain(|task, _| is_alive(*task));
        self.look_at_all_priorities();
        // Those who waited behind a writer that is gone may go on.
        for index in 0..self.sync.rwlocks.len() {
            self.pass_rw_lock_on(trace, index);
        }
    }
}

/// How long a program tries to lock, and where it goes on when that is over.
pub(super) type LockLimit = (Nanos, u32);
