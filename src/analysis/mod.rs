//! Numbers and sentences made from a trace, simulated or measured alike. Knows no scenario text,
//! no clock and no page.

mod channels;
pub mod comparison;
mod containers;
mod digest;
pub mod explain;
mod find;
mod groups;
mod memory;
mod percentiles;
mod ready;
mod report;
mod tally;
mod totals;
mod waits;

pub use channels::ChannelReport;
pub use containers::ContainerReport;
pub use digest::{Digest, Split, TaskDigest};
pub use find::{FindError, find_task};
pub use groups::GroupReport;
pub use percentiles::{Percentiles, Ranks};
pub use report::{CoreReport, CycleReport, Report, TaskReport, outcome_name, report, state_name};
pub use totals::Totals;
pub use waits::{Waits, waits};
