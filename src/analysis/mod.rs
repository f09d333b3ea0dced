//! Numbers and sentences made from a trace, simulated or measured alike. Knows no scenario text,
//! no clock and no page.

mod report;

pub use report::{
    CoreReport, CycleReport, Report, TaskReport, Totals, outcome_name, report, state_name,
};
