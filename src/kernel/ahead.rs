//! How long a task will compute before it next waits, read in its program: what the policies that
//! want to know are told. A real system has to guess.

use std::collections::BTreeMap;

use super::code::Instruction;
use super::state::{Kernel, Task};
use crate::base::Nanos;
use crate::trace::TaskId;

/// How far a policy that wants to know looks ahead in a program.
const MOST_STATEMENTS_AHEAD: u32 = 10_000;

impl Kernel {
    /// How long a thread computes before it next waits or ends, as far as its program tells: of an
    /// event loop, what is left of the coroutine it is in the middle of.
    pub(super) fn burst_ahead(&self, thread: TaskId) -> Nanos {
        let actor = self.current_coroutine(thread).unwrap_or(thread);
        let task = self.task(actor);
        let mut burst = task.remaining;
        if self.task(thread).event_loop != Task::NO_LOOP {
            return burst;
        }
        let counters = task.counters as usize;
        let mut pc = task.pc as usize;
        let mut changed = BTreeMap::new();
        let mut draws = self.draws.ahead(actor);
        for _ in 0..MOST_STATEMENTS_AHEAD {
            let instruction = self.code[pc];
            pc += 1;
            match instruction {
                Instruction::Compute(duration) => burst = burst.saturating_add(duration),
                Instruction::ComputeRandom(mean) => {
                    let drawn = draws.as_mut().map_or(mean, |draws| draws.exponential(mean));
                    burst = burst.saturating_add(drawn);
                }
                Instruction::SetCounter { counter, times } => {
                    changed.insert(counter, times);
                }
                Instruction::LoopBack { counter, target } => {
                    let now = self.counters[counters + usize::from(counter)];
                    let left = changed.entry(counter).or_insert(now);
                    *left -= 1;
                    if *left > 0 {
                        pc = target as usize;
                    }
                }
                Instruction::Jump(target) => pc = target as usize,
                Instruction::Spawn(_)
                | Instruction::Log(_)
                | Instruction::Unlock(_)
                | Instruction::RwUnlock(_)
                | Instruction::SemaphorePost(_)
                | Instruction::ConditionSignal(_)
                | Instruction::ConditionBroadcast(_)
                | Instruction::Load(_)
                | Instruction::Add(_)
                | Instruction::Store(_)
                | Instruction::AtomicAdd { .. }
                // Whether it has to wait for it, the program does not tell.
                | Instruction::TakeGil(_)
                | Instruction::DropGil
                | Instruction::PollBegin { .. } => {}
                Instruction::PollCheck { .. }
                | Instruction::PollSpin
                | Instruction::Io { .. }
                | Instruction::Await { .. }
                | Instruction::Sleep(_)
                | Instruction::Yield
                | Instruction::Join
                | Instruction::JobDone
                | Instruction::Lock(_)
                | Instruction::LockFor { .. }
                | Instruction::ReadLock(_)
                | Instruction::WriteLock(_)
                | Instruction::SemaphoreWait(_)
                | Instruction::ConditionWait { .. }
                | Instruction::Barrier(_)
                | Instruction::Send(_)
                | Instruction::Receive(_)
                | Instruction::Crash
                | Instruction::Exit => break,
            }
        }
        burst
    }
}
