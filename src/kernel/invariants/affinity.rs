//! Where tasks may run, read from the scenario anew. A part of rule 4.

use crate::scenario::Scenario;
use crate::scenario::models::modelled;

/// Where the tasks of each group may run, none meaning anywhere; empty if no group is bound.
pub(super) fn affinities(scenario: &Scenario) -> Vec<Vec<u32>> {
    let scenario = modelled(scenario);
    let mut affinities = Vec::new();
    for process in &scenario.processes {
        for thread in &process.threads {
            let bound = process.affinity(thread).to_vec();
            affinities.extend(std::iter::repeat_n(bound, 1 + thread.coroutines().len()));
        }
    }
    if affinities.iter().all(Vec::is_empty) {
        affinities.clear();
    }
    affinities
}
