//! Cores with several hardware threads: how fast each is while others of its core are busy. Who gets
//! which is `dispatch`'s part.
//!
//! 1. With k of n siblings busy, a core does 1 + (throughput - 1) · (k - 1) / (n - 1) of what it does
//!    with one; each busy sibling an equal part of that.
//! 2. A hardware thread is busy while it has a thread, a switch included. The switch itself is not
//!    slowed.
//! 3. Nothing is lost to rounding: what a task has done beyond whole nanoseconds is kept with it, and
//!    it is done at the first whole nanosecond at which all is done.
//!
//! A machine without siblings does not come here: its lanes do a nanosecond's work in a nanosecond.

use super::lanes::LaneSet;
use super::state::Kernel;
use crate::base::Nanos;
use crate::scenario::Machine;
use crate::trace::TaskId;

/// The cores of a machine, and how many hardware threads of each are busy.
#[derive(Clone, Debug)]
pub(super) struct Smt {
    siblings: usize,
    /// How many parts of a nanosecond's work each of so many busy siblings does in a nanosecond.
    parts_of: [u64; MOST_SIBLINGS + 1],
    /// How many parts make up the work of a nanosecond.
    parts: u64,
    /// Of each core.
    busy: Vec<u8>,
}

const MOST_SIBLINGS: usize = 4;
/// The least common multiple of all numbers of busy siblings: their equal parts are whole numbers.
const EQUAL_PARTS: u64 = 12;

impl Smt {
    pub(super) fn new(machine: &Machine) -> Smt {
        let others = u64::from(machine.smt.max(2)) - 1;
        let gain_permille = u64::from(machine.smt_throughput_permille).saturating_sub(1_000);
        let mut parts_of = [0; MOST_SIBLINGS + 1];
        for (busy, parts) in (1..).zip(&mut parts_of[1..]) {
            let core = 1_000 * others + gain_permille * (busy - 1);
            *parts = core * (EQUAL_PARTS / busy);
        }
        Smt {
            siblings: machine.smt as usize,
            parts_of,
            parts: 1_000 * others * EQUAL_PARTS,
            busy: vec![0; machine.cores as usize],
        }
    }

    /// Whether any core has more than one hardware thread.
    #[inline]
    pub(super) fn is_used(&self) -> bool {
        self.siblings > 1
    }

    /// First siblings come first, so this is a lane's place among the cores.
    pub(super) fn core_of(&self, lane: usize) -> usize {
        lane % self.busy.len()
    }

    /// The lanes of the core that has this one.
    pub(super) fn core(&self, lane: usize) -> impl Iterator<Item = usize> + use<> {
        let cores = self.busy.len();
        (0..self.siblings).map(move |sibling| lane % cores + sibling * cores)
    }

    /// How many parts of a nanosecond's work a lane that is busy does in a nanosecond.
    fn rate(&self, lane: usize) -> u64 {
        self.parts_of[usize::from(self.busy[self.core_of(lane)])]
    }

    /// The work that is done on a busy lane in `span`, and with what its task had done before beyond
    /// whole nanoseconds.
    fn work(&self, lane: usize, span: Nanos, beyond: &mut u16) -> Nanos {
        // A day in parts fits 62 bits.
        let done = span.0 * self.rate(lane) + u64::from(*beyond);
        *beyond = (done % self.parts) as u16;
        Nanos(done / self.parts)
    }

    /// How long a busy lane takes for `work`, of which `beyond` is done.
    fn span(&self, lane: usize, work: Nanos, beyond: u16) -> Nanos {
        let left = work
            .0
            .saturating_mul(self.parts)
            .saturating_sub(beyond.into());
        Nanos(left.div_ceil(self.rate(lane)))
    }

    /// Idle lanes in the order in which they take tasks: first one of each core that idles wholly, as
    /// Linux looks for an idle core first (`select_idle_core`).
    pub(super) fn in_order(&self, idle: LaneSet) -> (LaneSet, LaneSet) {
        if !self.is_used() {
            return (idle, LaneSet::default());
        }
        let mut first = LaneSet::default();
        for lane in (0..self.busy.len()).filter(|core| self.busy[*core] == 0) {
            first.insert(lane);
        }
        (first, idle.without(&first))
    }
}

impl Kernel {
    /// The work that a lane's task does in `span`.
    #[inline]
    pub(super) fn work_done(&mut self, lane: usize, actor: TaskId, span: Nanos) -> Nanos {
        if !self.smt.is_used() {
            return span;
        }
        let beyond = &mut self.tasks[actor.index()].beyond;
        self.smt.work(lane, span, beyond)
    }

    /// How long a lane takes for `work` of its task, as long as its siblings do what they do now.
    #[inline]
    pub(super) fn span_of(&self, lane: usize, actor: TaskId, work: Nanos) -> Nanos {
        if !self.smt.is_used() {
            return work;
        }
        self.smt.span(lane, work, self.task(actor).beyond)
    }

    /// A lane gets a thread, or has lost its own: its siblings are charged for what they did up to now,
    /// and go on slower, or faster.
    pub(super) fn siblings_change(&mut self, lane: usize, is_busy: bool) {
        let others = |kernel: &Kernel, other: &usize| {
            *other != lane && kernel.lanes[*other].task != TaskId::NONE
        };
        for other in self.smt.core(lane) {
            if others(self, &other) {
                self.settle(other);
            }
        }
        let core = self.smt.core_of(lane);
        let busy = &mut self.smt.busy[core];
        *busy = if is_busy { *busy + 1 } else { *busy - 1 };
        for other in self.smt.core(lane) {
            // One on offer is looked at anyway.
            if others(self, &other) && !self.idle.contains(other) {
                self.set_deadline(other);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_share_what_their_core_does() {
        let machine = |smt, smt_throughput_permille| Machine {
            smt,
            smt_throughput_permille,
            ..Machine::default()
        };
        // A nanosecond's work is 12,000 parts with two siblings, 36,000 with four.
        let rates = |machine: &Machine| Smt::new(machine).parts_of;
        assert_eq!(rates(&machine(2, 1_300))[1..3], [12_000, 7_800]);
        assert_eq!(rates(&machine(2, 1_000))[1..3], [12_000, 6_000]);
        // 1, 1.2, 1.4 and 1.6 of a core.
        let four = rates(&machine(4, 1_600));
        assert_eq!(four[1..], [36_000, 21_600, 16_800, 14_400]);
    }

    #[test]
    fn work_adds_up_however_it_is_cut() {
        let machine = Machine {
            smt: 2,
            smt_throughput_permille: 1_333,
            ..Machine::default()
        };
        let mut smt = Smt::new(&machine);
        smt.busy[0] = 2;
        let mut beyond = 0;
        let pieces: Nanos = (1..=100)
            .map(|span| smt.work(0, Nanos(span), &mut beyond))
            .sum();
        let mut at_once = 0;
        assert_eq!(pieces, smt.work(0, Nanos(5_050), &mut at_once));
        assert_eq!(beyond, at_once);
        // The first nanosecond at which so much is done.
        let needed = smt.span(0, pieces, 0);
        assert!(smt.work(0, needed, &mut 0) >= pieces);
        assert!(smt.work(0, needed - Nanos(1), &mut 0) < pieces);
    }
}
