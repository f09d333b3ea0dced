//! The readable report of a run: how it ended, what became of each task, where each core's time
//! went.

use std::io::{self, Write};

use timeslice::analysis::{CoreReport, GroupReport, Report, TaskReport};
use timeslice::base::Nanos;
use timeslice::scenario::{Machine, Policy, Scenario, Scheduler, Word};

use crate::diagnose::printable;

/// Most tasks that are listed one by one; beyond, those that are alike share a line.
const LISTED: usize = 32;

pub(crate) fn print(
    scenario: &Scenario,
    report: &Report,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    if !scenario.title.is_empty() {
        writeln!(out, "{}", printable(&scenario.title))?;
    }
    let machine = &scenario.machine;
    let scheduler = &scenario.scheduler;
    writeln!(
        out,
        "{}, {}, {} queue, {} costs",
        hardware(machine),
        policy(scheduler),
        scheduler.queue.word(),
        machine.costs.word(),
    )?;
    writeln!(out, "\n{}", outcome(report))?;
    writeln!(out, "{}", totals(report))?;
    writeln!(out, "\nTasks (ms)")?;
    print_tasks(&report.tasks, width, out)?;
    if report.tasks.len() > LISTED {
        print_groups(&report.groups, out)?;
    }
    writeln!(out, "\nHardware threads (% of {} ms)", ms(report.end_ns))?;
    print_cores(&report.cores, report.end_ns, out)
}

fn hardware(machine: &Machine) -> String {
    let cores = plural(u64::from(machine.cores), "core");
    match machine.smt {
        1 => cores,
        smt => format!("{cores} of {smt} hardware threads"),
    }
}

/// The policy, with its quantum if it has any use for one.
fn policy(scheduler: &Scheduler) -> String {
    let word = scheduler.policy.word();
    match scheduler.policy {
        Policy::RoundRobin
        | Policy::Lottery
        | Policy::Stride
        | Policy::Multilevel
        | Policy::Mlfq => format!("{word} with a quantum of {}", scheduler.quantum),
        Policy::Fifo
        | Policy::Sjf
        | Policy::Srtf
        | Policy::Priority
        | Policy::Hrrn
        | Policy::Cfs
        | Policy::Eevdf
        | Policy::Edf
        | Policy::RateMonotonic => word.to_owned(),
    }
}

/// Two lines about all tasks; means that nobody's finish has gone into are left out.
fn totals(report: &Report) -> String {
    let totals = &report.totals;
    let mut line = plural(totals.context_switches, "switch");
    if report.outcome == "finished" {
        let percent = totals.utilisation * 100.0;
        line.push_str(&format!("; {percent:.1} % of the machine used for tasks"));
    }
    if report.tasks.iter().any(|task| task.state == "finished") {
        line.push_str(&format!(
            "; mean turnaround {} ms, waiting {} ms, response {} ms",
            ms(totals.mean_turnaround_ns),
            ms(totals.mean_waiting_ns),
            ms(totals.mean_response_ns),
        ));
        let spread = &totals.percentiles;
        let gaps = report.tasks.iter().map(|task| task.longest_gap_ns);
        line.push_str(&format!(
            "\n95 % of turnarounds within {} ms, of waitings {} ms, of responses {} ms; longest gap {} ms",
            ms(spread.turnaround_ns.p95),
            ms(spread.waiting_ns.p95),
            ms(spread.response_ns.p95),
            ms(gaps.max().unwrap_or(0)),
        ));
    }
    if totals.peak_memory_bytes > 0 {
        let kib = totals.peak_memory_bytes.div_ceil(1 << 10);
        line.push_str(&format!("\nmost memory taken at once: {kib} KiB"));
    }
    if totals.refused > 0 {
        let refused = plural(totals.refused, "time");
        line.push_str(&format!(
            "\n{refused} there was no room for a task that was to come or to be spawned"
        ));
    }
    line
}

fn outcome(report: &Report) -> String {
    let end = Nanos(report.end_ns);
    match report.outcome {
        "finished" => format!("Finished after {end}."),
        "deadlock" => {
            let circle: Vec<String> = report
                .cycle
                .iter()
                .flatten()
                .map(|step| format!("{} waits for {}", step.task, step.waits_for))
                .collect();
            format!("Deadlock at {end}: {}.", circle.join(", "))
        }
        "livelock" => {
            format!("Livelock suspected at {end}: tasks go on and on, and nothing gets done.")
        }
        "limit" => {
            let limit = report.limit.as_deref().unwrap_or("");
            format!(
                "Stopped at {end}: the limit on {limit} was reached; everything up to there is kept."
            )
        }
        "time-limit" => format!("Stopped at {end}: the longest simulated time was reached."),
        "stuck" => format!("Stuck at {end}: those that are left wait for what nobody will give."),
        other => format!("Ended at {end}: {other}."),
    }
}

/// One line of the table of tasks: its name, its times in nanoseconds, and its state.
struct Row {
    name: String,
    times: [Option<u64>; 6],
    state: String,
}

const COLUMNS: [(&str, usize); 6] = [
    ("arrived", 8),
    ("response", 8),
    ("turnaround", 10),
    ("waiting", 8),
    ("blocked", 8),
    ("running", 8),
];

fn print_tasks(tasks: &[TaskReport], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let alike: Vec<&[TaskReport]> = tasks
        .chunk_by(|one, next| names(one) == names(next))
        .collect();
    let rows: Vec<Row> = if tasks.len() <= LISTED {
        alike
            .iter()
            .flat_map(|alike| alike.iter().map(|task| row(task, alike.len())))
            .collect()
    } else {
        writeln!(out, "means of those that are alike; --json has each one")?;
        alike.iter().map(|alike| mean_row(alike)).collect()
    };
    // Everything beside the name takes this much.
    let rest: usize = COLUMNS.iter().map(|(_, width)| width + 1).sum();
    let widest = rows.iter().map(|row| row.name.chars().count()).max();
    let name_width = widest.unwrap_or(0).min(width.saturating_sub(rest)).max(12);
    write!(out, "{:name_width$}", "")?;
    for (column, width) in COLUMNS {
        write!(out, " {column:>width$}")?;
    }
    writeln!(out)?;
    for row in rows {
        write!(out, "{:name_width$}", end_of(&row.name, name_width))?;
        for ((_, width), time) in COLUMNS.into_iter().zip(row.times) {
            let time = time.map_or_else(|| "-".to_owned(), ms);
            write!(out, " {time:>width$}")?;
        }
        if row.state == "finished" {
            writeln!(out)?;
        } else {
            writeln!(out, "  {}", row.state)?;
        }
    }
    Ok(())
}

/// How long the tasks of each line took, where they are too many to be listed.
fn print_groups(groups: &[GroupReport], out: &mut dyn Write) -> io::Result<()> {
    for group in groups.iter().filter(|group| group.finished > 1) {
        let spread = group.percentiles.turnaround_ns;
        writeln!(
            out,
            "{}: {:.1} finished a second; half within {} ms, 95 % within {} ms, 99 % within {} ms",
            name_of(&group.process, &group.thread, &group.coroutine),
            group.throughput_per_s,
            ms(spread.p50),
            ms(spread.p95),
            ms(spread.p99),
        )?;
    }
    Ok(())
}

fn row(task: &TaskReport, alike: usize) -> Row {
    let mut name = name(task);
    if alike > 1 {
        name.push_str(&format!(" {}", task.index));
    }
    Row {
        name,
        times: times(task),
        state: task.state.to_owned(),
    }
}

/// The means of tasks that are alike, of those that have the number.
fn mean_row(alike: &[TaskReport]) -> Row {
    let mean = |column: usize| {
        let values = alike.iter().filter_map(|task| times(task)[column]);
        let (sum, count) = values.fold((0_u128, 0_u128), |(sum, count), value| {
            (sum + u128::from(value), count + 1)
        });
        Some(sum.checked_div(count)? as u64)
    };
    let mut states: Vec<(&str, usize)> = Vec::new();
    for task in alike {
        match states.iter_mut().find(|(state, _)| *state == task.state) {
            Some((_, count)) => *count += 1,
            None => states.push((task.state, 1)),
        }
    }
    let state = match states.as_slice() {
        [(state, _)] => (*state).to_owned(),
        several => several
            .iter()
            .map(|(state, count)| format!("{count} {state}"))
            .collect::<Vec<String>>()
            .join(", "),
    };
    Row {
        name: format!("{} \u{d7}{}", name(&alike[0]), alike.len()),
        times: [0, 1, 2, 3, 4, 5].map(mean),
        state,
    }
}

fn times(task: &TaskReport) -> [Option<u64>; 6] {
    [
        Some(task.arrival_ns),
        task.response_ns,
        task.turnaround_ns,
        Some(task.waiting_ns),
        Some(task.blocked_ns),
        Some(task.cpu_ns),
    ]
}

fn names(task: &TaskReport) -> (&str, &str, &str) {
    (&task.process, &task.thread, &task.coroutine)
}

fn name(task: &TaskReport) -> String {
    name_of(&task.process, &task.thread, &task.coroutine)
}

/// `browser`, `encoder/worker`, `server/loop/request`.
fn name_of(process: &str, thread: &str, coroutine: &str) -> String {
    let mut name = process.to_owned();
    if thread != "main" || !coroutine.is_empty() {
        name.push('/');
        name.push_str(thread);
    }
    if !coroutine.is_empty() {
        name.push('/');
        name.push_str(coroutine);
    }
    name
}

/// A name that is too long keeps its end, which tells those apart that are alike.
fn end_of(name: &str, width: usize) -> String {
    let chars = name.chars().count();
    if chars <= width {
        return name.to_owned();
    }
    let kept: String = name.chars().skip(chars - (width - 1)).collect();
    format!("\u{2026}{kept}")
}

fn print_cores(cores: &[CoreReport], end_ns: u64, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{:8} {:>8} {:>8} {:>8} {:>8}",
        "", "useful", "switch", "spin", "idle"
    )?;
    let several = cores.iter().any(|core| core.sibling > 0);
    for core in cores {
        let name = if several {
            format!("core {}.{}", core.core, core.sibling)
        } else {
            format!("core {}", core.core)
        };
        write!(out, "{name:8}")?;
        for part in [core.useful_ns, core.switch_ns, core.spin_ns, core.idle_ns] {
            let percent = if end_ns == 0 {
                0.0
            } else {
                part as f64 * 100.0 / end_ns as f64
            };
            write!(out, " {percent:>8.2}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Milliseconds with three digits behind the point, rounded.
pub(crate) fn ms(nanos: u64) -> String {
    let us = nanos / 1_000 + u64::from(nanos % 1_000 >= 500);
    format!("{}.{:03}", us / 1_000, us % 1_000)
}

fn plural(count: u64, thing: &str) -> String {
    let ending = match (count, thing.ends_with("ch")) {
        (1, _) => "",
        (_, true) => "es",
        _ => "s",
    };
    format!("{count} {thing}{ending}")
}
