//! The hardware threads, and when something next happens on each. Knows nothing
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
    /// Whether its slice ends early, because a better task came in the middle of the switch.
    pub gives_way: bool,
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
        gives_way: false,
        last_task: TaskId::NONE,
        last_process: u32::MAX,
    };
}

impl Lane {
    /// When its task has computed `remaining` or its quantum is over, but not in the middle of a
    /// switch.
    #[inline]
    pub(super) fn deadline(&self, remaining: Nanos) -> Nanos {
        let done = self.work_since.saturating_add(remaining);
        if self.renewing {
            done
        } else {
            done.min(self.quantum_end.max(self.work_since))
        }
    }
}

/// When something next happens on each lane, with the earliest at hand. Lanes stand in groups of
/// eight, each with its minimum: a change looks at eight numbers, finding the earliest at one for
/// every eight lanes. Measured against a heap and a binary tournament: both lose to this on four
/// lanes and on sixty-four.
#[derive(Clone, Debug)]
pub(super) struct Deadlines {
    /// In the last group, what is beyond the last lane never happens.
    at: Vec<[Nanos; GROUP]>,
    /// Of each group.
    earliest: Vec<Nanos>,
}

const GROUP: usize = 8;

impl Deadlines {
    pub(super) fn new(lanes: usize) -> Deadlines {
        let groups = lanes.div_ceil(GROUP);
        Deadlines {
            at: vec![[Nanos::NEVER; GROUP]; groups],
            earliest: vec![Nanos::NEVER; groups],
        }
    }

    /// The earliest time.
    #[inline]
    pub(super) fn earliest(&self) -> Nanos {
        match &self.earliest[..] {
            [only] => *only,
            groups => groups.iter().copied().min().unwrap_or(Nanos::NEVER),
        }
    }

    /// The lanes on which something happens at `now`, which must be the earliest time.
    #[inline]
    pub(super) fn due(&self, now: Nanos) -> LaneSet {
        let mut due = LaneSet::default();
        for (group, ats) in self.at.iter().enumerate() {
            if self.earliest[group] == now {
                due.0[group / 8 % 4] |= due_in(ats, now) << (group % 8 * GROUP);
            }
        }
        due
    }

    /// The same as bits, of the first 64 lanes.
    #[inline]
    pub(super) fn due_bits(&self, now: Nanos) -> u64 {
        let mut due = 0;
        for (group, ats) in self.at.iter().take(64 / GROUP).enumerate() {
            if self.earliest[group] == now {
                due |= due_in(ats, now) << (group * GROUP);
            }
        }
        due
    }

    /// Something happens on `lane` at `at`, or never.
    #[inline]
    pub(super) fn set(&mut self, lane: usize, at: Nanos) {
        self.put(lane, at);
        self.look_again(lane / GROUP);
    }

    /// The same for lanes of the first 64, all of which must be looked at again with `look_again_at`
    /// before anything is asked.
    #[inline]
    pub(super) fn put(&mut self, lane: usize, at: Nanos) {
        self.at[lane / GROUP][lane % GROUP] = at;
    }

    /// What has been put on the lanes `changed` counts.
    #[inline]
    pub(super) fn look_again_at(&mut self, changed: u64) {
        for group in 0..self.at.len().min(64 / GROUP) {
            if changed >> (group * GROUP) & 0xff != 0 {
                self.look_again(group);
            }
        }
    }

    #[inline]
    fn look_again(&mut self, group: usize) {
        let [a, b, c, d, e, f, g, h] = self.at[group];
        self.earliest[group] = a.min(b).min(c.min(d)).min(e.min(f).min(g.min(h)));
    }
}

#[inline]
fn due_in(ats: &[Nanos; GROUP], now: Nanos) -> u64 {
    let mut due = 0;
    for (lane, at) in ats.iter().enumerate() {
        due |= u64::from(*at == now) << lane;
    }
    due
}

/// A set of lanes, walked lowest first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LaneSet([u64; 4]);

impl LaneSet {
    #[inline]
    pub(super) fn insert(&mut self, lane: usize) {
        self.0[lane / 64 % 4] |= 1 << (lane % 64);
    }

    #[inline]
    pub(super) fn remove(&mut self, lane: usize) {
        self.0[lane / 64 % 4] &= !(1 << (lane % 64));
    }

    pub(super) fn contains(&self, lane: usize) -> bool {
        self.0[lane / 64 % 4] >> (lane % 64) & 1 == 1
    }

    /// The lanes of this set that are not in `other`.
    #[inline]
    pub(super) fn without(&self, other: &LaneSet) -> LaneSet {
        LaneSet(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0[0] | self.0[1] | self.0[2] | self.0[3] == 0
    }

    /// The lanes of this set that are `lane`.
    pub(super) fn only(&self, lane: usize) -> LaneSet {
        let mut set = LaneSet::default();
        if self.contains(lane) {
            set.insert(lane);
        }
        set
    }
}

impl IntoIterator for LaneSet {
    type Item = usize;
    type IntoIter = Lowest;

    #[inline]
    fn into_iter(self) -> Lowest {
        Lowest {
            rest: self.0,
            word: 0,
        }
    }
}

/// Walks a [`LaneSet`].
pub(super) struct Lowest {
    rest: [u64; 4],
    word: usize,
}

impl Iterator for Lowest {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.word < 4 {
            let bits = self.rest[self.word];
            if bits != 0 {
                self.rest[self.word] = bits & (bits - 1);
                return Some(self.word * 64 + bits.trailing_zeros() as usize);
            }
            self.word += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_time_and_who_has_it() {
        let mut deadlines = Deadlines::new(70);
        assert_eq!(deadlines.earliest(), Nanos::NEVER);
        for (lane, at) in [(3, 70), (64, 50), (1, 50), (69, 90)] {
            deadlines.set(lane, Nanos(at));
        }
        let due =
            |deadlines: &Deadlines, at| deadlines.due(Nanos(at)).into_iter().collect::<Vec<_>>();
        assert_eq!(deadlines.earliest(), Nanos(50));
        assert_eq!(due(&deadlines, 50), [1, 64]);
        deadlines.set(1, Nanos::NEVER);
        assert_eq!(due(&deadlines, 50), [64]);
        deadlines.set(64, Nanos(91));
        assert_eq!(
            (deadlines.earliest(), due(&deadlines, 70)),
            (Nanos(70), vec![3])
        );
    }

    #[test]
    fn a_set_of_lanes_is_walked_lowest_first() {
        let mut set = LaneSet::default();
        for lane in [200, 3, 64, 63] {
            set.insert(lane);
        }
        set.remove(63);
        assert_eq!(set.into_iter().collect::<Vec<_>>(), [3, 64, 200]);
        assert!(set.contains(64) && !set.contains(63));
    }
}
