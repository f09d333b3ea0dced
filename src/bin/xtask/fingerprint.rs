//! Fingerprints of what goes into a build step, and stamps that remember the last one.
//!
//! Contents count, not times: a checkout or a rebase that leaves a file as it was rebuilds nothing.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::place;
use crate::run::{Stop, write};

/// All files under a folder (or the file itself), sorted, without hidden ones; none if it is not there.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn files_under(path: &Path) -> Result<Vec<PathBuf>, Stop> {
    let mut found = Vec::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in
                fs::read_dir(&path).map_err(Stop::io(format!("reading {}", path.display())))?
            {
                let entry = entry.map_err(Stop::io(format!("reading {}", path.display())))?;
                if !entry.file_name().to_string_lossy().starts_with('.') {
                    waiting.push(entry.path());
                }
            }
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// One word for the names and contents of files and for what else matters.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn of_files(files: &[PathBuf], more: &str) -> Result<String, Stop> {
    let root = place::root();
    let mut hasher = DefaultHasher::new();
    more.hash(&mut hasher);
    for file in files {
        let content = fs::read(file).map_err(Stop::io(format!("reading {}", file.display())))?;
        file.strip_prefix(&root).unwrap_or(file).hash(&mut hasher);
        content.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the step of this name last ended with this fingerprint.
pub(crate) fn is_current(step: &str, fingerprint: &str) -> bool {
    fs::read_to_string(stamp(step)).is_ok_and(|text| text == fingerprint)
}

/// Remembers that the step ended well.
///
/// # Errors
/// When the stamp cannot be written.
pub(crate) fn remember(step: &str, fingerprint: &str) -> Result<(), Stop> {
    write(&stamp(step), fingerprint)
}

/// Forgets the step before it starts, so that one that was broken off is done again.
pub(crate) fn forget(step: &str) {
    let _ = fs::remove_file(stamp(step));
}

fn stamp(step: &str) -> PathBuf {
    place::work().join("stamps").join(step)
}
