//! Threads that take turns on one thread of execution, cooperatively: a small scheduler in user
//! space. Many threads with a quantum are time slicing on one core; one thread alone is a process's
//! or a pool's. A thread that runs an event loop has one here too. Real work, a real clock; pure all
//! the same, since both come through [`Cpu`].
//!
//! Called by the plain worker and by the threads of a pool. Coroutines as futures on the browser's
//! event loop are `event_loop`'s part.

mod steps;
mod timers;

use std::collections::VecDeque;
use std::sync::Arc;

use super::cpu::{Cpu, Pause, Signal, compute};
use super::flatten::{CHILDREN, COROUTINES};
use super::job::{Template, ThreadJob};
use super::recorder::{Batch, Recorder};
use crate::base::Nanos;
use crate::trace::{EventKind, TaskId};
use crate::work::{Cursor, Instruction, Rate, Step};
use timers::Timers;

/// What all tasks of a worker have in common.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The instructions of all programs.
    pub code: Arc<[Instruction]>,
    /// What a `spawn` makes.
    pub templates: Arc<[Template]>,
    /// How fast a quiet core works.
    pub rate: Rate,
    /// The longest turn.
    pub quantum: Nanos,
    /// Whether a crash is left to the caller, who traps.
    pub traps: bool,
    /// When the run began, and when it has to end, by this worker's clock.
    pub from: Nanos,
    /// See `from`.
    pub until: Nanos,
}

/// What comes after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Another one.
    Again,
    /// Nothing, until this time.
    Wait(Nanos),
    /// Nothing any more.
    Over(End),
}

/// How a worker's part of a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum End {
    /// All its tasks ended.
    Finished,
    /// It was told to stop.
    Stopped,
    /// The time was up.
    TimeLimit,
    /// It left too many events behind.
    TooManyEvents,
    /// A task crashed; the trap follows.
    Crashed,
    /// A task of the same process crashed on another thread.
    Killed,
}

/// The threads of one worker and whose turn it is.
#[derive(Debug)]
pub struct Slicer<C> {
    cpu: C,
    terms: Terms,
    recorder: Recorder,
    tasks: Vec<Task>,
    /// Threads that can run.
    ready: VecDeque<usize>,
    timers: Timers,
    /// Threads that have not ended.
    alive: usize,
    spawn_numbers: (u32, u32),
    /// Tasks that wait for children which run elsewhere, too.
    joins_elsewhere: Vec<usize>,
}

#[derive(Debug)]
struct Task {
    id: TaskId,
    process: u32,
    cursor: Cursor,
    /// Steps of the work loop that are left of the computing it is in the middle of.
    steps: u64,
    /// For a coroutine, its thread.
    host: Option<usize>,
    parent: Option<usize>,
    /// How many of those it spawned have not ended, of those that run here.
    children: u32,
    /// Whether it spawned any that run elsewhere.
    children_elsewhere: bool,
    joins: bool,
    ended: bool,
    /// Whether it waits for something.
    waits: bool,
    event_loop: Option<EventLoop>,
}

#[derive(Debug, Default)]
struct EventLoop {
    ready: VecDeque<usize>,
    current: Option<usize>,
    alive: u32,
}

/// How often a task that waits for children elsewhere looks whether they have ended.
const LOOK_AT_CHILDREN_EVERY: Nanos = Nanos::from_ms(1);
/// The resource of a timer that stands for an arrival.
pub(super) const ARRIVAL: u16 = u16::MAX;
/// Processes that were spawned are numbered apart from those of the start: by this and the number of
/// their first task.
pub(super) const FIRST_SPAWNED_PROCESS: u32 = 1 << 31;

impl<C: Cpu> Slicer<C> {
    /// The threads before their first turn. Those that arrive later do so by themselves.
    #[must_use]
    pub fn new(
        cpu: C,
        terms: Terms,
        lane: u8,
        threads: &[ThreadJob],
        spawn_numbers: (u32, u32),
    ) -> Slicer<C> {
        let mut slicer = Slicer {
            cpu,
            recorder: Recorder::new(lane),
            tasks: Vec::new(),
            ready: VecDeque::new(),
            timers: Timers::default(),
            alive: 0,
            spawn_numbers,
            joins_elsewhere: Vec::new(),
            terms,
        };
        for thread in threads {
            slicer.add_thread(thread);
        }
        slicer
    }

    /// The records so far.
    pub fn take(&mut self) -> Batch {
        self.recorder.take()
    }

    /// What it computes on.
    pub fn cpu(&mut self) -> &mut C {
        &mut self.cpu
    }

    /// Lets the next thread have its turn.
    pub fn turn(&mut self) -> Turn {
        let now = self.cpu.now();
        self.wake_due(now);
        self.wake_joined(now);
        if let Some(end) = self.reason_to_end(now) {
            return Turn::Over(end);
        }
        if let Some(thread) = self.ready.pop_front() {
            // A thread that was killed while it waited for its turn.
            if self.tasks[thread].ended {
                return Turn::Again;
            }
            self.recorder
                .note(now, EventKind::Start, self.tasks[thread].id, 0);
            return match self.run(thread, now) {
                Some(end) => Turn::Over(end),
                None => Turn::Again,
            };
        }
        if self.alive == 0 {
            return Turn::Over(End::Finished);
        }
        let mut until = self
            .timers
            .next()
            .unwrap_or(Nanos::NEVER)
            .min(self.terms.until);
        if !self.joins_elsewhere.is_empty() {
            until = until.min(now.saturating_add(LOOK_AT_CHILDREN_EVERY));
        }
        Turn::Wait(until)
    }

    /// Children that run elsewhere make no event here when they end.
    fn wake_joined(&mut self, now: Nanos) {
        for task in std::mem::take(&mut self.joins_elsewhere) {
            if self.has_children(task) {
                self.joins_elsewhere.push(task);
            } else {
                self.tasks[task].joins = false;
                self.wake(now, task, CHILDREN);
            }
        }
    }

    fn has_children(&mut self, task: usize) -> bool {
        let Task {
            id,
            children,
            children_elsewhere,
            ..
        } = self.tasks[task];
        children > 0 || (children_elsewhere && self.cpu.children_elsewhere(id) > 0)
    }

    fn reason_to_end(&mut self, now: Nanos) -> Option<End> {
        match self.cpu.signal() {
            Signal::Stop => Some(End::Stopped),
            Signal::Kill => Some(End::Killed),
            Signal::None if now >= self.terms.until => Some(End::TimeLimit),
            Signal::None => self.recorder.is_full().then_some(End::TooManyEvents),
        }
    }

    fn wake_due(&mut self, now: Nanos) {
        while let Some((task, resource)) = self.timers.pop_due(now) {
            if !self.tasks[task].ended {
                self.wake(now, task, resource);
            }
        }
    }

    fn wake(&mut self, now: Nanos, task: usize, resource: u16) {
        self.tasks[task].waits = false;
        if resource != ARRIVAL {
            self.recorder
                .note(now, EventKind::Wake, self.tasks[task].id, resource);
        }
        let Some(host) = self.tasks[task].host else {
            self.ready.push_back(task);
            return;
        };
        let event_loop = self.tasks[host].event_loop.get_or_insert_default();
        event_loop.ready.push_back(task);
        let sleeps = event_loop.current.is_none() && self.tasks[host].waits;
        if sleeps {
            self.wake(now, host, COROUTINES);
        }
    }

    /// Runs a thread until it leaves its lane. Says why, if the whole worker is to end.
    fn run(&mut self, thread: usize, from: Nanos) -> Option<End> {
        let mut turn_from = from;
        loop {
            let task = self.innermost(thread)?;
            if self.tasks[task].steps > 0 {
                match self.compute(task, &mut turn_from) {
                    Pause::Done => {}
                    Pause::Asked => {
                        let now = self.cpu.now();
                        if let Some(end) = self.reason_to_end(now) {
                            return Some(end);
                        }
                        self.recorder
                            .note(now, EventKind::Preempt, self.tasks[thread].id, 0);
                        self.ready.push_back(thread);
                        return None;
                    }
                    Pause::Signalled(signal) => return Some(self.signalled(thread, signal)),
                }
            }
            let step = self.tasks[task].cursor.next(&self.terms.code);
            if let Step::Compute(duration) = step {
                self.tasks[task].steps = self.terms.rate.steps_for(duration);
                continue;
            }
            let now = self.cpu.now();
            match self.cpu.signal() {
                Signal::None => {}
                signal => return Some(self.signalled(thread, signal)),
            }
            if now >= self.terms.until {
                return Some(End::TimeLimit);
            }
            if self.recorder.is_full() {
                return Some(End::TooManyEvents);
            }
            match self.step(thread, task, step, now, turn_from) {
                Stay::OnLane => {}
                Stay::Left => return None,
                Stay::Crashed => return Some(End::Crashed),
            }
        }
    }

    /// A run that is stopped leaves its tasks where they are; one that is killed ends them.
    fn signalled(&mut self, thread: usize, signal: Signal) -> End {
        if signal == Signal::Kill {
            let now = self.cpu.now();
            self.recorder
                .note(now, EventKind::Kill, self.tasks[thread].id, 0);
            return End::Killed;
        }
        End::Stopped
    }

    /// What a thread is in the middle of: itself, or the coroutine its event loop goes on with. None
    /// when the event loop has left the lane.
    fn innermost(&mut self, thread: usize) -> Option<usize> {
        let Some(event_loop) = &mut self.tasks[thread].event_loop else {
            return Some(thread);
        };
        if let Some(current) = event_loop.current {
            return Some(current);
        }
        let now = self.cpu.now();
        if let Some(next) = event_loop.ready.pop_front() {
            event_loop.current = Some(next);
            self.recorder
                .note(now, EventKind::Resume, self.tasks[next].id, 0);
            return Some(next);
        }
        if event_loop.alive == 0 {
            self.recorder
                .note(now, EventKind::Finish, self.tasks[thread].id, 0);
            self.end(now, thread);
        } else {
            self.tasks[thread].waits = true;
            self.recorder
                .note(now, EventKind::Block, self.tasks[thread].id, COROUTINES);
        }
        None
    }

    /// Computes, and lets those wake whose time comes meanwhile. [`Pause::Asked`]: the turn is over.
    fn compute(&mut self, task: usize, turn_from: &mut Nanos) -> Pause {
        loop {
            let Slicer {
                cpu,
                terms,
                recorder,
                tasks,
                timers,
                ..
            } = self;
            let Task { id, steps, .. } = &mut tasks[task];
            let due = timers.next().unwrap_or(Nanos::NEVER).min(terms.until);
            let turn_until = turn_from.saturating_add(terms.quantum);
            let look = |now| now >= due || now >= turn_until;
            let pause = compute(cpu, terms.rate, steps, (*id, recorder), look);
            if pause != Pause::Asked {
                return pause;
            }
            let now = self.cpu.now();
            self.wake_due(now);
            if now >= self.terms.until {
                return Pause::Asked;
            }
            if now >= turn_until {
                if !self.ready.is_empty() {
                    return Pause::Asked;
                }
                // Alone: the quantum is renewed without a switch.
                *turn_from = now;
            }
        }
    }
}

/// Whether a thread is still on its lane after a step.
enum Stay {
    OnLane,
    Left,
    Crashed,
}

#[cfg(test)]
mod tests;
