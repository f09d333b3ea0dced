//! One row of the picture: rectangles from left to right, the finest of them drawn together.

use std::fmt;

use super::page::{Escaped, Hundredths, add};

/// What is narrower than this, in hundredths of a pixel, is drawn with its neighbours.
pub(super) const FINE: u64 = 50;
/// About the width of a letter, in hundredths of a pixel.
const LETTER: u64 = 650;
/// Where several colours are too fine to be told apart.
const MIXED: &str = "#87827a";

/// One row and what has been drawn into it.
pub(super) struct Row {
    pub(super) y: u64,
    height: u64,
    text: String,
    /// What is too fine to be drawn by itself: from, to, the height, and the colour.
    fine: Option<(u64, u64, u64, &'static str)>,
}

/// One rectangle of a row.
pub(super) struct Bar<'a> {
    pub(super) from: u64,
    pub(super) to: u64,
    /// Its height, in pixels.
    pub(super) height: u64,
    pub(super) fill: &'static str,
    /// What it says when it is pointed at.
    pub(super) about: fmt::Arguments<'a>,
    /// What is written on it if there is room, and in which ink.
    pub(super) label: Option<(&'a str, &'static str)>,
}

impl Row {
    pub(super) fn new(y: u64, height: u64) -> Row {
        Row {
            y,
            height,
            text: String::new(),
            fine: None,
        }
    }

    /// Draws a rectangle.
    pub(super) fn bar(&mut self, bar: &Bar<'_>) {
        let Bar { from, to, fill, .. } = *bar;
        if to - from < FINE {
            return self.fine(from, to, bar.height, fill);
        }
        self.flush();
        let y = self.y + (self.height - bar.height) / 2;
        let (x, width) = (Hundredths(from), Hundredths(to - from));
        add(
            &mut self.text,
            format_args!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{fill}\"><title>{}</title></rect>",
                bar.height,
                Escaped(&bar.about.to_string())
            ),
        );
        if let Some((label, ink)) = bar.label
            && LETTER * (label.chars().count() as u64 + 1) < to - from
        {
            add(
                &mut self.text,
                format_args!(
                    "<text x=\"{}\" y=\"{}\" font-size=\"11\" text-anchor=\"middle\" fill=\"{ink}\">{}</text>",
                    Hundredths((from + to) / 2),
                    self.y + self.height / 2 + 4,
                    Escaped(label)
                ),
            );
        }
    }

    /// Draws what may be too fine to be seen by itself with its neighbours.
    pub(super) fn fine(&mut self, from: u64, to: u64, height: u64, fill: &'static str) {
        self.fine = match self.fine {
            Some((first, last, highest, known)) if from <= last + FINE => {
                let fill = if known == fill { fill } else { MIXED };
                Some((first, to, highest.max(height), fill))
            }
            _ => {
                self.flush();
                Some((from, to, height, fill))
            }
        };
        if self
            .fine
            .is_some_and(|(first, last, ..)| last - first >= FINE)
        {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if let Some((from, to, height, fill)) = self.fine.take() {
            let y = self.y + (self.height - height) / 2;
            let (x, width) = (Hundredths(from), Hundredths((to - from).max(FINE)));
            add(
                &mut self.text,
                format_args!(
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"
                ),
            );
        }
    }

    /// The row as SVG.
    pub(super) fn finished(mut self) -> String {
        self.flush();
        self.text
    }
}
