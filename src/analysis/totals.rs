//! The totals of a report: all tasks and cores together.

use serde::Serialize;

use super::percentiles::Percentiles;
use super::report::{CoreReport, TaskReport};
use super::tally::Counts;

/// All tasks and cores together. Means are over the tasks that have the number, in whole
/// nanoseconds, rounded down; zero where none has it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// Last finish − first arrival.
    pub makespan_ns: u64,
    /// Changes from one thread to another on a hardware thread, and from one coroutine to another
    /// in a thread.
    pub context_switches: u64,
    /// Most tasks that were ready at once and not being switched to, at any time that lasted.
    pub peak_ready: u64,
    /// Most of the main memory that tasks took at once.
    pub peak_memory_bytes: u64,
    /// Tasks that never came, and spawns that started nothing, because there was no room.
    pub refused: u64,
    /// Mean of `turnaround_ns`.
    pub mean_turnaround_ns: u64,
    /// Mean of `waiting_ns` over the tasks that finished.
    pub mean_waiting_ns: u64,
    /// Mean of `response_ns`.
    pub mean_response_ns: u64,
    /// Useful time of all hardware threads ÷ (their number × makespan).
    pub utilisation: f64,
    /// Tasks finished a second of makespan.
    pub throughput_per_s: f64,
    /// Jain's index over the finished tasks' `cpu ÷ turnaround`: 1 where all got the same share.
    pub fairness_jain: f64,
    /// How turnaround, response and waiting are spread over the tasks.
    pub percentiles: Percentiles,
}

impl Totals {
    /// From the tasks and the cores of a report, and what no single one of them tells.
    pub(super) fn of(tasks: &[TaskReport], cores: &[CoreReport], counts: Counts) -> Totals {
        let first_arrival = tasks.iter().map(|task| task.arrival_ns).min().unwrap_or(0);
        let last_finish = tasks
            .iter()
            .filter_map(|task| task.finish_ns)
            .max()
            .unwrap_or(first_arrival);
        let makespan_ns = last_finish.saturating_sub(first_arrival);
        let finished: Vec<&TaskReport> = tasks
            .iter()
            .filter(|task| task.state == "finished")
            .collect();
        let useful: u64 = cores.iter().map(|core| core.useful_ns).sum();
        let available = makespan_ns as f64 * cores.len() as f64;
        let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let shares: Vec<f64> = finished
            .iter()
            .filter(|task| task.cpu_ns > 0)
            .map(|task| task.cpu_ns as f64 / task.turnaround_ns.unwrap_or(0) as f64)
            .collect();
        let sum: f64 = shares.iter().sum();
        let squares: f64 = shares.iter().map(|share| share * share).sum();
        Totals {
            makespan_ns,
            context_switches: counts.switches,
            peak_ready: counts.peak_ready,
            peak_memory_bytes: counts.peak_memory_bytes,
            refused: counts.refused,
            mean_turnaround_ns: mean(finished.iter().filter_map(|task| task.turnaround_ns)),
            mean_waiting_ns: mean(finished.iter().map(|task| task.waiting_ns)),
            mean_response_ns: mean(tasks.iter().filter_map(|task| task.response_ns)),
            utilisation: ratio(useful as f64, available),
            throughput_per_s: ratio(finished.len() as f64 * 1e9, makespan_ns as f64),
            fairness_jain: ratio(sum * sum, squares * shares.len() as f64),
            percentiles: Percentiles::of(tasks),
        }
    }
}

fn mean(values: impl Iterator<Item = u64>) -> u64 {
    let (sum, count) = values.fold((0_u128, 0_u128), |(sum, count), value| {
        (sum + u128::from(value), count + 1)
    });
    sum.checked_div(count).unwrap_or(0) as u64
}
