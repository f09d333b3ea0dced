//! Checks of single values, shared by the reader of texts and by `edit::set`: is this duration,
//! size, number, word or name one that the key may have? Knows nothing of TOML.

use std::ops::Range;

use super::diagnostic::{Complaint, code, error};
use super::{limits, suggest};
use crate::base::{Nanos, ParseUnitError, format_bytes, parse_bytes};

/// Why a value cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) code: &'static str,
    /// The end of a sentence that begins with what the value is for: "has no unit".
    pub(crate) problem: String,
    pub(crate) hint: Option<String>,
}

impl Wrong {
    /// The complaint that `subject` is wrong in this way.
    pub(crate) fn complaint(self, subject: &str, span: Range<usize>) -> Complaint {
        error(self.code, span, format!("{subject} {}", self.problem)).hint_if(self.hint)
    }
}

fn wrong(code: &'static str, problem: impl Into<String>, hint: impl Into<String>) -> Wrong {
    Wrong {
        code,
        problem: problem.into(),
        hint: Some(hint.into()),
    }
}

/// A duration of at least `min` and at most [`limits::DURATION`].
pub(crate) fn duration(text: &str, min: Nanos) -> Result<Nanos, Wrong> {
    let shown = shorten(text);
    let duration = Nanos::parse(text).map_err(|error| match error {
        ParseUnitError::MissingUnit => missing_duration_unit(&shown),
        ParseUnitError::UnknownUnit => wrong(
            code::BAD_DURATION,
            format!("is `{shown}`, whose unit is not known"),
            "units are `ns`, `us`, `ms` and `s`",
        ),
        ParseUnitError::BadNumber => wrong(
            code::BAD_DURATION,
            format!("is `{shown}`, which is not a duration"),
            "write a number and a unit, such as `10ms`",
        ),
        ParseUnitError::TooFine => wrong(
            code::BAD_DURATION,
            format!("is `{shown}`, which is finer than a nanosecond"),
            "time is counted in whole nanoseconds",
        ),
        ParseUnitError::TooLarge => too_long(&shown),
    })?;
    if duration > limits::DURATION {
        Err(too_long(&shown))
    } else if duration < min {
        Err(wrong(
            code::OUT_OF_RANGE,
            format!("is {duration}, and the shortest that is allowed is {min}"),
            format!("write `{min}` or more"),
        ))
    } else {
        Ok(duration)
    }
}

/// The complaint about a bare number where a duration belongs.
pub(crate) fn missing_duration_unit(number: &str) -> Wrong {
    wrong(
        code::MISSING_UNIT,
        format!("is `{number}`, a duration without a unit"),
        format!("write `{number}ms`, or another of the units `ns`, `us`, `ms` and `s`"),
    )
}

fn too_long(shown: &str) -> Wrong {
    wrong(
        code::OUT_OF_RANGE,
        format!("is {shown}, and the longest that is allowed is a day"),
        format!("write `{}` or less", limits::DURATION),
    )
}

/// A size in bytes from `min` to `max`.
pub(crate) fn size(text: &str, min: u64, max: u64) -> Result<u64, Wrong> {
    let shown = shorten(text);
    let bytes = parse_bytes(text).map_err(|error| match error {
        ParseUnitError::MissingUnit => missing_size_unit(&shown),
        ParseUnitError::UnknownUnit => wrong(
            code::BAD_SIZE,
            format!("is `{shown}`, whose unit is not known"),
            "units are `B`, `KiB`, `MiB` and `GiB`",
        ),
        ParseUnitError::BadNumber => wrong(
            code::BAD_SIZE,
            format!("is `{shown}`, which is not a size"),
            "write a number and a unit, such as `64KiB`",
        ),
        ParseUnitError::TooFine => wrong(
            code::BAD_SIZE,
            format!("is `{shown}`, which is not a whole number of bytes"),
            "sizes are counted in whole bytes",
        ),
        ParseUnitError::TooLarge => size_out_of_range(&shown, min, max),
    })?;
    if (min..=max).contains(&bytes) {
        Ok(bytes)
    } else {
        Err(size_out_of_range(&shown, min, max))
    }
}

/// The complaint about a bare number where a size belongs.
pub(crate) fn missing_size_unit(number: &str) -> Wrong {
    wrong(
        code::MISSING_UNIT,
        format!("is `{number}`, a size without a unit"),
        format!("write `{number}KiB`, or another of the units `B`, `KiB`, `MiB` and `GiB`"),
    )
}

fn size_out_of_range(shown: &str, min: u64, max: u64) -> Wrong {
    Wrong {
        code: code::OUT_OF_RANGE,
        problem: format!(
            "is {shown}, and it must be between {} and {}",
            format_bytes(min),
            format_bytes(max)
        ),
        hint: None,
    }
}

/// A whole number from `min` to `max`.
pub(crate) fn integer(value: i128, min: i64, max: i64) -> Result<i64, Wrong> {
    match i64::try_from(value) {
        Ok(value) if (min..=max).contains(&value) => Ok(value),
        _ => {
            let nearest = if value < i128::from(min) { min } else { max };
            Err(wrong(
                code::OUT_OF_RANGE,
                format!("is {value}, and it must be between {min} and {max}"),
                format!("the nearest that is allowed is {nearest}"),
            ))
        }
    }
}

/// A number in thousandths from `min` to `max`, from one that may have a fraction.
pub(crate) fn permille(value: f64, min: u32, max: u32) -> Result<u32, Wrong> {
    let thousandths = (value * 1_000.0).round();
    if !(f64::from(min)..=f64::from(max)).contains(&thousandths) {
        return Err(wrong(
            code::OUT_OF_RANGE,
            format!(
                "is {value}, and it must be between {} and {}",
                f64::from(min) / 1_000.0,
                f64::from(max) / 1_000.0
            ),
            "it is a ratio, such as `1.3`",
        ));
    }
    if (value * 1_000.0 - thousandths).abs() > 1e-6 {
        return Err(wrong(
            code::BAD_NUMBER,
            format!("is {value}, which is finer than a thousandth"),
            format!("write `{}`", thousandths / 1_000.0),
        ));
    }
    Ok(thousandths as u32)
}

/// The position of `text` among `words`.
pub(crate) fn word(text: &str, words: &[&str]) -> Result<usize, Wrong> {
    words
        .iter()
        .position(|word| *word == text)
        .ok_or_else(|| Wrong {
            code: code::UNKNOWN_WORD,
            problem: format!("is `{}`, which is not one of its words", shorten(text)),
            hint: Some(match suggest::nearest(text, words.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its words are {}", suggest::list(words)),
            }),
        })
}

/// A name: letters, digits, `_`, `-` and `.`.
pub(crate) fn name(text: &str) -> Result<(), Wrong> {
    let good = "names have letters, digits, `_`, `-` and `.` in them";
    if text.is_empty() {
        return Err(wrong(code::BAD_NAME, "is empty", good));
    }
    if text.chars().count() > limits::NAME_CHARS {
        return Err(wrong(
            code::TOO_LONG,
            format!("is longer than {} characters", limits::NAME_CHARS),
            "use a shorter name",
        ));
    }
    match text.chars().find(|letter| !is_name_char(*letter)) {
        None => Ok(()),
        Some(' ') => Err(wrong(
            code::BAD_NAME,
            format!("is `{text}`, which has a space in it"),
            format!("write `{}`; {good}", text.trim().replace(' ', "-")),
        )),
        Some(letter) => Err(wrong(
            code::BAD_NAME,
            format!("has the character {letter:?} in it"),
            good,
        )),
    }
}

/// Whether names may have this character.
pub(crate) fn is_name_char(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.')
}

/// A text of at most `max` characters.
pub(crate) fn text(text: &str, max: usize) -> Result<(), Wrong> {
    let chars = text.chars().count();
    if chars > max {
        return Err(Wrong {
            code: code::TOO_LONG,
            problem: format!("has {chars} characters, and {max} are allowed"),
            hint: None,
        });
    }
    Ok(())
}

/// At most 40 characters of something that someone typed, on one line.
pub(crate) fn shorten(text: &str) -> String {
    let visible = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut shown: String = text.trim().chars().take(40).map(visible).collect();
    if text.trim().chars().count() > 40 {
        shown.push('…');
    }
    shown
}
