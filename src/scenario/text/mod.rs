//! The text of a scenario, format 1: TOML in, a [`Scenario`] and diagnostics out, and back.
//!
//! Reading never fails: what is wrong is told, with its place, and replaced by the default. The
//! statements inside programs are `language`'s part; `docs/scenario-format.md` has it all.

mod arrivals;
mod containers;
mod fields;
mod keys;
mod lists;
mod names;
mod print;
mod read;
mod resources;
mod scheduler;
pub mod schema;
mod syntax;
mod tasks;

use toml_edit::Document;

use super::diagnostic::{Complaints, Diagnostic, Severity, code, error};
use super::limits::{self, RunLimits};
use super::model::Scenario;
use super::validate;
pub use print::print;
pub(super) use print::quoted;

/// What a text says, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The scenario, with defaults for whatever could not be read.
    pub scenario: Scenario,
    /// The complaints, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether something is wrong that keeps the scenario from being run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// The complaints that keep it from being run.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Reads a text that is to be run in the page.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    parse_for(text, &RunLimits::PAGE)
}

/// Reads a text that is to be run within these limits: how many threads and coroutines a scenario
/// may have depends on where it runs.
#[must_use]
pub fn parse_for(text: &str, run: &RunLimits) -> Parsed {
    if text.len() > limits::TEXT_BYTES {
        let mut complaints = Complaints::new("");
        complaints.push(
            error(
                code::TEXT_TOO_LONG,
                0..0,
                format!(
                    "the text has {} bytes, and {} are allowed",
                    text.len(),
                    limits::TEXT_BYTES
                ),
            )
            .hint("use `count` and `repeat` for what is alike"),
        );
        return Parsed {
            scenario: Scenario::default(),
            diagnostics: complaints.into_list(),
        };
    }
    let mut complaints = Complaints::new(text);
    let scenario = match Document::parse(text) {
        Ok(document) => {
            read::check_format(document.as_table(), &mut complaints);
            let (scenario, places) = read::read(document.as_table(), &mut complaints);
            validate::validate(&scenario, &places, run, &mut complaints);
            scenario
        }
        Err(broken) => {
            complaints.push(syntax::complaint(text, &broken));
            salvage(text, &broken, &mut complaints)
        }
    };
    Parsed {
        scenario,
        diagnostics: complaints.into_list(),
    }
}

/// What the complaint about a text says that is not TOML.
pub(super) fn broken_text(text: &str, broken: &toml_edit::TomlError) -> String {
    let mut complaints = Complaints::new(text);
    complaints.push(syntax::complaint(text, broken));
    let complaint = complaints.into_list().pop();
    complaint.map_or_else(String::new, |it| {
        format!("line {}: {}", it.line, it.message)
    })
}

/// What can be read of a text that is not TOML: the part above the line that is broken. What that
/// part says is judged line by line, but not as a whole, since the rest is missing.
fn salvage(text: &str, broken: &toml_edit::TomlError, complaints: &mut Complaints<'_>) -> Scenario {
    let at = broken.span().map_or(0, |span| span.start);
    let line = syntax::line_at(text, text.floor_char_boundary(at));
    match Document::parse(&text[..line.start]) {
        Ok(document) => read::read(document.as_table(), complaints).0,
        Err(_) => Scenario::default(),
    }
}
