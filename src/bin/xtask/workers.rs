//! Builds the two kinds of worker: the plain worker and the shared-memory pool.
//!
//! Each goes to `target/xtask/MODE/NAME` and is copied from there into Trunk's staging folder, because
//! Trunk replaces `dist/` as a whole. Trunk's hook (`Trunk.toml`) calls this, so that `trunk serve` gives
//! a whole page too; `build` calls it to learn what the workers are made of.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::Mode;
use crate::environment::{Build, Environment};
use crate::fingerprint;
use crate::place;
use crate::run::{Stop, copy_folder, run};
use crate::tools;

/// What `wasm-opt` may assume of a browser: all that every current one can do.
pub(crate) const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// One kind of worker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worker {
    /// The name of its binary, and of its folder in `dist/`.
    pub(crate) name: &'static str,
    /// Which of the two builds it belongs to.
    build: Build,
    /// The feature of the package that fences it.
    feature: &'static str,
    /// Sources that it cannot contain: what other binaries are made of, and what its feature fences off.
    not_from: &'static [&'static str],
}

/// Both kinds.
pub(crate) const WORKERS: [Worker; 2] = [
    Worker {
        name: "worker",
        build: Build::Plain,
        feature: "web",
        not_from: &[
            "src/main.rs",
            "src/ui",
            "src/bin/pool.rs",
            "src/bin/timeslice.rs",
            "src/bin/xtask",
        ],
    },
    Worker {
        name: "pool",
        build: Build::Shared,
        feature: "pool",
        not_from: &[
            "src/main.rs",
            "src/ui",
            "src/bin/worker.rs",
            "src/bin/timeslice.rs",
            "src/bin/xtask",
        ],
    },
];

impl Worker {
    /// Where its finished files lie.
    fn output(&self, mode: Mode) -> PathBuf {
        place::work().join(mode.name()).join(self.name)
    }

    /// A fingerprint of all that goes into it.
    ///
    /// # Errors
    /// When a source cannot be read.
    pub(crate) fn fingerprint(
        &self,
        mode: Mode,
        environment: &Environment,
    ) -> Result<String, Stop> {
        let root = place::root();
        let mut files = fingerprint::files_under(&root.join("src"))?;
        files.retain(|file| {
            !self
                .not_from
                .iter()
                .any(|not| file.starts_with(root.join(not)))
        });
        // Texts that the source includes; scripts, styles and pictures are served as they are.
        let mut texts = fingerprint::files_under(&root.join("static"))?;
        texts.retain(|file| {
            file.extension().is_some_and(|kind| {
                ["toml", "md", "txt", "json", "ftl"]
                    .iter()
                    .any(|k| kind == *k)
            })
        });
        files.extend(texts);
        files.extend([root.join("Cargo.toml"), root.join("Cargo.lock")]);
        let more = [
            environment.toolchain.identity(),
            self.build.rustflags(),
            mode.name().to_owned(),
            tools::wasm_bindgen()?.version,
            tools::wasm_opt().version,
        ];
        fingerprint::of_files(&files, &more.join(" "))
    }

    /// Builds it, unless nothing that goes into it has changed.
    fn build(&self, mode: Mode, environment: &Environment) -> Result<(), Stop> {
        let step = format!("{}-{}", self.name, mode.name());
        let fingerprint = self.fingerprint(mode, environment)?;
        let output = self.output(mode);
        if output.is_dir() && fingerprint::is_current(&step, &fingerprint) {
            return Ok(());
        }
        println!("Building the {} ({}).", self.name, mode.name());
        fingerprint::forget(&step);
        tools::wasm_bindgen()?.ensure()?;
        let profile = mode.worker_profile();
        run(environment
            .command("cargo", self.build)
            .args([
                "build",
                "--quiet",
                "--target",
                "wasm32-unknown-unknown",
                "--no-default-features",
            ])
            .args([
                "--features",
                self.feature,
                "--bin",
                self.name,
                "--profile",
                profile,
            ]))?;
        let wasm = self
            .build
            .target()
            .join("wasm32-unknown-unknown")
            .join(profile)
            .join(format!("{}.wasm", self.name));
        if output.exists() {
            fs::remove_dir_all(&output)
                .map_err(Stop::io(format!("clearing {}", output.display())))?;
        }
        let mut bindgen = environment.command("wasm-bindgen", self.build);
        bindgen
            .args([
                "--target",
                "web",
                "--no-typescript",
                "--out-name",
                self.name,
                "--out-dir",
            ])
            .arg(&output)
            .arg(&wasm);
        if mode == Mode::Release {
            bindgen.args(["--remove-name-section", "--remove-producers-section"]);
        }
        run(&mut bindgen)?;
        if mode == Mode::Release {
            self.optimise(&output.join(format!("{}_bg.wasm", self.name)), environment)?;
        }
        fingerprint::remember(&step, &fingerprint)
    }

    /// Runs `wasm-opt` for speed: the kernel and the real work run here.
    fn optimise(&self, wasm: &Path, environment: &Environment) -> Result<(), Stop> {
        tools::wasm_opt().ensure()?;
        let mut command: Command = environment.command("wasm-opt", self.build);
        command.arg("-O3").args(WASM_FEATURES);
        if self.build == Build::Shared {
            command.arg("--enable-threads");
        }
        run(command.arg("-o").arg(wasm).arg(wasm))
    }
}

/// `xtask workers`: builds both and copies them to where Trunk gathers the page.
///
/// # Errors
/// When Trunk has not said where that is, or a build fails.
pub(crate) fn command() -> Result<(), Stop> {
    let Some(staging) = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from) else {
        return Err(Stop::told(
            "`workers` is called by Trunk's hook; use `cargo xtask build`",
        ));
    };
    let mode = if env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile == "release") {
        Mode::Release
    } else {
        Mode::Dev
    };
    let environment = Environment::ensure()?;
    for worker in WORKERS {
        worker.build(mode, &environment)?;
        copy_folder(&worker.output(mode), &staging.join(worker.name))?;
    }
    Ok(())
}
