//! What happened, in order. Simulated and measured runs give the same type, [`Trace`]; everything
//! that is drawn or counted is made from one. A trace does not know what was asked.
//!
//! Written by `kernel` and `exec`; read by `analysis`, the page and the command line.

pub mod chrome;
mod event;
mod spans;
pub mod svg;
mod table;
mod walk;
pub mod wire;

pub use event::{Event, EventKind, TaskId};
pub use spans::{
    LaneSpan, SpanKind, StopReason, TaskSpan, TaskState, Visitor, lane_spans, task_spans,
    task_spans_of,
};
pub use table::{
    CycleEdge, JobTiming, Lane, MemoryCosts, Origin, Outcome, ProcessInfo, Resource, ResourceKind,
    SwitchCost, SwitchKind, TaskGroup, TaskInfo, TaskKind, Trace,
};
pub use walk::{Walk, walk};
