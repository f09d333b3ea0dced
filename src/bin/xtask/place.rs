//! Where things are: the checkout, its build folders, and the per-user cache that outlives checkouts.
//!
//! Only paths; what is put there is decided by `tools`, `toolchain`, `build` and `workers`.

use std::env;
use std::path::PathBuf;

use crate::run::Stop;

/// The root of the checkout, where `Cargo.toml` lies.
///
/// `cargo run` tells it; a hook or a script that starts the program directly must start it there.
pub(crate) fn root() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .filter(|folder| folder.join("src/bin/xtask").is_dir())
        .or_else(|| env::current_dir().ok())
        .unwrap_or_else(|| PathBuf::from("."))
}

/// What a host serves.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Cargo's target folder for one of the wasm builds, apart from the native one because two compilers
/// in one folder rebuild each other's work. The two wasm builds are apart as well: a stable compiler
/// that is allowed unstable options for one of them makes build scripts, and all that follows from
/// them, out of date for the other.
pub(crate) fn wasm_target(build: &str) -> PathBuf {
    root().join("target").join(build)
}

/// Outputs and stamps of the build steps: `target/xtask`.
pub(crate) fn work() -> PathBuf {
    root().join("target/xtask")
}

/// The per-user cache: `$XDG_CACHE_HOME/timeslice`, else `~/.cache/timeslice`.
///
/// # Errors
/// When neither variable is set.
pub(crate) fn cache() -> Result<PathBuf, Stop> {
    let absolute = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .map(|base| base.join("timeslice"))
        .ok_or_else(|| Stop::told("neither XDG_CACHE_HOME nor HOME names a folder for the tools"))
}
