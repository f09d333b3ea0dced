//! Tests of the plain wasm build, in a dedicated worker of a real browser, where the kernel runs too.
//!
//! `cargo xtask test --only wasm-plain` runs them.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Int32Array, SharedArrayBuffer};
use timeslice::base::{Nanos, Random, parse_bytes};
use timeslice::exec::station::{calibrate_here, run_part};
use timeslice::exec::{Batch, Capabilities, End, RealModel, clock, plan};
use timeslice::scenario::text;
use timeslice::trace::EventKind;
use timeslice::work::Rate;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[path = "golden/traces.rs"]
mod traces;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// The same file of hashes that the native test is held to.
#[wasm_bindgen_test]
fn traces_are_the_same_on_every_target() {
    traces::check();
}

/// The first draws of a seed, as a 64-bit native build makes them.
#[wasm_bindgen_test]
fn a_seed_gives_the_same_stream_as_natively() {
    let mut random = Random::new(42, 1);
    let drawn: Vec<u64> = (0..4).map(|_| random.bits()).collect();
    let native = [
        3_679_412_060_479_191_269,
        7_542_833_892_341_319_867,
        2_966_212_938_392_051_006,
        15_935_650_158_867_295_887,
    ];
    assert_eq!(drawn, native);
}

/// Pointers are 32 bits wide here; times and sizes must not be.
#[wasm_bindgen_test]
fn times_and_sizes_are_wider_than_a_pointer() {
    assert_eq!(Nanos::parse("10s").map(|time| time.0), Ok(10_000_000_000));
    assert_eq!(parse_bytes("8GiB"), Ok(8 << 30));
}

/// A rate at which `compute` is short however slow this build is: these tests are about who does
/// what in which order, never about how fast.
fn slow() -> Rate {
    Rate::measured(1_000_000, Nanos::from_s(1))
}

/// Runs a scenario's one worker to its end; what happened, and how it ended.
async fn run(text: &str, model: RealModel, until: Nanos, stop: Option<Int32Array>) -> (Batch, End) {
    let scenario = text::parse(text).scenario;
    let capabilities = Capabilities::from_facts(true, true, 2);
    let mut planned = plan(&scenario, model, &capabilities).expect("it can be run");
    let job = planned.jobs.swap_remove(0);
    let left = Rc::new(RefCell::new(Batch::default()));
    let leave = {
        let left = Rc::clone(&left);
        move |batch| left.borrow_mut().append(batch)
    };
    let from = clock::now();
    let (end, is_right) = run_part(job, slow(), (from, from + until), stop, leave).await;
    assert!(is_right, "the work loop gives what so much work gives");
    (left.take(), end)
}

fn count(batch: &Batch, kind: EventKind) -> usize {
    batch
        .records
        .iter()
        .filter(|record| record.kind() == Some(kind))
        .count()
}

const LOOP_OF_A_HUNDRED: &str = r#"
format = 1
[[process]]
name = "server"
  [[process.thread]]
  name = "loop"
    [[process.thread.coroutine]]
    name = "request"
    count = 100
    program = "await network 20ms; compute 10us"
"#;

/// A hundred waits are going on at once before the first one ends: that is what a loop is for.
#[wasm_bindgen_test]
async fn futures_on_one_event_loop_wait_at_once() {
    let (left, end) = run(
        LOOP_OF_A_HUNDRED,
        RealModel::Coroutines,
        Nanos::from_s(9),
        None,
    )
    .await;
    assert_eq!(end, End::Finished);
    let first_wake = left
        .records
        .iter()
        .position(|record| record.kind() == Some(EventKind::Wake));
    let before = &left.records[..first_wake.expect("they wake")];
    let suspended = before
        .iter()
        .filter(|record| record.kind() == Some(EventKind::Suspend));
    assert_eq!(suspended.count(), 100);
    assert_eq!(count(&left, EventKind::CoroutineFinish), 100);
    assert_eq!(count(&left, EventKind::Finish), 1);
    assert_eq!(
        left.records.last().and_then(|record| record.kind()),
        Some(EventKind::Finish)
    );
}

/// The slicer's worker sleeps when all its tasks wait, and each finishes with its work done.
#[wasm_bindgen_test]
async fn tasks_take_turns_on_one_worker() {
    let text = r#"
format = 1
[scheduler]
quantum = "1ms"
[[process]]
name = "a"
program = "repeat 3 { compute 5ms; io disk 2ms }"
[[process]]
name = "b"
program = "compute 20ms"
"#;
    let (left, end) = run(text, RealModel::Sliced, Nanos::from_s(9), None).await;
    assert_eq!(end, End::Finished);
    assert_eq!(count(&left, EventKind::Finish), 2);
    assert_eq!(count(&left, EventKind::Block), 3);
    assert_eq!(count(&left, EventKind::Wake), 3);
    let leaves = count(&left, EventKind::Preempt) + 3 + 2;
    assert_eq!(
        count(&left, EventKind::Start),
        leaves,
        "who starts also leaves"
    );
}

/// A flag in shared memory ends a worker in the middle of its work, and in the middle of a wait.
#[wasm_bindgen_test]
async fn a_flag_stops_work_and_waits() {
    for (program, model) in [
        ("forever { compute 1ms }", RealModel::Processes),
        ("sleep 9s", RealModel::Processes),
        ("sleep 9s", RealModel::Coroutines),
    ] {
        let flag = Int32Array::new(&SharedArrayBuffer::new(4));
        js_sys::Atomics::store(&flag, 0, 1).expect("an array over shared memory");
        let text = format!("format = 1\n[[process]]\nname = \"a\"\nprogram = \"{program}\"\n");
        let (_, end) = run(&text, model, Nanos::from_s(9), Some(flag)).await;
        assert_eq!(end, End::Stopped, "{program}");
    }
}

/// What does not end by itself ends at its limit.
#[wasm_bindgen_test]
async fn a_run_ends_at_its_limit() {
    let text = "format = 1\n[[process]]\nname = \"a\"\nprogram = \"forever { yield }\"\n";
    for model in [RealModel::Processes, RealModel::Coroutines] {
        let (left, end) = run(text, model, Nanos::from_ms(30), None).await;
        assert!(
            matches!(end, End::TimeLimit | End::TooManyEvents),
            "{end:?}"
        );
        assert!(!left.is_empty());
    }
}

/// A calibration comes to an end, with a clock that steps and a loop that works.
#[wasm_bindgen_test]
fn the_core_and_the_clock_are_measured() {
    let found = calibrate_here();
    assert!(found.rate.steps_per_s() > 1_000, "{found:?}");
    assert!(
        found.clock_step > Nanos::ZERO && found.clock_step <= Nanos::from_ms(10),
        "{found:?}"
    );
}
