//! Where texts come from: files, links, the gallery and standard input; and what `--set` does to
//! them.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use timeslice::content::gallery;
use timeslice::scenario::limits;
use timeslice::scenario::text::{Parsed, parse_for};
use timeslice::scenario::{edit, link};

use crate::Failure;
use crate::arguments::Options;
use crate::diagnose;

/// A text and what to call it.
pub(crate) struct Input {
    /// The file's name, `<standard input>` or `<link>`.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The one input of a command, with `--set` done to it.
pub(crate) fn read_one(options: &Options) -> Result<Input, Failure> {
    match options.inputs.as_slice() {
        [input] => read(input, options),
        _ => Err(Failure::Usage("it takes one file".to_owned())),
    }
}

/// An input, with `--set` done to it.
pub(crate) fn read(input: &OsStr, options: &Options) -> Result<Input, Failure> {
    let mut input = fetch(input)?;
    for (key, value) in &options.set {
        input.text = edit::set(&input.text, key, value).map_err(|error| {
            let message = diagnose::printable(&error.to_string());
            match error {
                edit::EditError::Broken { .. } => {
                    diagnose::complain(
                        &input,
                        &parse_for(&input.text, &options.limits).diagnostics,
                    );
                    Failure::Input(String::new())
                }
                _ => Failure::Usage(format!("--set: {message}")),
            }
        })?;
    }
    Ok(input)
}

/// The scenario of an input. Complaints are printed; errors among them are a failure.
pub(crate) fn scenario(input: &Input, options: &Options) -> Result<Parsed, Failure> {
    let parsed = parse_for(&input.text, &options.limits);
    diagnose::complain(input, &parsed.diagnostics);
    if parsed.has_errors() {
        return Err(Failure::Input(String::new()));
    }
    Ok(parsed)
}

fn fetch(input: &OsStr) -> Result<Input, Failure> {
    if input == "-" {
        return bounded("<standard input>", io::stdin().lock());
    }
    if let Some(word) = input.to_str() {
        if let Some(slug) = word.strip_prefix("gallery:") {
            return from_gallery(slug);
        }
        if link::is_link(word) {
            let shared = link::decode(word).map_err(|error| Failure::Input(error.to_string()))?;
            return Ok(Input {
                name: "<link>".to_owned(),
                text: shared.text,
            });
        }
        if word.starts_with("http://") || word.starts_with("https://") {
            let error = link::LinkError::NotALink;
            return Err(Failure::Input(error.to_string()));
        }
    }
    let name = diagnose::printable(&input.to_string_lossy());
    let file = File::open(input)
        .map_err(|error| Failure::Usage(format!("`{name}` cannot be read: {error}")))?;
    bounded(&name, file)
}

fn from_gallery(slug: &str) -> Result<Input, Failure> {
    let found = gallery().iter().find(|entry| entry.slug == slug);
    let Some(entry) = found else {
        let names: Vec<&str> = gallery().iter().map(|entry| entry.slug).collect();
        return Err(Failure::Usage(format!(
            "the gallery has no `{}`; it has {}",
            diagnose::printable(slug),
            names.join(", ")
        )));
    };
    Ok(Input {
        name: format!("gallery:{slug}"),
        text: entry.text.to_owned(),
    })
}

/// Reads no more than a text may have, and one byte that shows that it has more.
fn bounded(name: &str, from: impl Read) -> Result<Input, Failure> {
    let mut bytes = Vec::new();
    from.take(limits::TEXT_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Usage(format!("`{name}` cannot be read: {error}")))?;
    if bytes.len() > limits::TEXT_BYTES {
        return Err(Failure::Input(format!(
            "{name} has more than {} KiB, which no scenario may have",
            limits::TEXT_BYTES / 1024
        )));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let lines = error.as_bytes()[..good]
            .iter()
            .filter(|byte| **byte == b'\n');
        Failure::Input(format!(
            "{name} is not UTF-8 text: line {} has a byte that is no character",
            lines.count() + 1
        ))
    })?;
    Ok(Input {
        name: name.to_owned(),
        text,
    })
}
