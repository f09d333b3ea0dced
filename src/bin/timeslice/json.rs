//! The JSON forms of what is printed. Stable: fields are added, never renamed.

use std::io::Write;

use serde::Serialize;
use timeslice::analysis::Report;
use timeslice::scenario::Diagnostic;

use crate::Failure;

/// The report of a run, with what the analysis of a trace alone cannot know.
#[derive(Serialize)]
pub(crate) struct JsonReport<'a> {
    #[serde(flatten)]
    pub(crate) report: &'a Report,
    /// What was said about the text.
    pub(crate) diagnostics: Vec<JsonDiagnostic<'a>>,
}

#[derive(Serialize)]
pub(crate) struct JsonDiagnostic<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    line: u32,
    column: u32,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

impl<'a> From<&'a Diagnostic> for JsonDiagnostic<'a> {
    fn from(diagnostic: &'a Diagnostic) -> JsonDiagnostic<'a> {
        JsonDiagnostic {
            severity: diagnostic.severity.word(),
            code: diagnostic.code,
            message: &diagnostic.message,
            line: diagnostic.line,
            column: diagnostic.column,
            start: diagnostic.span.start,
            end: diagnostic.span.end,
            hint: diagnostic.hint.as_deref(),
        }
    }
}

/// Prints a value as one line of JSON.
pub(crate) fn print(value: &impl Serialize, out: &mut dyn Write) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, value).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}
