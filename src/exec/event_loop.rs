//! Coroutines as Rust futures on one worker's event loop: the browser's own loop runs them, its own
//! timers wake them. Runs in the worker. Event loops on a thread that takes turns with others are the
//! slicer's.

mod state;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::cpu::{Cpu, Pause, compute};
use super::flatten::{CHILDREN, FIXED_RESOURCES};
use super::job::{CoroutineJob, Does, Job, Spawned, ThreadJob};
use super::processes::WorkerCpu;
use super::recorder::Batch;
use super::slicer::{ARRIVAL, End, Terms};
use super::waiting::{block, next_turn, sleep, trap};
use crate::base::Nanos;
use crate::trace::{EventKind, TaskId, TaskKind};
use crate::work::{Cursor, Step};
use state::State;

/// Runs the job's one event loop to its end; gives what it leaves behind to `leave`.
pub(super) async fn run(
    cpu: WorkerCpu,
    terms: Terms,
    job: &Job,
    leave: impl Fn(Batch) + 'static,
) -> (End, bool) {
    let [
        ThreadJob {
            task: host,
            process,
            arrival: host_arrival,
            does: Does::Coroutines(coroutines),
        },
    ] = &job.threads[..]
    else {
        unreachable!("the plan gives a worker of futures one event loop");
    };
    let from = terms.from;
    let state = State::new(cpu, terms, job, (*host, *process), Box::new(leave));
    let shared = Shared(Rc::new(RefCell::new(state)));
    for CoroutineJob {
        task,
        arrival,
        start,
    } in coroutines.iter().copied()
    {
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
            Step::Wait {
                resource,
                duration,
                blocks_thread: true,
            } => shared.block_thread(resource, duration).await,
            Step::Wait {
                resource, duration, ..
            } => shared.suspend(place, resource, Some(duration)).await,
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

impl Shared {
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
        let State {
            cpu,
            terms,
            recorder,
            coroutines,
            ..
        } = &mut *of;
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
                if resource >= FIXED_RESOURCES {
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
        of.recorder
            .note(begun, EventKind::ServiceBegin, host, resource);
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
            let Some(made) = of.terms.templates.get(template as usize).copied() else {
                return;
            };
            assert_eq!(
                made.kind,
                TaskKind::Coroutine,
                "a loop of futures makes coroutines"
            );
            let (number, distance) = of.spawn_numbers;
            of.spawn_numbers.0 += distance;
            let task = TaskId(number);
            let (process, host) = (of.process, of.host);
            let parent = of.coroutines[place].id;
            let spawned = Spawned {
                task,
                template,
                process,
                host,
                parent,
            };
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
