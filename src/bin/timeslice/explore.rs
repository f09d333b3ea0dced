//! `timeslice explore`: everything that can happen, and a schedule for each ending.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use timeslice::analysis::{CycleReport, report};
use timeslice::explore::{Exploration, Step, explore as all_schedules};

use crate::arguments::Options;
use crate::{Failure, input, json};

/// The whole, as JSON.
#[derive(Serialize)]
struct Whole {
    schema: u32,
    states: u64,
    is_complete: bool,
    may_go_on_for_ever: bool,
    may_never_end: bool,
    endings: Vec<Row>,
}

/// One ending.
#[derive(Serialize)]
struct Row {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cycle: Option<Vec<CycleReport>>,
    variables: BTreeMap<String, i64>,
    schedule: Vec<Line>,
}

/// One statement of its schedule.
#[derive(Serialize)]
struct Line {
    task: String,
    statement: String,
}

pub(crate) fn explore(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let input = input::read_one(options)?;
    let parsed = input::scenario(&input, options)?;
    let found = all_schedules(&parsed.scenario, options.most_states)
        .map_err(|error| Failure::Input(error.to_string()))?;
    let rows = found.endings.iter().map(|ending| {
        let report = report(&found.replay(ending));
        Row {
            outcome: report.outcome,
            cycle: report.cycle,
            variables: report.variables,
            schedule: found.schedule(ending).into_iter().map(Line::from).collect(),
        }
    });
    let whole = Whole {
        schema: 1,
        states: found.states,
        is_complete: found.is_complete,
        may_go_on_for_ever: found.may_go_on_for_ever,
        may_never_end: found.may_never_end,
        endings: rows.collect(),
    };
    if options.json {
        return json::print(&whole, out);
    }
    for line in what_was_seen(&found) {
        writeln!(out, "{line}")?;
    }
    for row in &whole.endings {
        writeln!(out, "\n{}", ending(row))?;
        if options.schedules {
            print_schedule(&row.schedule, out)?;
        }
    }
    Ok(())
}

impl From<Step> for Line {
    fn from(step: Step) -> Line {
        Line {
            task: step.task,
            statement: step.statement,
        }
    }
}

fn what_was_seen(found: &Exploration) -> Vec<String> {
    let endings = match found.endings.len() {
        0 => "no ending".to_owned(),
        1 => "1 ending".to_owned(),
        more => format!("{more} different endings"),
    };
    let mut lines = vec![if found.is_complete {
        format!("All {} states seen: {endings}.", found.states)
    } else {
        format!(
            "Gave up after {} states with {endings}; there may be others. --max-states raises the limit.",
            found.states
        )
    }];
    if found.may_never_end {
        lines.push(
            "Some schedules come to where nothing can end any more: they go on for ever."
                .to_owned(),
        );
    } else if found.may_go_on_for_ever {
        lines.push("Some schedules go round in a circle.".to_owned());
    }
    lines
}

fn ending(row: &Row) -> String {
    let mut line = row.outcome.to_owned();
    for (at, step) in row.cycle.iter().flatten().enumerate() {
        let before = if at == 0 { ": " } else { ", " };
        line.push_str(&format!(
            "{before}{} waits for {}",
            step.task, step.waits_for
        ));
    }
    for (at, (name, value)) in row.variables.iter().enumerate() {
        let before = if at == 0 { "; " } else { ", " };
        line.push_str(&format!("{before}{name} = {value}"));
    }
    line
}

fn print_schedule(schedule: &[Line], out: &mut dyn Write) -> Result<(), Failure> {
    let widest = schedule.iter().map(|line| line.task.chars().count()).max();
    let width = widest.unwrap_or(0);
    for Line { task, statement } in schedule {
        writeln!(out, "  {task:width$}  {statement}")?;
    }
    Ok(())
}
