//! When the copies of one line of a scenario come: all at once, or one after the other as an open
//! load does, whoever is still busy. The kernel and a real run both ask here, so that they have the
//! same load.

use serde::{Deserialize, Serialize};

use crate::base::{Nanos, Random};

/// How far apart the copies of a line come, counted from its `arrival`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrivals {
    /// So long after each other, the first at once.
    Every(Nanos),
    /// At random and independently of each other, so long apart on average (a Poisson process); the
    /// first after one such time too.
    Mean(Nanos),
    /// Each at a time of its own.
    At(Vec<Nanos>),
}

/// The streams of the seed that arrivals are drawn from: one for each line.
const STREAM: u64 = 1 << 48;

/// The arrivals of one line, to be asked for the copies in each of the things that have it.
#[derive(Debug)]
pub struct Arriving<'s> {
    arrivals: Option<&'s Arrivals>,
    random: Random,
}

impl<'s> Arriving<'s> {
    /// Those of the line at this place: the position of its process, its thread and its coroutine,
    /// as far as it has them. A line's draws depend on nothing else but the scenario's seed.
    #[must_use]
    pub fn of(
        arrivals: Option<&'s Arrivals>,
        seed: u64,
        (process, thread, coroutine): (usize, Option<usize>, Option<usize>),
    ) -> Arriving<'s> {
        let number = |position: Option<usize>| position.map_or(0, |position| position as u64 + 1);
        let stream = (process as u64) << 32 | number(thread) << 16 | number(coroutine);
        Arriving {
            arrivals,
            random: Random::new(seed, STREAM | stream),
        }
    }

    /// How long after its `arrival` each of so many copies comes. Asked again, for the copies in the
    /// next process or thread, it draws on.
    pub fn delays(&mut self, copies: u32) -> impl Iterator<Item = Nanos> {
        let mut sum = Nanos::ZERO;
        (0..copies).map(move |copy| match self.arrivals {
            None => Nanos::ZERO,
            Some(Arrivals::Every(apart)) => Nanos(apart.0.saturating_mul(u64::from(copy))),
            Some(Arrivals::Mean(mean)) => {
                sum = sum.saturating_add(self.random.exponential(*mean));
                sum
            }
            Some(Arrivals::At(times)) => {
                let own = times.get(copy as usize).or(times.last());
                own.copied().unwrap_or(Nanos::ZERO)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(arrivals: &Arrivals, seed: u64, process: usize) -> Vec<u64> {
        let mut arriving = Arriving::of(Some(arrivals), seed, (process, None, None));
        arriving.delays(4).map(|delay| delay.0).collect()
    }

    #[test]
    fn copies_come_one_after_the_other() {
        assert_eq!(delays(&Arrivals::Every(Nanos(5)), 0, 0), [0, 5, 10, 15]);
        let times = [7, 3, 9].map(Nanos).to_vec();
        assert_eq!(delays(&Arrivals::At(times), 0, 0), [7, 3, 9, 9]);
        let mean = Arrivals::Mean(Nanos::from_ms(1));
        let drawn = delays(&mean, 1, 0);
        assert!(drawn[0] > 0 && drawn.is_sorted());
        assert_eq!(drawn, delays(&mean, 1, 0), "a seed determines them");
        assert_ne!(drawn, delays(&mean, 2, 0));
        assert_ne!(drawn, delays(&mean, 1, 1), "each line draws for itself");
    }

    #[test]
    fn the_next_process_draws_on() {
        let mean = Arrivals::Mean(Nanos::from_ms(1));
        let mut arriving = Arriving::of(Some(&mean), 1, (0, Some(0), None));
        let first: Vec<Nanos> = arriving.delays(2).collect();
        let second: Vec<Nanos> = arriving.delays(2).collect();
        assert_ne!(first, second);
    }
}
