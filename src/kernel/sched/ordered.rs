//! Ready tasks in the order of a key, and of equals in the order in which they came. What most
//! policies that are not plain queues keep their tasks in.

use std::collections::BTreeMap;

use crate::trace::TaskId;

/// Where a task stands in an [`Ordered`].
pub(super) type Place<K> = (K, i64);

/// Ready tasks, those with the smallest key first.
#[derive(Clone, Debug)]
pub(super) struct Ordered<K> {
    tasks: BTreeMap<Place<K>, TaskId>,
    /// Who goes before all equals, and who behind them.
    front: i64,
    back: i64,
}

impl<K: Ord + Copy> Ordered<K> {
    pub(super) fn new() -> Ordered<K> {
        Ordered {
            tasks: BTreeMap::new(),
            front: 0,
            back: 0,
        }
    }

    /// Behind all with the same key.
    pub(super) fn push_back(&mut self, key: K, task: TaskId) -> Place<K> {
        let place = (key, self.back);
        self.back += 1;
        self.tasks.insert(place, task);
        place
    }

    /// Before all with the same key.
    pub(super) fn push_front(&mut self, key: K, task: TaskId) -> Place<K> {
        self.front -= 1;
        let place = (key, self.front);
        self.tasks.insert(place, task);
        place
    }

    pub(super) fn pop_first(&mut self) -> Option<TaskId> {
        self.tasks.pop_first().map(|(_, task)| task)
    }

    pub(super) fn nth(&self, ahead: usize) -> Option<TaskId> {
        self.tasks.values().nth(ahead).copied()
    }

    pub(super) fn remove_nth(&mut self, ahead: usize) -> Option<TaskId> {
        let place = *self.tasks.keys().nth(ahead)?;
        self.tasks.remove(&place)
    }

    /// Takes out the task at a place.
    pub(super) fn remove(&mut self, place: Place<K>) -> Option<TaskId> {
        self.tasks.remove(&place)
    }

    /// All, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = TaskId> {
        self.tasks.values().copied()
    }

    pub(super) fn retain(&mut self, is_alive: &dyn Fn(TaskId) -> bool) {
        self.tasks.retain(|_, task| is_alive(*task));
    }
}
