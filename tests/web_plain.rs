//! Tests of the plain wasm build, in a dedicated worker of a real browser, where the kernel runs too.
//!
//! `cargo xtask test --only wasm-plain` runs them.
#![cfg(target_arch = "wasm32")]

use timeslice::base::{Nanos, Random, parse_bytes};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

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
