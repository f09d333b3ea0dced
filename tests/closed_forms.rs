//! Laws that are known in a closed form and are nobody's policy: how far more cores help, and how fast
//! the bare loop and the kernel agree on what they do.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use proptest::prelude::*;

use support::{cases, process, program, run_report, shown, textbook, thread};
use timeslice::base::Nanos;
use timeslice::benchmark::{Mix, measure};
use timeslice::scenario::{Policy, Scenario, StatementKind};

/// A program that computes `serial`, then has as many threads as given compute `parallel` together,
/// and waits for them.
fn fork_join(serial: Nanos, parallel: Nanos, threads: u32, cores: u32) -> Scenario {
    let part = Nanos(parallel.0 / u64::from(threads));
    let mut statements = vec![StatementKind::Compute(serial.into())];
    statements.extend((0..threads).map(|_| StatementKind::Spawn("part".to_owned())));
    statements.push(StatementKind::Join);
    let mut scenario = textbook(Policy::Fifo, Nanos::from_ms(10));
    scenario.machine.cores = cores;
    scenario.processes = vec![process(
        "app",
        Nanos::ZERO,
        vec![
            thread("main", 1, program(statements)),
            thread("part", 0, program([StatementKind::Compute(part.into())])),
        ],
    )];
    scenario
}

proptest! {
    #![proptest_config(cases(300))]

    /// Amdahl's law: with a share `s` that only one core can do, `c` cores are 1 / (s + (1 - s) / c) times as
    /// fast as one. (G. Amdahl, "Validity of the single processor approach", 1967.) In whole numbers: the
    /// makespan is the serial part and 1/c of the rest.
    #[test]
    fn more_cores_help_as_amdahl_says(
        serial_us in 1..50_000_u64,
        part_us in 1..5_000_u64,
        threads_a_core in 1..4_u32,
        cores in 1..17_u32,
    ) {
        let threads = threads_a_core * cores;
        let serial = Nanos::from_us(serial_us);
        let parallel = Nanos::from_us(part_us * u64::from(threads));
        let scenario = fork_join(serial, parallel, threads, cores);
        let one = fork_join(serial, parallel, threads, 1);
        let (many, one) = (run_report(&scenario).totals, run_report(&one).totals);
        let expected = serial.0 + parallel.0 / u64::from(cores);
        prop_assert_eq!(many.makespan_ns, expected, "\n{}", shown(&scenario));
        prop_assert_eq!(one.makespan_ns, serial.0 + parallel.0);
    }

    /// The benchmark times two things that do the same: as many slices under the kernel as in the bare
    /// loop.
    #[test]
    fn the_bare_loop_does_what_the_kernel_does(tasks in 1..300_u32, cores in 1..65_u32) {
        let mut clock = || 0;
        let measured = measure(Mix { tasks, cores, jittered: false }, 1, &mut clock);
        if tasks > cores {
            prop_assert_eq!(measured.kernel.slices, measured.bare.slices);
        }
    }
}
