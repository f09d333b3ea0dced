//! The hardware threads, and a tournament over when something next happens on each. Knows nothing
//! of programs or policies.

use crate::base::Nanos;
use crate::trace::TaskId;

/// One hardware thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lane {
    /// Who has it.
    pub task: TaskId,
    /// From when on the task's own work is done: when it was dispatched, and all switching paid.
    pub work_since: Nanos,
    /// When the slice it was given ends.
    pub quantum_end: Nanos,
    /// Whether the slice was over with nobody waiting, so that it counts on from `quantum_end` and
    /// is looked at again only when someone comes.
    pub renewing: bool,
    /// Who had it last, or has it now.
    pub last_task: TaskId,
    /// The process of `last_task`.
    pub last_process: u32,
}

impl Lane {
    /// A hardware thread that has run nothing yet.
    pub(super) const NEW: Lane = Lane {
        task: TaskId::NONE,
        work_since: Nanos::ZERO,
        quantum_end: Nanos::NEVER,
        renewing: false,
        last_task: TaskId::NONE,
        last_process: u32::MAX,
    };
}

/// When something next happens on each lane, with the earliest at hand: a tournament tree, whose
/// cost grows with the logarithm of the number of lanes and which has no branches to mispredict.
#[derive(Clone, Debug)]
pub(super) struct Deadlines {
    /// `time << 8 | lane`, so that one comparison orders by time and then by lane. Node 1 is the
    /// root; leaf `lane` is at `leaves + lane`.
    nodes: Vec<u64>,
    leaves: usize,
}

const LANE_BITS: u32 = 8;
/// The latest time that fits beside the lane's number: over a year.
const LATEST: u64 = (1 << (64 - LANE_BITS)) - 2;

impl Deadlines {
    pub(super) fn new(lanes: usize) -> Deadlines {
        let leaves = lanes.next_power_of_two();
        Deadlines {
            nodes: vec![u64::MAX; 2 * leaves],
            leaves,
        }
    }

    /// The earliest time, and the lowest lane that has it.
    #[inline]
    pub(super) fn earliest(&self) -> (Nanos, usize) {
        let key = self.nodes[1];
        let at = if key == u64::MAX {
            Nanos::NEVER
        } else {
            Nanos(key >> LANE_BITS)
        };
        (at, (key & ((1 << LANE_BITS) - 1)) as usize)
    }

    /// Something happens on `lane` at `at`, or never.
    #[inline]
    pub(super) fn set(&mut self, lane: usize, at: Nanos) {
        let mut node = self.leaves + lane;
        self.nodes[node] = if at == Nanos::NEVER {
            u64::MAX
        } else {
            at.0.min(LATEST) << LANE_BITS | lane as u64
        };
        while node > 1 {
            node >>= 1;
            self.nodes[node] = self.nodes[2 * node].min(self.nodes[2 * node + 1]);
        }
    }
}

/// A set of lanes, taken lowest first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LaneSet([u64; 4]);

impl LaneSet {
    pub(super) fn insert(&mut self, lane: usize) {
        self.0[lane / 64] |= 1 << (lane % 64);
    }

    pub(super) fn remove(&mut self, lane: usize) {
        self.0[lane / 64] &= !(1 << (lane % 64));
    }

    pub(super) fn contains(&self, lane: usize) -> bool {
        self.0[lane / 64] >> (lane % 64) & 1 == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// The lowest lane that is at least `from`.
    pub(super) fn next_from(&self, from: usize) -> Option<usize> {
        let mut word = from / 64;
        let mut bits = self.0.get(word)? & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            bits = *self.0.get(word)?;
        }
        Some(word * 64 + bits.trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_lane_wins_and_the_lowest_of_equals() {
        let mut deadlines = Deadlines::new(5);
        assert_eq!(deadlines.earliest().0, Nanos::NEVER);
        for (lane, at) in [(3, 70), (4, 50), (1, 50), (2, 90)] {
            deadlines.set(lane, Nanos(at));
        }
        assert_eq!(deadlines.earliest(), (Nanos(50), 1));
        deadlines.set(1, Nanos::NEVER);
        assert_eq!(deadlines.earliest(), (Nanos(50), 4));
        deadlines.set(4, Nanos(71));
        assert_eq!(deadlines.earliest(), (Nanos(70), 3));
    }

    #[test]
    fn a_set_of_lanes_is_walked_lowest_first() {
        let mut set = LaneSet::default();
        for lane in [200, 3, 64, 63] {
            set.insert(lane);
        }
        set.remove(63);
        let mut from = 0;
        let mut walked = Vec::new();
        while let Some(lane) = set.next_from(from) {
            walked.push(lane);
            from = lane + 1;
        }
        assert_eq!(walked, [3, 64, 200]);
        assert!(set.contains(64) && !set.contains(63));
    }
}
