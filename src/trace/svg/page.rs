//! What stands around the rows: the title, the axis of time, names and the key; and text as XML.

use std::fmt::{self, Write as _};

use super::{BLOCKED, HUES, LEFT, LOST, PLOT, READY, SPIN, SWITCH, TOP, WIDTH, x_of};
use crate::base::Nanos;
use crate::trace::{Origin, Trace};

/// Most letters of a name.
const NAME: usize = 26;
const INK: &str = "#1b1e23";
const MUTED: &str = "#50555d";
const GRID: &str = "#e4e1da";

/// The picture as it is being written.
pub(super) struct Page {
    pub(super) text: String,
}

impl Page {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        add(&mut self.text, line);
    }

    /// Everything before the rows.
    pub(super) fn open(&mut self, trace: &Trace, title: &str, height: u64) {
        let title = if title.is_empty() { "Timeline" } else { title };
        let what = match trace.origin {
            Origin::Simulated => "Simulated",
            Origin::Measured { .. } => "Measured",
        };
        self.line(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" font-family=\"sans-serif\">"
        ));
        self.line(format_args!("<title>{}</title>", Escaped(title)));
        self.line(format_args!(
            "<desc>{what}: {} tasks on {} hardware threads, {} in all.</desc>",
            trace.tasks.len(),
            trace.lanes.len(),
            trace.end
        ));
        self.line(format_args!(
            "<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>"
        ));
        self.line(format_args!(
            "<text x=\"12\" y=\"22\" font-size=\"15\" fill=\"{INK}\">{}</text>",
            Escaped(title)
        ));
    }

    /// The name of a row.
    pub(super) fn name(&mut self, name: &str, middle: u64, size: u64) {
        let chars = name.chars().count();
        let shown: String = if chars > NAME {
            let end = name.chars().skip(chars - (NAME - 1));
            std::iter::once('\u{2026}').chain(end).collect()
        } else {
            name.to_owned()
        };
        self.line(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{size}\" text-anchor=\"end\" fill=\"{INK}\">{}</text>",
            LEFT - 8,
            middle + 4,
            Escaped(&shown)
        ));
    }

    /// The axis of time, with lines up through the rows.
    pub(super) fn axis(&mut self, end: Nanos, bottom: u64) {
        let step = tick_step(end);
        let mut at = Nanos::ZERO;
        loop {
            let x = Hundredths(x_of(at, end));
            self.line(format_args!(
                "<path d=\"M{x} {TOP}V{bottom}\" stroke=\"{GRID}\"/><text x=\"{x}\" y=\"{}\" font-size=\"11\" text-anchor=\"middle\" fill=\"{MUTED}\">{at}</text>",
                bottom + 16
            ));
            at = at.saturating_add(step);
            if at > end || step == Nanos::ZERO {
                break;
            }
        }
    }

    /// What the colours and heights mean.
    pub(super) fn key(&mut self, y: u64, tasks: Option<usize>, spins: bool) {
        let mut x = LEFT;
        let entries = [
            (HUES[0].0, 10, "runs", 60),
            (SWITCH, 10, "switch", 70),
            (READY, 6, "ready, does not run", 140),
            (BLOCKED, 4, "waits", 60),
            (LOST, 10, "ends with its process", 150),
        ];
        let spin = spins.then_some((SPIN, 10, "spins", 0));
        for (fill, height, word, width) in entries.into_iter().chain(spin) {
            self.line(format_args!(
                "<rect x=\"{x}\" y=\"{}\" width=\"10\" height=\"{height}\" fill=\"{fill}\"/><text x=\"{}\" y=\"{}\" font-size=\"11\" fill=\"{MUTED}\">{word}</text>",
                y + 5 - height / 2,
                x + 15,
                y + 9
            ));
            x += width + 15;
        }
        if let Some(tasks) = tasks {
            self.line(format_args!(
                "<text x=\"{}\" y=\"{}\" font-size=\"11\" text-anchor=\"end\" fill=\"{MUTED}\">{tasks} tasks, not drawn one by one</text>",
                LEFT + PLOT,
                y + 9
            ));
        }
    }
}

/// The distance of ticks: 1, 2 or 5 times a power of ten, with at most eight of them.
fn tick_step(end: Nanos) -> Nanos {
    let mut power: u64 = 1;
    while end.0 / power > 80 {
        power *= 10;
    }
    let factor = [1, 2, 5, 10]
        .into_iter()
        .find(|it| end.0 / (power * it) <= 8);
    Nanos(if end.0 == 0 {
        0
    } else {
        power * factor.unwrap_or(10)
    })
}

/// Appends a line.
pub(super) fn add(text: &mut String, line: fmt::Arguments<'_>) {
    let written = text.write_fmt(line);
    debug_assert!(written.is_ok(), "writing into memory does not fail");
    text.push('\n');
}

/// A number of hundredths, as a decimal.
#[derive(Clone, Copy)]
pub(super) struct Hundredths(pub(super) u64);

impl fmt::Display for Hundredths {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 100 {
            0 => write!(out, "{}", self.0 / 100),
            rest => write!(out, "{}.{rest:02}", self.0 / 100),
        }
    }
}

/// Text that means nothing in XML but itself; what XML may not contain is left out.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                '\t' | '\n' => out.write_char(' ')?,
                '\u{fffe}' | '\u{ffff}' => {}
                letter if letter.is_control() => {}
                letter => out.write_char(letter)?,
            }
        }
        Ok(())
    }
}
