//! The work loop: iterated integer arithmetic that takes as long as it takes and whose result can
//! be checked without doing it again.
//!
//! A step advances four independent linear congruential generators. Four chains keep a core's
//! multiplier busy, so that two of these loops on two siblings of one core get in each other's way
//! as ordinary programs do; one chain alone would mostly wait for itself. A generator can be moved
//! `n` steps ahead in about log₂ n operations, which is how the result is checked: a loop that was
//! optimised away, cut short or run twice gives another number.

use serde::{Deserialize, Serialize};

use crate::base::Nanos;

/// Multipliers of full period for a modulus of 2^64 (Steele and Vigna, "Computationally easy,
/// spectrally good multipliers for congruential pseudorandom number generators", 2021; Knuth's
/// MMIX generator).
const MULTIPLIERS: [u64; 4] = [
    0xD134_2543_DE82_EF95,
    0xAF25_1AF3_B0F0_25B5,
    0x5851_F42D_4C95_7F2D,
    0x369D_EA0F_31A5_3F85,
];

/// The state of one work loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spin {
    seed: u64,
    /// Kept as values, not constants: with constants the compiler may fold several steps into one.
    generators: [Generator; 4],
    states: [u64; 4],
    steps: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Generator {
    multiplier: u64,
    increment: u64,
}

impl Spin {
    /// A loop that has done nothing yet.
    #[must_use]
    pub fn new(seed: u64) -> Spin {
        let generators = MULTIPLIERS.map(|multiplier| Generator {
            multiplier: std::hint::black_box(multiplier),
            increment: std::hint::black_box((seed ^ multiplier.rotate_left(32)) | 1),
        });
        Spin {
            seed,
            generators,
            states: [seed; 4],
            steps: 0,
        }
    }

    /// Does `steps` more steps.
    #[inline(never)]
    pub fn run(&mut self, steps: u64) {
        let [g0, g1, g2, g3] = self.generators;
        let [mut s0, mut s1, mut s2, mut s3] = self.states;
        for _ in 0..steps {
            s0 = s0.wrapping_mul(g0.multiplier).wrapping_add(g0.increment);
            s1 = s1.wrapping_mul(g1.multiplier).wrapping_add(g1.increment);
            s2 = s2.wrapping_mul(g2.multiplier).wrapping_add(g2.increment);
            s3 = s3.wrapping_mul(g3.multiplier).wrapping_add(g3.increment);
        }
        self.states = [s0, s1, s2, s3];
        self.steps += steps;
    }

    /// How many steps were asked for in all.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether the result is what that many steps give.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.generators
            .iter()
            .zip(self.states)
            .all(|(generator, state)| generator.ahead(self.seed, self.steps) == state)
    }
}

impl Generator {
    /// What `state` becomes after `steps` steps, by squaring the step.
    fn ahead(self, state: u64, mut steps: u64) -> u64 {
        // The composition of steps so far, and of 2^i steps, each as one multiply and add.
        let (mut multiplier, mut increment) = (1_u64, 0_u64);
        let (mut power, mut power_increment) = (self.multiplier, self.increment);
        while steps > 0 {
            if steps & 1 == 1 {
                multiplier = multiplier.wrapping_mul(power);
                increment = increment.wrapping_mul(power).wrapping_add(power_increment);
            }
            power_increment = power.wrapping_add(1).wrapping_mul(power_increment);
            power = power.wrapping_mul(power);
            steps >>= 1;
        }
        state.wrapping_mul(multiplier).wrapping_add(increment)
    }
}

/// How many steps of the work loop one quiet core does, in one build on one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Steps a second; at least one.
    steps_per_s: u64,
}

impl Rate {
    /// The rate of a loop that did `steps` in `time`.
    #[must_use]
    pub fn measured(steps: u64, time: Nanos) -> Rate {
        let per_s = u128::from(steps) * 1_000_000_000 / u128::from(time.0.max(1));
        Rate {
            steps_per_s: u64::try_from(per_s).unwrap_or(u64::MAX).max(1),
        }
    }

    /// Steps a second.
    #[must_use]
    pub fn steps_per_s(self) -> u64 {
        self.steps_per_s
    }

    /// How many steps take `time`.
    #[must_use]
    pub fn steps_for(self, time: Nanos) -> u64 {
        let steps = u128::from(self.steps_per_s) * u128::from(time.0) / 1_000_000_000;
        u64::try_from(steps).unwrap_or(u64::MAX)
    }

    /// How long `steps` take.
    #[must_use]
    pub fn time_for(self, steps: u64) -> Nanos {
        let time = u128::from(steps) * 1_000_000_000 / u128::from(self.steps_per_s);
        Nanos(u64::try_from(time).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_loop_is_right_however_it_is_cut() {
        let mut whole = Spin::new(7);
        whole.run(10_007);
        let mut cut = Spin::new(7);
        for steps in [0, 1, 6, 5_000, 5_000] {
            cut.run(steps);
            assert!(cut.is_right());
        }
        assert_eq!(whole, cut);
    }

    #[test]
    fn a_loop_that_was_cut_short_is_found_out() {
        let mut spin = Spin::new(7);
        spin.run(1_000);
        spin.steps += 1;
        assert!(!spin.is_right());
        spin.steps -= 1;
        spin.states[3] ^= 1;
        assert!(!spin.is_right());
    }

    #[test]
    fn a_rate_turns_time_into_steps_and_back() {
        let rate = Rate::measured(3_000_000, Nanos::from_ms(4));
        assert_eq!(rate.steps_per_s(), 750_000_000);
        assert_eq!(rate.steps_for(Nanos::from_ms(5)), 3_750_000);
        assert_eq!(rate.time_for(3_750_000), Nanos::from_ms(5));
        assert_eq!(Rate::measured(0, Nanos::ZERO).steps_per_s(), 1);
    }
}
