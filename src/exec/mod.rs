//! Real runs: the scenario's tasks on Web Workers, threads of a pool and futures, with measured
//! times. It never simulates: `kernel` is unknown here, and the worker's binary brings the two
//! together.
//!
//! Called by the page (`capabilities`, `plan`, `real`, `simulation`) and by the two worker binaries.
//! `docs/real-runs.md` says what every measured number means.
//!
//! - `plan` (with `roster`, `flatten`, `notes`): what would run where; pure.
//! - `job`, `protocol`: what the page and its workers tell each other.
//! - `slicer`, `recorder`: tasks on one thread of execution, and what they leave behind; pure.

mod calibration;
mod capabilities;
pub mod clock;
#[cfg(feature = "web")]
mod conductor;
mod cpu;
#[cfg(feature = "web")]
mod event_loop;
mod flatten;
#[cfg(feature = "web")]
mod inbox;
mod job;
#[cfg(feature = "web")]
mod link;
mod measurement;
mod notes;
mod plan;
#[cfg(feature = "web")]
mod processes;
pub mod protocol;
#[cfg(feature = "web")]
mod real;
mod recorder;
mod roster;
#[cfg(test)]
mod samples;
#[cfg(feature = "web")]
mod simulation;
mod slicer;
#[cfg(feature = "web")]
pub mod station;
#[cfg(feature = "pool")]
pub mod threads;
pub mod waiting;

pub use calibration::{Calibration, QuietCore};
#[cfg(feature = "web")]
pub use capabilities::capabilities;
pub use capabilities::{Capabilities, Tier};
pub use cpu::{Cpu, GAP, Signal};
pub use job::{CoroutineJob, Does, Driver, Job, Spawned, Template, ThreadJob};
pub use plan::{REAL_TASKS, RealModel, RealPlan, plan, plan_with};
pub use recorder::{Batch, MOST_RECORDS, Record, Recorder};
pub use slicer::{End, Slicer, Terms, Turn};
#[cfg(feature = "web")]
pub use real::{MOST_REPEATS, Measured, RealEvent, RealRequest, RealRun, WorkerStart, run_real};
#[cfg(feature = "web")]
pub use simulation::{Simulating, SimulationEvent, SimulationRequest, apply, simulate};
