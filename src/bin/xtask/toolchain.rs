//! The Rust toolchain that builds WebAssembly: one the user names, a pinned rustup toolchain, or Debian's.
//!
//! The native toolchain is not our business: it is the one that runs `cargo xtask`. The shared-memory
//! build needs the standard library compiled with atomics, so every candidate must bring its source.
//! Used by `environment` and `doctor`.

use std::env;
use std::fmt;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::place;
use crate::run::{Stop, ask, on_path, succeeds_within, write};
use crate::system;
use crate::tools::Version;

/// Names a toolchain of the user's choice: a rustup name, or a folder with `bin/rustc`.
pub(crate) const CHOICE: &str = "TIMESLICE_WASM_TOOLCHAIN";
/// The rustup toolchain that is tried before Debian's.
const PINNED: &str = "1.96.0";
/// The oldest compiler that builds the package (its `rust-version`).
pub(crate) const OLDEST: Version = Version([1, 95, 0]);
/// A toolchain is some hundred megabytes; where it cannot be had, rustup mostly says so at once.
const RUSTUP_LIMIT: Duration = Duration::from_secs(300);
/// Debian's compiler for browsers, its package manager, its library's source and its linter.
const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
/// A linker for WebAssembly, where no rustup toolchain brings one.
const LINKER_PACKAGES: &[&str] = &["lld-19"];

/// How a toolchain came to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The user named it.
    Named,
    /// The pinned one of rustup.
    Pinned,
    /// Debian's packages.
    Debian,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named => write!(f, "named by {CHOICE}"),
            Self::Pinned => write!(f, "rustup's {PINNED}, which this project pins"),
            Self::Debian => f.write_str("Debian's packages"),
        }
    }
}

/// A toolchain that can build both wasm builds.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    /// How it was chosen.
    pub(crate) origin: Origin,
    /// The version of its compiler.
    pub(crate) version: Version,
    /// The folder of `cargo` and `rustc`.
    pub(crate) bin: PathBuf,
    /// The root in which the compiler looks for libraries.
    pub(crate) sysroot: PathBuf,
    /// Whether it brings a compiled standard library for wasm; else that is built from source.
    pub(crate) has_wasm_std: bool,
    /// The linker for wasm.
    pub(crate) linker: PathBuf,
}

impl Toolchain {
    /// Installs the linter of this toolchain if need be: another compiler's cannot read its libraries.
    ///
    /// # Errors
    /// When it is missing and may not be installed.
    pub(crate) fn ensure_clippy(&self) -> Result<(), Stop> {
        if self.bin.join("clippy-driver").exists() {
            return Ok(());
        }
        match self.origin {
            Origin::Debian => system::install(&["rust-web-clippy"], "it checks the wasm builds"),
            Origin::Named | Origin::Pinned => Err(Stop::Missing {
                what: format!("{} has no clippy", self.bin.display()),
                command: "rustup component add clippy --toolchain NAME".to_owned(),
            }),
        }
    }

    /// One word for fingerprints: what changes when another compiler comes into use.
    pub(crate) fn identity(&self) -> String {
        format!(
            "{} {} {}",
            self.version,
            self.sysroot.display(),
            self.linker.display()
        )
    }
}

/// The toolchain that would be used now, without installing anything.
pub(crate) fn find() -> Option<Toolchain> {
    if env::var_os(CHOICE).is_some() {
        return named().ok();
    }
    pinned().or_else(debian)
}

/// The toolchain, installed if need be.
///
/// # Errors
/// When there is none and none may be installed: with the exact command to run.
pub(crate) fn ensure() -> Result<Toolchain, Stop> {
    if env::var_os(CHOICE).is_some() {
        return named();
    }
    if let Some(toolchain) = pinned() {
        return Ok(toolchain);
    }
    if let Some(toolchain) = install_pinned()? {
        return Ok(toolchain);
    }
    match debian() {
        Some(toolchain) => Ok(toolchain),
        None => install_debian(),
    }
}

/// The user's choice.
fn named() -> Result<Toolchain, Stop> {
    let choice =
        env::var(CHOICE).map_err(|_| Stop::told(format!("{CHOICE} is not readable text")))?;
    let rustc = if choice.contains('/') {
        Some(Path::new(&choice).join("bin/rustc")).filter(|rustc| rustc.is_file())
    } else {
        rustup_compiler(&choice)
    };
    let rustc = rustc.ok_or_else(|| {
        Stop::told(format!(
            "{CHOICE} is `{choice}`, but that is neither an installed rustup toolchain nor a folder with bin/rustc"
        ))
    })?;
    from_compiler(Origin::Named, &rustc).ok_or_else(|| Stop::Missing {
        what: format!(
            "{CHOICE} is `{choice}`, but it is older than {OLDEST}, lacks the standard library's source, or finds no wasm linker"
        ),
        command: format!("rustup component add rust-src --toolchain {choice}"),
    })
}

fn pinned() -> Option<Toolchain> {
    from_compiler(Origin::Pinned, &rustup_compiler(PINNED)?)
}

/// Asks rustup where a toolchain's compiler is; never downloads.
fn rustup_compiler(toolchain: &str) -> Option<PathBuf> {
    let mut rustup = Command::new("rustup");
    rustup
        .args(["which", "--toolchain", toolchain, "rustc"])
        .env("RUSTUP_AUTO_INSTALL", "0");
    ask(&mut rustup)
        .map(PathBuf::from)
        .filter(|rustc| rustc.is_file())
}

/// Lets rustup install the pinned toolchain. A failure is remembered in the cache, so that later starts
/// on a machine that cannot download do not try again.
fn install_pinned() -> Result<Option<Toolchain>, Stop> {
    let note = place::cache()?.join(format!("rustup-{PINNED}-could-not-be-installed"));
    if note.exists() || on_path("rustup").is_none() {
        return Ok(None);
    }
    eprintln!(
        "Installing Rust {PINNED} with rustup: it builds the page, the workers and the shared-memory pool."
    );
    let mut rustup = Command::new("rustup");
    rustup
        .args([
            "toolchain",
            "install",
            PINNED,
            "--profile",
            "minimal",
            "--no-self-update",
        ])
        .args([
            "--component",
            "rust-src,clippy",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .env("RUSTUP_MAX_RETRIES", "1");
    if succeeds_within(&mut rustup, RUSTUP_LIMIT) {
        return Ok(pinned());
    }
    eprintln!(
        "rustup cannot install it here; using Debian's. (Delete {} to try again.)",
        note.display()
    );
    write(
        &note,
        "Delete this file to let `cargo xtask` try rustup again.\n",
    )?;
    Ok(None)
}

/// Debian's packages, if they are there and new enough.
fn debian() -> Option<Toolchain> {
    let sysroot = Path::new("/usr");
    let version = Version::of(Command::new(sysroot.join("bin/rustc")).arg("-V"))?;
    if version < OLDEST || !has_source(sysroot) || !sysroot.join("bin/cargo").is_file() {
        return None;
    }
    complete(
        Origin::Debian,
        version,
        sysroot.join("bin"),
        sysroot.to_owned(),
    )
}

fn install_debian() -> Result<Toolchain, Stop> {
    let why = "Debian's Rust with the library's source builds the page, the workers and the shared-memory pool";
    let mut packages = DEBIAN_PACKAGES.to_vec();
    if linker(Path::new("/usr")).is_none() {
        packages.extend(LINKER_PACKAGES);
    }
    system::install(&packages, why)?;
    debian().ok_or_else(|| {
        Stop::told(format!(
            "Debian's Rust was installed, but it is older than {OLDEST} or no wasm linker was found; \
             name another toolchain in {CHOICE}"
        ))
    })
}

fn from_compiler(origin: Origin, rustc: &Path) -> Option<Toolchain> {
    let version = Version::of(Command::new(rustc).arg("-V"))?;
    let sysroot = PathBuf::from(ask(Command::new(rustc).args(["--print", "sysroot"]))?);
    if version < OLDEST || !has_source(&sysroot) {
        return None;
    }
    complete(origin, version, rustc.parent()?.to_owned(), sysroot)
}

fn has_source(sysroot: &Path) -> bool {
    sysroot
        .join("lib/rustlib/src/rust/library/std/Cargo.toml")
        .is_file()
}

/// Adds the linker, and for a toolchain without compiled wasm libraries a root of our own.
fn complete(origin: Origin, version: Version, bin: PathBuf, sysroot: PathBuf) -> Option<Toolchain> {
    let linker = linker(&sysroot)?;
    let compiled = sysroot.join("lib/rustlib/wasm32-unknown-unknown");
    if compiled.join("lib").is_dir() {
        return Some(Toolchain {
            origin,
            version,
            bin,
            sysroot,
            has_wasm_std: true,
            linker,
        });
    }
    let (bin, sysroot) = if compiled.is_dir() {
        (bin, sysroot)
    } else {
        root_of_our_own(version, &bin, &sysroot).ok()?
    };
    Some(Toolchain {
        origin,
        version,
        bin,
        sysroot,
        has_wasm_std: false,
        linker,
    })
}

/// Makes a root in the cache that links to the toolchain and has the empty folder
/// `lib/rustlib/wasm32-unknown-unknown`: `wasm-pack` wants to see one even when the standard library is
/// built from source, and only root could make it under `/usr`.
fn root_of_our_own(
    version: Version,
    bin: &Path,
    sysroot: &Path,
) -> Result<(PathBuf, PathBuf), Stop> {
    let name = sysroot.to_string_lossy().replace('/', "-");
    let ours = place::cache()?
        .join("toolchains")
        .join(format!("{version}{name}"));
    let our_bin = ours.join("bin");
    if our_bin.join("rustdoc").exists() {
        return Ok((our_bin, ours));
    }
    let rustlib = ours.join("lib/rustlib");
    let doing = || format!("making {}", ours.display());
    for folder in [&our_bin, &rustlib.join("wasm32-unknown-unknown")] {
        fs::create_dir_all(folder).map_err(Stop::io(doing()))?;
    }
    let link = |from: &Path, to: &Path| {
        let _ = fs::remove_file(to);
        symlink(from, to).map_err(Stop::io(doing()))
    };
    for name in ["src", host()] {
        link(&sysroot.join("lib/rustlib").join(name), &rustlib.join(name))?;
    }
    for name in ["cargo", "cargo-clippy", "clippy-driver"] {
        link(&bin.join(name), &our_bin.join(name))?;
    }
    for name in ["rustc", "rustdoc"] {
        let script = our_bin.join(name);
        let text = format!(
            "#!/bin/sh\nexec '{}' --sysroot '{}' \"$@\"\n",
            bin.join(name).display(),
            ours.display()
        );
        write(&script, &text)?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))
            .map_err(Stop::io(doing()))?;
    }
    Ok((our_bin, ours))
}

/// The linker: the toolchain's own, any rustup toolchain's, or LLVM's.
fn linker(sysroot: &Path) -> Option<PathBuf> {
    let own = |root: &Path| {
        Some(root.join("lib/rustlib").join(host()).join("bin/rust-lld")).filter(|lld| lld.is_file())
    };
    let native = || ask(Command::new("rustc").args(["--print", "sysroot"])).map(PathBuf::from);
    own(sysroot).or_else(|| own(&native()?)).or_else(|| {
        [
            "wasm-ld",
            "wasm-ld-22",
            "wasm-ld-21",
            "wasm-ld-20",
            "wasm-ld-19",
        ]
        .into_iter()
        .find_map(on_path)
    })
}

/// The machine's own target.
fn host() -> &'static str {
    if cfg!(target_arch = "aarch64") {
        "aarch64-unknown-linux-gnu"
    } else {
        "x86_64-unknown-linux-gnu"
    }
}

/// The command that installs Debian's toolchain, for a person to type.
pub(crate) fn install_command() -> String {
    system::command_for(&[DEBIAN_PACKAGES, LINKER_PACKAGES].concat())
}
