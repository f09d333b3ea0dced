//! What real tasks can be made of, and what a scenario asks for.

use crate::scenario::{Body, RunAs, Scenario};

/// What real tasks are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RealModel {
    /// One worker on which all tasks take turns, each for a quantum: time slicing on one core.
    Sliced,
    /// A worker each, with its own memory.
    Processes,
    /// Threads of one pool over one shared memory.
    Threads,
    /// Futures on one worker's event loop.
    Coroutines,
    /// Several workers or pools: as the scenario is written, or an event loop for each hardware
    /// thread where the scenario's `run_as` is a hybrid.
    Hybrid,
}

impl RealModel {
    /// The model that is closest to what the scenario asks for.
    #[must_use]
    pub fn of(scenario: &Scenario) -> RealModel {
        match scenario.run_as {
            RunAs::Processes => return RealModel::Processes,
            RunAs::Threads => return RealModel::Threads,
            RunAs::Coroutines => return RealModel::Coroutines,
            RunAs::Hybrid => return RealModel::Hybrid,
            RunAs::AsWritten => {}
        }
        let is_loop = |body: &Body| matches!(body, Body::Coroutines(_));
        let threads: u64 = scenario
            .processes
            .iter()
            .flat_map(|process| {
                process
                    .threads
                    .iter()
                    .map(|thread| (process.count, thread.count))
            })
            .map(|(processes, threads)| u64::from(processes) * u64::from(threads))
            .sum();
        let processes: u64 = scenario
            .processes
            .iter()
            .map(|process| u64::from(process.count))
            .sum();
        let mut bodies = scenario
            .processes
            .iter()
            .flat_map(|process| &process.threads)
            .map(|thread| &thread.body);
        let loops = bodies.clone().filter(|body| is_loop(body)).count();
        match (threads, processes, loops) {
            (1, 1, 1) if bodies.all(is_loop) => RealModel::Coroutines,
            (_, _, 0) if threads == processes => RealModel::Processes,
            (_, 1, 0) => RealModel::Threads,
            _ => RealModel::Hybrid,
        }
    }
}
