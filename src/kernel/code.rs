//! Programs as flat instructions, compiled once from the statements' tree. All programs of a run
//! stand in one list; a task's program counter points into it.

use crate::base::Nanos;
use crate::scenario::{LockAttempt, Statement, StatementKind, Time};

/// What a task does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instruction {
    /// Needs a hardware thread for this long.
    Compute(Nanos),
    /// The same for a random time with this mean.
    ComputeRandom(Nanos),
    /// Blocks the thread while the device works.
    Io { device: u16, duration: Time },
    /// Suspends the coroutine while the device works; in a plain thread the same as `Io`.
    Await { device: u16, duration: Time },
    /// Asks the device without waiting for it.
    PollBegin { device: u16, duration: Time },
    /// Goes on if the device is done; else sleeps for so long, and then goes on at this many
    /// instructions back.
    PollCheck { every: Nanos, back: u8 },
    /// Asks without a pause until the device is done.
    PollSpin,
    /// Waits for this long.
    Sleep(Time),
    /// Lets others go first.
    Yield,
    /// Sets loop counter `counter` of the task.
    SetCounter { counter: u16, times: u32 },
    /// Counts down, and jumps back unless it is done.
    LoopBack { counter: u16, target: u32 },
    /// Goes on elsewhere.
    Jump(u32),
    /// Makes one more of a task; its cost has been computed before.
    Spawn(u32),
    /// Waits for all that this task spawned.
    Join,
    /// Takes a mutex.
    Lock(u16),
    /// Takes a mutex, or goes on elsewhere when the time is up; which, says the list of attempts.
    LockFor { mutex: u16, attempt: u32 },
    /// Gives a mutex back.
    Unlock(u16),
    /// Takes a reader-writer lock for reading.
    ReadLock(u16),
    /// Takes a reader-writer lock for writing.
    WriteLock(u16),
    /// Gives a reader-writer lock back.
    RwUnlock(u16),
    /// Takes one from a semaphore.
    SemaphoreWait(u16),
    /// Gives one to a semaphore.
    SemaphorePost(u16),
    /// Gives up the mutex, waits on the condition, takes the mutex again.
    ConditionWait { condition: u16, mutex: u16 },
    /// Lets one that waits on a condition go on.
    ConditionSignal(u16),
    /// Lets all that wait on a condition go on.
    ConditionBroadcast(u16),
    /// Waits until enough have come.
    Barrier(u16),
    /// A shared variable into the register.
    Load(u16),
    /// Adds to the register.
    Add(i64),
    /// The register into a shared variable.
    Store(u16),
    /// Adds to a shared variable at one stroke.
    AtomicAdd { variable: u16, amount: i64 },
    /// Puts a message into a channel; which, says the list of transfers.
    Send(u32),
    /// Takes a message out of a channel.
    Receive(u32),
    /// Leaves a mark; the text is this resource.
    Log(u16),
    /// Takes down the process.
    Crash,
    /// A job of a periodic task is done; the next one may have to be waited for.
    JobDone,
    /// Ends the task; also stands at the end of every program.
    Exit,
}

impl Instruction {
    /// Whether it takes a random time.
    pub(super) fn draws(&self) -> bool {
        use Instruction::{Await, ComputeRandom, Io, PollBegin, Sleep};
        match self {
            ComputeRandom(_) => true,
            Io { duration, .. }
            | Await { duration, .. }
            | PollBegin { duration, .. }
            | Sleep(duration) => {
                matches!(duration, Time::Exponential(_))
            }
            _ => false,
        }
    }
}

/// What names mean in the program that is being compiled.
pub(super) trait Names {
    /// The device of this name.
    fn device(&mut self, name: &str) -> u16;
    /// The spawn target of this name and what making one costs; none if there is no such task.
    fn spawn(&mut self, name: &str) -> Option<(u32, Nanos)>;
    /// The resource that holds this text.
    fn text(&mut self, text: &str) -> u16;
    /// The object of this kind and name.
    fn object(&mut self, kind: Object, name: &str) -> u16;
    /// Whether a lock of this name is one for readers and writers.
    fn is_rwlock(&self, name: &str) -> bool;
    /// Remembers a lock attempt's limit; gives its number.
    fn attempt(&mut self, limit: Nanos) -> u32;
    /// Says where the program goes on when an attempt's time is up.
    fn attempt_goes_on_at(&mut self, attempt: u32, target: u32);
    /// Remembers a `send` of so many bytes, or a `recv`; gives its number and what it costs in any case.
    fn transfer(&mut self, channel: &str, bytes: Option<u64>) -> (u32, Nanos);
    /// Says where the program goes on when nobody is left at the other end of the channel.
    fn transfer_goes_on_at(&mut self, transfer: u32, target: u32);
    /// The system calls before and after an `await`, as far as the coroutine makes them itself.
    fn await_calls(&self) -> (Nanos, Nanos);
    /// What an operation on shared memory costs.
    fn access_cost(&self, access: Access) -> Nanos;
}

/// Things tasks share by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    Mutex,
    RwLock,
    Semaphore,
    Condition,
    Barrier,
    Variable,
}

/// Operations on shared memory that cost time before they take effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// A plain load or store.
    Plain,
    /// An atomic addition.
    Atomic,
    /// Taking or giving back a lock, a semaphore, a condition, a barrier.
    Lock,
    /// Asking the kernel.
    Call,
}

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
            StatementKind::Compute(time) => self.code.push(match *time {
                Time::Fixed(duration) => Instruction::Compute(duration),
                Time::Exponential(mean) => Instruction::ComputeRandom(mean),
            }),
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
                self.compute(before);
                self.code.push(Instruction::Await {
                    device,
                    duration: *duration,
                });
                self.compute(after);
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
                    self.code.push(Instruction::Compute(cost));
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
            unsupported => {
                unreachable!("the reader refuses what is not simulated: {unsupported:?}")
            }
        }
    }

    /// An instruction that takes effect after its cost has been computed.
    fn access(&mut self, access: Access, instruction: Instruction) {
        let cost = self.names.access_cost(access);
        self.compute(cost);
        self.code.push(instruction);
    }

    fn compute(&mut self, cost: Nanos) {
        if cost > Nanos::ZERO {
            self.code.push(Instruction::Compute(cost));
        }
    }

    fn poll(&mut self, device: &str, duration: Time, every: Nanos) {
        let device = self.names.device(device);
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
