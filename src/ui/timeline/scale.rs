//! The time axis: a window of whole nanoseconds against pixels, moving it, and its ticks. Pure; knows
//! no canvas and no trace. Every conversion is relative to the window's start, so that a nanosecond
//! an hour into a run is as sharp as one at its beginning.
//!
//! Called by `layout`, `picture`, `view` and the page.

use crate::base::Nanos;

/// The narrowest window: ten nanoseconds over the whole width.
pub const MIN_SPAN_NS: u64 = 10;

/// The interval of time that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From, inclusive.
    pub start_ns: u64,
    /// To, exclusive; later than the start.
    pub end_ns: u64,
}

impl Window {
    /// Whatever the longest run needs, also when a longer one comes: what to show at first.
    pub const WHOLE: Window = Window {
        start_ns: 0,
        end_ns: u64::MAX,
    };

    /// The window that shows a run of `end_ns` whole, with a little air behind its end.
    #[must_use]
    pub fn fit(end_ns: u64) -> Window {
        Window {
            start_ns: 0,
            end_ns: end_ns.saturating_add(end_ns / 32).max(MIN_SPAN_NS),
        }
    }

    /// How much time it shows.
    #[must_use]
    pub fn span_ns(self) -> u64 {
        self.end_ns - self.start_ns
    }

    /// The window moved and narrowed as little as needed to lie inside `0..limit_ns`.
    #[must_use]
    pub fn clamp(self, limit_ns: u64) -> Window {
        let limit = limit_ns.max(MIN_SPAN_NS);
        let span = self
            .end_ns
            .saturating_sub(self.start_ns)
            .clamp(MIN_SPAN_NS, limit);
        let start = self.start_ns.min(limit - span);
        Window {
            start_ns: start,
            end_ns: start + span,
        }
    }

    /// Zooms by `factor` (below one: in) so that `at_ns` keeps its place, inside `0..limit_ns`.
    #[must_use]
    pub fn zoom(self, at_ns: u64, factor: f64, limit_ns: u64) -> Window {
        let limit = limit_ns.max(MIN_SPAN_NS);
        let span = self.span_ns();
        let wanted = (span as f64 * factor).round();
        // A zoom that rounds to the same span would never leave it.
        let wanted = match wanted as u64 {
            same if same == span && factor < 1.0 => span - 1,
            same if same == span && factor > 1.0 => span + 1,
            other => other,
        }
        .clamp(MIN_SPAN_NS, limit);
        let at = at_ns.clamp(self.start_ns, self.end_ns);
        let left = u128::from(at - self.start_ns) * u128::from(wanted) / u128::from(span);
        let start = at.saturating_sub(left as u64);
        Window {
            start_ns: start,
            end_ns: start.saturating_add(wanted),
        }
        .clamp(limit)
    }

    /// Moves by a part of its own span: `0.5` is half a window later.
    #[must_use]
    pub fn pan(self, part: f64, limit_ns: u64) -> Window {
        let shift = (self.span_ns() as f64 * part.abs()).round() as u64;
        let start = if part < 0.0 {
            self.start_ns.saturating_sub(shift)
        } else {
            self.start_ns.saturating_add(shift)
        };
        Window {
            start_ns: start,
            end_ns: start.saturating_add(self.span_ns()),
        }
        .clamp(limit_ns)
    }
}

/// A window laid over a number of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// What is shown.
    pub window: Window,
    /// Over how many pixels.
    pub width_px: u32,
}

impl Scale {
    /// Where an instant lies, in pixels from the left edge; outside the window it is outside.
    #[must_use]
    pub fn x(&self, at_ns: u64) -> f64 {
        let relative = if at_ns >= self.window.start_ns {
            (at_ns - self.window.start_ns) as f64
        } else {
            -((self.window.start_ns - at_ns) as f64)
        };
        relative * f64::from(self.width_px) / self.window.span_ns() as f64
    }

    /// The nearest pixel edge to an instant, inside `0..=width`.
    #[must_use]
    pub fn edge(&self, at_ns: u64) -> u32 {
        let at = at_ns.clamp(self.window.start_ns, self.window.end_ns) - self.window.start_ns;
        let (span, width) = (self.window.span_ns(), u64::from(self.width_px));
        if let Some(scaled) = at.checked_mul(width) {
            return ((scaled + span / 2) / span) as u32;
        }
        let span = u128::from(span);
        ((u128::from(at) * u128::from(width) + span / 2) / span) as u32
    }

    /// The instant at a pixel edge, rounded down.
    #[must_use]
    pub fn at_edge(&self, edge_px: u32) -> u64 {
        let (span, width) = (self.window.span_ns(), u64::from(self.width_px.max(1)));
        let offset = match span.checked_mul(u64::from(edge_px)) {
            Some(scaled) => scaled / width,
            None => (u128::from(span) * u128::from(edge_px) / u128::from(width)) as u64,
        };
        self.window.start_ns + offset
    }

    /// The instant under a position, inside the window.
    #[must_use]
    pub fn at(&self, x_px: f64) -> u64 {
        let part = (x_px / f64::from(self.width_px.max(1))).clamp(0.0, 1.0);
        self.window.start_ns + (part * self.window.span_ns() as f64) as u64
    }
}

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

const UNITS: [(u64, &str); 4] = [
    (1_000_000_000, "s"),
    (1_000_000, "ms"),
    (1_000, "µs"),
    (1, "ns"),
];

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

#[cfg(test)]
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
        let scale = Scale {
            window: Window {
                start_ns: start,
                end_ns: start + 20,
            },
            width_px: 1_000,
        };
        assert_eq!(scale.x(start + 1), 50.0);
        assert_eq!(scale.edge(start + 3), 150);
        assert_eq!(scale.at_edge(150), start + 3);
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
        fn zooming_keeps_the_point_under_the_pointer(
            start in 0_u64..1_000_000_000, span in 1_000_u64..1_000_000_000,
            part in 0.0_f64..1.0, factor in 0.2_f64..0.999,
        ) {
            let limit = 3_000_000_000;
            let window = Window { start_ns: start, end_ns: start + span };
            let at = start + (span as f64 * part) as u64;
            let zoomed = window.zoom(at, factor, limit);
            prop_assert!(zoomed.span_ns() < span);
            let scale = |window| Scale { window, width_px: 1_000 };
            let moved = (scale(window).x(at) - scale(zoomed).x(at)).abs();
            prop_assert!(moved <= 1_000.0 / zoomed.span_ns() as f64 + 1e-6, "{moved}");
        }

        #[test]
        fn a_window_never_leaves_its_limit(
            start in 0_u64..5_000, span in 10_u64..5_000, limit in 10_u64..4_000,
            part in -3.0_f64..3.0, factor in 0.1_f64..10.0, at in 0_u64..10_000,
        ) {
            let window = Window { start_ns: start, end_ns: start + span };
            for window in [window.clamp(limit), window.pan(part, limit), window.zoom(at, factor, limit)] {
                prop_assert!(window.end_ns <= limit && window.span_ns() >= MIN_SPAN_NS);
            }
        }

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

        #[test]
        fn an_edge_is_where_its_instant_is(
            start in 0_u64..86_400_000_000_000, span in 10_u64..86_400_000_000_000, width in 1_u32..8_000, edge in 0_u32..8_000,
        ) {
            let scale = Scale { window: Window { start_ns: start, end_ns: start + span }, width_px: width };
            let edge = edge.min(width);
            let at = scale.at_edge(edge);
            prop_assert!((scale.x(at) - f64::from(edge)).abs() <= f64::from(width) / span as f64 + 1e-6);
        }
    }
}
