//! The tasks of each line of the scenario together: how many came to their end, and how long they
//! took. What a server's requests felt, apart from what ran beside them.

use serde::Serialize;

use super::percentiles::Percentiles;
use super::report::TaskReport;

/// The tasks of one line of the scenario that have a program.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupReport {
    /// Their process's name.
    pub process: String,
    /// Their thread's name.
    pub thread: String,
    /// Their own name, for coroutines.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub coroutine: String,
    /// How many there were, spawned ones included.
    pub tasks: u64,
    /// How many of them finished.
    pub finished: u64,
    /// How many of them finished a second, from the first one's arrival to the last one's finish.
    pub throughput_per_s: f64,
    /// How turnaround, response and waiting are spread over them.
    pub percentiles: Percentiles,
}

/// The groups of a report's tasks, which stand side by side.
pub(super) fn groups(tasks: &[TaskReport]) -> Vec<GroupReport> {
    tasks
        .chunk_by(|one, next| names(one) == names(next))
        .map(GroupReport::of)
        .collect()
}

fn names(task: &TaskReport) -> [&str; 3] {
    [&task.process, &task.thread, &task.coroutine]
}

impl GroupReport {
    /// Of tasks that are not none.
    fn of(tasks: &[TaskReport]) -> GroupReport {
        let finished = || tasks.iter().filter(|task| task.state == "finished");
        let first = tasks.iter().map(|task| task.arrival_ns).min();
        let last = finished().filter_map(|task| task.finish_ns).max();
        let span_ns = last.zip(first).map_or(0, |(last, first)| last - first);
        let count = finished().count() as u64;
        let per_second = count as f64 * 1e9 / span_ns as f64;
        let [process, thread, coroutine] = names(&tasks[0]).map(str::to_owned);
        GroupReport {
            process,
            thread,
            coroutine,
            tasks: tasks.len() as u64,
            finished: count,
            throughput_per_s: if span_ns > 0 { per_second } else { 0.0 },
            percentiles: Percentiles::of(tasks),
        }
    }
}
