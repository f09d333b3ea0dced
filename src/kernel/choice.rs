//! Every decision the scheduler's rules leave open, or that someone wants to make in its place,
//! goes through here, to be made, recorded or replayed. Exploring, replaying and playing scheduler
//! are choosers, not second kernels.

use crate::base::{Nanos, Random};
use crate::trace::TaskId;

/// What is being decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Which of the waiting tasks a hardware thread takes; option 0 is the policy's own pick. Where letting
    /// time pass is allowed and something is yet to happen, the last option is to take none of them.
    Dispatch {
        /// The hardware thread.
        lane: u8,
    },
}

/// One decision that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// When.
    pub at: Nanos,
    /// What about.
    pub decision: Decision,
    /// How many options there were; at least two.
    pub options: u32,
    /// Which was taken, from zero.
    pub chosen: u32,
    /// Who it fell on; [`TaskId::NONE`] if on nobody.
    pub task: TaskId,
}

/// Who decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chooser {
    /// Always option 0, what the policy's rules say; nothing is recorded.
    Policy,
    /// At random, from a seed; recorded.
    Random(Random),
    /// From a list, then option 0; recorded.
    Replay(Vec<u32>),
    /// The same, and hardware threads may let time pass.
    Schedule(Vec<u32>),
    /// This option, whatever it is about; recorded. Hardware threads may let time pass.
    Always(u32),
}

impl Chooser {
    /// A chooser that takes these options in order.
    #[must_use]
    pub fn replay(options: Vec<u32>) -> Chooser {
        Chooser::Replay(options)
    }

    /// Whether decisions have to be asked for at all.
    pub(super) fn decides(&self) -> bool {
        !matches!(self, Chooser::Policy)
    }

    /// Whether a hardware thread may take nobody though tasks wait, until something else happens.
    pub(super) fn may_let_time_pass(&self) -> bool {
        matches!(self, Chooser::Schedule(_) | Chooser::Always(_))
    }

    /// One of `options`, given how many choices were made before. A replayed number that does not
    /// exist here counts as the last option, so that no recording can lead outside.
    pub(super) fn choose(&mut self, made_before: usize, options: u32) -> u32 {
        match self {
            Chooser::Policy => 0,
            Chooser::Random(random) => random.below(u64::from(options)) as u32,
            Chooser::Always(option) => (*option).min(options - 1),
            Chooser::Replay(list) | Chooser::Schedule(list) => list
                .get(made_before)
                .map_or(0, |pick| (*pick).min(options - 1)),
        }
    }
}
