//! Tests of the shared-memory wasm build: threads of a real pool in a real browser.
//!
//! `cargo xtask test --only wasm-pool` runs them. The pool is built in a dedicated worker, as in the
//! page: its owner waits for it, and a page's own thread must never wait.
#![cfg(target_arch = "wasm32")]

use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex};

use rayon::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// One test, as the pool is built once an instance and tests share theirs.
#[wasm_bindgen_test]
async fn two_threads_share_the_work_and_the_memory() {
    let ready = JsFuture::from(wasm_bindgen_rayon::init_thread_pool(2)).await;
    assert!(ready.is_ok(), "the pool is ready: {ready:?}");
    assert_eq!(rayon::current_num_threads(), 2);

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
