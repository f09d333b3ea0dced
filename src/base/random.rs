//! Random numbers that a seed determines, the same on every target. There is no other source of
//! randomness in the pure core.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::Nanos;

/// A seeded stream of random numbers (PCG64 MCG).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random(Pcg64Mcg);

impl Random {
    /// The stream that belongs to `seed`; `stream` keeps independent uses of one seed apart.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Random {
        // The odd constant is 2^64 / the golden ratio: neighbouring streams start far apart.
        Random(Pcg64Mcg::seed_from_u64(
            seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15),
        ))
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..bound`, each equally likely. `bound` must not be zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "an empty range has no random number");
        // Lemire's multiplication with rejection: unbiased, one multiplication most of the time.
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if (product as u64) >= threshold {
                return (product >> 64) as u64;
            }
        }
    }

    /// An exponentially distributed duration, rounded to the nearest nanosecond: the time to the next
    /// of events that come independently of each other, so long apart on average. At most 45 means.
    pub fn exponential(&mut self, mean: Nanos) -> Nanos {
        // By inversion: -ln(u) for a uniform u. Odd numbers are the middles of 2^63 equal parts of
        // 0..2^64, so that u is never 0 or 1.
        let means = u128::from(minus_ln(self.bits() | 1));
        let half = 1 << (FRACTION_BITS - 1);
        let nanos = (means * u128::from(mean.0) + half) >> FRACTION_BITS;
        Nanos(u64::try_from(nanos).unwrap_or(Nanos::NEVER.0))
    }
}

/// How many binary places [`minus_ln`] has: an error far below a nanosecond in a day.
const FRACTION_BITS: u32 = 56;

/// `-ln(numerator / 2^64)` with [`FRACTION_BITS`] binary places, in integers, so that every target
/// gets the same. The numerator must not be zero.
fn minus_ln(numerator: u64) -> u64 {
    /// ln(2) · 2^64.
    const LN_2: u128 = 0xB172_17F7_D1CF_79AC;
    let zeros = numerator.leading_zeros();
    // The numerator is mantissa · 2^(63 - zeros), with 1 <= mantissa < 2 in 63 binary places. Each
    // squaring doubles its logarithm, so that the next binary place of that shows before the point.
    let mut mantissa = numerator << zeros;
    let mut log2 = 0_u64;
    for _ in 0..FRACTION_BITS {
        let square = u128::from(mantissa) * u128::from(mantissa);
        let is_two_or_more = (square >> 127) as u64;
        log2 = log2 << 1 | is_two_or_more;
        mantissa = (square >> (63 + is_two_or_more)) as u64;
    }
    let minus_log2 = (u64::from(zeros + 1) << FRACTION_BITS) - log2;
    ((u128::from(minus_log2) * LN_2) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_that_of_the_closed_form() {
        let two_to_the_64 = 2_f64.powi(64);
        let mut random = Random::new(3, 0);
        let edges = [1, 2, 3, 1 << 63, (1 << 63) - 1, u64::MAX];
        for numerator in edges
            .into_iter()
            .chain((0..64).map(|bit| random.bits() >> bit | 1))
        {
            let got = minus_ln(numerator) as f64 / 2_f64.powi(FRACTION_BITS as i32);
            let want = -(numerator as f64 / two_to_the_64).ln();
            assert!(
                (got - want).abs() <= want * 1e-14 + 1e-15,
                "{numerator}: {got}, not {want}"
            );
        }
    }

    #[test]
    fn exponential_durations_have_their_mean_and_their_distribution() {
        let (mean, draws) = (Nanos::from_ms(1), 200_000_u32);
        let mut random = Random::new(11, 0);
        let drawn: Vec<u64> = (0..draws).map(|_| random.exponential(mean).0).collect();
        // An exponential distribution's standard deviation is its mean.
        let off_by = (drawn.iter().sum::<u64>() / u64::from(draws)).abs_diff(mean.0);
        assert!(off_by as f64 <= 5.0 * mean.0 as f64 / f64::from(draws).sqrt());
        // P(X > x) = exp(-x / mean), from the shortest to the rarest, within five standard
        // deviations of a binomial share.
        for tenths in [1_u32, 3, 7, 10, 20, 30, 50, 80] {
            let longer = drawn
                .iter()
                .filter(|x| **x > mean.0 / 10 * u64::from(tenths))
                .count();
            let want = (-f64::from(tenths) / 10.0).exp();
            let deviation = (want * (1.0 - want) / f64::from(draws)).sqrt();
            let got = longer as f64 / f64::from(draws);
            assert!(
                (got - want).abs() < 5.0 * deviation,
                "beyond {tenths} tenths: {got}, not {want}"
            );
        }
    }

    #[test]
    fn exponential_durations_are_the_same_everywhere_and_never_overflow() {
        let mut random = Random::new(42, 0);
        let drawn = [(); 4].map(|()| random.exponential(Nanos::from_ms(1)).0);
        assert_eq!(drawn, [555_838, 2_015_103, 1_033_005, 1_489_849]);
        assert_eq!(random.exponential(Nanos::ZERO), Nanos::ZERO);
        random.exponential(Nanos::NEVER);
    }

    #[test]
    fn a_seed_determines_the_stream_and_streams_differ() {
        let draw = |seed, stream| {
            let mut random = Random::new(seed, stream);
            (0..8).map(|_| random.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(42, 0), draw(42, 0));
        assert_ne!(draw(42, 0), draw(42, 1));
        assert_ne!(draw(42, 0), draw(43, 0));
    }

    #[test]
    fn every_number_below_the_bound_comes_up_about_equally_often() {
        let mut random = Random::new(7, 0);
        let mut counts = [0_u32; 6];
        for _ in 0..60_000 {
            counts[random.below(6) as usize] += 1;
        }
        // Five standard deviations of a binomial count are about 456.
        assert!(
            counts.iter().all(|count| count.abs_diff(10_000) < 456),
            "{counts:?}"
        );
    }
}
