//! `cargo xtask bench`: the kernel beside the bare loop, natively and in Chromium, one after the other. It
//! prints and asserts nothing.

use crate::build::Mode;
use crate::environment::Build;
use crate::run::{Stop, run};
use crate::test::{cargo, wasm_pack};

/// Runs both.
///
/// # Errors
/// If one of them does not build or run.
pub(crate) fn command() -> Result<(), Stop> {
    println!("=== natively");
    run(&mut cargo(&["bench", "--bench", "kernel"]))?;
    println!("\n=== in Chromium, built as the page's workers are");
    wasm_pack(Build::Plain, "web", "web_benchmark", Mode::Release)
}
