//! The text being edited, what it means, and the way back: every change can be undone, also a whole
//! text that a link or the gallery replaced. Pure; the editors and the reducer call it.

use yew::AttrValue;

use crate::scenario::{
    Diagnostic, Scenario, Severity,
    text::{self, Parsed},
};
use crate::ui::kept::Kept;

/// How many steps back are kept.
const STEPS: usize = 300;
/// How many bytes of earlier texts are kept.
const BYTES: usize = 8 << 20;
/// Typing that pauses for less than this is one step back.
const PAUSE_MS: f64 = 900.0;

/// What kind of change it is; changes of one kind that follow each other quickly are one step back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Typing in the text.
    Typing,
    /// A slider or a field of the form; the key it sets.
    Field(String),
    /// Anything that stands alone: a card added, a whole text replaced.
    Whole,
}

/// The text, parsed, with its history.
#[derive(Clone)]
pub struct Document {
    text: AttrValue,
    parsed: Kept<Parsed>,
    good: Option<Kept<Scenario>>,
    revision: u64,
    past: Vec<AttrValue>,
    future: Vec<AttrValue>,
    last: Option<(Change, f64)>,
}

impl Document {
    /// A document with `text`, and `past` to go back to, oldest first.
    #[must_use]
    pub fn new(text: AttrValue, past: Vec<AttrValue>) -> Document {
        let parsed = Kept::new(text::parse(&text));
        let good = (!parsed.has_errors()).then(|| Kept::new(parsed.scenario.clone()));
        Document {
            text,
            parsed,
            good,
            revision: 0,
            past,
            future: Vec::new(),
            last: None,
        }
    }

    /// The text as it is.
    #[must_use]
    pub fn text(&self) -> &AttrValue {
        &self.text
    }

    /// Counts the changes; equal revisions of one document have equal texts.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Everything there is to say about the text, in its order.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.parsed.diagnostics
    }

    /// The text and its meaning, shared.
    #[must_use]
    pub fn parsed(&self) -> Kept<Parsed> {
        self.parsed.clone()
    }

    /// How many errors the text has.
    #[must_use]
    pub fn errors(&self) -> usize {
        let errors = self.diagnostics().iter();
        errors
            .filter(|complaint| complaint.severity == Severity::Error)
            .count()
    }

    /// Whether the text cannot be run as it is.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.parsed.has_errors()
    }

    /// What the text means, or if it is broken what it meant last.
    #[must_use]
    pub fn good(&self) -> Option<&Kept<Scenario>> {
        self.good.as_ref()
    }

    /// Whether there is a step back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step forward.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Changes the text. Returns whether it is another one.
    pub fn change(&mut self, text: AttrValue, change: Change, at_ms: f64) -> bool {
        if text == self.text {
            return false;
        }
        let same_step = change != Change::Whole
            && self
                .last
                .as_ref()
                .is_some_and(|(last, last_ms)| *last == change && at_ms - last_ms < PAUSE_MS);
        if !same_step {
            self.past.push(self.text.clone());
            self.forget_oldest();
        }
        self.future.clear();
        self.last = Some((change, at_ms));
        self.take(text);
        true
    }

    /// One step back. Returns whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(text) = self.past.pop() else {
            return false;
        };
        self.future.push(self.text.clone());
        self.last = None;
        self.take(text);
        true
    }

    /// One step forward. Returns whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(text) = self.future.pop() else {
            return false;
        };
        self.past.push(self.text.clone());
        self.last = None;
        self.take(text);
        true
    }

    fn take(&mut self, text: AttrValue) {
        self.parsed = Kept::new(text::parse(&text));
        if !self.parsed.has_errors() {
            self.good = Some(Kept::new(self.parsed.scenario.clone()));
        }
        self.text = text;
        self.revision += 1;
    }

    fn forget_oldest(&mut self) {
        let mut bytes: usize = self.past.iter().map(|text| text.len()).sum();
        while self.past.len() > STEPS || (bytes > BYTES && self.past.len() > 1) {
            bytes -= self.past.remove(0).len();
        }
    }
}

/// Where the change between two texts ends, in bytes of `after`: where the caret belongs after a step
/// back or forward.
#[must_use]
pub fn change_end(before: &str, after: &str) -> usize {
    let same = |chars: &mut dyn Iterator<Item = (char, char)>| {
        chars
            .take_while(|(one, other)| one == other)
            .map(|(one, _)| one.len_utf8())
            .sum::<usize>()
    };
    let head = same(&mut before.chars().zip(after.chars()));
    let tail = same(&mut before.chars().rev().zip(after.chars().rev()));
    // In `aa` → `aaa` head and tail overlap; the head wins, so that the caret is behind what was added.
    let shorter = before.len().min(after.len());
    after.len() - tail.min(shorter - head)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIX: &str = "format = 1\n[[process]]\nname = \"a\"\nprogram = \"compute 5ms\"\n";

    fn document() -> Document {
        Document::new(MIX.into(), Vec::new())
    }

    #[test]
    fn typing_without_a_pause_is_one_step_back() {
        let mut document = document();
        for (text, at_ms) in [
            ("f", 0.0),
            ("fo", 300.0),
            ("for", 1_100.0),
            ("form", 3_000.0),
        ] {
            assert!(document.change(text.into(), Change::Typing, at_ms));
        }
        assert!(document.undo());
        assert_eq!(document.text(), "for");
        assert!(document.undo());
        assert_eq!(document.text(), MIX);
        assert!(!document.undo());
        assert!(document.redo() && document.redo() && !document.redo());
        assert_eq!(document.text(), "form");
    }

    #[test]
    fn another_field_is_another_step() {
        let mut document = document();
        let field = |key: &str| Change::Field(key.to_owned());
        document.change("1".into(), field("machine.cores"), 0.0);
        document.change("2".into(), field("machine.cores"), 10.0);
        document.change("3".into(), field("scheduler.quantum"), 20.0);
        document.undo();
        assert_eq!(document.text(), "2");
        document.undo();
        assert_eq!(document.text(), MIX);
    }

    #[test]
    fn a_broken_text_keeps_its_last_meaning() {
        let mut document = document();
        assert!(!document.is_broken());
        let meant = document.good().cloned();
        document.change("format = ".into(), Change::Typing, 0.0);
        assert!(document.is_broken() && document.errors() > 0);
        assert!(document.good().cloned() == meant && meant.is_some());
    }

    #[test]
    fn the_history_is_bounded() {
        let mut document = document();
        for step in 0..STEPS + 50 {
            document.change(step.to_string().into(), Change::Whole, 0.0);
        }
        let mut steps = 0;
        while document.undo() {
            steps += 1;
        }
        assert_eq!(steps, STEPS);
    }

    #[test]
    fn the_caret_goes_where_the_change_ends() {
        assert_eq!(change_end("quantum = 5", "quantum = 50"), 12);
        assert_eq!(change_end("ab", "axyb"), 3);
        assert_eq!(change_end("axyb", "ab"), 1);
        assert_eq!(change_end("aa", "aaa"), 3);
        assert_eq!(change_end("ü", "üü"), 4);
        assert_eq!(change_end("", ""), 0);
    }
}
