//! The axis' marks and how times are written: exactly, in the unit that fits. Pure; whole numbers
//! only, so that a label is never off by a rounding.
//!
//! Called by `paint`, `hover` and `table`.

use super::scale::{Scale, Window};
use crate::base::Nanos;

const UNITS: [(u64, &str); 4] = [
    (1_000_000_000, "s"),
    (1_000_000, "ms"),
    (1_000, "µs"),
    (1, "ns"),
];

/// One mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When.
    pub at_ns: u64,
    /// What stands beside it.
    pub label: String,
}

/// The marks of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// How far apart they are: one, two or five times a power of ten.
    pub step_ns: u64,
    /// What the labels count from, where the instants themselves would be too long to read.
    pub base: Option<Tick>,
    /// The marks, inside the window.
    pub marks: Vec<Tick>,
}

/// Marks at least `gap_px` apart, at the finest 1-2-5 step for which that holds.
#[must_use]
pub fn ticks(scale: &Scale, gap_px: f64) -> Ticks {
    let window = scale.window;
    let least = window.span_ns() as f64 * gap_px / f64::from(scale.width_px.max(1));
    let step_ns = step_at_least(least);
    let first = window.start_ns.div_ceil(step_ns);
    let last = window.end_ns / step_ns;
    let base_ns = base(window, step_ns);
    let end_ns = window.end_ns - base_ns;
    let sign = if base_ns == 0 { "" } else { "+" };
    Ticks {
        step_ns,
        base: (base_ns > 0).then(|| Tick {
            at_ns: base_ns,
            label: exact(Nanos(base_ns)),
        }),
        marks: (first..=last)
            .map(|number| number * step_ns)
            .filter(|at_ns| *at_ns >= base_ns)
            .map(|at_ns| Tick {
                at_ns,
                label: format!("{sign}{}", label(at_ns - base_ns, step_ns, end_ns)),
            })
            .collect(),
    }
}

fn step_at_least(least_ns: f64) -> u64 {
    let mut power: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if step as f64 >= least_ns {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// Zero, or what the labels should count from: instants with more than seven digits that differ only
/// in the last of them can't be read.
fn base(window: Window, step_ns: u64) -> u64 {
    if window.end_ns / step_ns < 100_000 {
        return 0;
    }
    let mut grain = step_ns;
    while grain < window.span_ns() {
        grain = grain.saturating_mul(10);
    }
    let power = 10_u64.saturating_pow(grain.ilog10());
    window.start_ns / power * power
}

/// An instant in the largest unit that fits the axis' end and leaves at most three decimals.
fn label(at_ns: u64, step_ns: u64, end_ns: u64) -> String {
    let (scale, unit) = UNITS
        .into_iter()
        .find(|(scale, _)| *scale <= end_ns.max(1) && step_ns >= *scale / 1_000)
        .unwrap_or((1, "ns"));
    if at_ns == 0 {
        return format!("0 {unit}");
    }
    let decimals = decimals(step_ns, scale);
    let whole = at_ns / scale;
    if decimals == 0 {
        return format!("{whole} {unit}");
    }
    let fraction = at_ns % scale / (scale / 10_u64.pow(decimals));
    format!(
        "{whole}.{fraction:0width$} {unit}",
        width = decimals as usize
    )
}

fn decimals(step_ns: u64, scale: u64) -> u32 {
    let mut decimals = 0;
    let mut grain = scale;
    while grain > 1 && !step_ns.is_multiple_of(grain) {
        grain /= 10;
        decimals += 1;
    }
    decimals
}

/// A time to the last nanosecond, in its largest unit: `8 ms`, `2.000004 s`, `0 ns`.
#[must_use]
pub fn exact(time: Nanos) -> String {
    let (scale, unit) = UNITS
        .into_iter()
        .find(|(scale, _)| *scale <= time.0)
        .unwrap_or((1, "ns"));
    let (whole, rest) = (time.0 / scale, time.0 % scale);
    if rest == 0 {
        return format!("{whole} {unit}");
    }
    let digits = scale.ilog10() as usize;
    let fraction = format!("{rest:0digits$}");
    format!("{whole}.{} {unit}", fraction.trim_end_matches('0'))
}

/// A time to three figures, for where there is little room: `8.33 ms`, `120 µs`.
#[must_use]
pub fn rounded(time: Nanos) -> String {
    let (mut scale, mut unit) = UNITS
        .into_iter()
        .find(|(scale, _)| *scale <= time.0)
        .unwrap_or((1, "ns"));
    // Hundredths, so that nothing is rounded twice.
    let mut hundredths = (u128::from(time.0) * 100 + u128::from(scale) / 2) / u128::from(scale);
    if hundredths >= 99_950
        && let Some(next) = UNITS.into_iter().rev().find(|(next, _)| *next > scale)
    {
        (scale, unit) = next;
        hundredths = (u128::from(time.0) * 100 + u128::from(scale) / 2) / u128::from(scale);
    }
    let text = match hundredths {
        0..1_000 => format!("{}.{:02}", hundredths / 100, hundredths % 100),
        1_000..10_000 => {
            let tenths = (hundredths + 5) / 10;
            format!("{}.{}", tenths / 10, tenths % 10)
        }
        _ => format!("{}", (hundredths + 50) / 100),
    };
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text} {unit}")
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(start_ns: u64, end_ns: u64) -> Vec<String> {
        let scale = Scale {
            window: Window { start_ns, end_ns },
            width_px: 500,
        };
        let ticks = ticks(&scale, 100.0);
        ticks
            .base
            .into_iter()
            .chain(ticks.marks)
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn labels_are_in_a_unit_that_fits() {
        let ms = 1_000_000;
        assert_eq!(labels(0, 240 * ms)[..3], ["0 ms", "50 ms", "100 ms"]);
        assert_eq!(labels(0, 2 * ms)[..3], ["0 ms", "0.5 ms", "1.0 ms"]);
        assert_eq!(labels(0, 5_000 * ms)[..3], ["0 s", "1 s", "2 s"]);
        assert_eq!(labels(0, 20)[..3], ["0 ns", "5 ns", "10 ns"]);
        assert_eq!(labels(100 * ms, 101 * ms)[..2], ["100.0 ms", "100.2 ms"]);
    }

    #[test]
    fn a_nanosecond_far_into_a_run_is_still_exact() {
        let start = 3_600_000_000_000 + 7;
        assert_eq!(
            labels(start, start + 20),
            ["3600 s", "+10 ns", "+15 ns", "+20 ns", "+25 ns"]
        );
    }

    #[test]
    fn times_are_written_exactly_or_shortly() {
        assert_eq!(exact(Nanos(0)), "0 ns");
        assert_eq!(exact(Nanos(8_000_000)), "8 ms");
        assert_eq!(exact(Nanos(2_000_004_000)), "2.000004 s");
        assert_eq!(rounded(Nanos(8_333_333)), "8.33 ms");
        assert_eq!(rounded(Nanos(120_400)), "120 µs");
        assert_eq!(rounded(Nanos(999_960)), "1 ms");
        assert_eq!(rounded(Nanos(12_500)), "12.5 µs");
        assert_eq!(rounded(Nanos(7)), "7 ns");
    }

    proptest! {
        #[test]
        fn ticks_are_inside_and_not_too_close(
            start in 0_u64..1_000_000_000_000, span in 10_u64..1_000_000_000_000, width in 50_u32..4_000,
        ) {
            let scale = Scale { window: Window { start_ns: start, end_ns: start + span }, width_px: width };
            let ticks = ticks(&scale, 80.0);
            prop_assert!(ticks.marks.iter().all(|tick| (start..=start + span).contains(&tick.at_ns)));
            prop_assert!(scale.x(start + ticks.step_ns) >= 79.999);
            let mut labels: Vec<&str> = ticks.marks.iter().map(|tick| tick.label.as_str()).collect();
            labels.dedup();
            prop_assert_eq!(labels.len(), ticks.marks.len());
        }
    }
}
