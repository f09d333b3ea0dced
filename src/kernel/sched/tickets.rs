//! Tickets of ready tasks, and who holds the one with a given number: sums over a tree, so that a
//! draw among very many tasks stays quick.

use crate::trace::TaskId;

/// Tasks with their tickets, each in a slot of its own.
#[derive(Clone, Debug)]
pub(super) struct Tickets {
    /// A complete binary tree: node 1 is the root, the leaves are the slots; each node has the sum
    /// of what is below it.
    sums: Vec<u64>,
    tasks: Vec<Option<TaskId>>,
    free: Vec<usize>,
    count: usize,
}

impl Tickets {
    pub(super) fn new() -> Tickets {
        Tickets {
            sums: vec![0; 2],
            tasks: vec![None],
            free: vec![0],
            count: 0,
        }
    }

    /// How many tickets there are in all.
    pub(super) fn total(&self) -> u64 {
        self.sums[1]
    }

    /// How many tasks there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn insert(&mut self, task: TaskId, tickets: u64) {
        if self.free.is_empty() {
            self.grow();
        }
        let Some(slot) = self.free.pop() else {
            unreachable!("there is room now");
        };
        self.tasks[slot] = Some(task);
        self.count += 1;
        self.set(slot, tickets);
    }

    pub(super) fn remove(&mut self, slot: usize) -> Option<TaskId> {
        let task = self.tasks[slot].take()?;
        self.count -= 1;
        self.set(slot, 0);
        self.free.push(slot);
        Some(task)
    }

    /// The slot of the task that holds this ticket, counted from zero; there must be so many.
    pub(super) fn holder(&self, mut ticket: u64) -> usize {
        let leaves = self.tasks.len();
        let mut node = 1;
        while node < leaves {
            node *= 2;
            if ticket >= self.sums[node] {
                ticket -= self.sums[node];
                node += 1;
            }
        }
        node - leaves
    }

    /// The tasks and their slots, by slot.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, TaskId)> {
        let with_slot = |(slot, task): (usize, &Option<TaskId>)| task.map(|task| (slot, task));
        self.tasks.iter().enumerate().filter_map(with_slot)
    }

    fn set(&mut self, slot: usize, tickets: u64) {
        let mut node = self.tasks.len() + slot;
        self.sums[node] = tickets;
        while node > 1 {
            node /= 2;
            self.sums[node] = self.sums[2 * node] + self.sums[2 * node + 1];
        }
    }

    /// Twice as many slots.
    fn grow(&mut self) {
        let before = self.tasks.len();
        let leaves: Vec<u64> = self.sums[before..].to_vec();
        self.tasks.resize(2 * before, None);
        self.sums = vec![0; 4 * before];
        self.sums[2 * before..3 * before].copy_from_slice(&leaves);
        for node in (1..2 * before).rev() {
            self.sums[node] = self.sums[2 * node] + self.sums[2 * node + 1];
        }
        self.free.extend((before..2 * before).rev());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ticket_has_its_holder() {
        let mut tickets = Tickets::new();
        for task in 0..5 {
            tickets.insert(TaskId(task), u64::from(task) + 1);
        }
        assert_eq!(tickets.remove(1), Some(TaskId(1)));
        assert_eq!((tickets.total(), tickets.len()), (13, 4));
        let holders: Vec<usize> = (0..13).map(|ticket| tickets.holder(ticket)).collect();
        assert_eq!(holders, [0, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4]);
        tickets.insert(TaskId(9), 7);
        assert_eq!(tickets.iter().nth(1), Some((1, TaskId(9))));
        assert_eq!(tickets.holder(7), 1);
    }
}
