//! What is asked: the machine, the scheduler, the resources and the processes of a run, as a value
//! ([`Scenario`]), as text and as a link. It does not say what happens; that is the kernel's part.
//!
//! Everything that comes from outside is bounded by [`limits`].

mod arrivals;
mod diagnostic;
pub mod edit;
mod language;
pub mod limits;
pub mod link;
mod model;
pub mod models;
mod place;
mod program;
mod resources;
mod scheduler;
mod spawn;
mod suggest;
pub mod text;
mod validate;
mod value;
mod words;

pub use arrivals::{Arrivals, Arriving};
pub use diagnostic::{Diagnostic, Severity, code};
pub use language::STATEMENTS;
pub use model::{
    AfterIo, Balance, Barrier, Body, Channel, ChannelKind, Container, Coroutine, CostPreset, Costs,
    Device, Events, Machine, Mutex, Policy, Prefer, Process, QueueScope, RunAs, RwLock, Scenario,
    Scheduler, Semaphore, Thread, Ties, Timing, Variable,
};
pub use program::{LockAttempt, Program, SourceSpan, Statement, StatementKind, Time};
pub use spawn::SpawnTarget;
pub use words::Word;
