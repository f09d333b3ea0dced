//! What statements do, from where a program stands up to the first that takes time, waits or ends. What
//! that means for threads and event loops is `goes_on`'s part.

use super::code::Instruction;
use super::device::Request;
use super::engine::record;
use super::setup::{CHILDREN, PERIOD, TIMER};
use super::state::{Kernel, State};
use super::sync::Verdict;
use super::timers::Ends;
use crate::base::Nanos;
use crate::scenario::{Time, limits};
use crate::trace::{EventKind, Outcome, TaskId, Trace};

/// Statements at one instant after which a run is a livelock however many tasks it has.
const MOST_STATEMENTS_AT_ONE_INSTANT: u64 = 100_000_000;

/// What an instruction led to.
pub(super) enum Effect {
    /// Go on with the next one.
    GoOn,
    /// There is computing to do.
    Compute,
    /// The task waits; who is looked for next is up to the event loop or the scheduler.
    Wait {
        resource: u16,
        state: State,
        blocks_thread: bool,
    },
    /// The task lets others go first.
    Yield,
    /// The task ends.
    End,
    /// The process crashes.
    Crash,
}

impl Kernel {
    /// Executes the actor's instructions up to the first that takes time or gives up the lane.
    pub(super) fn until_effect(&mut self, trace: &mut Trace, lane: usize, actor: TaskId) -> Effect {
        loop {
            self.statements_now += 1;
            self.statements += 1;
            if self.is_livelock() {
                self.halted = Some(Outcome::Livelock);
                return Effect::Compute;
            }
            match self.execute(trace, lane, actor) {
                Effect::GoOn => {}
                effect => {
                    match effect {
                        Effect::Yield => self.yields_in_a_row += 1,
                        _ => self.yields_in_a_row = 0,
                    }
                    return effect;
                }
            }
        }
    }

    fn is_livelock(&self) -> bool {
        if self.sync.timed_out_in_a_row >= limits::TIME_OUTS_IN_A_ROW {
            return true;
        }
        if self.yields_in_a_row >= limits::YIELDS_IN_A_ROW
            && self.next_instant_of_others() == Nanos::NEVER
        {
            return true;
        }
        let per_task = u64::from(limits::STATEMENTS_AT_ONE_INSTANT);
        self.statements_now > per_task
            && self.statements_now > (per_task * self.alive).min(MOST_STATEMENTS_AT_ONE_INSTANT)
    }

    fn execute(&mut self, trace: &mut Trace, lane: usize, actor: TaskId) -> Effect {
        let task = &mut self.tasks[actor.index()];
        let instruction = self.code[task.pc as usize];
        task.pc += 1;
        match instruction {
            Instruction::Compute(Nanos::ZERO) => Effect::GoOn,
            Instruction::Compute(duration) => {
                task.remaining = duration;
                Effect::Compute
            }
            Instruction::ComputeRandom(mean) => {
                task.remaining = self.draws.draw(actor, mean);
                match task.remaining {
                    Nanos::ZERO => Effect::GoOn,
                    _ => Effect::Compute,
                }
            }
            Instruction::SetCounter { counter, times } => {
                self.counters[task.counters as usize + usize::from(counter)] = times;
                Effect::GoOn
            }
            Instruction::LoopBack { counter, target } => {
                let left = &mut self.counters[task.counters as usize + usize::from(counter)];
                *left -= 1;
                if *left > 0 {
                    task.pc = target;
                }
                Effect::GoOn
            }
            Instruction::Jump(target) => {
                task.pc = target;
                Effect::GoOn
            }
            Instruction::Io { device, duration } => {
                // It is the thread that waits, whichever of its coroutines asked.
                let waits = self.lanes[lane].task;
                let duration = self.time_of(actor, duration);
                self.request(trace, waits, device, duration, true)
            }
            Instruction::Await { device, duration } => {
                self.await_begins(actor);
                let duration = self.time_of(actor, duration);
                self.request(trace, actor, device, duration, false)
            }
            Instruction::PollBegin { device, duration } => {
                let duration = self.time_of(actor, duration);
                self.polls.insert(actor, false);
                self.request(trace, actor, device, duration, false);
                Effect::GoOn
            }
            Instruction::PollCheck { every, back } => self.ask_again(actor, every, back),
            Instruction::PollSpin => match self.spin(trace, lane, actor) {
                true => Effect::GoOn,
                false => Effect::Compute,
            },
            Instruction::Sleep(duration) => {
                let duration = self.time_of(actor, duration);
                self.timers
                    .set(self.now.saturating_add(duration), actor, Ends::Sleep);
                Effect::Wait {
                    resource: TIMER,
                    state: State::Blocked,
                    blocks_thread: false,
                }
            }
            Instruction::Yield => {
                if self.gils.is_used() && !self.task(actor).is_coroutine() {
                    self.drop_gil(trace, actor);
                }
                self.give_way(lane, actor)
            }
            Instruction::TakeGil(line) => {
                let thread = self.lanes[lane].task;
                match self.take_gil(trace, thread, line) {
                    None => Effect::GoOn,
                    Some(resource) => Effect::Wait {
                        resource,
                        state: State::Blocked,
                        blocks_thread: true,
                    },
                }
            }
            Instruction::DropGil => {
                self.drop_gil(trace, self.lanes[lane].task);
                Effect::GoOn
            }
            Instruction::Spawn(target) => {
                self.spawn(trace, actor, target);
                Effect::GoOn
            }
            Instruction::Join if task.children == 0 => Effect::GoOn,
            Instruction::Join => Effect::Wait {
                resource: CHILDREN,
                state: State::Joining,
                blocks_thread: false,
            },
            Instruction::Lock(_)
            | Instruction::LockFor { .. }
            | Instruction::Unlock(_)
            | Instruction::ReadLock(_)
            | Instruction::WriteLock(_)
            | Instruction::RwUnlock(_)
            | Instruction::SemaphoreWait(_)
            | Instruction::SemaphorePost(_)
            | Instruction::ConditionWait { .. }
            | Instruction::ConditionSignal(_)
            | Instruction::ConditionBroadcast(_)
            | Instruction::Barrier(_)
            | Instruction::Load(_)
            | Instruction::Add(_)
            | Instruction::Store(_)
            | Instruction::AtomicAdd { .. }
            | Instruction::Send(_)
            | Instruction::Receive(_) => match self.synchronise(trace, actor, instruction) {
                Verdict::GoesOn => Effect::GoOn,
                Verdict::Waits(resource) => Effect::Wait {
                    resource,
                    state: State::Blocked,
                    blocks_thread: false,
                },
                Verdict::Computes(duration) => {
                    self.task_mut(actor).remaining = duration;
                    Effect::Compute
                }
            },
            Instruction::Log(text) => {
                record(trace, self.now, EventKind::Log, actor, lane, text);
                Effect::GoOn
            }
            Instruction::JobDone if !self.job_is_done(trace, lane, actor) => Effect::GoOn,
            Instruction::JobDone => Effect::Wait {
                resource: PERIOD,
                state: State::Blocked,
                blocks_thread: true,
            },
            Instruction::Crash => Effect::Crash,
            Instruction::Exit => Effect::End,
        }
    }

    /// A task that polls has its answer, or sleeps until it asks again.
    fn ask_again(&mut self, actor: TaskId, every: Nanos, back: u8) -> Effect {
        if self.polls.get(&actor) != Some(&false) {
            self.polls.remove(&actor);
            return Effect::GoOn;
        }
        self.task_mut(actor).pc -= u32::from(back);
        let at = self.now.saturating_add(every);
        self.timers.set(at, actor, Ends::Sleep);
        Effect::Wait {
            resource: TIMER,
            state: State::Blocked,
            blocks_thread: false,
        }
    }

    /// How long a statement takes this time.
    fn time_of(&mut self, actor: TaskId, time: Time) -> Nanos {
        match time {
            Time::Fixed(time) => time,
            Time::Exponential(mean) => self.draws.draw(actor, mean),
        }
    }

    fn request(
        &mut self,
        trace: &mut Trace,
        waits: TaskId,
        device: u16,
        duration: Nanos,
        blocks_thread: bool,
    ) -> Effect {
        let resource = self.devices[usize::from(device)].resource;
        if self.devices[usize::from(device)].request(Request {
            task: waits,
            duration,
        }) {
            self.serve(trace, device, waits, duration);
        }
        Effect::Wait {
            resource,
            state: State::Blocked,
            blocks_thread,
        }
    }

    /// A yield with nobody else to go first is none.
    fn give_way(&self, lane: usize, actor: TaskId) -> Effect {
        let others = if self.task(actor).is_coroutine() {
            let thread = self.lanes[lane].task;
            !self.loops[self.task(thread).event_loop as usize]
                .ready
                .is_empty()
        } else {
            self.someone_waits_for(lane)
        };
        if others { Effect::Yield } else { Effect::GoOn }
    }
}
