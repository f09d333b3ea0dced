//! The environment in which the wasm toolchain and its tools run: the `PATH`, the flags of the two
//! builds, and where their output goes.
//!
//! `build`, `workers` and `test` run programs in it; `cargo xtask env` prints it for a shell.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::place;
use crate::run::Stop;
use crate::toolchain::{self, Toolchain};
use crate::tools;

/// The two wasm builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// Page and plain workers: needs no isolation, runs anywhere.
    Plain,
    /// The pool: threads over one shared memory.
    Shared,
}

/// The shared memory can grow to this many bytes; it must be told when linking.
const SHARED_MEMORY_LIMIT: u32 = 256 << 20;

impl Build {
    /// Cargo's target folder for this build.
    pub(crate) fn target(self) -> PathBuf {
        place::wasm_target(match self {
            Self::Plain => "wasm",
            Self::Shared => "wasm-shared",
        })
    }

    /// What the compiler is told for this build.
    pub(crate) fn rustflags(self) -> String {
        if self == Self::Plain {
            return String::new();
        }
        // wasm-bindgen gives each thread its own stack and thread-local storage, and needs these exports to do so.
        let exports = [
            "__heap_base",
            "__wasm_init_tls",
            "__tls_size",
            "__tls_align",
            "__tls_base",
        ];
        let mut flags = vec![
            "-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals".to_owned(),
            "-Clink-arg=--shared-memory".to_owned(),
            "-Clink-arg=--import-memory".to_owned(),
            format!("-Clink-arg=--max-memory={SHARED_MEMORY_LIMIT}"),
        ];
        flags.extend(exports.map(|name| format!("-Clink-arg=--export={name}")));
        flags.join(" ")
    }
}

/// The wasm toolchain together with the tools that were ensured.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    /// The toolchain in use.
    pub(crate) toolchain: Toolchain,
    path: OsString,
}

impl Environment {
    /// Installs the toolchain if need be. The tools on its `PATH` must be ensured by whoever runs them.
    ///
    /// # Errors
    /// When the toolchain is missing and may not be installed.
    pub(crate) fn ensure() -> Result<Self, Stop> {
        let toolchain = toolchain::ensure()?;
        let mut folders: Vec<PathBuf> = vec![toolchain.bin.clone()];
        for tool in tools::all()? {
            folders.push(tool.bin()?);
        }
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let path = env::join_paths(folders).map_err(|error| {
            Stop::told(format!("a folder of tools cannot be on the PATH: {error}"))
        })?;
        Ok(Self { toolchain, path })
    }

    /// The variables that differ from the surrounding ones.
    pub(crate) fn variables(&self, build: Build) -> Vec<(&'static str, OsString)> {
        let mut variables: Vec<(&'static str, OsString)> = vec![
            ("PATH", self.path.clone()),
            ("CARGO", self.toolchain.bin.join("cargo").into()),
            // clippy-driver starts the compiler by itself and would not find our root.
            ("SYSROOT", self.toolchain.sysroot.clone().into()),
            ("CARGO_TARGET_DIR", build.target().into()),
            (
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
                self.toolchain.linker.clone().into(),
            ),
            (
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                build.rustflags().into(),
            ),
            // Trunk looks for its tools on the PATH and nowhere else.
            ("TRUNK_OFFLINE", "true".into()),
            ("TRUNK_SKIP_VERSION_CHECK", "true".into()),
        ];
        if build == Build::Shared || !self.toolchain.has_wasm_std {
            // Building the standard library needs an unstable option, which this allows in a stable compiler.
            variables.push(("RUSTC_BOOTSTRAP", "1".into()));
            variables.push(("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".into()));
        }
        if let Ok(program) = env::current_exe() {
            // Trunk's hook calls us back; a `cargo xtask` in this environment would build us with the wrong compiler.
            variables.push(("TIMESLICE_XTASK", program.into()));
        }
        variables
    }

    /// Installs the toolchain's clippy if need be.
    ///
    /// # Errors
    /// When it is missing and may not be installed.
    pub(crate) fn ensure_clippy(&self) -> Result<(), Stop> {
        self.toolchain.ensure_clippy()
    }

    /// A program to be run in this environment, at the root of the checkout.
    pub(crate) fn command(&self, program: &str, build: Build) -> Command {
        // The program is looked up on the surrounding PATH, so name it in full where it is ours.
        let found = env::split_paths(&self.path)
            .map(|folder| folder.join(program))
            .find(|file| file.is_file());
        let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from(program)));
        command
            .current_dir(place::root())
            .envs(self.variables(build));
        for name in [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "RUSTUP_TOOLCHAIN",
            "RUSTC",
            "CARGO_BUILD_TARGET",
        ] {
            command.env_remove(name);
        }
        command
    }
}

/// `cargo xtask env`.
///
/// # Errors
/// When the toolchain or a tool is missing and may not be installed.
pub(crate) fn command(shared: bool) -> Result<(), Stop> {
    let environment = Environment::ensure()?;
    for tool in tools::all()? {
        tool.ensure()?;
    }
    let build = if shared { Build::Shared } else { Build::Plain };
    println!(
        "# eval \"$(cargo xtask env{})\"",
        if shared { " --shared" } else { "" }
    );
    for (name, value) in environment.variables(build) {
        println!(
            "export {name}='{}'",
            value.to_string_lossy().replace('\'', r"'\''")
        );
    }
    if let Some(driver) = crate::system::chromedriver() {
        println!("export CHROMEDRIVER='{}'", driver.display());
    }
    Ok(())
}
