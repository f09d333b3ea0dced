//! Comparisons of simulated runs with others that are declared to be measured.

use super::*;
use crate::kernel::simulate;
use crate::scenario::limits::RunLimits;
use crate::scenario::text::parse;
use crate::trace::{Event, EventKind, Origin, Trace};

const MIX: &str = r#"
format = 1
[machine]
costs = "free"
[scheduler]
policy = "fifo"
[[process]]
name = "long"
program = "compute 60ms"
[[process]]
name = "short"
count = 2
program = "compute 20ms"
"#;

fn simulated(text: &str, cores: u32) -> Trace {
    let mut scenario = parse(text).scenario;
    scenario.machine.cores = cores;
    simulate(&scenario, RunLimits::PAGE)
}

/// The same run, as if it had been measured and had taken `percent` of the time.
fn measured(text: &str, cores: u32, percent: u64) -> Trace {
    let mut trace = simulated(text, cores);
    let stretch = |at: Nanos| Nanos(at.0 * percent / 100);
    for event in &mut trace.events {
        event.at = stretch(event.at);
    }
    trace.end = stretch(trace.end);
    trace.origin = Origin::Measured {
        clock_step: Nanos::from_us(5),
        alignment_error: Nanos::from_us(10),
    };
    trace
}

fn digests(text: &str, cores: u32, percents: &[u64]) -> Vec<Digest> {
    percents
        .iter()
        .map(|percent| Digest::new(&measured(text, cores, *percent)))
        .collect()
}

fn find(rows: &[Row], quantity: Quantity, scope: Scope) -> &Row {
    rows.iter()
        .find(|row| row.quantity == quantity && row.scope == scope)
        .unwrap_or_else(|| panic!("no {quantity:?} for {scope:?}"))
}

fn ms(ms: u64) -> Value {
    Value::Time(Nanos::from_ms(ms))
}

#[test]
fn a_makespan_is_compared_with_the_median_of_its_repeats() {
    let one = Digest::new(&simulated(MIX, 1));
    let repeats = digests(MIX, 1, &[130, 110, 120, 104, 118]);
    let slicing = Runs {
        predicted: Some(&one),
        measured: &repeats,
    };
    let rows = compare(slicing, Runs::default());
    let row = find(&rows, Quantity::Makespan, Scope::Slicing);
    assert_eq!(row.predicted, Some(ms(100)));
    assert_eq!(
        row.measured,
        Some(Spread {
            median: ms(118),
            quartiles: Some((ms(110), ms(120))),
            count: 5
        })
    );
    let residual = row.residual.expect("both exist");
    assert_eq!(residual.difference, Difference::Longer(Nanos::from_ms(18)));
    assert_eq!(residual.percent, Some(18.0));
    assert_eq!(row.source, "performance.now, step 5us, 5 runs");
    assert!(!row.too_short);
}

#[test]
fn a_speed_up_needs_both_columns() {
    let (one, two) = (
        Digest::new(&simulated(MIX, 1)),
        Digest::new(&simulated(MIX, 2)),
    );
    let (slow, fast) = (digests(MIX, 1, &[110, 120, 130]), digests(MIX, 2, &[120]));
    let slicing = Runs {
        predicted: Some(&one),
        measured: &slow,
    };
    let parallel = Runs {
        predicted: Some(&two),
        measured: &fast,
    };
    let rows = compare(slicing, parallel);
    let row = find(&rows, Quantity::SpeedUp, Scope::Both);
    assert_eq!(row.predicted, Some(Value::Number(100.0 / 60.0)));
    let spread = row.measured.expect("both were measured");
    assert_eq!(spread.median, Value::Number(120.0 / 72.0));
    // One repeat on one side has no spread.
    assert_eq!((spread.count, spread.quartiles), (1, None));
    let rows = compare(
        slicing,
        Runs {
            predicted: Some(&two),
            measured: &[],
        },
    );
    let row = find(&rows, Quantity::SpeedUp, Scope::Both);
    assert_eq!((row.measured, row.residual), (None, None));
    assert_eq!(row.source, "kernel");
    let rows = compare(slicing, Runs::default());
    assert!(rows.iter().all(|row| row.quantity != Quantity::SpeedUp));
}

#[test]
fn nothing_is_claimed_that_was_not_measured() {
    let repeats = digests(MIX, 1, &[110]);
    let rows = compare(
        Runs {
            predicted: None,
            measured: &repeats,
        },
        Runs::default(),
    );
    // The costs are zero, so the run can't know what its switches cost.
    assert!(rows.iter().all(|row| row.quantity != Quantity::Switching));
    assert!(
        rows.iter()
            .all(|row| row.predicted.is_none() && row.residual.is_none())
    );
    let one = Digest::new(&simulated(MIX, 1));
    let rows = compare(
        Runs {
            predicted: Some(&one),
            measured: &[],
        },
        Runs::default(),
    );
    let switching = find(&rows, Quantity::Switching, Scope::Slicing);
    assert_eq!(switching.predicted, Some(Value::Number(0.0)));
    assert!(rows.iter().all(|row| row.quantity != Quantity::TakenAway));
}

#[test]
fn what_is_short_for_the_clock_is_marked() {
    const TINY: &str = "format = 1\n[machine]\ncosts = \"free\"\n[[process]]\nname = \"a\"\nprogram = \"compute 90us\"\n[[process]]\nname = \"b\"\nprogram = \"compute 90us\"\n";
    let repeats = digests(TINY, 1, &[100, 100, 100]);
    let runs = Runs {
        predicted: None,
        measured: &repeats,
    };
    let rows = compare(runs, Runs::default());
    // Twenty steps of 5 µs are 100 µs: the whole run is longer, the first task's turnaround is not.
    assert!(!find(&rows, Quantity::Makespan, Scope::Slicing).too_short);
    assert!(!find(&rows, Quantity::Useful, Scope::Slicing).too_short);
    assert!(find(&rows, Quantity::LongestWait, Scope::Slicing).too_short);
    let tasks = compare_tasks(Scope::Slicing, runs);
    let marks: Vec<bool> = tasks.iter().map(|row| row.too_short).collect();
    assert_eq!(marks, [true, false]);
}

#[test]
fn tasks_are_compared_by_name() {
    let one = Digest::new(&simulated(MIX, 1));
    let repeats = digests(MIX, 1, &[110, 110, 110]);
    let rows = compare_tasks(
        Scope::Slicing,
        Runs {
            predicted: Some(&one),
            measured: &repeats,
        },
    );
    let names: Vec<&str> = rows.iter().filter_map(|row| row.task.as_deref()).collect();
    assert_eq!(names, ["long", "short 0", "short 1"]);
    for (row, turnaround) in rows.iter().zip([60, 80, 100]) {
        assert_eq!(row.predicted, Some(ms(turnaround)));
        let residual = row.residual.expect("both exist");
        assert_eq!(residual.percent.map(f64::round), Some(10.0));
    }
}

#[test]
fn parts_of_the_time_add_up_and_gaps_are_the_systems() {
    let mut trace = measured(MIX, 2, 100);
    let start = trace
        .events
        .iter()
        .find(|event| event.kind == EventKind::Start)
        .copied()
        .expect("something runs");
    for (at, kind) in [(2, EventKind::GapBegin), (14, EventKind::GapEnd)] {
        let at = Nanos::from_ms(at);
        trace.events.push(Event {
            at,
            kind,
            detail: 0,
            ..start
        });
    }
    trace.events.sort_by_key(|event| event.at);
    let split = Digest::new(&trace).split.expect("there are lanes");
    let taken = split.taken.expect("it was measured");
    assert_eq!(taken, 10.0);
    let sum = split.useful + split.idle + taken + split.switch.unwrap_or(0.0);
    assert!((sum - 100.0).abs() < 1e-9, "{sum}");
}

#[test]
fn a_run_that_was_cut_short_has_no_makespan() {
    let mut trace = simulated(MIX, 1);
    trace.outcome = crate::trace::Outcome::TimeLimit;
    let digest = Digest::new(&trace);
    assert_eq!((digest.makespan, digest.mean_turnaround), (None, None));
    assert!(digest.split.is_some());
}

#[test]
fn quartiles_fall_between_neighbours() {
    let values = |times: &[u64]| times.iter().map(|time| ms(*time)).collect::<Vec<_>>();
    let spread = spread(values(&[40, 10, 20, 30])).expect("four");
    assert_eq!(spread.median, ms(25));
    let quarter = |us| Value::Time(Nanos::from_us(us));
    assert_eq!(spread.quartiles, Some((quarter(17_500), quarter(32_500))));
    assert_eq!(super::spread(Vec::new()), None);
    assert_eq!(super::spread(values(&[1, 2])).expect("two").quartiles, None);
}
