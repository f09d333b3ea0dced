//! Coroutines as Rust futures on one worker's event loop: the browser's own loop runs them, its own
//! timers wake them. Runs in the worker. Event loops on a thread that takes turns with others are the
//! slicer's.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::clock;
use super::cpu::{Cpu, Pause, compute};
use super::flatten::{CHILDREN, COROUTINES};
use super::job::{CoroutineJob, Does, Job, Spawned, ThreadJob};
use super::processes::{SEND_EVERY, WorkerCpu};
use super::recorder::{Batch, Recorder};
use super::slicer::{ARRIVAL, End, Terms};
use super::waiting::{Gate, block, next_turn, sleep, trap};
use crate::base::Nanos;
use crate::trace::{EventKind, TaskId, TaskKind};
use crate::work::{Cursor, Step};

/// Runs the job's one event loop to its end; gives what it leaves behind to `leave`.
pub(super) async fn run(
    cpu: WorkerCpu,
    terms: Terms,
    job: &Job,
    leave: impl Fn(Batch) + 'static,
) -> (End, bool) {
    let [ThreadJob { task: host, process, arrival: host_arrival, does: Does::Coroutines(coroutines) }] =
        &job.threads[..]
    else {
        unreachable!("the plan gives a worker of futures one event loop");
    };
    let from = terms.from;
    let shared = Shared::new(cpu, terms, job, (*host, *process), Box::new(leave));
    for CoroutineJob { task, arrival, start } in coroutines.iter().copied() {
        let due = from.saturating_add(arrival.max(*host_arrival));
        let mut of = shared.0.borrow_mut();
        let place = of.add(task, None);
        of.timers.push(Reverse((due, place, ARRIVAL)));
        spawn_local(coroutine(shared.clone(), place, Cursor::new(start)));
    }
    shared.serve_timers().await;
    let mut of = shared.0.borrow_mut();
    of.leave_all();
    (of.end.unwrap_or(End::Finished), of.cpu.spin.is_right())
}

/// One coroutine, from its first turn to its end or the run's.
async fn coroutine(shared: Shared, place: usize, mut cursor: Cursor) {
    let comes = shared.0.borrow().coroutines[place].gate.clone();
    comes.pass().await;
    if !shared.resume(place) {
        return;
    }
    loop {
        let step = shared.0.borrow().next_step(&mut cursor);
        let goes_on = match step {
            Step::Compute(duration) => shared.compute(place, duration),
            Step::Wait { resource, duration, blocks_thread: true } => {
                shared.block_thread(resource, duration).await
            }
            Step::Wait { resource, duration, .. } => {
                shared.suspend(place, resource, Some(duration)).await
            }
            Step::Yield => shared.give_way(place).await,
            Step::Join => shared.join(place).await,
            Step::Spawn(template) => {
                shared.spawn(place, template);
                true
            }
            Step::Log(text) => {
                shared.0.borrow_mut().log(place, text);
                true
            }
            Step::Looping => true,
            Step::Crash => {
                shared.crash();
                false
            }
            Step::Exit => {
                shared.finish(place);
                false
            }
        };
        if !goes_on || shared.must_end() {
            return;
        }
    }
}

/// What the coroutines of one loop share. Never borrowed across an `await`.
#[derive(Clone)]
struct Shared(Rc<RefCell<State>>);

struct State {
    cpu: WorkerCpu,
    terms: Terms,
    recorder: Recorder,
    host: TaskId,
    process: u32,
    coroutines: Vec<Coroutine>,
    timers: BinaryHeap<Reverse<(Nanos, usize, u16)>>,
    /// Coroutines that could go on and have not been resumed yet.
    ready: usize,
    alive: usize,
    /// Since when the loop has been busy, or was before it last went to wait.
    busy_from: Nanos,
    /// When it last went to wait; none while it is busy.
    idle_from: Option<Nanos>,
    started: bool,
    spawn_numbers: (u32, u32),
    leave: Box<dyn Fn(Batch)>,
    sent: Nanos,
    end: Option<End>,
    /// Until when the browser's timer sleeps that is set now.
    sleeps_until: Nanos,
    /// Opened when that is too late, or the run is over.
    news: Gate,
}

struct Coroutine {
    id: TaskId,
    gate: Gate,
    parent: Option<usize>,
    children: u32,
    joins: bool,
}

impl Shared {
    fn new(
        cpu: WorkerCpu,
        terms: Terms,
        job: &Job,
        (host, process): (TaskId, u32),
        leave: Box<dyn Fn(Batch)>,
    ) -> Shared {
        Shared(Rc::new(RefCell::new(State {
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
        })))
    }

    /// Waits for the earliest timer, again and again, and wakes whoever is due; ends the run when
    /// its time is up or it is told to stop.
    async fn serve_timers(&self) {
        loop {
            let (wait, news) = {
                let mut of = self.0.borrow_mut();
                let now = of.cpu.now();
                of.look_for_the_end(now);
                of.wake_due(now);
                if of.end.is_some() {
                    return;
                }
                (of.next_wait(now), of.news.clone())
            };
            first_of(sleep(wait), news.pass()).await;
        }
    }

    fn must_end(&self) -> bool {
        let mut of = self.0.borrow_mut();
        let now = of.cpu.now();
        of.look_for_the_end(now);
        of.end.is_some()
    }

    /// The loop goes on with a coroutine; false if the run is over.
    fn resume(&self, place: usize) -> bool {
        let mut of = self.0.borrow_mut();
        if of.end.is_some() {
            return false;
        }
        let now = of.cpu.now();
        of.ready = of.ready.saturating_sub(1);
        of.get_busy(now);
        let id = of.coroutines[place].id;
        of.recorder.note(now, EventKind::Resume, id, 0);
        true
    }

    fn compute(&self, place: usize, duration: Nanos) -> bool {
        let mut of = self.0.borrow_mut();
        let State { cpu, terms, recorder, coroutines, .. } = &mut *of;
        let mut steps = terms.rate.steps_for(duration);
        let task = (coroutines[place].id, recorder);
        compute(cpu, terms.rate, &mut steps, task, |now| now >= terms.until) == Pause::Done
    }

    async fn suspend(&self, place: usize, resource: u16, duration: Option<Nanos>) -> bool {
        let gate = {
            let mut of = self.0.borrow_mut();
            let now = of.cpu.now();
            let id = of.coroutines[place].id;
            of.recorder.note(now, EventKind::Suspend, id, resource);
            if let Some(duration) = duration {
                if resource > COROUTINES {
                    of.recorder.note(now, EventKind::ServiceBegin, id, resource);
                }
                let due = now.saturating_add(duration);
                of.timers.push(Reverse((due, place, resource)));
                if due < of.sleeps_until {
                    of.news.open();
                }
            }
            of.go_idle_if_none_is_ready(now);
            of.coroutines[place].gate.clone()
        };
        gate.pass().await;
        self.resume(place)
    }

    async fn give_way(&self, place: usize) -> bool {
        {
            let mut of = self.0.borrow_mut();
            let now = of.cpu.now();
            let id = of.coroutines[place].id;
            of.recorder.note(now, EventKind::CoroutineYield, id, 0);
            of.ready += 1;
        }
        next_turn().await;
        self.resume(place)
    }

    async fn join(&self, place: usize) -> bool {
        {
            let mut of = self.0.borrow_mut();
            if of.coroutines[place].children == 0 {
                return true;
            }
            of.coroutines[place].joins = true;
        }
        self.suspend(place, CHILDREN, None).await
    }

    /// The whole loop waits: no other coroutine runs meanwhile.
    async fn block_thread(&self, resource: u16, duration: Nanos) -> bool {
        let mut of = self.0.borrow_mut();
        let begun = of.cpu.now();
        let host = of.host;
        of.recorder.note(begun, EventKind::Block, host, resource);
        of.recorder.note(begun, EventKind::ServiceBegin, host, resource);
        let due = begun.saturating_add(duration).min(of.terms.until);
        loop {
            let now = of.cpu.now();
            if now >= due || of.cpu.stop.is_up() {
                break;
            }
            match &of.cpu.stop.shared {
                Some(flag) => block(flag, 0, due - now),
                // There is no other way to keep the loop from turning.
                None => of.cpu.work(1_000),
            }
        }
        let now = of.cpu.now();
        of.recorder.note(now, EventKind::Wake, host, resource);
        of.recorder.note(now, EventKind::Start, host, 0);
        true
    }

    fn spawn(&self, place: usize, template: u32) {
        let child = {
            let mut of = self.0.borrow_mut();
            let now = of.cpu.now();
            let Some(made) = of.terms.templates.get(template as usize).copied() else { return };
            assert_eq!(made.kind, TaskKind::Coroutine, "a loop of futures makes coroutines");
            let (number, distance) = of.spawn_numbers;
            of.spawn_numbers.0 += distance;
            let task = TaskId(number);
            let (process, host) = (of.process, of.host);
            let parent = of.coroutines[place].id;
            let spawned = Spawned { task, template, process, host, parent };
            of.recorder.note_spawned(now, spawned);
            of.coroutines[place].children += 1;
            of.ready += 1;
            let child = of.add(task, Some(place));
            of.coroutines[child].gate.open();
            (child, made.start)
        };
        spawn_local(coroutine(self.clone(), child.0, Cursor::new(child.1)));
    }

    fn finish(&self, place: usize) {
        let mut of = self.0.borrow_mut();
        let now = of.cpu.now();
        let id = of.coroutines[place].id;
        of.recorder.note(now, EventKind::CoroutineFinish, id, 0);
        of.alive -= 1;
        if let Some(parent) = of.coroutines[place].parent {
            let waits = {
                let of = &mut of.coroutines[parent];
                of.children -= 1;
                of.children == 0 && std::mem::take(&mut of.joins)
            };
            if waits {
                of.wake(now, parent, CHILDREN);
            }
        }
        if of.alive == 0 {
            let host = of.host;
            of.recorder.note(now, EventKind::Finish, host, 0);
            of.finish_with(End::Finished);
        } else {
            of.go_idle_if_none_is_ready(now);
        }
    }

    /// The process is gone, and with it this worker.
    fn crash(&self) {
        let mut of = self.0.borrow_mut();
        let now = of.cpu.now();
        let host = of.host;
        of.recorder.note(now, EventKind::Crash, host, 0);
        of.leave_all();
        trap();
    }
}

impl State {
    fn next_step(&self, cursor: &mut Cursor) -> Step {
        cursor.next(&self.terms.code)
    }

    fn add(&mut self, id: TaskId, parent: Option<usize>) -> usize {
        let gate = Gate::default();
        self.coroutines.push(Coroutine { id, gate, parent, children: 0, joins: false });
        self.alive += 1;
        self.coroutines.len() - 1
    }

    fn log(&mut self, place: usize, text: u16) {
        let now = self.cpu.now();
        self.recorder.note(now, EventKind::Log, self.coroutines[place].id, text);
    }

    fn leave_all(&mut self) {
        let batch = self.recorder.take();
        (self.leave)(batch);
    }

    fn get_busy(&mut self, now: Nanos) {
        if self.idle_from.take().is_none() {
            return;
        }
        if std::mem::replace(&mut self.started, true) {
            self.recorder.note(now, EventKind::Wake, self.host, COROUTINES);
        }
        self.recorder.note(now, EventKind::Start, self.host, 0);
        self.busy_from = now;
    }

    fn go_idle_if_none_is_ready(&mut self, now: Nanos) {
        if self.ready == 0 && self.idle_from.is_none() {
            self.recorder.note(now, EventKind::Block, self.host, COROUTINES);
            self.idle_from = Some(now);
        }
        if now.saturating_sub(self.sent) >= SEND_EVERY {
            self.leave_all();
            self.sent = now;
        }
    }

    fn wake_due(&mut self, now: Nanos) {
        while let Some(Reverse((due, place, resource))) = self.timers.peek().copied() {
            if due > now {
                break;
            }
            self.timers.pop();
            // While the loop was busy it could not see a timer end, so the wake stands where the
            // timer was due. While it waited, what the browser's timer is late is measured.
            let saw_late = self.idle_from.is_none_or(|idle_from| due < idle_from);
            let at = if saw_late { due.max(self.busy_from).min(now) } else { now };
            self.wake(at, place, resource);
        }
    }

    fn wake(&mut self, at: Nanos, place: usize, resource: u16) {
        if resource != ARRIVAL {
            self.recorder.note(at, EventKind::Wake, self.coroutines[place].id, resource);
        }
        self.ready += 1;
        self.coroutines[place].gate.open();
    }

    /// How long nothing is due.
    fn next_wait(&mut self, now: Nanos) -> Nanos {
        let next = self.timers.peek().map_or(Nanos::NEVER, |Reverse((due, ..))| *due);
        // A flag in shared memory makes no event, so it is looked at now and then.
        let look = now + Nanos::from_ms(50);
        self.sleeps_until = next.min(self.terms.until).min(look);
        self.sleeps_until.saturating_sub(now)
    }

    fn look_for_the_end(&mut self, now: Nanos) {
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

    fn finish_with(&mut self, end: End) {
        self.end = Some(end);
        self.news.open();
        // Their futures see that all is over, and end.
        for coroutine in &self.coroutines {
            coroutine.gate.open();
        }
    }
}

/// Waits for the first of two futures, and drops the other.
async fn first_of(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let mut one = std::pin::pin!(one);
    let mut other = std::pin::pin!(other);
    std::future::poll_fn(|context| {
        if one.as_mut().poll(context).is_ready() || other.as_mut().poll(context).is_ready() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}
