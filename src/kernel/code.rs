//! Programs as flat instructions, which `compile` makes. All programs of a run stand in one list; a
//! task's program counter points into it.

use crate::base::Nanos;
use crate::scenario::Time;

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
    /// Takes the interpreter lock of its process, of the line with this number, unless it has it.
    TakeGil(u16),
    /// Gives it up, if it has it.
    DropGil,
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
    /// The interpreter lock that the program's process needs to compute.
    fn gil(&self) -> Option<u16>;
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
