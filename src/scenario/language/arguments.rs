//! What follows the word of a statement: durations, sizes, numbers and names, and the complaints
//! about them. A part of `read`.

use std::ops::Range;

use super::STATEMENTS;
use super::read::{Reader, Unread};
use super::tokens::{self, Piece};
use crate::base::Nanos;
use crate::scenario::diagnostic::{code, error};
use crate::scenario::limits;
use crate::scenario::program::Time;
use crate::scenario::value::{self, Wrong, shorten};

/// The word in front of a mean.
const EXPONENTIAL: &str = "exponential";

impl<'s> Reader<'s, '_, '_> {
    pub(super) fn duration(&mut self, statement: &str) -> Result<Nanos, Unread> {
        let (text, span) = self.piece(statement, "a duration")?;
        let subject = format!("the duration of `{statement}`");
        value::duration(text, Nanos::ZERO).map_err(|wrong| self.wrong(&subject, span, wrong))
    }

    /// A duration, or `exponential` and a duration.
    pub(super) fn time(&mut self, statement: &str) -> Result<Time, Unread> {
        if self.follows(EXPONENTIAL) {
            return self.duration(statement).map(Time::Exponential);
        }
        self.duration(statement).map(Time::Fixed)
    }

    pub(super) fn size(&mut self, statement: &str) -> Result<u64, Unread> {
        let (text, span) = self.piece(statement, "a size")?;
        let subject = format!("the size of `{statement}`");
        value::size(text, 0, limits::CHANNEL_BYTES)
            .map_err(|wrong| self.wrong(&subject, span, wrong))
    }

    pub(super) fn device_and_duration(
        &mut self,
        statement: &str,
    ) -> Result<(String, Time), Unread> {
        let (text, span) = self.piece(statement, "a device and a duration")?;
        let is_duration = |text: &str| Nanos::parse(text).is_ok();
        let begins_time = |text: &str| is_duration(text) || text == EXPONENTIAL;
        if is_duration(text) && !self.peek_argument().is_some_and(begins_time) {
            let message = format!("`{statement}` lacks the device in front of `{text}`");
            let hint = format!("name it, as in `{statement} disk {text}`");
            self.complain(code::MISSING_ARGUMENT, span, &message, &hint);
            return Err(Unread);
        }
        let device = self.good_name(text, span)?;
        Ok((device, self.time(statement)?))
    }

    pub(super) fn times(&mut self) -> Result<u32, Unread> {
        let (text, span) = self.piece("repeat", "a number")?;
        let times = self.number("repeat", text, span.clone())?;
        value::integer(times, 0, i64::from(limits::REPEAT_TIMES))
            .map(|times| times as u32)
            .map_err(|wrong| self.wrong("the number of `repeat`", span, wrong))
    }

    pub(super) fn amount(&mut self, statement: &str) -> Result<i64, Unread> {
        let (text, span) = self.piece(statement, "a number")?;
        let amount = self.number(statement, text, span.clone())?;
        let subject = format!("the number of `{statement}`");
        value::integer(amount, i64::MIN, i64::MAX)
            .map_err(|wrong| self.wrong(&subject, span, wrong))
    }

    pub(super) fn number(
        &mut self,
        statement: &str,
        text: &str,
        span: Range<usize>,
    ) -> Result<i128, Unread> {
        text.parse().map_err(|_| {
            let message = format!(
                "the number of `{statement}` is `{}`, which is not a whole number",
                shorten(text)
            );
            let hint = format!("write a number such as `3`, as in `{}`", example(statement));
            self.complain(code::BAD_NUMBER, span, &message, &hint)
        })
    }

    pub(super) fn name(&mut self, statement: &str, what: &str) -> Result<String, Unread> {
        let (text, span) = self.piece(statement, what)?;
        self.good_name(text, span)
    }

    pub(super) fn good_name(&mut self, text: &str, span: Range<usize>) -> Result<String, Unread> {
        value::name(text).map_err(|wrong| self.wrong("the name", span, wrong))?;
        Ok(text.to_owned())
    }

    pub(super) fn piece(&mut self, statement: &str, what: &str) -> Result<Piece<'s>, Unread> {
        tokens::blanks(&mut self.tokens);
        tokens::argument(&mut self.tokens).ok_or_else(|| self.missing(statement, what))
    }

    /// The next argument on the line, which is not taken.
    pub(super) fn peek_argument(&self) -> Option<&'s str> {
        let mut ahead = self.tokens;
        tokens::blanks(&mut ahead);
        tokens::argument(&mut ahead).map(|(text, _)| text)
    }

    /// Whether this word comes next on the line; it is taken then.
    pub(super) fn follows(&mut self, word: &str) -> bool {
        let before = self.tokens;
        tokens::blanks(&mut self.tokens);
        if tokens::argument(&mut self.tokens).is_some_and(|(found, _)| found == word) {
            return true;
        }
        self.tokens = before;
        false
    }

    pub(super) fn missing(&mut self, statement: &str, what: &str) -> Unread {
        let at = tokens::offset(&self.tokens);
        let keyword = statement.split(' ').next().unwrap_or(statement);
        let hint = match statement {
            "lock … for" | "else" => {
                "as in `lock door for 5ms { unlock door } else { sleep 1ms }`".to_owned()
            }
            "wait … with" => "as in `wait changed with door`".to_owned(),
            _ => format!("as in `{}`", example(keyword)),
        };
        // Point at the last character of what is there, which is never nothing.
        let from = at.saturating_sub(1);
        let span = self.place.span(from..at);
        let message = format!("`{statement}` needs {what} behind it");
        self.complaints
            .push(error(code::MISSING_ARGUMENT, span, message).hint(hint));
        Unread
    }

    pub(super) fn wrong(&mut self, subject: &str, span: Range<usize>, wrong: Wrong) -> Unread {
        let span = self.place.span(span);
        self.complaints.push(wrong.complaint(subject, span));
        Unread
    }

    pub(super) fn complain(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: &str,
        hint: &str,
    ) -> Unread {
        let span = self.place.span(span);
        self.complaints.push(error(code, span, message).hint(hint));
        Unread
    }
}

pub(super) fn example(statement: &str) -> &'static str {
    STATEMENTS
        .iter()
        .find(|(word, _)| *word == statement)
        .map_or("", |(_, example)| example)
}
