//! Diagnostics on standard error: the line, the place under it, and what to write instead.

use std::io::{self, IsTerminal, Write};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use timeslice::scenario::{Diagnostic, Severity};

use crate::input::Input;

/// Prints what is wrong with an input.
pub(crate) fn complain(input: &Input, diagnostics: &[Diagnostic]) {
    let renderer = renderer();
    let mut out = io::stderr().lock();
    for diagnostic in diagnostics {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let message = printable(&diagnostic.message);
        let annotation = AnnotationKind::Primary.span(diagnostic.span.clone());
        let snippet = Snippet::source(input.text.as_str())
            .path(input.name.as_str())
            .annotation(annotation);
        let mut group = level
            .primary_title(message.as_str())
            .id(diagnostic.code)
            .element(snippet);
        let hint = diagnostic.hint.as_deref().map(printable);
        if let Some(hint) = &hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        // There is nobody left to tell if standard error cannot be written.
        let _ = writeln!(out, "{}\n", renderer.render(&[group]));
    }
}

/// Prints one line that is about no place in a text.
pub(crate) fn say(level: &str, message: &str) {
    let _ = writeln!(io::stderr().lock(), "{level}: {message}");
}

fn renderer() -> Renderer {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stderr().is_terminal() && !no_color {
        Renderer::styled().decor_style(DecorStyle::Unicode)
    } else {
        Renderer::plain().decor_style(DecorStyle::Ascii)
    }
}

/// The text without characters that a terminal would act on.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}
