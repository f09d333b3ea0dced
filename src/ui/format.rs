//! Numbers as people read them. Exact times are for the editor; here three significant digits are
//! enough, and the unit stands behind a space that does not break.

use crate::base::Nanos;

/// `0`, `850 ns`, `12.5 µs`, `1.28 s`: three significant digits.
#[must_use]
pub fn duration(nanos: Nanos) -> String {
    let value = nanos.0 as f64;
    let (scaled, unit) = match nanos.0 {
        0 => return "0".to_owned(),
        1..1_000 => (value, "ns"),
        1_000..999_500 => (value / 1e3, "µs"),
        999_500..999_500_000 => (value / 1e6, "ms"),
        _ => (value / 1e9, "s"),
    };
    format!("{}\u{a0}{unit}", significant(scaled))
}

/// Three significant digits, without trailing zeros behind the point.
#[must_use]
pub fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (2 - magnitude).clamp(0, 6) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// `1 thread`, `4 threads`, `12,000 threads`.
#[must_use]
pub fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1\u{a0}{one}")
    } else {
        format!("{}\u{a0}{many}", grouped(number))
    }
}

/// `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits_and_the_unit_they_are_read_in() {
        for (nanos, text) in [
            (0, "0"),
            (850, "850\u{a0}ns"),
            (12_500, "12.5\u{a0}µs"),
            (999_600, "1\u{a0}ms"),
            (10_000_000, "10\u{a0}ms"),
            (1_284_000_000, "1.28\u{a0}s"),
            (90_000_000_000, "90\u{a0}s"),
        ] {
            assert_eq!(duration(Nanos(nanos)), text);
        }
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(count(1, "core", "cores"), "1\u{a0}core");
        assert_eq!(count(2_000, "core", "cores"), "2,000\u{a0}cores");
    }
}
