//! What the coroutines of one event loop share: who is ready, what is due, whether the loop is busy,
//! and what they leave behind.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::Nanos;
use crate::exec::clock;
use crate::exec::cpu::Cpu;
use crate::exec::flatten::COROUTINES;
use crate::exec::job::Job;
use crate::exec::processes::{SEND_EVERY, WorkerCpu};
use crate::exec::recorder::{Batch, Recorder};
use crate::exec::slicer::{ARRIVAL, End, Terms};
use crate::exec::waiting::Gate;
use crate::trace::{EventKind, TaskId};
use crate::work::{Cursor, Step};

/// All that the coroutines of one loop share.
pub(super) struct State {
    pub cpu: WorkerCpu,
    pub terms: Terms,
    pub recorder: Recorder,
    pub host: TaskId,
    pub process: u32,
    pub coroutines: Vec<Coroutine>,
    pub timers: BinaryHeap<Reverse<(Nanos, usize, u16)>>,
    /// Coroutines that could go on and have not been resumed yet.
    pub ready: usize,
    pub alive: usize,
    /// Since when the loop has been busy, or was before it last went to wait.
    pub busy_from: Nanos,
    /// When it last went to wait; none while it is busy.
    pub idle_from: Option<Nanos>,
    pub started: bool,
    pub spawn_numbers: (u32, u32),
    pub leave: Box<dyn Fn(Batch)>,
    pub sent: Nanos,
    pub end: Option<End>,
    /// Until when the browser's timer sleeps that is set now.
    pub sleeps_until: Nanos,
    /// Opened when that is too late, or the run is over.
    pub news: Gate,
}

/// One coroutine of the loop.
pub(super) struct Coroutine {
    pub id: TaskId,
    pub gate: Gate,
    pub parent: Option<usize>,
    pub children: u32,
    pub joins: bool,
}

impl State {
    pub(super) fn new(
        cpu: WorkerCpu,
        terms: Terms,
        job: &Job,
        (host, process): (TaskId, u32),
        leave: Box<dyn Fn(Batch)>,
    ) -> State {
        State {
            cpu,
            terms,
            recorder: Recorder::new(job.first_lane),
            host,
            process,
            coroutines: Vec::new(),
            timers: BinaryHeap::new(),
            ready: 0,
            alive: 0,
            busy_from: Nanos::ZERO,
            idle_from: Some(Nanos::ZERO),
            started: false,
            spawn_numbers: job.spawn_numbers,
            leave,
            sent: clock::now(),
            end: None,
            sleeps_until: Nanos::ZERO,
            news: Gate::default(),
        }
    }

    pub(super) fn next_step(&self, cursor: &mut Cursor) -> Step {
        cursor.next(&self.terms.code)
    }

    pub(super) fn add(&mut self, id: TaskId, parent: Option<usize>) -> usize {
        let gate = Gate::default();
        self.coroutines.push(Coroutine {
            id,
            gate,
            parent,
            children: 0,
            joins: false,
        });
        self.alive += 1;
        self.coroutines.len() - 1
    }

    pub(super) fn log(&mut self, place: usize, text: u16) {
        let now = self.cpu.now();
        self.recorder
            .note(now, EventKind::Log, self.coroutines[place].id, text);
    }

    pub(super) fn leave_all(&mut self) {
        let batch = self.recorder.take();
        (self.leave)(batch);
    }

    pub(super) fn get_busy(&mut self, now: Nanos) {
        if self.idle_from.take().is_none() {
            return;
        }
        if std::mem::replace(&mut self.started, true) {
            self.recorder
                .note(now, EventKind::Wake, self.host, COROUTINES);
        }
        self.recorder.note(now, EventKind::Start, self.host, 0);
        self.busy_from = now;
    }

    pub(super) fn go_idle_if_none_is_ready(&mut self, now: Nanos) {
        if self.ready == 0 && self.idle_from.is_none() {
            self.recorder
                .note(now, EventKind::Block, self.host, COROUTINES);
            self.idle_from = Some(now);
        }
        if now.saturating_sub(self.sent) >= SEND_EVERY {
            self.leave_all();
            self.sent = now;
        }
    }

    pub(super) fn wake_due(&mut self, now: Nanos) {
        while let Some(Reverse((due, place, resource))) = self.timers.peek().copied() {
            if due > now {
                break;
            }
            self.timers.pop();
            // While the loop was busy it could not see a timer end, so the wake stands where the
            // timer was due. While it waited, what the browser's timer is late is measured.
            let saw_late = self.idle_from.is_none_or(|idle_from| due < idle_from);
            let at = if saw_late {
                due.max(self.busy_from).min(now)
            } else {
                now
            };
            self.wake(at, place, resource);
        }
    }

    pub(super) fn wake(&mut self, at: Nanos, place: usize, resource: u16) {
        if resource != ARRIVAL {
            self.recorder
                .note(at, EventKind::Wake, self.coroutines[place].id, resource);
        }
        self.ready += 1;
        self.coroutines[place].gate.open();
    }

    /// How long nothing is due.
    pub(super) fn next_wait(&mut self, now: Nanos) -> Nanos {
        let next = self
            .timers
            .peek()
            .map_or(Nanos::NEVER, |Reverse((due, ..))| *due);
        // A flag in shared memory makes no event, so it is looked at now and then.
        let look = now + Nanos::from_ms(50);
        self.sleeps_until = next.min(self.terms.until).min(look);
        self.sleeps_until.saturating_sub(now)
    }

    pub(super) fn look_for_the_end(&mut self, now: Nanos) {
        if self.end.is_some() {
            return;
        }
        if self.cpu.stop.is_up() {
            self.finish_with(End::Stopped);
        } else if now >= self.terms.until {
            self.finish_with(End::TimeLimit);
        } else if self.recorder.is_full() {
            self.finish_with(End::TooManyEvents);
        }
    }

    pub(super) fn finish_with(&mut self, end: End) {
        self.end = Some(end);
        self.news.open();
        // Their futures see that all is over, and end.
        for coroutine in &self.coroutines {
            coroutine.gate.open();
        }
    }
}
