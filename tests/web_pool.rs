//! Tests of the shared-memory wasm build: threads of a real pool in a real browser.
//!
//! `cargo xtask test --only wasm-pool` runs them. The pool is built in a dedicated worker, as in the
//! page: its owner waits for it, and a page's own thread must never wait.
#![cfg(target_arch = "wasm32")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex};

use rayon::prelude::*;
use timeslice::base::Nanos;
use timeslice::exec::threads::{Pool, stop};
use timeslice::exec::waiting::sleep;
use timeslice::exec::{Batch, Capabilities, End, QuietCore, RealModel, clock, plan_with};
use timeslice::scenario::text;
use timeslice::trace::EventKind;
use timeslice::work::Rate;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

thread_local! {
    static IS_BUILT: Cell<bool> = const { Cell::new(false) };
}

/// The pool is built once an instance; the tests, which run one after the other, share it.
async fn pool_of_two() {
    if !IS_BUILT.replace(true) {
        let ready = JsFuture::from(wasm_bindgen_rayon::init_thread_pool(2)).await;
        assert!(ready.is_ok(), "the pool is ready: {ready:?}");
    }
    assert_eq!(rayon::current_num_threads(), 2);
}

#[wasm_bindgen_test]
async fn two_threads_share_the_work_and_the_memory() {
    pool_of_two().await;

    let sum: u64 = (1..=1_000_000_u64)
        .into_par_iter()
        .map(|number| number * number)
        .sum();
    assert_eq!(sum, 333_333_833_333_500_000, "n (n + 1) (2 n + 1) / 6");

    // Both threads must reach the barrier for either to pass it: they really run at once.
    let both = Barrier::new(2);
    let seen = Mutex::new(BTreeSet::new());
    rayon::broadcast(|thread| {
        both.wait();
        let mut seen = seen
            .lock()
            .expect("no thread panics while it holds the lock");
        seen.insert(thread.index());
    });
    assert_eq!(seen.into_inner().ok(), Some(BTreeSet::from([0, 1])));
}

/// A rate at which `compute` is short however slow this build is: these tests are about who does
/// what, never about how fast.
fn slow() -> Rate {
    Rate::measured(1_000_000, Nanos::from_s(1))
}

fn slow_core() -> QuietCore {
    QuietCore {
        rate: slow(),
        spread_permille: 0,
        clock_step: Nanos::from_us(5),
    }
}

/// Runs a scenario's threads on the pool; what happened, how it ended, and whether the work was right.
async fn run(text: &str, limit: Nanos, stop_after: Option<Nanos>) -> (Batch, End, bool) {
    pool_of_two().await;
    let scenario = text::parse(text).scenario;
    let capabilities = Capabilities::from_facts(true, true, 2);
    let mut plan =
        plan_with(&scenario, RealModel::Threads, &capabilities, Some(2)).expect("it can be run");
    let pool = Pool::align(2, slow_core()).expect("both threads answer");
    let from = clock::now();
    let mut run = pool.run(plan.jobs.swap_remove(0), slow(), from, from + limit);
    let mut left = Batch::default();
    loop {
        run.start_due();
        if stop_after.is_some_and(|after| clock::now() >= from + after) {
            stop();
        }
        let end = run.end();
        left.append(run.take());
        if let Some(end) = end {
            return (left, end, run.is_right());
        }
        sleep(Nanos::from_ms(1)).await;
    }
}

fn count(batch: &Batch, kind: EventKind) -> usize {
    batch
        .records
        .iter()
        .filter(|record| record.kind() == Some(kind))
        .count()
}

#[wasm_bindgen_test]
async fn threads_of_the_pool_compute_and_their_results_are_right() {
    let text = r#"
format = 1
[[process]]
name = "a"
program = "compute 50ms"
[[process]]
name = "b"
arrival = "5ms"
program = "compute 20ms; sleep 3ms; compute 20ms"
"#;
    let (left, end, is_right) = run(text, Nanos::from_s(9), None).await;
    assert_eq!((end, is_right), (End::Finished, true));
    assert_eq!(count(&left, EventKind::Finish), 2);
    assert_eq!(count(&left, EventKind::Block), 1);
    let of_b: Vec<u8> = left
        .records
        .iter()
        .filter(|of| of.task.0 == 1)
        .map(|of| of.lane)
        .collect();
    assert!(
        of_b.iter().all(|lane| *lane == of_b[0]),
        "a task stays on its thread: {of_b:?}"
    );
}

/// Both are blocked at once, which one thread could not be.
#[wasm_bindgen_test]
async fn blocked_threads_wait_at_once_on_lanes_of_their_own() {
    let text = "format = 1\n[[process]]\nname = \"a\"\ncount = 2\nprogram = \"sleep 300ms\"\n";
    let (mut left, end, _) = run(text, Nanos::from_s(9), None).await;
    assert_eq!(end, End::Finished);
    left.records.sort_by_key(|record| record.at);
    let kinds: Vec<EventKind> = left
        .records
        .iter()
        .filter_map(|record| record.kind())
        .collect();
    let first_wake = kinds.iter().position(|kind| *kind == EventKind::Wake);
    let blocked = kinds[..first_wake.expect("they wake")].iter();
    assert_eq!(blocked.filter(|kind| **kind == EventKind::Block).count(), 2);
    let lanes: BTreeSet<u8> = left.records.iter().map(|record| record.lane).collect();
    assert_eq!(lanes, BTreeSet::from([0, 1]));
}

#[wasm_bindgen_test]
async fn a_parent_on_one_thread_joins_children_on_others() {
    let text = r#"
format = 1
[[process]]
name = "p"
  [[process.thread]]
  name = "parent"
  program = "spawn child; spawn child; spawn child; join; compute 1ms"
  [[process.thread]]
  name = "child"
  count = 0
  program = "compute 5ms; sleep 2ms"
"#;
    let (left, end, is_right) = run(text, Nanos::from_s(9), None).await;
    assert_eq!((end, is_right), (End::Finished, true));
    assert_eq!(left.spawned.len(), 3);
    assert_eq!(count(&left, EventKind::Finish), 4);
    let numbers: BTreeSet<u32> = left.spawned.iter().map(|spawned| spawned.task.0).collect();
    assert_eq!(numbers.len(), 3, "each has its own number");
}

#[wasm_bindgen_test]
async fn a_word_in_shared_memory_stops_work_and_waits() {
    let text = r#"
format = 1
[[process]]
name = "a"
program = "forever { compute 1ms }"
[[process]]
name = "b"
program = "sleep 9s"
"#;
    let (left, end, _) = run(text, Nanos::from_s(9), Some(Nanos::from_ms(20))).await;
    assert_eq!(end, End::Stopped);
    assert_eq!(count(&left, EventKind::Finish), 0);
    assert_eq!(count(&left, EventKind::Start), 2);
}

#[wasm_bindgen_test]
async fn a_run_ends_at_its_limit() {
    let text = "format = 1\n[[process]]\nname = \"a\"\nprogram = \"sleep 9s\"\n";
    let (_, end, _) = run(text, Nanos::from_ms(30), None).await;
    assert_eq!(end, End::TimeLimit);
}
