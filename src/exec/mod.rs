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

mod capabilities;
mod cpu;
mod flatten;
mod job;
mod notes;
mod plan;
mod recorder;
mod roster;
#[cfg(test)]
mod samples;
mod slicer;

#[cfg(feature = "web")]
pub use capabilities::capabilities;
pub use capabilities::{Capabilities, Tier};
pub use cpu::{Cpu, GAP, Signal};
pub use job::{Does, Driver, Job, Spawned, Template, ThreadJob};
pub use plan::{REAL_TASKS, RealModel, RealPlan, plan, plan_with};
pub use recorder::{Batch, MOST_RECORDS, Record, Recorder};
pub use slicer::{End, Slicer, Terms, Turn};
