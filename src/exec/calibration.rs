//! How fast one quiet core works in each build, so that `compute 5ms` is 5 ms of it, and how fine
//! the clock is. Measured in a worker while the page's other workers rest; kept for the session by
//! `real`.

use serde::{Deserialize, Serialize};

use super::cpu::Cpu;
use crate::base::Nanos;
use crate::work::Rate;

/// How long the clock's steps are looked for.
const STEP_SEARCH: Nanos = Nanos::from_ms(10);
/// Rounds in which the work loop is timed, at least.
const ROUNDS: usize = 20;
/// A round is shorter than a slice of most operating systems, so that some are not cut in two.
const ROUND: Nanos = Nanos::from_ms(2);
/// But this many steps of the clock, so that reading it is no great error.
const STEPS_A_ROUND: u64 = 50;
/// How far the three fastest rounds may be apart, in thousandths, for the core to count as quiet.
const AGREEMENT_PERMILLE: u64 = 20;
/// Nobody waits longer than this for a calibration.
const LONGEST: Nanos = Nanos::from_ms(1_500);

/// What one core does in one build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietCore {
    /// Steps of the work loop, in the fastest round: the one the operating system disturbed least.
    pub rate: Rate,
    /// How much slower the middle round was, in thousandths: how quiet the core really was.
    pub spread_permille: u32,
    /// The smallest step of the clock.
    pub clock_step: Nanos,
}

/// What was found for both builds, where they were needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calibration {
    /// In the plain build: processes, coroutines, the slicer.
    pub plain: Option<QuietCore>,
    /// In the shared-memory build: threads.
    pub shared: Option<QuietCore>,
}

impl Calibration {
    /// The coarser of the clocks' steps.
    #[must_use]
    pub fn clock_step(&self) -> Nanos {
        [self.plain, self.shared]
            .into_iter()
            .flatten()
            .map(|core| core.clock_step)
            .max()
            .unwrap_or(Nanos::ZERO)
    }
}

/// Times the work loop, read by read of the clock as a task runs it, until the fastest rounds agree.
pub fn calibrate(cpu: &mut impl Cpu) -> QuietCore {
    let clock_step = clock_step(cpu);
    let round = ROUND.max(Nanos(clock_step.0 * STEPS_A_ROUND));
    let begun = cpu.now();
    let mut rate = first_guess(cpu);
    let mut rates = Vec::new();
    while !is_enough(&rates) && cpu.now().saturating_sub(begun) < LONGEST {
        let found = time_round(cpu, rate, round).steps_per_s();
        // The compiler in the browser speeds the loop up as it goes; chunks follow.
        rate = Rate::measured(found.max(rate.steps_per_s()), Nanos::from_s(1));
        let at = rates.partition_point(|known| *known < found);
        rates.insert(at, found);
    }
    let fastest = rates.last().copied().unwrap_or(1).max(1);
    let middle = rates.get(rates.len() / 2).copied().unwrap_or(fastest);
    QuietCore {
        rate: Rate::measured(fastest, Nanos::from_s(1)),
        spread_permille: below_permille(middle, fastest) as u32,
        clock_step,
    }
}

/// Whether there are so many rounds, in order, and the fastest agree.
fn is_enough(rates: &[u64]) -> bool {
    rates.len() >= ROUNDS
        && rates.last_chunk::<3>().is_some_and(|[third, _, fastest]| {
            below_permille(*third, *fastest) <= AGREEMENT_PERMILLE
        })
}

/// How far a rate is below another, in thousandths of that.
fn below_permille(rate: u64, other: u64) -> u64 {
    (u128::from(other.saturating_sub(rate)) * 1_000 / u128::from(other.max(1))) as u64
}

/// Works for about this long, so that the browser has compiled the loop well before it counts.
pub fn warm_up(cpu: &mut impl Cpu, rate: Rate, time: Nanos) {
    let begun = cpu.now();
    while cpu.now().saturating_sub(begun) < time {
        cpu.work(rate.steps_for(Nanos::from_us(20)).max(1));
    }
}

fn clock_step(cpu: &mut impl Cpu) -> Nanos {
    let begun = cpu.now();
    let (mut last, mut smallest) = (begun, STEP_SEARCH);
    while last.saturating_sub(begun) < STEP_SEARCH {
        // A clock that does not move by being read is moved by work.
        cpu.work(1);
        let now = cpu.now();
        if now > last {
            smallest = smallest.min(now - last);
        }
        last = now;
    }
    smallest
}

fn first_guess(cpu: &mut impl Cpu) -> Rate {
    let mut steps = 1_000;
    loop {
        let begun = cpu.now();
        cpu.work(steps);
        let took = cpu.now().saturating_sub(begun);
        if took >= Nanos::from_ms(2) || steps >= 1 << 40 {
            return Rate::measured(steps, took);
        }
        steps *= 2;
    }
}

fn time_round(cpu: &mut impl Cpu, rate: Rate, round: Nanos) -> Rate {
    let steps = rate.steps_for(Nanos::from_us(20)).max(1);
    let begun = cpu.now();
    let mut done = 0;
    loop {
        cpu.work(steps);
        done += steps;
        let took = cpu.now().saturating_sub(begun);
        // As a task does between two chunks.
        let _ = cpu.signal();
        if took >= round {
            return Rate::measured(done, took);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::cpu::Signal;

    /// Five steps a microsecond, on a clock that is read to 5 µs, disturbed at first.
    struct Steady {
        steps: u64,
        disturbed: u64,
    }

    impl Cpu for Steady {
        fn now(&mut self) -> Nanos {
            Nanos((self.steps * 200 + self.disturbed) / 5_000 * 5_000)
        }
        fn work(&mut self, steps: u64) {
            self.steps += steps;
            self.disturbed += if self.steps < 80_000 { steps * 100 } else { 0 };
        }
        fn signal(&mut self) -> Signal {
            Signal::None
        }
    }

    #[test]
    fn the_quietest_round_and_the_clocks_step_are_found() {
        let found = calibrate(&mut Steady {
            steps: 0,
            disturbed: 0,
        });
        assert_eq!(found.clock_step, Nanos::from_us(5));
        let error = found.rate.steps_per_s().abs_diff(5_000_000);
        assert!(error < 50_000, "{found:?}");
    }
}
