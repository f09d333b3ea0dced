//! What is wrong with a text, where, and what to write instead. Plain data and the list that
//! collects it; the rules themselves are in `text`, `language` and `validate`.

use std::ops::Range;

use super::limits;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The scenario cannot be run as written.
    Error,
    /// It runs, but probably not as meant.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One complaint about a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of what is wrong; all of them are in [`code::ALL`].
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The bytes of the text it is about, on character boundaries.
    pub span: Range<usize>,
    /// The line it starts on, from 1.
    pub line: u32,
    /// The character of that line it starts at, from 1.
    pub column: u32,
    /// What to write instead, where that can be said.
    pub hint: Option<String>,
}

/// The names of everything that can be wrong. They never change their meaning.
pub mod code {
    macro_rules! codes {
        ($($name:ident = $code:literal: $meaning:literal;)*) => {
            $(#[doc = $meaning] pub const $name: &str = $code;)*
            /// Every code with what it means, in the order of `docs/scenario-format.md`.
            pub const ALL: &[(&str, &str)] = &[$(($code, $meaning)),*];
        };
    }
    codes! {
        TOML_SYNTAX = "toml-syntax": "The text is not TOML.";
        TEXT_TOO_LONG = "text-too-long": "The text is longer than a scenario may be.";
        FORMAT_MISSING = "format-missing": "The text does not say which format it is in; format 1 is assumed.";
        FORMAT_UNKNOWN = "format-unknown": "The text is in a format that this version does not read.";
        UNKNOWN_KEY = "unknown-key": "The format has no such key here.";
        MISSING_KEY = "missing-key": "A key that has no default is missing.";
        WRONG_TYPE = "wrong-type": "The value is of another type than the key takes.";
        UNKNOWN_WORD = "unknown-word": "The value is not one of the words the key takes.";
        MISSING_UNIT = "missing-unit": "A duration or a size has no unit.";
        BAD_DURATION = "bad-duration": "The duration cannot be read.";
        BAD_SIZE = "bad-size": "The size cannot be read.";
        BAD_NUMBER = "bad-number": "The number cannot be read.";
        OUT_OF_RANGE = "out-of-range": "The value is smaller or larger than the format allows.";
        BAD_NAME = "bad-name": "A name has characters that names may not have, or none.";
        TOO_LONG = "too-long": "A name or another short text is longer than the format allows.";
        DUPLICATE_NAME = "duplicate-name": "Two things of one kind have the same name.";
        EMPTY_SCENARIO = "empty-scenario": "There is no process.";
        MISSING_BODY = "missing-body": "A process or a thread does not say what it does.";
        TWO_BODIES = "two-bodies": "A process or a thread says in two ways what it does.";
        TWO_WAYS = "two-ways": "Something is said in two ways that exclude each other.";
        UNKNOWN_STATEMENT = "unknown-statement": "The language has no such statement.";
        MISSING_ARGUMENT = "missing-argument": "A statement lacks something it needs.";
        UNEXPECTED_TEXT = "unexpected-text": "There is something that does not belong to the statement.";
        UNCLOSED_BLOCK = "unclosed-block": "A `{` has no `}`.";
        UNOPENED_BLOCK = "unopened-block": "A `}` has no `{`.";
        TOO_DEEP = "too-deep": "Blocks are nested deeper than the format allows.";
        TOO_MANY_STATEMENTS = "too-many-statements": "A program has more statements than the format allows.";
        UNKNOWN_NAME = "unknown-name": "A statement names something that the scenario does not have.";
        TOO_MANY_DECLARATIONS = "too-many-declarations": "More things of one kind are written out than the format allows.";
        TOO_MANY_THREADS = "too-many-threads": "There are more threads, after `count`, than may be run here.";
        TOO_MANY_COROUTINES = "too-many-coroutines": "There are more coroutines, after `count`, than may be run here.";
        NOTHING_STARTS = "nothing-starts": "Something has only templates in it, so that nothing of it ever runs.";
        NEVER_STARTED = "never-started": "A template (`count = 0`) is spawned by nobody.";
        STARTED_AND_SPAWNED = "started-and-spawned": "A task is started by itself and spawned as well.";
        UNREACHABLE = "unreachable": "A statement is never reached.";
        PERIODIC_EVENT_LOOP = "periodic-event-loop": "A period or a deadline is given to an event loop, which has no jobs.";
        MESSAGE_TOO_LARGE = "message-too-large": "A message is larger than its channel, and the channel takes only whole messages.";
        NO_EVENT_LOOP = "no-event-loop": "`events` is given to a thread that runs a program, where it does nothing.";
        NOT_FOR_SPIN_LOCKS = "not-for-spin-locks": "A spin lock is asked for with a limit, given up for a condition, or said to hand on priorities.";
        NEAREST_NAME = "nearest-name": "`spawn` starts a thread or a coroutine although there is a process of that name.";
        AWAIT_IN_THREAD = "await-in-thread": "`await` stands in a thread, where it blocks like `io`.";
        DOES_NOTHING = "does-nothing": "A program or a block has no statement in it.";
        SIMILAR_NAME = "similar-name": "A name is used that is not declared but looks like one that is.";
        MORE = "more": "There are more complaints than are listed.";
    }
}

/// A complaint that is being put together.
#[derive(Debug)]
pub(crate) struct Complaint {
    severity: Severity,
    code: &'static str,
    span: Range<usize>,
    message: String,
    hint: Option<String>,
}

impl Complaint {
    pub(crate) fn new(
        severity: Severity,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Complaint {
        Complaint {
            severity,
            code,
            span,
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Complaint {
        self.hint_if(Some(hint.into()))
    }

    pub(crate) fn hint_if(mut self, hint: Option<String>) -> Complaint {
        self.hint = hint.or(self.hint);
        self
    }
}

pub(crate) fn error(
    code: &'static str,
    span: Range<usize>,
    message: impl Into<String>,
) -> Complaint {
    Complaint::new(Severity::Error, code, span, message)
}

pub(crate) fn warning(
    code: &'static str,
    span: Range<usize>,
    message: impl Into<String>,
) -> Complaint {
    Complaint::new(Severity::Warning, code, span, message)
}

/// The complaints about one text, with their places counted out.
pub(crate) struct Complaints<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
    list: Vec<Diagnostic>,
    beyond: usize,
    beyond_worst: Severity,
}

impl<'t> Complaints<'t> {
    pub(crate) fn new(text: &'t str) -> Complaints<'t> {
        let after_newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        Complaints {
            text,
            line_starts: std::iter::once(0).chain(after_newlines).collect(),
            list: Vec::new(),
            beyond: 0,
            beyond_worst: Severity::Note,
        }
    }

    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    pub(crate) fn push(&mut self, complaint: Complaint) {
        if self.is_full() {
            self.beyond += 1;
            self.beyond_worst = self.beyond_worst.min(complaint.severity);
            return;
        }
        let start = self.text.floor_char_boundary(complaint.span.start);
        let end = self
            .text
            .ceil_char_boundary(complaint.span.end.min(self.text.len()).max(start));
        let line = self.line_starts.partition_point(|from| *from <= start) - 1;
        let column = self.text[self.line_starts[line]..start].chars().count();
        self.list.push(Diagnostic {
            severity: complaint.severity,
            code: complaint.code,
            message: complaint.message,
            span: start..end,
            line: number(line + 1),
            column: number(column + 1),
            hint: complaint.hint,
        });
    }

    /// Whether further complaints are only counted; then nobody needs to work out a hint.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() == limits::DIAGNOSTICS
    }

    /// Counts one more error, where the list is full.
    pub(crate) fn count_error(&mut self) {
        self.beyond += 1;
        self.beyond_worst = Severity::Error;
    }

    pub(crate) fn any_errors(&self) -> bool {
        self.beyond_worst == Severity::Error
            || self
                .list
                .iter()
                .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All of them, in the order of the text.
    pub(crate) fn into_list(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| diagnostic.span.start);
        if self.beyond > 0 {
            let last = self.list.last().map_or(0..0, |last| last.span.clone());
            let (severity, beyond) = (self.beyond_worst, self.beyond);
            // The list is full by now; this one place is kept for saying so.
            let mut rest = Complaints::new(self.text);
            rest.push(Complaint::new(
                severity,
                code::MORE,
                last,
                format!("{beyond} more complaints are not listed"),
            ));
            self.list.append(&mut rest.list);
        }
        self.list
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let text = "a\nbé = ü\n";
        let mut complaints = Complaints::new(text);
        let at = text.find('ü').unwrap();
        complaints.push(error(code::WRONG_TYPE, at..at + 1, "no"));
        complaints.push(error(code::WRONG_TYPE, 900..1_000, "far out"));
        let list = complaints.into_list();
        assert_eq!((list[0].line, list[0].column), (2, 6));
        assert_eq!(&text[list[0].span.clone()], "ü");
        assert_eq!((list[1].line, list[1].column), (3, 1));
    }

    #[test]
    fn what_is_beyond_the_limit_is_counted() {
        let mut complaints = Complaints::new("");
        for _ in 0..limits::DIAGNOSTICS {
            complaints.push(warning(code::UNREACHABLE, 0..0, "never"));
        }
        complaints.push(error(code::WRONG_TYPE, 0..0, "no"));
        assert!(complaints.any_errors());
        let list = complaints.into_list();
        assert_eq!(list.len(), limits::DIAGNOSTICS + 1);
        let last = list.last().unwrap();
        assert_eq!((last.severity, last.code), (Severity::Error, code::MORE));
    }
}
