//! `timeslice compare`: the same scenario with one value changed again and again, side by side.

use std::io::Write;

use serde::Serialize;
use timeslice::analysis::{Totals, report};
use timeslice::kernel::simulate;
use timeslice::scenario::text::{Parsed, parse_for};
use timeslice::scenario::{Policy, RunAs, Word, edit};

use crate::arguments::Options;
use crate::summary::ms;
use crate::{Failure, input, json};

/// What is changed from one run to the next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    Policy,
    Model,
    Cores,
    Quantum,
}

impl Axis {
    const ALL: [(&'static str, Axis); 4] = [
        ("policy", Axis::Policy),
        ("model", Axis::Model),
        ("cores", Axis::Cores),
        ("quantum", Axis::Quantum),
    ];

    /// The axis of this name.
    pub(crate) fn from_word(word: &str) -> Option<Axis> {
        let found = Axis::ALL.into_iter().find(|(name, _)| *name == word);
        found.map(|(_, axis)| axis)
    }

    fn word(self) -> &'static str {
        let found = Axis::ALL.into_iter().find(|(_, axis)| *axis == self);
        found.map_or("", |(name, _)| name)
    }

    /// The key of the text that is changed.
    const fn key(self) -> &'static str {
        match self {
            Axis::Policy => "scheduler.policy",
            Axis::Model => "run_as",
            Axis::Cores => "machine.cores",
            Axis::Quantum => "scheduler.quantum",
        }
    }

    /// What is compared when nothing else is said.
    fn usual_values(self) -> Vec<String> {
        let values: Vec<&str> = match self {
            Axis::Policy => Policy::WORDS.to_vec(),
            Axis::Model => RunAs::WORDS.to_vec(),
            Axis::Cores => vec!["1", "2", "4", "8", "16"],
            Axis::Quantum => vec!["1ms", "2ms", "5ms", "10ms", "20ms", "50ms", "100ms"],
        };
        values.into_iter().map(str::to_owned).collect()
    }
}

/// One run of the comparison.
#[derive(Serialize)]
struct Row {
    value: String,
    #[serde(flatten)]
    run: Run,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Run {
    Done {
        outcome: &'static str,
        end_ns: u64,
        totals: Totals,
    },
    /// The scenario cannot be run with this value.
    Refused { error: String },
}

pub(crate) fn compare(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let Some(axis) = options.by else {
        return Err(Failure::Usage(
            "say what is compared: `--by policy`, `model`, `cores` or `quantum`".to_owned(),
        ));
    };
    let input = input::read_one(options)?;
    input::scenario(&input, options)?;
    let values = options
        .values
        .clone()
        .unwrap_or_else(|| axis.usual_values());
    let mut rows = Vec::new();
    for value in values {
        let text = edit::set(&input.text, axis.key(), &value)
            .map_err(|error| Failure::Usage(format!("--values: {error}")))?;
        let run = run(&parse_for(&text, &options.limits), options);
        rows.push(Row { value, run });
    }
    if options.json {
        #[derive(Serialize)]
        struct Whole<'a> {
            schema: u32,
            by: &'a str,
            rows: &'a [Row],
        }
        let whole = Whole {
            schema: 1,
            by: axis.word(),
            rows: &rows,
        };
        return json::print(&whole, out);
    }
    print(axis, &rows, out)
}

fn run(parsed: &Parsed, options: &Options) -> Run {
    if let Some(error) = parsed.errors().next() {
        return Run::Refused {
            error: error.message.clone(),
        };
    }
    let report = report(&simulate(&parsed.scenario, options.limits));
    Run::Done {
        outcome: report.outcome,
        end_ns: report.end_ns,
        totals: report.totals,
    }
}

fn print(axis: Axis, rows: &[Row], out: &mut dyn Write) -> Result<(), Failure> {
    let widest = rows.iter().map(|row| row.value.chars().count()).max();
    let width = widest.unwrap_or(0).max(axis.word().len());
    writeln!(
        out,
        "{:width$}  {:>10}  {:^19}  {:^19}  {:^19}  {:>8}  {:>6}",
        "", "makespan", "response (ms)", "turnaround (ms)", "waiting (ms)", "switches", "used"
    )?;
    writeln!(
        out,
        "{:width$}  {:>10}  {:>9} {:>9}  {:>9} {:>9}  {:>9} {:>9}  {:>8}  {:>6}",
        axis.word(),
        "(ms)",
        "mean",
        "p95",
        "mean",
        "p95",
        "mean",
        "p95",
        "",
        "%"
    )?;
    for row in rows {
        let value = &row.value;
        match &row.run {
            Run::Refused { error } => writeln!(out, "{value:width$}  not run: {error}")?,
            Run::Done {
                outcome, totals, ..
            } => {
                let spread = &totals.percentiles;
                write!(
                    out,
                    "{value:width$}  {:>10}  {:>9} {:>9}  {:>9} {:>9}  {:>9} {:>9}  {:>8}  {:>6.1}",
                    ms(totals.makespan_ns),
                    ms(totals.mean_response_ns),
                    ms(spread.response_ns.p95),
                    ms(totals.mean_turnaround_ns),
                    ms(spread.turnaround_ns.p95),
                    ms(totals.mean_waiting_ns),
                    ms(spread.waiting_ns.p95),
                    totals.context_switches,
                    totals.utilisation * 100.0,
                )?;
                let unfinished = *outcome != "finished";
                writeln!(
                    out,
                    "{}",
                    if unfinished {
                        format!("  {outcome}")
                    } else {
                        String::new()
                    }
                )?;
            }
        }
    }
    Ok(())
}
