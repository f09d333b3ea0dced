//! `timeslice bench`: how fast this machine simulates. The timing is `timeslice::benchmark`'s; the clock is
//! from here.

use std::io::Write;
use std::time::Instant;

use serde::Serialize;
use timeslice::analysis::outcome_name;
use timeslice::benchmark::{Measured, Mix, measure, time_kernel};
use timeslice::trace::Event;

use crate::Failure;
use crate::arguments::Options;
use crate::{input, json};

pub(crate) fn bench(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let epoch = Instant::now();
    let mut clock = || epoch.elapsed().as_nanos() as u64;
    if options.inputs.is_empty() {
        usual(options, &mut clock, out)
    } else {
        scenario(options, &mut clock, out)
    }
}

/// One of the usual mixes.
#[derive(Serialize)]
struct Row {
    tasks: u32,
    cores: u32,
    jittered: bool,
    slices: u64,
    kernel_slices_per_s: f64,
    bare_slices_per_s: f64,
    ratio: f64,
}

fn usual(
    options: &Options,
    clock: &mut dyn FnMut() -> u64,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if !options.set.is_empty() {
        return Err(Failure::Usage(
            "`--set` changes a scenario; name one, as in `timeslice bench mix.toml`".to_owned(),
        ));
    }
    let mut rows = Vec::new();
    if !options.json {
        writeln!(out, "{}", Measured::HEADING)?;
    }
    for mix in Mix::USUAL {
        let measured = measure(mix, options.tries, clock);
        if !options.json {
            writeln!(out, "{}", measured.line(mix))?;
            out.flush()?;
        }
        rows.push(Row {
            tasks: mix.tasks,
            cores: mix.cores,
            jittered: mix.jittered,
            slices: measured.kernel.slices,
            kernel_slices_per_s: measured.kernel.millions_per_s() * 1e6,
            bare_slices_per_s: measured.bare.millions_per_s() * 1e6,
            ratio: measured.ratio(),
        });
    }
    if options.json {
        json::print(&rows, out)?;
    }
    Ok(())
}

/// How fast one scenario is simulated.
#[derive(Serialize)]
struct Times {
    outcome: &'static str,
    tries: u32,
    events: u64,
    slices: u64,
    simulated_ns: u64,
    shortest_ns: u64,
    median_ns: u64,
    longest_ns: u64,
    events_per_s: f64,
}

fn scenario(
    options: &Options,
    clock: &mut dyn FnMut() -> u64,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let input = input::read_one(options)?;
    let parsed = input::scenario(&input, options)?;
    let mut events: Vec<Event> = Vec::new();
    let mut times = Vec::new();
    let (speed, trace) = loop {
        let (speed, trace) = time_kernel(&parsed.scenario, options.limits, events, clock);
        times.push(speed.shortest_ns);
        if times.len() as u32 >= options.tries {
            break (speed, trace);
        }
        events = trace.events;
    };
    times.sort_unstable();
    let times = Times {
        outcome: outcome_name(&trace.outcome),
        tries: options.tries,
        events: trace.events.len() as u64,
        slices: speed.slices,
        simulated_ns: trace.end.0,
        shortest_ns: times[0],
        median_ns: times[(times.len() - 1) / 2],
        longest_ns: times[times.len() - 1],
        events_per_s: trace.events.len() as f64 * 1e9 / times[0].max(1) as f64,
    };
    if options.json {
        return json::print(&times, out);
    }
    let ms = |ns: u64| ns as f64 / 1e6;
    writeln!(
        out,
        "{}: {:.3} ms of simulated time, {} events, {} slices",
        times.outcome,
        ms(times.simulated_ns),
        times.events,
        times.slices
    )?;
    writeln!(
        out,
        "simulated {} times: shortest {:.3} ms, median {:.3} ms, longest {:.3} ms; {:.2} million events a second",
        times.tries,
        ms(times.shortest_ns),
        ms(times.median_ns),
        ms(times.longest_ns),
        times.events_per_s / 1e6
    )?;
    Ok(())
}
