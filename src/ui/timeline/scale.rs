//! The time axis: a window of whole nanoseconds against pixels, and moving it. Pure; knows no
//! canvas and no trace. Every conversion is relative to the window's start, so that a nanosecond
//! an hour into a run is as sharp as one at its beginning.
//!
//! Called by `layout`, `picture`, `view` and the page.

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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_nanosecond_far_into_a_run_has_its_own_place() {
        let start_ns = 3_600_000_000_007;
        let scale = Scale {
            window: Window {
                start_ns,
                end_ns: start_ns + 20,
            },
            width_px: 1_000,
        };
        assert_eq!(scale.x(start_ns + 1), 50.0);
        assert_eq!(scale.edge(start_ns + 3), 150);
        assert_eq!(scale.at_edge(150), start_ns + 3);
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
