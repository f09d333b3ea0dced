//! What tasks compute on: a clock, the work loop, and word from outside. One trait, so that the
//! slicer runs the same on a worker, on a thread of a pool and under a test's own clock; and the
//! one piece of code that computes, which sees the gaps.

use super::job::ThreadJob;
use super::recorder::Recorder;
use crate::base::Nanos;
use crate::trace::{EventKind, TaskId};
use crate::work::Rate;

/// A gap is noted where two reads of the clock are further apart than the work between them and
/// this: the real operating system had taken the core away.
pub const GAP: Nanos = Nanos::from_us(200);

/// How much work is done between two reads of the clock: short enough that the end of a quantum is
/// seen in time, long enough that reading the clock hardly costs.
const CHUNK: Nanos = Nanos::from_us(20);

/// Word from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Go on.
    None,
    /// The run is being stopped.
    Stop,
    /// Another task of the process crashed.
    Kill,
}

/// What tasks compute on.
pub trait Cpu {
    /// The time since the time origin of this thread of execution.
    fn now(&mut self) -> Nanos;
    /// Does steps of the work loop.
    fn work(&mut self, steps: u64);
    /// Whether there is word from outside.
    fn signal(&mut self) -> Signal;
    /// Takes over a thread that `parent` spawned, to run it elsewhere; false where it cannot.
    fn start_elsewhere(&mut self, _thread: ThreadJob, _parent: TaskId) -> bool {
        false
    }
    /// How many threads that `parent` spawned and that run elsewhere have not ended.
    fn children_elsewhere(&mut self, _parent: TaskId) -> u32 {
        0
    }
}

/// Why computing paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// The work is done.
    Done,
    /// Whoever looked at the clock said so.
    Asked,
    /// There was word from outside.
    Signalled(Signal),
}

/// Computes until the steps are done, `look` says to pause, or there is word from outside; `steps`
/// is what is left then. `look` is told the time after every chunk.
pub(super) fn compute<C: Cpu>(
    cpu: &mut C,
    rate: Rate,
    steps: &mut u64,
    (task, recorder): (TaskId, &mut Recorder),
    mut look: impl FnMut(Nanos) -> bool,
) -> Pause {
    let chunk = rate.steps_for(CHUNK).max(1);
    let mut last = cpu.now();
    while *steps > 0 {
        let now_steps = chunk.min(*steps);
        cpu.work(now_steps);
        *steps -= now_steps;
        let now = cpu.now();
        let expected = rate.time_for(now_steps);
        if now.saturating_sub(last) > expected + GAP {
            recorder.note(last, EventKind::GapBegin, task, 0);
            recorder.note(now - expected, EventKind::GapEnd, task, 0);
        }
        last = now;
        let asked = look(now);
        match cpu.signal() {
            _ if *steps == 0 => {}
            Signal::None if asked => return Pause::Asked,
            Signal::None => {}
            signal => return Pause::Signalled(signal),
        }
    }
    Pause::Done
}
