//! `timeslice explain`: why a task does not run at an instant, or who ran while it waited in all.

use std::io::Write;

use timeslice::analysis::explain::explain_in_words;
use timeslice::analysis::{Waits, find_task, waits};
use timeslice::kernel::simulate;
use timeslice::trace::{TaskId, Trace};

use crate::arguments::Options;
use crate::summary::ms;
use crate::{Failure, input};

/// Most tasks that are listed as having run while one waited.
const LISTED: usize = 20;

pub(crate) fn explain(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let input = input::read_one(options)?;
    let parsed = input::scenario(&input, options)?;
    let trace = simulate(&parsed.scenario, options.limits);
    let Some(name) = &options.task else {
        return Err(Failure::Usage(
            "say which task is meant: `--task NAME`".to_owned(),
        ));
    };
    let task = find_task(&trace, name).map_err(|error| Failure::Usage(error.to_string()))?;
    match options.at {
        Some(at) => {
            for sentence in explain_in_words(&trace, task, at) {
                writeln!(out, "{sentence}")?;
            }
        }
        None => print_waits(&trace, task, &waits(&trace, task), out)?,
    }
    Ok(())
}

fn print_waits(
    trace: &Trace,
    task: TaskId,
    waits: &Waits,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let name = trace.task_name(task);
    let ready = waits.ready;
    writeln!(
        out,
        "`{name}` was ready for {ready} without running. Meanwhile ran:"
    )?;
    for (other, time) in waits.ran.iter().take(LISTED) {
        writeln!(out, "{:>12} ms  {}", ms(time.0), trace.task_name(*other))?;
    }
    let more = waits.ran.iter().skip(LISTED);
    let rest: u64 = more.clone().map(|(_, time)| time.0).sum();
    if rest > 0 {
        writeln!(out, "{:>12} ms  {} more tasks", ms(rest), more.count())?;
    }
    for (time, what) in [(waits.switching, "switching"), (waits.idle, "nothing")] {
        if time.0 > 0 {
            writeln!(out, "{:>12} ms  ({what})", ms(time.0))?;
        }
    }
    Ok(())
}
