//! `timeslice run`: simulate a scenario and say what happened.

use std::io::Write;

use timeslice::analysis::report;
use timeslice::kernel::simulate;

use crate::Failure;
use crate::arguments::Options;
use crate::json::{self, JsonDiagnostic, JsonReport};
use crate::{input, summary, timeline};

pub(crate) fn run(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let input = input::read_one(options)?;
    let parsed = input::scenario(&input, options)?;
    let trace = simulate(&parsed.scenario, options.limits);
    let report = report(&trace);
    if options.json {
        let whole = JsonReport {
            report: &report,
            diagnostics: parsed
                .diagnostics
                .iter()
                .map(JsonDiagnostic::from)
                .collect(),
        };
        return json::print(&whole, out);
    }
    let width = options.width.unwrap_or_else(terminal_width);
    summary::print(&parsed.scenario, &report, width, out)?;
    timeline::print(&trace, width, out)?;
    Ok(())
}

/// As wide as the terminal, or as one of old.
fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}
