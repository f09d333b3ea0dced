//! Running other programs, and the one error type of this tool.
//!
//! Nothing here knows which programs there are; `tools`, `toolchain` and `system` do.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Why the tool stops. Each message says what to do where something can be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// Something is missing that only a person can install.
    #[error("{what}\n  run: {command}")]
    Missing {
        /// What is missing, and what for.
        what: String,
        /// The exact command that installs it.
        command: String,
    },
    /// A program ended with an error; it has said why.
    #[error("`{command}` failed ({status})")]
    Failed {
        /// The command line.
        command: String,
        /// Its exit status, in words.
        status: String,
    },
    /// A file or a program could not be reached.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// Anything else, said in full.
    #[error("{0}")]
    Told(String),
}

impl Stop {
    /// A plain message.
    pub(crate) fn told(message: impl Into<String>) -> Self {
        Self::Told(message.into())
    }

    /// Turns an input/output error into a [`Stop`] that says what was being done.
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }
}

/// The command line as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

/// Runs a program with its output shown.
///
/// # Errors
/// When it cannot be started or ends with an error.
pub(crate) fn run(command: &mut Command) -> Result<(), Stop> {
    let status = command
        .status()
        .map_err(Stop::io(format!("starting `{}`", shown(command))))?;
    if status.success() {
        return Ok(());
    }
    Err(Stop::Failed {
        command: shown(command),
        status: status.to_string(),
    })
}

/// Runs a program whose output is progress, not a result: all of it goes to standard error, so that what
/// `cargo xtask env` prints can be read by a shell.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_aside(command: &mut Command) -> Result<(), Stop> {
    run(command.stdout(io::stderr()))
}

/// Runs a program and gives what it printed on standard output, or `None` when it cannot be started or
/// ends with an error. For asking ("which version?"), where any failure means "not there".
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a program quietly for at most `limit`; true when it ended well within it.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let started = Instant::now();
    let Ok(mut child) = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
    else {
        return false;
    };
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if started.elapsed() < limit => thread::sleep(Duration::from_millis(50)),
            // Out of time, or out of reach: end it. That it may have ended meanwhile does not matter.
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// The first program of this name on the `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Writes a file, and the folders above it.
///
/// # Errors
/// When the file system refuses.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Stop> {
    let doing = || format!("writing {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Stop::io(doing()))?;
    }
    fs::write(path, text).map_err(Stop::io(doing()))
}

/// Waits for a lock on this file and holds it; released when dropped.
///
/// # Errors
/// When the file cannot be made or locked.
pub(crate) fn lock(path: &Path) -> Result<File, Stop> {
    write(path, "")?;
    let file = File::open(path).map_err(Stop::io(format!("opening {}", path.display())))?;
    file.lock()
        .map_err(Stop::io(format!("waiting for {}", path.display())))?;
    Ok(file)
}

/// Copies a folder and all in it over another.
///
/// # Errors
/// When the file system refuses.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<(), Stop> {
    fs::create_dir_all(to).map_err(Stop::io(format!("making {}", to.display())))?;
    for entry in fs::read_dir(from).map_err(Stop::io(format!("reading {}", from.display())))? {
        let entry = entry.map_err(Stop::io(format!("reading {}", from.display())))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target)
                .map_err(Stop::io(format!("copying {}", source.display())))?;
        }
    }
    Ok(())
}
