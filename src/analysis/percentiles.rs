//! How the times of tasks are spread: percentiles by nearest rank, the smallest value that at least
//! so many percent of the values do not exceed. It is always one of the values, never a mean of two.

use serde::Serialize;

use super::report::TaskReport;

/// The spread of the times that the totals have means of, over the same tasks: turnaround and
/// waiting over the tasks that finished, response over those that ever ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// Of `turnaround_ns`.
    pub turnaround_ns: Ranks,
    /// Of `response_ns`.
    pub response_ns: Ranks,
    /// Of `waiting_ns`.
    pub waiting_ns: Ranks,
}

/// Three percentiles of one quantity; zero where no task has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ranks {
    /// Half of the values are no larger.
    pub p50: u64,
    /// 95 % of the values are no larger.
    pub p95: u64,
    /// 99 % of the values are no larger.
    pub p99: u64,
}

impl Percentiles {
    /// Of these tasks.
    pub(super) fn of(tasks: &[TaskReport]) -> Percentiles {
        let finished = || tasks.iter().filter(|task| task.state == "finished");
        Percentiles {
            turnaround_ns: Ranks::of(finished().filter_map(|task| task.turnaround_ns)),
            response_ns: Ranks::of(tasks.iter().filter_map(|task| task.response_ns)),
            waiting_ns: Ranks::of(finished().map(|task| task.waiting_ns)),
        }
    }
}

impl Ranks {
    /// Of these values, in any order.
    #[must_use]
    pub fn of(values: impl Iterator<Item = u64>) -> Ranks {
        let mut values: Vec<u64> = values.collect();
        values.sort_unstable();
        let at = |percent: usize| {
            let rank = (values.len() * percent).div_ceil(100);
            rank.checked_sub(1).map_or(0, |index| values[index])
        };
        Ranks {
            p50: at(50),
            p95: at(95),
            p99: at(99),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[u64], p50: u64, p95: u64, p99: u64) {
        assert_eq!(Ranks::of(values.iter().copied()), Ranks { p50, p95, p99 });
    }

    #[test]
    fn nearest_rank() {
        check(&[], 0, 0, 0);
        check(&[7], 7, 7, 7);
        check(&[9, 1], 1, 9, 9);
        // The textbook example of the method.
        check(&[50, 40, 35, 20, 15], 35, 50, 50);
        let hundred: Vec<u64> = (1..=100).rev().collect();
        check(&hundred, 50, 95, 99);
        let two_hundred: Vec<u64> = (1..=200).collect();
        check(&two_hundred, 100, 190, 198);
    }
}
