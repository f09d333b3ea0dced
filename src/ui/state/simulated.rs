//! The two simulated panels: the same text with one core and with several. Pure; the effect
//! `effects::simulation` does the simulating.

use std::rc::Rc;

use crate::analysis::{self, Digest, Report};
use crate::base::Nanos;
use crate::scenario::{Machine, Scenario};
use crate::trace::{Trace, wire};
use crate::ui::kept::Kept;
use crate::ui::timeline::TimelineData;

/// Traces of more events than this are not hashed: it would hold up the page.
const HASHED_EVENTS: usize = 500_000;
/// The most cores the second panel takes by itself.
const OWN_CORES: u32 = 8;

/// The two columns of the main view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Time slicing: one core.
    Slicing,
    /// True parallelism: several cores.
    Parallel,
}

impl Column {
    /// Both, in the order they stand.
    pub const BOTH: [Column; 2] = [Column::Slicing, Column::Parallel];

    /// 0 or 1.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// How many cores the column of true parallelism has: the text's, or where that has one only, what
/// this machine has.
#[must_use]
pub fn parallel_cores(machine: &Machine, hardware_concurrency: u32) -> u32 {
    if machine.cores > 1 {
        machine.cores
    } else {
        hardware_concurrency.clamp(2, OWN_CORES)
    }
}

/// What a column changes in the text before it is simulated.
#[must_use]
pub fn overrides(
    column: Column,
    scenario: &Scenario,
    hardware_concurrency: u32,
) -> Vec<(String, String)> {
    let set = |key: &str, value: u32| (key.to_owned(), value.to_string());
    let machine = &scenario.machine;
    match column {
        Column::Slicing => {
            let mut changes = Vec::new();
            if machine.cores != 1 {
                changes.push(set("machine.cores", 1));
            }
            if machine.smt != 1 {
                changes.push(set("machine.smt", 1));
            }
            changes
        }
        Column::Parallel => {
            let cores = parallel_cores(machine, hardware_concurrency);
            if cores == machine.cores {
                Vec::new()
            } else {
                vec![set("machine.cores", cores)]
            }
        }
    }
}

/// A finished simulation and what is made of it, once.
pub struct Run {
    /// What happened.
    pub trace: Rc<Trace>,
    /// For the timeline.
    pub data: Rc<TimelineData>,
    /// In numbers.
    pub report: Report,
    /// For the comparison.
    pub digest: Digest,
    /// The trace's hash, unless it is very large.
    pub hash: Option<u64>,
}

impl Run {
    /// Makes everything of a trace that is shown.
    #[must_use]
    pub fn new(trace: Rc<Trace>) -> Run {
        let report = analysis::report(&trace);
        Run {
            data: Rc::new(TimelineData::new(Rc::clone(&trace))),
            digest: Digest::from_report(&trace, &report),
            report,
            hash: (trace.events.len() <= HASHED_EVENTS).then(|| wire::hash(&trace)),
            trace,
        }
    }
}

/// How a column's simulation goes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Phase {
    /// Nothing is under way.
    #[default]
    Still,
    /// A worker simulates.
    Busy {
        /// How many events so far.
        events: u64,
        /// How far it has come in simulated time.
        now: Nanos,
    },
    /// The visitor stopped it.
    Stopped,
    /// It failed, with what was said.
    Failed(String),
}

/// One simulated panel.
#[derive(Clone, PartialEq, Default)]
pub struct Simulated {
    /// How the simulation of the present text goes.
    pub phase: Phase,
    /// The last run that came to its end.
    pub shown: Option<Kept<Run>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(cores: u32, smt: u32) -> Scenario {
        let mut scenario = Scenario::default();
        scenario.machine.cores = cores;
        scenario.machine.smt = smt;
        scenario
    }

    fn keys(changes: &[(String, String)]) -> Vec<(&str, &str)> {
        changes
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect()
    }

    #[test]
    fn one_core_means_one_hardware_thread() {
        let changes = overrides(Column::Slicing, &scenario(4, 2), 2);
        assert_eq!(
            keys(&changes),
            [("machine.cores", "1"), ("machine.smt", "1")]
        );
        assert!(overrides(Column::Slicing, &scenario(1, 1), 2).is_empty());
    }

    #[test]
    fn a_text_with_one_core_is_shown_on_this_machines_cores() {
        for (hardware, cores) in [(1, "2"), (4, "4"), (64, "8")] {
            let changes = overrides(Column::Parallel, &scenario(1, 1), hardware);
            assert_eq!(keys(&changes), [("machine.cores", cores)]);
        }
        assert!(overrides(Column::Parallel, &scenario(3, 2), 16).is_empty());
    }
}
