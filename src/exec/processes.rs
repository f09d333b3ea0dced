//! A plain worker's part of a run: a process of its own, or the slicer's one core. Runs in the
//! worker; who plays which part is `plan`'s business, and coroutines are `event_loop`'s.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Atomics, Int32Array};

use super::clock;
use super::cpu::{Cpu, Signal};
use super::recorder::Batch;
use super::slicer::{End, Slicer, Turn};
use super::waiting::{block, sleep, trap};
use crate::base::Nanos;
use crate::work::Spin;

/// How long records wait at the most before they are sent: what a worker that is ended loses.
pub(super) const SEND_EVERY: Nanos = Nanos::from_ms(100);

/// How a plain worker hears that it should stop: a flag in memory that it shares with the page, where
/// there is such memory, and a message, which it hears only between turns of its event loop.
#[derive(Clone, Debug, Default)]
pub(super) struct StopFlag {
    pub shared: Option<Int32Array>,
    pub told: Rc<Cell<bool>>,
}

impl StopFlag {
    pub(super) fn is_up(&self) -> bool {
        let shared = self
            .shared
            .as_ref()
            .and_then(|flag| Atomics::load(flag, 0).ok());
        self.told.get() || shared.is_some_and(|value| value != 0)
    }

    /// Waits until that time, or until the flag is up; blocks the worker where it can.
    pub(super) async fn wait_until(&self, until: Nanos) {
        let time = until.saturating_sub(clock::now());
        match &self.shared {
            Some(flag) => block(flag, 0, time),
            // In pieces, so that a message is heard.
            None => sleep(time.min(Nanos::from_ms(50))).await,
        }
    }
}

/// What a plain worker's tasks compute on.
#[derive(Debug)]
pub(super) struct WorkerCpu {
    pub spin: Spin,
    pub stop: StopFlag,
}

impl WorkerCpu {
    pub(super) fn new(stop: StopFlag) -> WorkerCpu {
        // Any seed does; one that differs from worker to worker makes their results differ too.
        WorkerCpu {
            spin: Spin::new(clock::time_origin_ns() as u64),
            stop,
        }
    }
}

impl Cpu for WorkerCpu {
    fn now(&mut self) -> Nanos {
        clock::now()
    }

    fn work(&mut self, steps: u64) {
        self.spin.run(steps);
    }

    fn signal(&mut self) -> Signal {
        if self.stop.is_up() {
            Signal::Stop
        } else {
            Signal::None
        }
    }
}

/// Lets the threads take turns until all is over; gives what they leave behind to `leave`. A crash
/// traps.
pub(super) async fn run(mut slicer: Slicer<WorkerCpu>, leave: impl Fn(Batch)) -> (End, bool) {
    let stop = slicer.cpu().stop.clone();
    let mut sent = clock::now();
    let end = loop {
        match slicer.turn() {
            Turn::Again => {}
            Turn::Wait(until) => stop.wait_until(until).await,
            Turn::Over(end) => break end,
        }
        let now = clock::now();
        if now.saturating_sub(sent) >= SEND_EVERY {
            leave(slicer.take());
            sent = now;
        }
    };
    leave(slicer.take());
    if end == End::Crashed {
        trap();
    }
    (end, slicer.cpu().spin.is_right())
}
