//! The usual mixes of `timeslice::benchmark`, timed in a worker of a real browser. Prints; asserts only
//! that the kernel and the bare loop did the same work.
//!
//! `cargo xtask bench` runs it, in the profile that the workers of the page are built with.
#![cfg(target_arch = "wasm32")]

use timeslice::benchmark::{Measured, Mix, measure};
use timeslice::exec::clock;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn the_usual_mixes() {
    let mut now = || clock::now().0;
    console_log!("{}", Measured::HEADING);
    for mix in Mix::USUAL {
        let measured = measure(mix, 9, &mut now);
        console_log!("{}", measured.line(mix));
        if !mix.jittered {
            assert_eq!(measured.kernel.slices, measured.bare.slices, "{mix:?}");
        }
    }
}
