//! The positions of the form's sliders: cores from 1 to 64, and quanta in steps of 1, 2 and 5.
//! Values between two positions can be written in the text; the slider then stands at the nearest.

use crate::base::Nanos;

/// The numbers of cores a slider offers.
pub const CORES: [u32; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 48, 64];

/// The quanta a slider offers, in nanoseconds.
pub const QUANTA_NS: [u64; 16] = [
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    1_000_000_000,
];

/// The position nearest to this number of cores.
#[must_use]
pub fn core_position(cores: u32) -> usize {
    nearest(CORES.map(f64::from), f64::from(cores))
}

/// The position nearest to this quantum, on a logarithmic scale.
#[must_use]
pub fn quantum_position(quantum: Nanos) -> usize {
    nearest(
        QUANTA_NS.map(|nanos| (nanos as f64).ln()),
        (quantum.0.max(1) as f64).ln(),
    )
}

fn nearest<const N: usize>(steps: [f64; N], value: f64) -> usize {
    let distance = |at: usize| (steps[at] - value).abs();
    (0..N)
        .min_by(|one, other| distance(*one).total_cmp(&distance(*other)))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_its_own_nearest() {
        for (at, cores) in CORES.into_iter().enumerate() {
            assert_eq!(core_position(cores), at);
        }
        for (at, nanos) in QUANTA_NS.into_iter().enumerate() {
            assert_eq!(quantum_position(Nanos(nanos)), at);
        }
        assert_eq!(quantum_position(Nanos::from_s(80)), QUANTA_NS.len() - 1);
        assert_eq!(quantum_position(Nanos::from_ms(14)), 9);
    }
}
