//! Node.js, its package manager, and the packages of the end-to-end tests.
//!
//! `wasm-opt` runs on it, the end-to-end tests run on it, and its Brotli measures sizes. Called by
//! `tools`, `test`, `sizes` and `doctor`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::fingerprint;
use crate::place;
use crate::run::{Stop, ask, run_aside, write};
use crate::system;
use crate::tools::{Version, lock};

/// Debian 12's version; older ones lack the test runner that the end-to-end tests use.
pub(crate) const OLDEST: Version = Version([18, 13, 0]);
/// Debian's packages.
pub(crate) const PACKAGES: &[&str] = &["nodejs", "npm"];

/// The version of Node.js that is there.
pub(crate) fn version() -> Option<Version> {
    Version::of(Command::new("node").arg("--version"))
}

/// The version of npm that is there.
pub(crate) fn npm_version() -> Option<Version> {
    Version::of(Command::new("npm").arg("--version"))
}

/// Installs Node.js and npm when they are missing or too old.
///
/// # Errors
/// When that is not allowed, with the exact command to run.
pub(crate) fn ensure() -> Result<(), Stop> {
    let good = || version().is_some_and(|version| version >= OLDEST) && npm_version().is_some();
    if !good() {
        system::install(PACKAGES, "wasm-opt and the end-to-end tests run on Node.js")?;
    }
    if good() {
        return Ok(());
    }
    Err(Stop::told(format!(
        "Node.js {OLDEST} or newer with npm is needed, and what is on the PATH is older"
    )))
}

/// npm, told to keep registry addresses out of lock files.
pub(crate) fn npm() -> Command {
    let mut command = Command::new("npm");
    command
        .env("npm_config_omit_lockfile_registry_resolved", "true")
        .env("npm_config_update_notifier", "false");
    command
}

/// The folder of the end-to-end tests' packages, for `NODE_PATH`; installs them when they are missing.
///
/// They lie in the cache under a name made from the lock file, so that a changed lock installs anew.
///
/// # Errors
/// When npm fails.
pub(crate) fn ensure_test_packages() -> Result<PathBuf, Stop> {
    let folder = test_packages()?;
    let stamp = folder.join("installed");
    if stamp.exists() {
        return Ok(folder.join("node_modules"));
    }
    let _lock = lock()?;
    if !stamp.exists() {
        eprintln!(
            "Installing playwright-core and axe-core into the cache: the end-to-end tests drive the browser with them."
        );
        fs::create_dir_all(&folder).map_err(Stop::io(format!("making {}", folder.display())))?;
        for name in ["package.json", "package-lock.json"] {
            let from = place::root().join("tests/e2e").join(name);
            fs::copy(&from, folder.join(name))
                .map_err(Stop::io(format!("copying {}", from.display())))?;
        }
        run_aside(npm().current_dir(&folder).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--silent",
        ]))
        .map_err(|stop| Stop::Missing {
            what: format!("the end-to-end tests need their npm packages: {stop}"),
            command: format!("cd {} && npm ci --ignore-scripts", folder.display()),
        })?;
        write(&stamp, "")?;
    }
    Ok(folder.join("node_modules"))
}

/// Where the end-to-end tests' packages lie, or would lie.
///
/// # Errors
/// When the lock file cannot be read.
pub(crate) fn test_packages() -> Result<PathBuf, Stop> {
    let tests = place::root().join("tests/e2e");
    let inputs = [tests.join("package.json"), tests.join("package-lock.json")];
    Ok(place::cache()?
        .join("tools")
        .join(format!("e2e-{}", fingerprint::of_files(&inputs, "")?)))
}

/// The version of an installed package of the end-to-end tests.
pub(crate) fn test_package_version(name: &str) -> Option<Version> {
    let manifest = test_packages()
        .ok()?
        .join("node_modules")
        .join(name)
        .join("package.json");
    ask(Command::new("node")
        .args([
            "--print",
            "JSON.parse(fs.readFileSync(process.argv[1])).version",
        ])
        .arg(manifest))
    .and_then(|text| Version::in_text(&text))
}
