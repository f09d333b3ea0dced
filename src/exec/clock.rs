//! Clocks: reading this thread of execution's own, and how the page's and a worker's belong
//! together. All times are whole nanoseconds since a context's time origin.

use crate::base::Nanos;

/// One question and answer: when the page asked, what the worker's clock said, when the page heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ping {
    /// By the page's clock.
    pub asked: Nanos,
    /// By the worker's clock.
    pub answered: Nanos,
    /// By the page's clock.
    pub heard: Nanos,
}

/// How a worker's clock and the page's belong together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// What the worker's clock shows minus what the page's shows, at one instant.
    pub ahead_ns: i64,
    /// How far `ahead_ns` may be wrong.
    pub error: Nanos,
}

impl Alignment {
    /// From pings, which bound the truth, and from the two time origins, which the browser takes
    /// from one clock: where they lie within the bounds they are believed, since a message takes
    /// its time in one direction more than in the other. The error is always that of the pings, and
    /// a step of the clock, since either clock may be about to step.
    #[must_use]
    pub fn of(pings: &[Ping], origins_ahead_ns: i64, clock_step: Nanos) -> Option<Alignment> {
        let best = pings
            .iter()
            .min_by_key(|ping| ping.heard.saturating_sub(ping.asked))?;
        let round_trip = best.heard.saturating_sub(best.asked);
        let lowest = best.answered.0 as i64 - best.heard.0 as i64;
        let highest = best.answered.0 as i64 - best.asked.0 as i64;
        let is_within = (lowest..=highest).contains(&origins_ahead_ns);
        let ahead_ns = if is_within {
            origins_ahead_ns
        } else {
            lowest.midpoint(highest)
        };
        Some(Alignment {
            ahead_ns,
            error: Nanos(round_trip.0.div_ceil(2)).saturating_add(clock_step),
        })
    }

    /// A time of the worker's by the page's clock.
    #[must_use]
    pub fn to_page(self, worker: Nanos) -> Nanos {
        Nanos(worker.0.saturating_add_signed(-self.ahead_ns))
    }

    /// A time of the page's by the worker's clock.
    #[must_use]
    pub fn to_worker(self, page: Nanos) -> Nanos {
        Nanos(page.0.saturating_add_signed(self.ahead_ns))
    }
}

#[cfg(any(feature = "web", feature = "pool"))]
mod reading {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        // Every kind of context has this one global, and no common type for it.
        #[wasm_bindgen(js_namespace = performance, js_name = now)]
        pub(super) fn performance_now() -> f64;
        #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
        pub(super) static TIME_ORIGIN: f64;
    }
}

/// The time since this context's time origin.
#[cfg(any(feature = "web", feature = "pool"))]
#[must_use]
pub fn now() -> Nanos {
    Nanos((reading::performance_now() * 1e6).round().max(0.0) as u64)
}

/// This context's time origin, in nanoseconds since 1970.
#[cfg(any(feature = "web", feature = "pool"))]
#[must_use]
pub fn time_origin_ns() -> i64 {
    reading::TIME_ORIGIN.with(|origin| (origin * 1e6).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ping(asked: u64, answered: u64, heard: u64) -> Ping {
        Ping {
            asked: Nanos(asked),
            answered: Nanos(answered),
            heard: Nanos(heard),
        }
    }

    #[test]
    fn the_quickest_ping_bounds_the_error() {
        let pings = [ping(1_000, 90, 1_400), ping(2_000, 1_050, 2_100)];
        let found = Alignment::of(&pings, i64::MAX, Nanos(5)).unwrap();
        assert_eq!(
            found,
            Alignment {
                ahead_ns: -1_000,
                error: Nanos(55)
            }
        );
        assert_eq!(found.to_page(Nanos(1_050)), Nanos(2_050));
        assert_eq!(found.to_worker(Nanos(2_050)), Nanos(1_050));
        assert_eq!(Alignment::of(&[], 0, Nanos(5)), None);
    }

    #[test]
    fn time_origins_are_believed_within_the_bounds_only() {
        let pings = [ping(2_000, 1_050, 2_100)];
        assert_eq!(
            Alignment::of(&pings, -1_040, Nanos(5)).unwrap().ahead_ns,
            -1_040
        );
        assert_eq!(
            Alignment::of(&pings, -1_051, Nanos(5)).unwrap().ahead_ns,
            -1_000
        );
    }
}
