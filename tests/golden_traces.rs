//! A scenario and its seed determine the trace byte for byte, on every target: the same hashes hold
//! here, in debug and in release, and in the browser (`tests/web_plain.rs`).

#![cfg(not(target_arch = "wasm32"))]

#[path = "golden/traces.rs"]
mod traces;

#[test]
fn traces_are_the_same_on_every_target() {
    traces::check();
}
