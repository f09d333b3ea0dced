//! Builds everything that a host serves: `cargo xtask build`.
//!
//! Trunk builds the page and calls `workers` through its hook. This module installs what they need and
//! skips all of it when nothing that goes into `dist/` has changed. `serve` and `test` call it.

use crate::environment::{Build, Environment};
use crate::fingerprint;
use crate::place;
use crate::run::{self, Stop, run};
use crate::tools;
use crate::workers::WORKERS;

/// How a build is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As released: small and fast, slow to build.
    Release,
    /// For the inner loop: quick to build, not optimised further.
    Dev,
}

impl Mode {
    /// Its name in folders and messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    /// The profile of `Cargo.toml` for workers. The page's profiles are named in `index.html`.
    pub(crate) fn worker_profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-worker",
            Self::Dev => "wasm-dev",
        }
    }
}

/// `cargo xtask build`.
///
/// # Errors
/// As [`ensure`].
pub(crate) fn command(mode: Mode) -> Result<(), Stop> {
    ensure(mode)?;
    println!(
        "{} is up to date ({}).",
        place::dist().display(),
        mode.name()
    );
    Ok(())
}

/// Brings `dist/` up to date.
///
/// # Errors
/// When something is missing and may not be installed, or the build fails.
pub(crate) fn ensure(mode: Mode) -> Result<(), Stop> {
    let environment = Environment::ensure()?;
    // Two builds of one checkout would write into each other's `dist/`: the second waits, and mostly finds nothing to do.
    let _lock = run::lock(&place::work().join("lock"))?;
    let fingerprint = page_fingerprint(mode, &environment)?;
    // One stamp for both modes: they share `dist/`.
    let step = "dist";
    if place::dist().join("index.html").is_file() && fingerprint::is_current(step, &fingerprint) {
        return Ok(());
    }
    fingerprint::forget(step);
    tools::wasm_bindgen()?.ensure()?;
    tools::trunk().ensure()?;
    if mode == Mode::Release {
        tools::wasm_opt().ensure()?;
    }
    println!("Building the page ({}).", mode.name());
    let mut trunk = environment.command("trunk", Build::Plain);
    trunk.args(["--log", "warn", "build"]);
    // Trunk reads NO_COLOR as a flag of its own and stops at values other than true and false.
    trunk.env_remove("NO_COLOR");
    if mode == Mode::Release {
        trunk.arg("--release");
    }
    run(&mut trunk)?;
    fingerprint::remember(step, &fingerprint)
}

/// A fingerprint of all that goes into `dist/`.
fn page_fingerprint(mode: Mode, environment: &Environment) -> Result<String, Stop> {
    let root = place::root();
    let mut files = fingerprint::files_under(&root.join("src"))?;
    files.retain(|file| {
        !["src/bin/xtask", "src/bin/timeslice.rs"]
            .iter()
            .any(|not| file.starts_with(root.join(not)))
    });
    files.extend(fingerprint::files_under(&root.join("static"))?);
    files.extend(
        ["Cargo.toml", "Cargo.lock", "Trunk.toml", "index.html"].map(|name| root.join(name)),
    );
    let mut more = vec![mode.name().to_owned(), tools::trunk().version];
    for worker in WORKERS {
        more.push(worker.fingerprint(mode, environment)?);
    }
    fingerprint::of_files(&files, &more.join(" "))
}
