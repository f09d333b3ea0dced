//! Time in whole nanoseconds, and the units durations and sizes are written in.
//!
//! There is no floating-point time and no clock here. One type serves for instants (since the
//! start of a run) and for durations, as in most kernels.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// An instant since the start of a run, or a duration, in whole nanoseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Nanos(pub u64);

impl Nanos {
    /// No time at all, or the start of a run.
    pub const ZERO: Nanos = Nanos(0);
    /// Later than anything a run reaches.
    pub const NEVER: Nanos = Nanos(u64::MAX);

    /// `us` microseconds.
    #[must_use]
    pub const fn from_us(us: u64) -> Nanos {
        Nanos(us * 1_000)
    }

    /// `ms` milliseconds.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Nanos {
        Nanos(ms * 1_000_000)
    }

    /// `s` seconds.
    #[must_use]
    pub const fn from_s(s: u64) -> Nanos {
        Nanos(s * 1_000_000_000)
    }

    /// The sum, or [`Nanos::NEVER`] where it would not fit.
    #[must_use]
    pub const fn saturating_add(self, other: Nanos) -> Nanos {
        Nanos(self.0.saturating_add(other.0))
    }

    /// The difference, or zero where `other` is later.
    #[must_use]
    pub const fn saturating_sub(self, other: Nanos) -> Nanos {
        Nanos(self.0.saturating_sub(other.0))
    }

    /// Reads a duration such as `10ms`, `2us` or `1.5s`: a decimal number and one of
    /// `ns us µs ms s`, without a sign. Fractions finer than a nanosecond are refused, not rounded.
    ///
    /// # Errors
    /// Says what is missing or wrong; see [`ParseUnitError`].
    pub fn parse(text: &str) -> Result<Nanos, ParseUnitError> {
        parse_scaled(
            text,
            &[
                ("ns", 1),
                ("us", 1_000),
                ("µs", 1_000),
                ("ms", 1_000_000),
                ("s", 1_000_000_000),
            ],
        )
        .map(Nanos)
    }
}

/// The shortest exact form: `10ms`, `1.5s`, `2us`, `0ms`.
impl fmt::Display for Nanos {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scale, unit) = match self.0 {
            0 => (1_000_000, "ms"),
            1..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "us"),
            1_000_000..1_000_000_000 => (1_000_000, "ms"),
            _ => (1_000_000_000, "s"),
        };
        write!(out, "{}", self.0 / scale)?;
        let rest = self.0 % scale;
        if rest != 0 {
            let digits = scale.ilog10() as usize;
            let fraction = format!("{rest:0digits$}");
            write!(out, ".{}", fraction.trim_end_matches('0'))?;
        }
        out.write_str(unit)
    }
}

impl Add for Nanos {
    type Output = Nanos;
    fn add(self, other: Nanos) -> Nanos {
        Nanos(self.0 + other.0)
    }
}

impl AddAssign for Nanos {
    fn add_assign(&mut self, other: Nanos) {
        self.0 += other.0;
    }
}

impl Sub for Nanos {
    type Output = Nanos;
    fn sub(self, other: Nanos) -> Nanos {
        Nanos(self.0 - other.0)
    }
}

impl SubAssign for Nanos {
    fn sub_assign(&mut self, other: Nanos) {
        self.0 -= other.0;
    }
}

impl Sum for Nanos {
    fn sum<I: Iterator<Item = Nanos>>(items: I) -> Nanos {
        items.fold(Nanos::ZERO, Add::add)
    }
}

/// Why a duration or a size could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseUnitError {
    /// Digits, but no unit behind them.
    #[error("the unit is missing")]
    MissingUnit,
    /// Something else than one of the units.
    #[error("the unit is not known")]
    UnknownUnit,
    /// No number in front of the unit.
    #[error("the number is missing or malformed")]
    BadNumber,
    /// More digits behind the point than the smallest unit can hold.
    #[error("the fraction is finer than the smallest unit")]
    TooFine,
    /// More than 64 bits.
    #[error("the number is too large")]
    TooLarge,
}

/// Reads a size in bytes such as `64KiB`, `8GiB` or `100B`.
///
/// # Errors
/// As [`Nanos::parse`].
pub fn parse_bytes(text: &str) -> Result<u64, ParseUnitError> {
    parse_scaled(
        text,
        &[
            ("B", 1),
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
        ],
    )
}

/// The shortest exact form of a size: the largest unit that divides it.
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
        if bytes != 0 && bytes.trailing_zeros() >= shift {
            return format!("{}{unit}", bytes >> shift);
        }
    }
    format!("{bytes}B")
}

fn parse_scaled(text: &str, units: &[(&str, u64)]) -> Result<u64, ParseUnitError> {
    let text = text.trim();
    let number_len = text
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
        .count();
    let (number, unit) = text.split_at(number_len);
    let unit = unit.trim_start();
    if number.is_empty() {
        return Err(ParseUnitError::BadNumber);
    }
    if unit.is_empty() {
        return Err(ParseUnitError::MissingUnit);
    }
    let scale = units
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, scale)| *scale)
        .ok_or(ParseUnitError::UnknownUnit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(ParseUnitError::BadNumber);
    }
    let whole: u64 = whole.parse().map_err(|_| ParseUnitError::TooLarge)?;
    let fraction = fraction.trim_end_matches('0');
    // Twenty digits are more than any unit here can hold exactly, and few enough for 128 bits.
    if fraction.len() > 20 {
        return Err(ParseUnitError::TooFine);
    }
    let numerator = fraction.parse::<u128>().unwrap_or(0) * u128::from(scale);
    let denominator = 10_u128.pow(fraction.len() as u32);
    if numerator % denominator != 0 {
        return Err(ParseUnitError::TooFine);
    }
    u64::try_from(u128::from(whole) * u128::from(scale) + numerator / denominator)
        .map_err(|_| ParseUnitError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_print_in_the_form_they_are_read() {
        for text in [
            "0ms",
            "1ns",
            "999ns",
            "2us",
            "1.5us",
            "10ms",
            "3s",
            "1.000000001s",
            "8.64s",
        ] {
            assert_eq!(Nanos::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Nanos::parse("0.5 ms"), Ok(Nanos(500_000)));
        assert_eq!(Nanos::parse("1000ms"), Ok(Nanos::from_s(1)));
    }

    #[test]
    fn what_is_wrong_with_a_duration_is_named() {
        for (text, error) in [
            ("10", ParseUnitError::MissingUnit),
            ("10 minutes", ParseUnitError::UnknownUnit),
            ("ms", ParseUnitError::BadNumber),
            ("-3ms", ParseUnitError::BadNumber),
            ("1.2.3ms", ParseUnitError::BadNumber),
            (".5ms", ParseUnitError::BadNumber),
            ("0.5ns", ParseUnitError::TooFine),
            ("1.0000000001s", ParseUnitError::TooFine),
            ("99999999999999999999s", ParseUnitError::TooLarge),
            ("18446744074s", ParseUnitError::TooLarge),
        ] {
            assert_eq!(Nanos::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(parse_bytes("64KiB"), Ok(65_536));
        assert_eq!(format_bytes(65_536), "64KiB");
        assert_eq!(format_bytes(100), "100B");
        assert_eq!(format_bytes(8 << 30), "8GiB");
        assert_eq!(parse_bytes("0.5KiB"), Ok(512));
        assert_eq!(parse_bytes("0.25KiB"), Ok(256));
    }
}
