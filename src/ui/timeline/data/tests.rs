//! What tracks add up to, against the report made from the same trace.

use super::super::sample;
use super::super::summary::Channel;
use super::*;
use crate::analysis::report;
use crate::trace::EventKind;

#[test]
fn totals_are_those_of_the_report() {
    for (lanes, workers) in [(1, 1), (1, 3), (2, 3), (4, 9)] {
        let data = sample::data(sample::mix(lanes, workers));
        let report = report(data.trace());
        let sum = |part: fn(&crate::analysis::CoreReport) -> u64| {
            report.cores.iter().map(part).sum::<u64>()
        };
        assert_eq!(data.totals().work(), sum(|core| core.useful_ns));
        assert_eq!(
            data.totals().of(Channel::SWITCH),
            sum(|core| core.switch_ns)
        );
        assert_eq!(data.totals().of(Channel::IDLE), sum(|core| core.idle_ns));
        assert_eq!(data.totals().total(), data.end_ns() * u64::from(lanes));
    }
}

#[test]
fn every_task_row_adds_up_to_its_report() {
    let data = sample::data(sample::mix(2, 5));
    let report = report(data.trace());
    assert_eq!(data.tasks().len(), report.tasks.len());
    for (row, task) in data.tasks().iter().zip(&report.tasks) {
        let shares = row.track.shares_between(0, data.end_ns());
        assert_eq!(shares.total(), data.end_ns());
        assert_eq!(shares.work(), task.cpu_ns);
        // The report counts being switched to as waiting; the row tells the two apart.
        let waiting = shares.of(Channel::READY) + shares.of(Channel::SWITCH);
        assert_eq!(waiting, task.waiting_ns);
        assert!(shares.of(Channel::SWITCH) > 0);
        assert_eq!(shares.of(Channel::BLOCKED), task.blocked_ns);
        assert_eq!(Some(row.until.0), task.finish_ns);
        assert_eq!(row.state, TaskState::Finished);
    }
}

#[test]
fn spans_follow_each_other_without_holes() {
    let data = sample::data(sample::mix(3, 4));
    let tracks = data
        .lanes()
        .iter()
        .chain(data.tasks().iter().map(|row| &row.track));
    for track in tracks {
        assert_eq!(track.spans()[0].start_ns, 0);
        assert_eq!(track.end_ns(), data.end_ns());
        for pair in track.spans().windows(2) {
            assert!(pair[0].start_ns < pair[1].start_ns);
        }
    }
}

#[test]
fn a_gap_is_told_apart_from_waiting() {
    let mut trace = sample::run(1, 0, 2, 1);
    let start = trace
        .events
        .iter()
        .find(|event| event.kind == EventKind::Start)
        .copied();
    let start = start.expect("something runs");
    for (offset_us, kind) in [(1_000, EventKind::GapBegin), (1_500, EventKind::GapEnd)] {
        let at = start.at + Nanos::from_us(offset_us);
        trace.events.push(crate::trace::Event {
            at,
            kind,
            detail: 0,
            ..start
        });
    }
    trace.events.sort_by_key(|event| event.at);
    let data = sample::data(trace);
    assert_eq!(data.totals().of(Channel::GAP), 500_000);
    let shares = data.tasks()[0].track.shares_between(0, data.end_ns());
    assert_eq!(shares.of(Channel::GAP), 500_000);
    // The slice goes on after the gap.
    assert_eq!(data.slices(), 2);
}

#[test]
fn a_task_killed_in_a_switch_ends_there() {
    let mut trace = sample::run(1, 0, 1, 1);
    let killed_at = Nanos::from_us(2);
    trace.events.truncate(2);
    let start = trace.events[1];
    assert_eq!(start.kind, EventKind::Start);
    trace.events.push(crate::trace::Event {
        at: killed_at,
        kind: EventKind::Kill,
        detail: 0,
        ..start
    });
    trace.end = Nanos::from_ms(1);
    let data = sample::data(trace);
    assert_eq!(data.crashes().len(), 1);
    let row = &data.tasks()[0];
    assert_eq!((row.until, row.state), (killed_at, TaskState::Killed));
    let shares = row.track.shares_between(0, data.end_ns());
    assert_eq!(shares.of(Channel::ABSENT), 998_000);
    assert_eq!(shares.of(Channel::SWITCH), 2_000);
}

#[test]
fn colours_do_not_depend_on_what_happened() {
    let simulated = sample::data(sample::mix(1, 3));
    let measured = sample::data(sample::run(4, 3, 5, 9));
    assert_eq!(simulated.palette(), measured.palette());
    let names: Vec<&str> = simulated
        .palette()
        .legend()
        .iter()
        .map(|entry| entry.name.as_str())
        .collect();
    assert_eq!(names, ["editor", "encoder"]);
    let shades: Vec<u8> = (1..4)
        .map(|task| simulated.tint(TaskId(task)).shade)
        .collect();
    assert_eq!(shades, [0, 1, 2]);
}

#[test]
fn a_long_trace_is_made_ready_piece_by_piece() {
    let trace = Rc::new(sample::run(2, 6, 6_000, 3));
    assert!(trace.events.len() > AT_ONCE);
    let data = TimelineData::new(trace.clone());
    assert!(data.lanes.rows.get().is_none());
    for grouping in [Grouping::Lanes, Grouping::Tasks] {
        let mut pieces = 0;
        while !data.go_on(grouping, 1_000) {
            pieces += 1;
        }
        assert!(pieces > 10, "{pieces}");
    }
    let at_once = TimelineData::new(trace);
    assert_eq!(data.lanes(), at_once.lanes());
    assert_eq!(data.tasks(), at_once.tasks());
    assert_eq!(data.totals(), at_once.totals());
}
