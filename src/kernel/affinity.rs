//! Which hardware threads each task may run on. Knows nothing of queues; asked by `dispatch` and
//! `preempt`, which go other ways where any task is bound at all.

use std::sync::Arc;

use super::lanes::LaneSet;
use crate::scenario::Scenario;
use crate::trace::TaskId;

/// What binds tasks to hardware threads.
#[derive(Clone, Debug)]
pub(super) struct Affinity {
    /// For each group of tasks, where it may run; none means anywhere.
    of_group: Arc<[Option<LaneSet>]>,
    /// The group of each task, where any group is bound.
    groups: Vec<u32>,
    is_used: bool,
}

impl Affinity {
    /// Of a scenario whose machine has so many hardware threads. Numbers that it does not have are
    /// passed over.
    pub(super) fn of(scenario: &Scenario, lanes: usize) -> Affinity {
        let mut of_group = Vec::new();
        for process in &scenario.processes {
            for thread in &process.threads {
                let mut set = LaneSet::default();
                for lane in process.affinity(thread) {
                    if (*lane as usize) < lanes {
                        set.insert(*lane as usize);
                    }
                }
                let bound = (!set.is_empty()).then_some(set);
                of_group.extend(std::iter::repeat_n(bound, 1 + thread.coroutines().len()));
            }
        }
        Affinity {
            is_used: of_group.iter().any(Option::is_some),
            of_group: of_group.into(),
            groups: Vec::new(),
        }
    }

    /// Whether any task is bound.
    #[inline]
    pub(super) fn is_used(&self) -> bool {
        self.is_used
    }

    /// A task has been made; they are told in the order of their numbers.
    pub(super) fn add(&mut self, group: u32) {
        if self.is_used {
            self.groups.push(group);
        }
    }

    /// Whether a task may run on a lane.
    pub(super) fn allows(&self, task: TaskId, lane: usize) -> bool {
        let group = self.groups.get(task.index());
        let bound = group.and_then(|group| self.of_group[*group as usize]);
        bound.is_none_or(|set| set.contains(lane))
    }
}
