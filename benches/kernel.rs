//! The usual mixes of `timeslice::benchmark`, timed natively, and what a run takes of the memory. Asserts
//! nothing, since machines are shared and noisy.
//!
//! `cargo bench --bench kernel`

#![expect(
    clippy::print_stdout,
    reason = "a benchmark's result is what it prints"
)]

use std::time::Instant;

use peak_alloc::PeakAlloc;
use timeslice::benchmark::{Measured, Mix, measure};
use timeslice::kernel::Simulation;
use timeslice::scenario::limits::RunLimits;
use timeslice::trace::Event;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

fn main() {
    let epoch = Instant::now();
    let mut clock = || epoch.elapsed().as_nanos() as u64;
    println!("{}", Measured::HEADING);
    for mix in Mix::USUAL {
        println!("{}", measure(mix, 9, &mut clock).line(mix));
    }
    println!(
        "\n{:>8} {:>9} {:>14} {:>15}",
        "tasks", "lengths", "bytes a task", "bytes an event"
    );
    for mix in Mix::USUAL.into_iter().filter(|mix| mix.cores == 4) {
        let (task, event) = memory(mix);
        println!(
            "{:>8} {:>9} {task:>14} {event:>15}",
            mix.tasks,
            mix.lengths_word()
        );
    }
}

/// What the kernel holds for each task when all have come, the trace's tables of them included, and what the trace
/// takes for each event.
fn memory(mix: Mix) -> (usize, usize) {
    let scenario = mix.scenario();
    let before = ALLOCATED.current_usage();
    let mut simulation = Simulation::new(&scenario, RunLimits::COMMAND_LINE);
    simulation.step();
    // Every task has written its arrival, and some their start.
    let events = simulation.events() as usize;
    let held = ALLOCATED.current_usage() - before;
    let of_events = events.next_power_of_two() * size_of::<Event>();
    (
        held.saturating_sub(of_events) / mix.tasks as usize,
        size_of::<Event>(),
    )
}
