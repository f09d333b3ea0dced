//! What the explorer finds, against published answers and against another search that knows nothing of the
//! kernel.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;

use support::{cases, process, program, shown, thread};
use timeslice::base::Nanos;
use timeslice::explore::{Exploration, explore};
use timeslice::scenario::{Scenario, StatementKind, text};
use timeslice::trace::Outcome;

const ENOUGH: u64 = 2_000_000;

/// One process with a thread for each of these programs.
fn threads(programs: &[&str]) -> Scenario {
    let mut whole = "format = 1\n[[process]]\nname = \"app\"\n".to_owned();
    for (index, program) in programs.iter().enumerate() {
        whole.push_str(&format!(
            "[[process.thread]]\nname = \"t{index}\"\nprogram = \"\"\"\n{program}\n\"\"\"\n"
        ));
    }
    let parsed = text::parse(&whole);
    assert!(!parsed.has_errors(), "{:#?}\n{whole}", parsed.diagnostics);
    parsed.scenario
}

fn all_of(scenario: &Scenario) -> Exploration {
    let found = explore(scenario, ENOUGH).expect("it can be explored");
    assert!(found.is_complete, "{} states", found.states);
    found
}

/// The values that a variable can end at.
fn values(found: &Exploration) -> Vec<i64> {
    let values: BTreeSet<i64> = found
        .endings
        .iter()
        .map(|ending| ending.variables[0].1)
        .collect();
    values.into_iter().collect()
}

fn examples() -> serde_json::Value {
    let text = include_str!("published/worked-examples.json");
    serde_json::from_str(text).expect("JSON")
}

/// Two threads that add to one variable without a lock: what is known of the last value.
#[test]
fn unlocked_increments_end_where_they_are_known_to() {
    let examples = examples();
    let known = &examples["reachable_final_values_of_unlocked_increments"];
    for (name, number, times) in [
        ("2 threads x 1", 2, 1),
        ("2 x 2", 2, 2),
        ("2 x 3", 2, 3),
        ("3 x 1", 3, 1),
    ] {
        let one = format!("repeat {times} {{ load x; add 1; store x }}");
        let found = all_of(&threads(&vec![one.as_str(); number]));
        assert_eq!(serde_json::json!(values(&found)), known[name], "{name}");
    }
}

/// Two locks taken in two orders, or in one.
#[test]
fn a_deadlock_is_reachable_exactly_if_locks_are_taken_in_two_orders() {
    let deadlocks = |first: &str, second: &str| {
        let found = all_of(&threads(&[first, second]));
        let is_deadlock = |outcome: &Outcome| matches!(outcome, Outcome::Deadlock { .. });
        let can = found.endings.iter().any(|end| is_deadlock(&end.outcome));
        if can { "reachable" } else { "not reachable" }
    };
    let [ab, ba] = ["a b", "b a"].map(|order| {
        let (first, second) = order.split_once(' ').expect("two");
        format!("lock {first}; lock {second}; unlock {second}; unlock {first}")
    });
    let known = &examples()["deadlock"];
    assert_eq!(deadlocks(&ab, &ba), known["AB-BA"]);
    assert_eq!(deadlocks(&ab, &ab), known["AB-AB"]);
}

#[test]
fn a_lock_or_one_step_leaves_one_value() {
    let locked = "repeat 2 { lock m; load x; add 1; store x; unlock m }";
    assert_eq!(values(&all_of(&threads(&[locked, locked]))), [4]);
    let spinning = "[[mutex]]\nname = \"m\"\nspin = true\n";
    let whole = text::print(&threads(&[locked, locked]));
    let whole = whole.replacen("[[process]]", &format!("{spinning}[[process]]"), 1);
    assert_eq!(values(&all_of(&text::parse(&whole).scenario)), [4]);
    let atomic = "repeat 3 { atomic x += 1 }";
    assert_eq!(values(&all_of(&threads(&[atomic, atomic, atomic]))), [9]);
}

/// An update across an `await` is lost; without one it never is.
#[test]
fn coroutines_lose_updates_only_across_an_await() {
    let coroutines = |program: &str| {
        let whole = format!(
            "format = 1\n[[process]]\nname = \"app\"\n[[process.thread]]\nname = \"loop\"\n\
             [[process.thread.coroutine]]\nname = \"c\"\ncount = 2\nprogram = \"{program}\"\n"
        );
        let parsed = text::parse(&whole);
        assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
        values(&all_of(&parsed.scenario))
    };
    assert_eq!(coroutines("load x; add 1; store x"), [2]);
    assert_eq!(coroutines("load x; await net 1ms; add 1; store x"), [1]);
}

#[test]
fn time_passes_in_every_way_it_can() {
    // The sleeper may be late, but the one that does not sleep may be as well.
    let found = all_of(&threads(&[
        "sleep 1ms; load x; add 1; store x",
        "load x; add 1; store x",
    ]));
    assert_eq!(values(&found), [1, 2]);
    // Whoever sleeps longer may still come first, if the other is kept from running.
    let found = all_of(&threads(&[
        "sleep 1ms; load x; add 1; store x",
        "sleep 2ms; load y; add 5; store x",
    ]));
    assert_eq!(values(&found), [1, 5, 6]);
}

#[test]
fn attempts_that_make_way_may_go_round_but_have_a_way_out() {
    let polite = |first: &str, second: &str| {
        format!(
            "forever {{ lock {first}
             lock {second} for 1ms {{ unlock {second}; unlock {first}; exit }} else {{ unlock {first} }} }}"
        )
    };
    let found = all_of(&threads(&[&polite("a", "b"), &polite("b", "a")]));
    assert!(found.may_go_on_for_ever && !found.may_never_end);
    assert!(
        found
            .endings
            .iter()
            .all(|end| end.outcome == Outcome::Finished)
    );
    let found = all_of(&threads(&["forever { yield }", "forever { yield }"]));
    assert!(found.may_never_end && found.endings.is_empty());
}

#[test]
fn what_is_given_up_on_is_said() {
    let many = "repeat 1000 { load x; add 1; store x }";
    let found = explore(&threads(&[many, many]), 1_000).expect("it can be explored");
    assert!(
        !found.is_complete && found.states <= 1_010,
        "{}",
        found.states
    );
    let periodic =
        "format = 1\n[[process]]\nname = \"p\"\nperiod = \"5ms\"\nprogram = \"compute 1ms\"";
    let refused = explore(&text::parse(periodic).scenario, ENOUGH);
    let words = refused.expect_err("it has a period").to_string();
    assert!(words.contains("`p`") && words.contains("period"), "{words}");
    let random = threads(&["sleep exponential 1ms"]);
    assert!(explore(&random, ENOUGH).is_err());
}

/// What the other search knows: programs of these, and nothing of the kernel.
#[derive(Clone, Copy, Debug)]
enum Op {
    Load(usize),
    Add(i64),
    Store(usize),
    Atomic(usize, i64),
    Lock(usize),
    Unlock(usize),
}

impl Op {
    fn statement(self) -> StatementKind {
        let variable = |index: usize| ["x", "y"][index].to_owned();
        let mutex = |index: usize| ["a", "b"][index].to_owned();
        match self {
            Op::Load(at) => StatementKind::Load(variable(at)),
            Op::Add(amount) => StatementKind::Add(amount),
            Op::Store(at) => StatementKind::Store(variable(at)),
            Op::Atomic(at, amount) => StatementKind::AtomicAdd {
                variable: variable(at),
                amount,
            },
            Op::Lock(at) => StatementKind::Lock {
                mutex: mutex(at),
                attempt: None,
            },
            Op::Unlock(at) => StatementKind::Unlock(mutex(at)),
        }
    }
}

/// A state of the other search.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Plain {
    at: Vec<usize>,
    registers: Vec<i64>,
    variables: [i64; 2],
    owners: [Option<usize>; 2],
}

/// All ends: what the variables hold, and whether all programs have.
fn plain_endings(programs: &[Vec<Op>]) -> BTreeSet<([i64; 2], bool)> {
    let mut endings = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![Plain {
        at: vec![0; programs.len()],
        registers: vec![0; programs.len()],
        variables: [0; 2],
        owners: [None; 2],
    }];
    while let Some(state) = open.pop() {
        if !seen.insert(state.clone()) {
            continue;
        }
        let mut is_last = true;
        for (index, program) in programs.iter().enumerate() {
            let Some(op) = program.get(state.at[index]) else {
                continue;
            };
            let mut next = state.clone();
            next.at[index] += 1;
            match *op {
                Op::Load(at) => next.registers[index] = next.variables[at],
                Op::Add(amount) => next.registers[index] += amount,
                Op::Store(at) => next.variables[at] = next.registers[index],
                Op::Atomic(at, amount) => next.variables[at] += amount,
                Op::Lock(at) => match next.owners[at] {
                    None => next.owners[at] = Some(index),
                    Some(_) => continue,
                },
                Op::Unlock(at) => {
                    if next.owners[at] == Some(index) {
                        next.owners[at] = None;
                    }
                }
            }
            is_last = false;
            open.push(next);
        }
        if is_last {
            let all_done =
                (0..programs.len()).all(|index| state.at[index] == programs[index].len());
            endings.insert((state.variables, all_done));
        }
    }
    endings
}

fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![
        (0..2_usize).prop_map(Op::Load),
        (1..3_i64).prop_map(Op::Add),
        (0..2_usize).prop_map(Op::Store),
        (0..2_usize, 1..3_i64).prop_map(|(at, amount)| Op::Atomic(at, amount)),
        (0..2_usize).prop_map(Op::Lock),
        (0..2_usize).prop_map(Op::Unlock),
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    /// The explorer finds exactly the ends that a search without a kernel finds, and each one's schedule
    /// leads there.
    #[test]
    fn the_kernel_can_do_what_interleavings_can(
        programs in prop::collection::vec(prop::collection::vec(any_op(), 1..6), 2..4),
    ) {
        let mut scenario = Scenario::default();
        let all = programs.iter().enumerate().map(|(index, ops)| {
            let statements = ops.iter().map(|op| op.statement());
            thread(&format!("t{index}"), 1, program(statements))
        });
        scenario.processes = vec![process("app", Nanos::ZERO, all.collect())];
        // So that both are there, and in this order.
        for name in ["x", "y"] {
            scenario.variables.push(timeslice::scenario::Variable { name: name.to_owned(), value: 0 });
        }
        let found = explore(&scenario, ENOUGH).expect("it can be explored");
        prop_assert!(found.is_complete);
        let endings: BTreeSet<([i64; 2], bool)> = found
            .endings
            .iter()
            .map(|end| ([end.variables[0].1, end.variables[1].1], end.outcome == Outcome::Finished))
            .collect();
        prop_assert_eq!(endings, plain_endings(&programs), "\n{}", shown(&scenario));
        for ending in &found.endings {
            let trace = found.replay(ending);
            prop_assert_eq!(&trace.outcome, &ending.outcome, "\n{}", shown(&scenario));
            prop_assert_eq!(&trace.variables, &ending.variables, "\n{}", shown(&scenario));
        }
    }
}
