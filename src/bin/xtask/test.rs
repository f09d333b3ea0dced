//! `cargo xtask test`: every check, in stages, cheapest first. Stops at the first stage that fails.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::build::{self, Mode};
use crate::environment::{Build, Environment};
use crate::node;
use crate::place;
use crate::run::{Stop, ask, run};
use crate::serve;
use crate::sizes;
use crate::system;
use crate::tools;

/// A stage: its name for `--only`, what it does, and the doing.
type Stage = (&'static str, &'static str, fn() -> Result<(), Stop>);

const STAGES: [Stage; 9] = [
    ("fmt", "the sources are formatted", fmt),
    (
        "clippy",
        "clippy on the native targets, warnings are errors",
        clippy,
    ),
    ("native", "native tests", native),
    (
        "clippy-wasm",
        "clippy on the plain and the shared-memory wasm build, warnings are errors",
        clippy_wasm,
    ),
    (
        "wasm-plain",
        "tests of the plain build in Chromium",
        wasm_plain,
    ),
    (
        "wasm-pool",
        "tests of the shared-memory build in Chromium",
        wasm_pool,
    ),
    ("build", "the release build", || {
        build::ensure(Mode::Release)
    }),
    (
        "sizes",
        "the first load is within its ceiling",
        sizes::command,
    ),
    (
        "e2e",
        "end-to-end tests in Chromium, with and without isolation",
        e2e,
    ),
];

/// Runs all stages, or the one named.
///
/// # Errors
/// At the first stage that fails.
pub(crate) fn command(only: Option<&str>) -> Result<(), Stop> {
    if only.is_some_and(|only| STAGES.iter().all(|(name, ..)| *name != only)) {
        let list: Vec<String> = STAGES
            .iter()
            .map(|(name, what, _)| format!("  {name:<12} {what}"))
            .collect();
        return Err(Stop::told(format!(
            "the stages for `--only` are:\n{}",
            list.join("\n")
        )));
    }
    let mut times: Vec<(&str, Duration)> = Vec::new();
    let mut outcome = Ok(());
    for (name, what, stage) in STAGES
        .iter()
        .filter(|(name, ..)| only.is_none_or(|only| *name == only))
    {
        println!("\n=== {name}: {what}");
        let started = Instant::now();
        outcome = stage();
        times.push((name, started.elapsed()));
        if outcome.is_err() {
            break;
        }
    }
    println!("\n=== time");
    for (name, time) in &times {
        println!("{:>7.1} s  {name}", time.as_secs_f64());
    }
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    println!("{:>7.1} s  in all", total.as_secs_f64());
    let failed = usize::from(outcome.is_err());
    println!("stages: {} passed, {failed} failed", times.len() - failed);
    match (outcome, times.last()) {
        (Err(stop), Some((name, _))) => Err(Stop::told(format!("stage `{name}`: {stop}"))),
        (outcome, _) => outcome,
    }
}

/// The native cargo, at the root of the checkout.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(place::root()).args(arguments);
    command
}

/// Installs a part of the native toolchain that rustup's smaller profiles leave out.
fn ensure_component(component: &str, subcommand: &str) -> Result<(), Stop> {
    if ask(&mut cargo(&[subcommand, "--version"])).is_some() {
        return Ok(());
    }
    eprintln!("Installing {component} with rustup: `cargo {subcommand}` checks the sources.");
    run(Command::new("rustup").args(["component", "add", component])).map_err(|stop| {
        Stop::Missing {
            what: format!("{component} is needed: {stop}"),
            command: format!("rustup component add {component}"),
        }
    })
}

fn fmt() -> Result<(), Stop> {
    ensure_component("rustfmt", "fmt")?;
    run(&mut cargo(&["fmt", "--check"]))
}

fn clippy() -> Result<(), Stop> {
    ensure_component("clippy", "clippy")?;
    run(&mut cargo(&[
        "clippy",
        "--quiet",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    run(&mut cargo(&[
        "clippy",
        "--quiet",
        "--no-default-features",
        "--features",
        "dev",
        "--bin",
        "xtask",
        "--",
        "-D",
        "warnings",
    ]))
}

fn native() -> Result<(), Stop> {
    run(&mut cargo(&["test"]))
}

fn clippy_wasm() -> Result<(), Stop> {
    let environment = Environment::ensure()?;
    environment.ensure_clippy()?;
    for (build, feature, test) in [
        (Build::Plain, "web", "web_plain"),
        (Build::Plain, "web", "web_timeline"),
        (Build::Plain, "web", "web_benchmark"),
        (Build::Shared, "pool", "web_pool"),
    ] {
        run(environment
            .command("cargo", build)
            .args([
                "clippy",
                "--quiet",
                "--target",
                "wasm32-unknown-unknown",
                "--profile",
                Mode::Dev.worker_profile(),
            ])
            .args([
                "--no-default-features",
                "--features",
                feature,
                "--lib",
                "--bins",
                "--test",
                test,
            ])
            .args(["--", "-D", "warnings"]))?;
    }
    Ok(())
}

fn wasm_plain() -> Result<(), Stop> {
    // Each in its own place: the first in a worker, the second in a page.
    wasm_pack(Build::Plain, "web", "web_plain", Mode::Dev)?;
    wasm_pack(Build::Plain, "web", "web_timeline", Mode::Dev)
}

fn wasm_pool() -> Result<(), Stop> {
    wasm_pack(Build::Shared, "pool", "web_pool", Mode::Dev)
}

/// Runs one of the test files that are for a browser.
pub(crate) fn wasm_pack(build: Build, feature: &str, test: &str, mode: Mode) -> Result<(), Stop> {
    let environment = Environment::ensure()?;
    let (_, driver) = system::ensure_browser()?;
    tools::wasm_bindgen()?.ensure()?;
    tools::wasm_pack().ensure()?;
    let mut command = environment.command("wasm-pack", build);
    command
        .args([
            "test",
            "--headless",
            "--chrome",
            "--mode",
            "no-install",
            ".",
        ])
        .args([
            "--no-default-features",
            "--features",
            feature,
            "--test",
            test,
        ])
        .args(["--profile", mode.worker_profile()])
        .env("CHROMEDRIVER", driver)
        // A pool that never becomes ready must end the run.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    if mode == Mode::Release {
        // What a benchmark prints is its result.
        command.args(["--", "--nocapture"]);
    }
    run(&mut command)
}

fn e2e() -> Result<(), Stop> {
    build::ensure(Mode::Release)?;
    let (browser, _) = system::ensure_browser()?;
    node::ensure()?;
    let packages = node::ensure_test_packages()?;
    let runtime = Runtime::new().map_err(Stop::io("starting the servers"))?;
    let isolated = serve::in_background(&runtime, true)?;
    let plain = serve::in_background(&runtime, false)?;
    run(Command::new("node")
        .current_dir(place::root())
        .args(["--test-reporter", "spec"])
        .arg(Path::new("tests/e2e/run.mjs"))
        .env("NODE_PATH", packages)
        .env("TIMESLICE_CHROMIUM", browser)
        .env("TIMESLICE_URL", format!("http://{isolated}/"))
        .env(
            "TIMESLICE_URL_WITHOUT_ISOLATION",
            format!("http://{plain}/"),
        ))
}
