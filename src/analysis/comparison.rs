//! What was predicted against what was measured, quantity by quantity: the median of the repeats,
//! their quartiles, and how far they lie from the prediction. It makes no claim where a number does
//! not exist, and marks what is too short for the clock that measured it.
//!
//! Called by the page; rendered by its table.

mod spread;

pub use self::spread::{Difference, REPEATS_FOR_QUARTILES, Residual, Spread, Value};
use self::spread::{residual, spread};
use super::digest::Digest;
use crate::base::Nanos;

/// A measured time under this many steps of its clock is too short to be believed.
pub const CREDIBLE_STEPS: u64 = 20;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "`Quantity::label` says each in words")]
pub enum Quantity {
    Makespan,
    SpeedUp,
    Useful,
    Switching,
    Idle,
    TakenAway,
    MeanTurnaround,
    MaxTurnaround,
    MeanResponse,
    MeanWaiting,
    ContextSwitches,
    LongestWait,
    TaskTurnaround,
}

/// What a quantity is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Nanoseconds; [`Value::Time`].
    Time,
    /// Times as fast.
    Times,
    /// Percent of the lanes' time.
    Percent,
    /// A number of things.
    Count,
}

impl Quantity {
    /// What it is, in the interface's words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Quantity::Makespan => "Makespan",
            Quantity::SpeedUp => "Speed-up",
            Quantity::Useful => "Useful",
            Quantity::Switching => "Switching",
            Quantity::Idle => "Idle",
            Quantity::TakenAway => "Taken away by the system",
            Quantity::MeanTurnaround => "Mean turnaround",
            Quantity::MaxTurnaround => "Longest turnaround",
            Quantity::MeanResponse => "Mean response",
            Quantity::MeanWaiting => "Mean waiting",
            Quantity::ContextSwitches => "Context switches",
            Quantity::LongestWait => "Longest gap a task felt",
            Quantity::TaskTurnaround => "Turnaround",
        }
    }

    /// What it is counted in.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Quantity::SpeedUp => Unit::Times,
            Quantity::Useful | Quantity::Switching | Quantity::Idle | Quantity::TakenAway => {
                Unit::Percent
            }
            Quantity::ContextSwitches => Unit::Count,
            _ => Unit::Time,
        }
    }
}

/// Which of the runs a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Time slicing on one core.
    Slicing,
    /// True parallelism.
    Parallel,
    /// One against the other.
    Both,
}

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What is compared.
    pub quantity: Quantity,
    /// In which runs.
    pub scope: Scope,
    /// Of which task, for [`Quantity::TaskTurnaround`].
    pub task: Option<String>,
    /// What the kernel says.
    pub predicted: Option<Value>,
    /// What the real runs came to.
    pub measured: Option<Spread>,
    /// How far the two are apart, where both exist.
    pub residual: Option<Residual>,
    /// The clock was too coarse for it.
    pub too_short: bool,
    /// What the numbers are from: `kernel`, `performance.now, step 5us, 3 runs`.
    pub source: String,
}

/// The runs of one column: at most one simulated, any number of real ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Runs<'a> {
    /// The simulated run.
    pub predicted: Option<&'a Digest>,
    /// The real runs, one a repeat.
    pub measured: &'a [Digest],
}

/// Compares what all runs have in common; a quantity that no run has is left out.
#[must_use]
pub fn compare(slicing: Runs, parallel: Runs) -> Vec<Row> {
    let mut rows = Vec::new();
    for (scope, runs) in [(Scope::Slicing, slicing), (Scope::Parallel, parallel)] {
        rows.extend(row(Quantity::Makespan, scope, runs, |run| {
            time(run.makespan)
        }));
    }
    rows.extend(speed_up(slicing, parallel));
    let split = |part: fn(&super::Split) -> Option<f64>| {
        move |run: &Digest| Some(Value::Number(part(run.split.as_ref()?)?))
    };
    let useful = split(|split| Some(split.useful));
    let switch = split(|split| split.switch);
    let idle = split(|split| Some(split.idle));
    let taken = split(|split| split.taken);
    let scopes = [(Scope::Slicing, slicing), (Scope::Parallel, parallel)];
    let mut both = |quantity: Quantity, value: &dyn Fn(&Digest) -> Option<Value>| {
        for (scope, runs) in scopes {
            rows.extend(row(quantity, scope, runs, value));
        }
    };
    both(Quantity::Useful, &useful);
    both(Quantity::Switching, &switch);
    both(Quantity::Idle, &idle);
    both(Quantity::TakenAway, &taken);
    both(Quantity::MeanTurnaround, &|run| time(run.mean_turnaround));
    both(Quantity::MaxTurnaround, &|run| time(run.max_turnaround));
    both(Quantity::MeanResponse, &|run| time(run.mean_response));
    both(Quantity::MeanWaiting, &|run| time(run.mean_waiting));
    both(Quantity::ContextSwitches, &|run| {
        run.context_switches
            .map(|count| Value::Number(count as f64))
    });
    both(Quantity::LongestWait, &|run| time(run.longest_wait));
    rows
}

/// Compares the turnaround of each task, in the order of the scenario's text.
#[must_use]
pub fn compare_tasks(scope: Scope, runs: Runs) -> Vec<Row> {
    let first = runs.predicted.or(runs.measured.first());
    let names = first
        .into_iter()
        .flat_map(|run| run.tasks.iter().enumerate());
    names
        .filter_map(|(position, task)| {
            let turnaround = |run: &Digest| {
                // Runs of one scenario have the same tasks in the same order, unless one was cut
                // short before it had spawned them all.
                let there = run
                    .tasks
                    .get(position)
                    .filter(|other| other.name == task.name);
                let found =
                    there.or_else(|| run.tasks.iter().find(|other| other.name == task.name));
                time(found?.turnaround)
            };
            let mut row = row(Quantity::TaskTurnaround, scope, runs, turnaround)?;
            row.task = Some(task.name.clone());
            Some(row)
        })
        .collect()
}

fn time(nanos: Option<Nanos>) -> Option<Value> {
    nanos.map(Value::Time)
}

fn row(
    quantity: Quantity,
    scope: Scope,
    runs: Runs,
    value: impl Fn(&Digest) -> Option<Value>,
) -> Option<Row> {
    let predicted = runs.predicted.and_then(&value);
    let measured = spread(runs.measured.iter().filter_map(&value).collect());
    let short = |spread: &Spread| match spread.median {
        Value::Time(median) => is_too_short(runs, median),
        // A share of a run is as good as the run is long.
        Value::Number(_) => quantity.unit() == Unit::Percent && whole_is_too_short(runs),
    };
    finish(
        quantity,
        scope,
        predicted,
        measured,
        measured.as_ref().is_some_and(short),
        runs.measured,
    )
}

fn speed_up(slicing: Runs, parallel: Runs) -> Option<Row> {
    let ratio =
        |one: Nanos, many: Nanos| (many.0 > 0).then(|| Value::Number(one.0 as f64 / many.0 as f64));
    let predicted = slicing
        .predicted
        .and_then(|run| run.makespan)
        .zip(parallel.predicted.and_then(|run| run.makespan))
        .and_then(|(one, many)| ratio(one, many));
    let makespans = |runs: Runs| -> Vec<Nanos> {
        runs.measured
            .iter()
            .filter_map(|run| run.makespan)
            .collect()
    };
    // The repeats of the two are not pairs: each of one is held against each of the other.
    let many = makespans(parallel);
    let ratios = makespans(slicing)
        .into_iter()
        .flat_map(|one| many.iter().filter_map(move |many| ratio(one, *many)));
    let mut measured = spread(ratios.collect());
    if let Some(spread) = &mut measured {
        spread.count = slicing.measured.len().min(parallel.measured.len());
        spread.quartiles = spread
            .quartiles
            .filter(|_| spread.count >= REPEATS_FOR_QUARTILES);
    }
    let short = measured.is_some() && (whole_is_too_short(slicing) || whole_is_too_short(parallel));
    finish(
        Quantity::SpeedUp,
        Scope::Both,
        predicted,
        measured,
        short,
        parallel.measured,
    )
}

fn finish(
    quantity: Quantity,
    scope: Scope,
    predicted: Option<Value>,
    measured: Option<Spread>,
    too_short: bool,
    runs: &[Digest],
) -> Option<Row> {
    if predicted.is_none() && measured.is_none() {
        return None;
    }
    Some(Row {
        quantity,
        scope,
        task: None,
        predicted,
        residual: predicted
            .zip(measured)
            .and_then(|(predicted, measured)| residual(predicted, measured.median)),
        source: source(measured.as_ref(), runs),
        measured,
        too_short,
    })
}

fn source(measured: Option<&Spread>, runs: &[Digest]) -> String {
    let step = runs.iter().filter_map(|run| run.clock_step).max();
    match (measured, step) {
        (Some(spread), Some(step)) => {
            let runs = if spread.count == 1 { "run" } else { "runs" };
            format!("performance.now, step {step}, {} {runs}", spread.count)
        }
        _ => "kernel".to_owned(),
    }
}

fn is_too_short(runs: Runs, time: Nanos) -> bool {
    let step = runs.measured.iter().filter_map(|run| run.clock_step).max();
    step.is_some_and(|step| time.0 < step.0.saturating_mul(CREDIBLE_STEPS))
}

fn whole_is_too_short(runs: Runs) -> bool {
    let makespans = runs.measured.iter().filter_map(|run| run.makespan);
    makespans
        .min()
        .is_some_and(|shortest| is_too_short(runs, shortest))
}

#[cfg(test)]
mod tests;
