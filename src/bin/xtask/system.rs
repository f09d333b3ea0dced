//! Debian's packages: which are needed for what, and installing them where that is allowed.
//!
//! Called by `toolchain`, `node` and `test`. Knows apt and nothing else.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::run::{Stop, ask, on_path, run_aside};

/// Debian's browser and its driver; the fonts make text in screenshots readable on a bare machine.
pub(crate) const BROWSER_PACKAGES: &[&str] = &["chromium", "chromium-driver", "fonts-liberation"];

/// The browser that runs the browser tests.
pub(crate) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(on_path)
}

/// The driver through which `wasm-pack test` steers the browser.
pub(crate) fn chromedriver() -> Option<PathBuf> {
    std::env::var_os("CHROMEDRIVER")
        .map(PathBuf::from)
        .or_else(|| on_path("chromedriver"))
}

/// Installs the browser and its driver when one of them is missing; gives both.
///
/// # Errors
/// When they are missing and may not be installed.
pub(crate) fn ensure_browser() -> Result<(PathBuf, PathBuf), Stop> {
    if chromium().is_none() || chromedriver().is_none() {
        install(
            BROWSER_PACKAGES,
            "Debian's browser and its driver run the tests in a real browser",
        )?;
    }
    chromium().zip(chromedriver()).ok_or_else(|| {
        Stop::told("chromium or chromedriver is still not on the PATH after its installation")
    })
}

/// The command that installs these packages, for a person to type.
pub(crate) fn command_for(packages: &[&str]) -> String {
    format!(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    )
}

/// Installs packages, saying in one line which and why.
///
/// # Errors
/// When this is no Debian, the user is not root, or apt fails: with the exact command to run.
pub(crate) fn install(packages: &[&str], why: &str) -> Result<(), Stop> {
    static LISTS_ARE_FRESH: AtomicBool = AtomicBool::new(false);
    let missing = || Stop::Missing {
        what: format!("missing: {} ({why})", packages.join(" ")),
        command: command_for(packages),
    };
    if !may_install() {
        return Err(missing());
    }
    eprintln!("Installing {} with apt: {why}.", packages.join(" "));
    if !LISTS_ARE_FRESH.swap(true, Ordering::Relaxed) {
        // A failure here is not the end: the lists that are there may do.
        let _ = run_aside(apt().args(["update", "-qq"]));
    }
    run_aside(
        apt()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages),
    )
    .map_err(|_| missing())
}

/// Whether this is a Debian and we are root on it.
pub(crate) fn may_install() -> bool {
    Path::new("/etc/debian_version").exists()
        && on_path("apt-get").is_some()
        && ask(Command::new("id").arg("-u")).as_deref() == Some("0")
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(std::process::Stdio::null());
    command
}
