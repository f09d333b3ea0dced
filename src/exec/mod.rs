//! Real runs: the scenario's tasks on Web Workers, threads of a pool and futures, with measured
//! times. It never simulates: `kernel` is unknown here, and the worker's binary brings the two
//! together.
//!
//! Called by the page (`capabilities`, `plan`, `real`, `simulation`) and by the two worker binaries.
//! `docs/real-runs.md` says what every measured number means.
//!
//! Pure, built everywhere and tested natively:
//! - `model`; `plan` (with `roster`, `flatten`, `notes`): what would run where.
//! - `job`, `protocol`: what the page and its workers tell each other.
//! - `slicer`, `cpu`, `recorder`: tasks on one thread of execution, and what they leave behind.
//! - `calibration`, `clock`, `measurement`: what the numbers mean, and the trace that is made of them.
//!
//! In a worker (`web`; the pool: `pool`):
//! - `station`: what a plain worker hears; `processes`, `event_loop`: how it runs its part.
//! - `threads`: the pool and its coordinator. `waiting`: the ways to wait in a browser.
//!
//! In the page (`web`):
//! - `capabilities`; `real` with `conductor`; `simulation`; `link`, `inbox`: what they are made of.

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
mod model;
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
#[cfg(any(feature = "web", feature = "pool"))]
pub mod waiting;

pub use calibration::{Calibration, QuietCore, calibrate, warm_up};
#[cfg(feature = "web")]
pub use capabilities::capabilities;
pub use capabilities::{Capabilities, Tier};
pub use cpu::{Cpu, GAP, Signal};
pub use job::{CoroutineJob, Does, Driver, Job, Spawned, Template, ThreadJob};
pub use measurement::{Part, merge};
pub use model::RealModel;
pub use plan::{REAL_TASKS, RealPlan, plan, plan_with};
#[cfg(feature = "web")]
pub use real::{MOST_REPEATS, Measured, RealEvent, RealRequest, RealRun, WorkerStart, run_real};
pub use recorder::{Batch, MOST_RECORDS, Record, Recorder};
#[cfg(feature = "web")]
pub use simulation::{Simulating, SimulationEvent, SimulationRequest, apply, simulate};
pub use slicer::{End, Slicer, Terms, Turn};
