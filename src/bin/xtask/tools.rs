//! The tools that are built or fetched into the per-user cache, each in `tools/NAME-VERSION`.
//!
//! A tool is there when its stamp is; the stamp is written only after the tool has said its version.
//! Used by `environment`, `workers`, `build`, `test` and `doctor`.

use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place;
use crate::run::{self, Stop, ask, run_aside, write};

/// A version in three numbers; what follows them does not matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) [u32; 3]);

impl Version {
    /// The first thing in a text that looks like a version.
    pub(crate) fn in_text(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.')
            .find_map(|word| {
                let mut numbers = word.split('.').map(|number| number.parse().ok());
                let mut next = || numbers.next().flatten();
                Some(Self([next()?, next().unwrap_or(0), next().unwrap_or(0)]))
            })
    }

    /// The version that a program prints.
    pub(crate) fn of(command: &mut Command) -> Option<Self> {
        Self::in_text(&ask(command)?)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// Where a tool comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// `cargo install`, with these further arguments.
    Cargo(&'static [&'static str]),
    /// An npm package.
    Npm,
}

/// One tool of the cache.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    /// The package's name.
    pub(crate) name: &'static str,
    /// The exact version.
    pub(crate) version: String,
    /// The program to run.
    pub(crate) program: &'static str,
    /// What it is for, in half a sentence.
    pub(crate) why: &'static str,
    source: Source,
}

/// Builds the page. Locked, as its newest dependencies no longer compile together.
pub(crate) fn trunk() -> Tool {
    Tool {
        name: "trunk",
        version: "0.21.14".to_owned(),
        program: "trunk",
        why: "it builds the page",
        source: Source::Cargo(&["--locked", "--no-default-features", "--features", "rustls"]),
    }
}

/// Writes the JavaScript around a wasm file. Its version must be the library's, so `Cargo.lock` tells it.
///
/// # Errors
/// When `Cargo.lock` cannot be read or names no `wasm-bindgen`.
pub(crate) fn wasm_bindgen() -> Result<Tool, Stop> {
    Ok(Tool {
        name: "wasm-bindgen-cli",
        version: locked_version("wasm-bindgen")?,
        program: "wasm-bindgen",
        why: "it writes the JavaScript between the browser and Rust",
        source: Source::Cargo(&[]),
    })
}

/// Runs Rust tests in a browser.
pub(crate) fn wasm_pack() -> Tool {
    Tool {
        name: "wasm-pack",
        version: "0.15.1".to_owned(),
        program: "wasm-pack",
        why: "it runs the Rust tests in a real browser",
        source: Source::Cargo(&[]),
    }
}

/// Makes wasm files smaller and faster.
pub(crate) fn wasm_opt() -> Tool {
    Tool {
        name: "binaryen",
        version: "132.0.0".to_owned(),
        program: "wasm-opt",
        why: "its wasm-opt makes the release build smaller and faster",
        source: Source::Npm,
    }
}

/// All of them.
///
/// # Errors
/// As [`wasm_bindgen`].
pub(crate) fn all() -> Result<[Tool; 4], Stop> {
    Ok([trunk(), wasm_bindgen()?, wasm_pack(), wasm_opt()])
}

/// The version of a package in `Cargo.lock`.
fn locked_version(package: &str) -> Result<String, Stop> {
    let path = place::root().join("Cargo.lock");
    let text =
        fs::read_to_string(&path).map_err(Stop::io(format!("reading {}", path.display())))?;
    let lock: toml_edit::DocumentMut = text
        .parse()
        .map_err(|error| Stop::told(format!("{} is broken: {error}", path.display())))?;
    let packages = lock
        .get("package")
        .and_then(toml_edit::Item::as_array_of_tables);
    packages
        .and_then(|packages| {
            packages
                .iter()
                .find(|entry| entry.get("name").and_then(|n| n.as_str()) == Some(package))
        })
        .and_then(|entry| entry.get("version")?.as_str())
        .map(str::to_owned)
        .ok_or_else(|| Stop::told(format!("{} names no version of {package}", path.display())))
}

impl Tool {
    fn folder(&self) -> Result<PathBuf, Stop> {
        Ok(place::cache()?
            .join("tools")
            .join(format!("{}-{}", self.name, self.version)))
    }

    /// The folder that goes on the `PATH`.
    ///
    /// # Errors
    /// When there is no cache folder.
    pub(crate) fn bin(&self) -> Result<PathBuf, Stop> {
        Ok(self.folder()?.join(match self.source {
            Source::Cargo(_) => "bin",
            Source::Npm => "node_modules/.bin",
        }))
    }

    /// What the installed program says its version is, if it is there.
    pub(crate) fn installed(&self) -> Option<Version> {
        let program = self.bin().ok()?.join(self.program);
        program
            .exists()
            .then(|| Version::of(Command::new(program).arg("--version")))?
    }

    /// The command that installs it, for a person to type.
    ///
    /// # Errors
    /// When there is no cache folder.
    pub(crate) fn command(&self) -> Result<String, Stop> {
        let folder = self.folder()?;
        Ok(match self.source {
            Source::Cargo(more) => {
                let words = [&["cargo", "install", "--debug", self.name], more]
                    .concat()
                    .join(" ");
                format!(
                    "{words} --version {} --root {}",
                    self.version,
                    folder.display()
                )
            }
            Source::Npm => {
                format!(
                    "npm install --no-save --prefix {} {}@{}",
                    folder.display(),
                    self.name,
                    self.version
                )
            }
        })
    }

    /// Installs the tool unless it is there in the right version.
    ///
    /// # Errors
    /// When it cannot be installed: with the exact command to run.
    pub(crate) fn ensure(&self) -> Result<(), Stop> {
        let folder = self.folder()?;
        let stamp = folder.join("installed-version");
        let there =
            || stamp.exists() && self.bin().is_ok_and(|bin| bin.join(self.program).exists());
        if there() {
            return Ok(());
        }
        // Two checkouts may want the same tool at once: the second waits, then finds it.
        let _lock = lock()?;
        if there() {
            return Ok(());
        }
        let wanted = Version::in_text(&self.version);
        if self.installed() != wanted {
            eprintln!(
                "Installing {} {} into the cache: {}.",
                self.name, self.version, self.why
            );
            self.install(&folder)?;
        }
        let found = self.installed();
        if found != wanted {
            let found = found.map_or_else(|| "none".to_owned(), |version| version.to_string());
            return Err(Stop::told(format!(
                "{} should be {} after its installation, but says {found}; delete {} and try again",
                self.program,
                self.version,
                folder.display()
            )));
        }
        write(&stamp, &format!("{}\n", self.version))
    }

    fn install(&self, folder: &Path) -> Result<(), Stop> {
        let done = match self.source {
            Source::Cargo(more) => run_aside(
                Command::new("cargo")
                    // Away from the checkout, whose cargo configuration must not bear on the tools.
                    .current_dir(place::cache()?)
                    .args([
                        "install",
                        "--quiet",
                        "--debug",
                        self.name,
                        "--version",
                        &self.version,
                    ])
                    .args(more)
                    .arg("--root")
                    .arg(folder)
                    .env("CARGO_TARGET_DIR", place::cache()?.join("build"))
                    .env("CARGO_INCREMENTAL", "0")
                    .env("CARGO_PROFILE_DEV_DEBUG", "0")
                    .env_remove("RUSTFLAGS"),
            ),
            Source::Npm => {
                crate::node::ensure()?;
                fs::create_dir_all(folder)
                    .map_err(Stop::io(format!("making {}", folder.display())))?;
                run_aside(
                    crate::node::npm()
                        .current_dir(folder)
                        .args([
                            "install",
                            "--no-save",
                            "--no-audit",
                            "--no-fund",
                            "--silent",
                            "--prefix",
                            ".",
                        ])
                        .arg(format!("{}@{}", self.name, self.version)),
                )
            }
        };
        done.map_err(|stop| match (stop, self.command()) {
            (stop, Ok(command)) => Stop::Missing {
                what: format!("{} is needed ({}): {stop}", self.name, self.why),
                command,
            },
            (stop, Err(_)) => stop,
        })
    }
}

/// Holds the cache for one installation at a time; released when dropped.
///
/// # Errors
/// When the cache cannot be written.
pub(crate) fn lock() -> Result<File, Stop> {
    run::lock(&place::cache()?.join("lock"))
}
