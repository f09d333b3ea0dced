//! What cards say, against a trace whose numbers are known.

use super::super::sample;
use super::*;

fn value<'a>(card: &'a Card, name: &str) -> &'a str {
    let line = card.lines.iter().find(|line| line.0 == name);
    line.map_or("", |line| line.1.as_str())
}

#[test]
fn a_slice_is_told_exactly() {
    let data = sample::data(sample::mix(1, 2));
    let card = card(&data, RowKey::Lane(0), 1_000_000, 1_000).expect("a slice");
    let slice = data.lanes()[0].spans()[1];
    assert_eq!(card.title, "editor");
    assert_eq!(value(&card, "runs on"), "core 0");
    assert_eq!(value(&card, "from"), "5 µs");
    assert_eq!(value(&card, "then"), "blocked on disk");
    let length = data.lanes()[0].end_of(1) - slice.start_ns;
    assert_eq!(value(&card, "length"), exact(Nanos(length)));
}

#[test]
fn a_switch_is_itemised() {
    let data = sample::data(sample::mix(1, 2));
    let card = card(&data, RowKey::Lane(0), 100, 1).expect("a switch");
    assert_eq!(card.title, "Switch to editor");
    assert_eq!(value(&card, "registers"), "2 µs");
    assert_eq!(value(&card, "choose next"), "3 µs");
    assert_eq!(value(&card, "address space"), "");
    assert_eq!(value(&card, "length"), "5 µs");
}

#[test]
fn a_task_row_knows_why_its_work_ended() {
    let data = sample::data(sample::mix(1, 2));
    let card = card(&data, RowKey::Task(TaskId(0)), 1_000_000, 1_000).expect("work");
    assert_eq!(value(&card, "then"), "blocked on disk");
}

#[test]
fn fine_spans_are_told_as_shares_that_add_up() {
    let data = sample::data(sample::mix(1, 2));
    let card = card(&data, RowKey::Lane(0), 100_000_000, 50_000_000).expect("shares");
    assert!(card.title.starts_with("core 0: "), "{}", card.title);
    let sum: f64 = card.lines[1..]
        .iter()
        .filter_map(|line| line.1.strip_suffix(" %")?.parse::<f64>().ok())
        .sum();
    assert!((sum - 100.0).abs() < 0.5, "{sum}");
}

#[test]
fn steps_visit_every_edge() {
    let data = sample::data(sample::mix(2, 2));
    let mut forth = Vec::new();
    let mut at = 0;
    while let Some(next) = neighbouring_edge(&data, at, true) {
        assert!(next > at);
        forth.push(next);
        at = next;
    }
    assert_eq!(forth.last(), Some(&data.end_ns()));
    let mut back = Vec::new();
    while let Some(next) = neighbouring_edge(&data, at, false) {
        back.push(next);
        at = next;
    }
    back.reverse();
    assert_eq!(back[1..], forth[..forth.len() - 1]);
    assert_eq!(back[0], 0);
}
