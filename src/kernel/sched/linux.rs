//! Numbers that both of Linux's fair schedulers share: weights by niceness, virtual time, and how
//! its settings grow with the machine.

use crate::base::Nanos;
use crate::scenario::Machine;

/// The weight of each niceness from -20 to 19: each step is a factor of about 1.25. Linux,
/// `kernel/sched/core.c`, `sched_prio_to_weight`.
const WEIGHTS: [i64; 40] = [
    88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904,
    3906, 3121, 2501, 1991, 1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87,
    70, 56, 45, 36, 29, 23, 18, 15,
];

/// The weight of niceness 0, whose virtual time passes as real time does.
const NICE_0: i128 = 1_024;

/// The weight of a niceness.
pub(super) fn weight(nice: i8) -> i128 {
    let at = (i32::from(nice) + 20).clamp(0, 39) as usize;
    i128::from(WEIGHTS[at])
}

/// Virtual time is counted in nanoseconds of niceness 0, times 2^20. Linux rounds to whole
/// nanoseconds; we keep the rest, so that shares come out exact.
const FRACTION: u32 = 20;

/// How much virtual time passes while a task of this weight runs for so long.
pub(super) fn virtual_time(real: Nanos, weight: i128) -> i128 {
    (i128::from(real.0) << FRACTION) * NICE_0 / weight
}

/// How long a task of this weight runs while so much virtual time passes, to the nearest nanosecond;
/// negative for a negative time.
pub(super) fn real_time(virtual_time: i128, weight: i128) -> i128 {
    let divisor = NICE_0 << FRACTION;
    (virtual_time * weight + divisor / 2).div_euclid(divisor)
}

/// A setting of Linux on this machine: it grows with the logarithm of the number of hardware threads,
/// of which it counts at most eight (`get_update_sysctl_factor`).
pub(super) fn scaled(setting: Nanos, machine: &Machine) -> Nanos {
    let threads = (machine.cores * machine.smt).clamp(1, 8);
    Nanos(setting.0 * u64::from(1 + threads.ilog2()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtual_time_and_back() {
        assert_eq!(weight(-20), 88_761);
        assert_eq!((weight(0), weight(19)), (1_024, 15));
        for nice in -20..20 {
            let there = virtual_time(Nanos(750_001), weight(nice));
            assert_eq!(real_time(there, weight(nice)), 750_001);
        }
        let machine = |cores| Machine {
            cores,
            ..Machine::default()
        };
        let on = |cores| scaled(Nanos::from_ms(6), &machine(cores));
        let expected = [6, 12, 12, 18, 24, 24].map(Nanos::from_ms);
        assert_eq!([1, 2, 3, 4, 8, 64].map(on), expected);
    }
}
