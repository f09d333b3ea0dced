//! Programs compiled once, from the statements' tree into flat instructions. What an instruction is,
//! is in `code`.

use super::code::{Access, Instruction, Names, Object};
use crate::base::Nanos;
use crate::scenario::{LockAttempt, Statement, StatementKind, Time};

/// Appends a program to `code`, and gives where it starts and how many loop counters it needs. With
/// `jobs`, the program is run so many times, once a job.
pub(super) fn compile(
    statements: &[Statement],
    jobs: Option<u32>,
    names: &mut impl Names,
    code: &mut Vec<Instruction>,
) -> (u32, u16) {
    let start = code.len() as u32;
    let mut compiler = Compiler {
        names,
        code,
        counters: 0,
        loops: Vec::new(),
        is_without_gil: false,
    };
    match jobs {
        None => compiler.block(statements, 0),
        Some(jobs) => compiler.jobs(jobs, statements),
    }
    compiler.code.push(Instruction::Exit);
    (start, compiler.counters)
}

struct Compiler<'a, N> {
    names: &'a mut N,
    code: &'a mut Vec<Instruction>,
    counters: u16,
    /// For each loop around, innermost last, the transfers that leave it when a channel is broken.
    loops: Vec<Vec<u32>>,
    /// Whether it is inside a `without-gil`.
    is_without_gil: bool,
}

impl<N: Names> Compiler<'_, N> {
    fn jobs(&mut self, times: u32, statements: &[Statement]) {
        self.counters = 1;
        self.code
            .push(Instruction::SetCounter { counter: 0, times });
        let target = self.code.len() as u32;
        self.block(statements, 1);
        self.code.push(Instruction::JobDone);
        self.code.push(Instruction::LoopBack { counter: 0, target });
    }

    fn block(&mut self, statements: &[Statement], depth: u16) {
        for statement in statements {
            self.statement(&statement.kind, depth);
        }
    }

    fn statement(&mut self, kind: &StatementKind, depth: u16) {
        match kind {
            StatementKind::Compute(time) => self.compute(*time),
            StatementKind::Io { device, duration } => {
                let device = self.names.device(device);
                self.code.push(Instruction::Io {
                    device,
                    duration: *duration,
                });
            }
            StatementKind::Await { device, duration } => {
                let device = self.names.device(device);
                let (before, after) = self.names.await_calls();
                self.call(before);
                self.code.push(Instruction::Await {
                    device,
                    duration: *duration,
                });
                self.call(after);
            }
            StatementKind::Poll {
                device,
                duration,
                every,
            } => self.poll(device, *duration, *every),
            StatementKind::Sleep(duration) => self.code.push(Instruction::Sleep(*duration)),
            StatementKind::Yield => self.code.push(Instruction::Yield),
            StatementKind::Repeat { times: 0, .. } => {}
            StatementKind::Repeat { times, body } => {
                self.counters = self.counters.max(depth + 1);
                self.code.push(Instruction::SetCounter {
                    counter: depth,
                    times: *times,
                });
                let target = self.code.len() as u32;
                self.loops.push(Vec::new());
                self.block(body, depth + 1);
                self.code.push(Instruction::LoopBack {
                    counter: depth,
                    target,
                });
                self.end_loop();
            }
            StatementKind::Forever { body } => {
                let target = self.code.len() as u32;
                self.loops.push(Vec::new());
                self.block(body, depth);
                self.code.push(Instruction::Jump(target));
                self.end_loop();
            }
            StatementKind::Spawn(name) => {
                if let Some((target, cost)) = self.names.spawn(name) {
                    self.compute(Time::Fixed(cost));
                    self.code.push(Instruction::Spawn(target));
                }
            }
            StatementKind::Join => self.code.push(Instruction::Join),
            StatementKind::Log(text) => {
                let text = self.names.text(text);
                self.access(Access::Call, Instruction::Log(text));
            }
            StatementKind::Crash => self.code.push(Instruction::Crash),
            StatementKind::Exit => self.code.push(Instruction::Exit),
            StatementKind::Lock { mutex, attempt } => self.lock(mutex, attempt.as_ref(), depth),
            StatementKind::ReadLock(name) => {
                let lock = self.names.object(Object::RwLock, name);
                self.access(Access::Lock, Instruction::ReadLock(lock));
            }
            StatementKind::WriteLock(name) => {
                let lock = self.names.object(Object::RwLock, name);
                self.access(Access::Lock, Instruction::WriteLock(lock));
            }
            StatementKind::Unlock(name) if self.names.is_rwlock(name) => {
                let lock = self.names.object(Object::RwLock, name);
                self.code.push(Instruction::RwUnlock(lock));
            }
            StatementKind::Unlock(name) => {
                let mutex = self.names.object(Object::Mutex, name);
                self.code.push(Instruction::Unlock(mutex));
            }
            StatementKind::Wait(name) => {
                let semaphore = self.names.object(Object::Semaphore, name);
                self.access(Access::Lock, Instruction::SemaphoreWait(semaphore));
            }
            StatementKind::Post(name) => {
                let semaphore = self.names.object(Object::Semaphore, name);
                self.access(Access::Lock, Instruction::SemaphorePost(semaphore));
            }
            StatementKind::WaitCondition { condition, mutex } => {
                let condition = self.names.object(Object::Condition, condition);
                let mutex = self.names.object(Object::Mutex, mutex);
                self.access(
                    Access::Lock,
                    Instruction::ConditionWait { condition, mutex },
                );
            }
            StatementKind::Signal(name) => {
                let condition = self.names.object(Object::Condition, name);
                self.access(Access::Lock, Instruction::ConditionSignal(condition));
            }
            StatementKind::Broadcast(name) => {
                let condition = self.names.object(Object::Condition, name);
                self.access(Access::Lock, Instruction::ConditionBroadcast(condition));
            }
            StatementKind::Barrier(name) => {
                let barrier = self.names.object(Object::Barrier, name);
                self.access(Access::Lock, Instruction::Barrier(barrier));
            }
            StatementKind::Send {
                channel,
                size_bytes,
            } => self.transfer(channel, Some(*size_bytes)),
            StatementKind::Receive(channel) => self.transfer(channel, None),
            StatementKind::Load(name) => {
                let variable = self.names.object(Object::Variable, name);
                self.access(Access::Plain, Instruction::Load(variable));
            }
            StatementKind::Add(amount) => self.code.push(Instruction::Add(*amount)),
            StatementKind::Store(name) => {
                let variable = self.names.object(Object::Variable, name);
                self.access(Access::Plain, Instruction::Store(variable));
            }
            StatementKind::AtomicAdd { variable, amount } => {
                let variable = self.names.object(Object::Variable, variable);
                let add = Instruction::AtomicAdd {
                    variable,
                    amount: *amount,
                };
                self.access(Access::Atomic, add);
            }
            StatementKind::WithoutGil { body } => {
                self.drop_gil();
                let was_without = std::mem::replace(&mut self.is_without_gil, true);
                self.block(body, depth);
                self.is_without_gil = was_without;
            }
        }
    }

    /// Computes with the interpreter lock where one is needed, and without it where none is meant: another
    /// coroutine of the thread may have taken it meanwhile.
    fn compute(&mut self, time: Time) {
        if time == Time::Fixed(Nanos::ZERO) {
            return;
        }
        match self.names.gil() {
            Some(_) if self.is_without_gil => self.code.push(Instruction::DropGil),
            Some(gil) => self.code.push(Instruction::TakeGil(gil)),
            None => {}
        }
        self.code.push(match time {
            Time::Fixed(duration) => Instruction::Compute(duration),
            Time::Exponential(mean) => Instruction::ComputeRandom(mean),
        });
    }

    fn drop_gil(&mut self) {
        if self.names.gil().is_some() {
            self.code.push(Instruction::DropGil);
        }
    }

    /// An instruction that takes effect after its cost has been computed.
    fn access(&mut self, access: Access, instruction: Instruction) {
        let cost = self.names.access_cost(access);
        match access {
            Access::Call => self.call(cost),
            _ => self.compute(Time::Fixed(cost)),
        }
        self.code.push(instruction);
    }

    /// A system call, for which an interpreter gives its lock up; so do `send`, `recv` and `poll`.
    fn call(&mut self, cost: Nanos) {
        if cost > Nanos::ZERO {
            self.drop_gil();
            self.code.push(Instruction::Compute(cost));
        }
    }

    fn poll(&mut self, device: &str, duration: Time, every: Nanos) {
        let device = self.names.device(device);
        self.drop_gil();
        self.code.push(Instruction::PollBegin { device, duration });
        if every == Nanos::ZERO {
            return self.code.push(Instruction::PollSpin);
        }
        let start = self.code.len();
        self.access(Access::Call, Instruction::PollCheck { every, back: 0 });
        let back = (self.code.len() - start) as u8;
        if let Some(Instruction::PollCheck { back: of_check, .. }) = self.code.last_mut() {
            *of_check = back;
        }
    }

    fn transfer(&mut self, channel: &str, bytes: Option<u64>) {
        self.drop_gil();
        let (number, cost) = self.names.transfer(channel, bytes);
        if cost > Nanos::ZERO {
            self.code.push(Instruction::Compute(cost));
        }
        self.code.push(match bytes {
            Some(_) => Instruction::Send(number),
            None => Instruction::Receive(number),
        });
        match self.loops.last_mut() {
            Some(leave) => leave.push(number),
            None => self
                .names
                .transfer_goes_on_at(number, self.code.len() as u32),
        }
    }

    /// What follows is behind the innermost loop.
    fn end_loop(&mut self) {
        for transfer in self.loops.pop().into_iter().flatten() {
            self.names
                .transfer_goes_on_at(transfer, self.code.len() as u32);
        }
    }

    fn lock(&mut self, mutex: &str, attempt: Option<&LockAttempt>, depth: u16) {
        let mutex = self.names.object(Object::Mutex, mutex);
        let Some(LockAttempt {
            limit,
            locked,
            timed_out,
        }) = attempt
        else {
            return self.access(Access::Lock, Instruction::Lock(mutex));
        };
        let attempt = self.names.attempt(*limit);
        self.access(Access::Lock, Instruction::LockFor { mutex, attempt });
        self.block(locked, depth);
        let over_the_else = self.code.len();
        self.code.push(Instruction::Jump(0));
        self.names
            .attempt_goes_on_at(attempt, self.code.len() as u32);
        self.block(timed_out, depth);
        self.code[over_the_else] = Instruction::Jump(self.code.len() as u32);
    }
}
