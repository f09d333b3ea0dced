//! `timeslice check`: what is wrong with scenarios.

use std::io::Write;

use serde::Serialize;
use timeslice::scenario::Severity;
use timeslice::scenario::text::parse_for;

use crate::Failure;
use crate::arguments::Options;
use crate::json::{self, JsonDiagnostic};
use crate::{diagnose, input};

#[derive(Serialize)]
struct Checked<'a> {
    file: &'a str,
    diagnostics: Vec<JsonDiagnostic<'a>>,
}

pub(crate) fn check(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let mut failed = false;
    for name in &options.inputs {
        let input = match input::read(name, options) {
            Ok(input) => input,
            // The others are looked at all the same.
            Err(Failure::Input(message)) => {
                failed = true;
                if !message.is_empty() {
                    diagnose::say("error", &message);
                }
                continue;
            }
            Err(other) => return Err(other),
        };
        let parsed = parse_for(&input.text, &options.limits);
        failed |= parsed.has_errors();
        if options.json {
            let checked = Checked {
                file: &input.name,
                diagnostics: parsed
                    .diagnostics
                    .iter()
                    .map(JsonDiagnostic::from)
                    .collect(),
            };
            json::print(&checked, out)?;
            continue;
        }
        diagnose::complain(&input, &parsed.diagnostics);
        let count = |severity| {
            let all = parsed.diagnostics.iter();
            all.filter(|diagnostic| diagnostic.severity == severity)
                .count()
        };
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let verdict = match (errors, warnings) {
            (0, 0) => "in order".to_owned(),
            (0, warnings) => plural(warnings, "warning"),
            (errors, 0) => plural(errors, "error"),
            (errors, warnings) => {
                format!(
                    "{} and {}",
                    plural(errors, "error"),
                    plural(warnings, "warning")
                )
            }
        };
        writeln!(out, "{}: {verdict}", input.name)?;
    }
    if failed {
        out.flush()?;
        return Err(Failure::Input(String::new()));
    }
    Ok(())
}

fn plural(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
