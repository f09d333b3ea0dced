//! What must hold of any simulated trace, checked from the trace alone, apart from the kernel that
//! wrote it: a second reading of the same rules. Every test that simulates calls it.

mod affinity;
mod gil;
mod quota;
mod shared;

use affinity::affinities;
use gil::Gils;
use shared::Shared;

use crate::base::Nanos;
use crate::scenario::{Balance, Policy, QueueScope, Scenario, Ties};
use crate::trace::{Event, EventKind, TaskId, TaskInfo, TaskKind, Trace};

/// The first thing that is wrong with a trace.
///
/// 1. Events are in order of time, and none is later than the end.
/// 2. Every task lives a life: it arrives once, starts only when ready, stops only where it runs,
///    wakes only when it waits, and does nothing after its end.
/// 3. No two threads share a hardware thread, and no thread has two.
/// 4. No hardware thread idles over time while a thread waits that may run on it, unless each keeps
///    to its own queue. No thread runs where it may not.
/// 5. A stay on a hardware thread goes past a multiple of the quantum only if nobody waited then,
///    and is cut by preemption only there. Those who became ready at that very instant do not
///    count, unless they are arrivals that go first and were not spawned. With queues per core only the cut is looked at,
///    since a trace does not tell who waits in which queue; the same where threads are bound.
/// 6. A mutex has one holder at a time, a reader-writer lock one writer or any number of readers, and
///    only who has it gives it back.
/// 7. What is in a channel fits into it; messages leave in the order in which they came in, each
///    once.
/// 8. Who asks again and again runs, and ends that before it begins it again.
/// 9. The interpreter lock of a process has one holder at a time, and only its holder gives it back. Where
///    no program of the process does anything without it, only the thread that holds it computes.
/// 10. In no period do the threads of a container run for longer than its quota.
///
/// # Errors
/// Says what, where and when.
pub fn check(trace: &Trace, scenario: &Scenario) -> Result<(), String> {
    let scheduler = &scenario.scheduler;
    let checker = Checker::new(trace, scenario);
    let quantum = (scheduler.policy == Policy::RoundRobin).then_some(scheduler.quantum);
    Checker {
        preempts: match scheduler.policy {
            Policy::Fifo | Policy::Sjf | Policy::Hrrn => false,
            Policy::Priority => scheduler.preemptive,
            _ => true,
        },
        quantum,
        one_queue: scheduler.queue == QueueScope::Global && checker.affinity.is_empty(),
        arrivals_first: scheduler.ties == Ties::ArrivalsFirst,
        ..checker
    }
    .run()?;
    quota::check(trace, scenario)
}

/// The same for a run in which someone else than the policy made the choices: all rules but 5.
///
/// # Errors
/// As [`check`].
pub fn check_chosen(trace: &Trace, scenario: &Scenario) -> Result<(), String> {
    Checker::new(trace, scenario).run()?;
    quota::check(trace, scenario)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Absent,
    Ready,
    Running,
    Blocked,
    Over,
}

#[derive(Clone, Copy, Default)]
struct Seat {
    task: Option<TaskId>,
    /// From when on its quantum counts.
    work_since: Nanos,
    /// From when on it computes, a coroutine switch paid as well.
    computes_from: Nanos,
    /// Coroutine switches may carry a stay past its quantum by so much.
    grace: Nanos,
    /// The first multiple of the quantum that has not been looked at.
    boundary: Nanos,
}

struct Checker<'a> {
    trace: &'a Trace,
    preempts: bool,
    quantum: Option<Nanos>,
    lanes: Vec<Seat>,
    lives: Vec<Life>,
    current: Vec<TaskId>,
    /// Threads that wait to run.
    ready: usize,
    /// Those of them that became so at this instant, arrivals that go first excepted.
    just_ready: usize,
    arrivals_first: bool,
    one_queue: bool,
    conserves_work: bool,
    affinity: Vec<Vec<u32>>,
    occupied: usize,
    shared: Shared<'a>,
    gils: Gils<'a>,
    now: Nanos,
}

impl<'a> Checker<'a> {
    fn new(trace: &'a Trace, scenario: &'a Scenario) -> Checker<'a> {
        let scheduler = &scenario.scheduler;
        Checker {
            trace,
            preempts: true,
            quantum: None,
            lanes: vec![Seat::default(); trace.lanes.len()],
            lives: vec![Life::Absent; trace.tasks.len()],
            current: vec![TaskId::NONE; trace.tasks.len()],
            ready: 0,
            just_ready: 0,
            arrivals_first: true,
            one_queue: true,
            conserves_work: scheduler.queue == QueueScope::Global
                || scheduler.balance == Balance::Steal,
            affinity: affinities(scenario),
            occupied: 0,
            shared: Shared::new(trace, scenario),
            gils: Gils::new(trace, scenario),
            now: Nanos::ZERO,
        }
    }

    fn run(mut self) -> Result<(), String> {
        for event in &self.trace.events {
            self.advance_to(event.at)?;
            self.event(event)
                .map_err(|what| format!("{what} at {} ns: {event:?}", event.at.0))?;
        }
        self.advance_to(self.trace.end)
    }
    /// Nothing happens until `at`: looks at what then lasted.
    fn advance_to(&mut self, at: Nanos) -> Result<(), String> {
        if at < self.now {
            return Err(format!("time goes back from {} to {} ns", self.now.0, at.0));
        }
        if at > self.now {
            if self.conserves_work && self.idles_in_vain() {
                return Err(format!(
                    "{} tasks wait from {} to {} ns while a core idles",
                    self.ready, self.now.0, at.0
                ));
            }
            self.look_at_quanta(at)?;
            let computing = self.lanes.iter().filter(|seat| seat.computes_from < at);
            self.gils.look_at(computing.filter_map(|seat| seat.task))?;
            self.just_ready = 0;
        }
        self.now = at;
        Ok(())
    }

    /// Rule 4: whether a hardware thread idles that someone who waits may run on.
    fn idles_in_vain(&self) -> bool {
        let is_idle = |lane: usize| self.lanes[lane].task.is_none();
        if self.ready == 0 || self.occupied == self.lanes.len() {
            return false;
        }
        (0..self.lives.len() as u32).map(TaskId).any(|task| {
            self.lives[task.index()] == Life::Ready
                && self.trace.kind(task) != TaskKind::Coroutine
                && (0..self.lanes.len()).any(|lane| is_idle(lane) && self.may_run(task, lane))
        })
    }

    fn may_run(&self, task: TaskId, lane: usize) -> bool {
        let group = self.trace.tasks[task.index()].group as usize;
        let bound = self.affinity.get(group);
        bound.is_none_or(|bound| bound.is_empty() || bound.contains(&(lane as u32)))
    }

    /// Rule 5, its first half: between two instants nobody's quantum ends with others waiting.
    fn look_at_quanta(&mut self, at: Nanos) -> Result<(), String> {
        let Some(quantum) = self.quantum.filter(|_| self.one_queue) else {
            return Ok(());
        };
        for (lane, seat) in self.lanes.iter_mut().enumerate() {
            let Some(task) = seat.task else { continue };
            while seat.boundary < at {
                let passed = seat.boundary + seat.grace < at;
                let at_start = seat.boundary <= self.now;
                let waited = self.ready - if at_start { self.just_ready } else { 0 };
                if passed && waited > 0 {
                    return Err(format!(
                        "task {} keeps lane {lane} past its quantum's end at {} ns while {waited} wait",
                        task.0, seat.boundary.0
                    ));
                }
                seat.boundary += quantum;
            }
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<(), String> {
        let Event {
            at,
            task,
            detail,
            kind,
            lane,
        } = *event;
        let is_coroutine = self.trace.kind(task) == TaskKind::Coroutine;
        match kind {
            EventKind::Arrive => {
                let TaskInfo {
                    arrival, parent, ..
                } = self.trace.tasks[task.index()];
                if at != arrival {
                    return Err(format!("it was due at {} ns", arrival.0));
                }
                self.change(task, &[Life::Absent], Life::Ready)?;
                // One that is spawned comes in whatever round its spawner has got to.
                let was_due = parent == TaskId::NONE;
                if self.arrivals_first && was_due && !is_coroutine {
                    self.just_ready -= 1;
                }
                Ok(())
            }
            EventKind::Wake => self.change(task, &[Life::Blocked], Life::Ready),
            EventKind::Start => {
                if let Some(before) = self.lanes[usize::from(lane)].task {
                    self.on_time(lane, at)?;
                    self.leave(lane, before, Life::Ready)?;
                }
                self.change(task, &[Life::Ready], Life::Running)?;
                let may_run = self.may_run(task, usize::from(lane));
                let quantum = self.quantum.unwrap_or(Nanos::NEVER);
                let seat = &mut self.lanes[usize::from(lane)];
                if !may_run {
                    return Err("it may not run there".to_owned());
                }
                if is_coroutine {
                    return Err("a coroutine has no lane of its own".to_owned());
                }
                let work_since = at + self.trace.costs[usize::from(detail)].total();
                *seat = Seat {
                    task: Some(task),
                    work_since,
                    computes_from: work_since,
                    grace: Nanos::ZERO,
                    boundary: work_since.saturating_add(quantum),
                };
                self.occupied += 1;
                Ok(())
            }
            EventKind::Preempt => {
                self.on_time(lane, at)?;
                self.leave(lane, task, Life::Ready)
            }
            EventKind::Yield => self.leave(lane, task, Life::Ready),
            EventKind::Block => self.leave(lane, task, Life::Blocked),
            EventKind::Finish => {
                if self.current[task.index()] != TaskId::NONE {
                    return Err("its coroutine has not ended".to_owned());
                }
                self.leave(lane, task, Life::Over)
            }
            EventKind::Crash | EventKind::Kill => {
                let coroutine = self.current[task.index()];
                if coroutine != TaskId::NONE {
                    self.change(coroutine, &[Life::Running], Life::Over)?;
                }
                self.leave(lane, task, Life::Over)
            }
            EventKind::KillWaiting => {
                let from: &[Life] = if is_coroutine {
                    &[Life::Ready, Life::Blocked, Life::Running]
                } else {
                    &[Life::Ready, Life::Blocked]
                };
                self.change(task, from, Life::Over)
            }
            EventKind::Resume => {
                let host = self.host_on(lane, task)?;
                self.change(task, &[Life::Ready], Life::Running)?;
                let seat = &mut self.lanes[usize::from(lane)];
                let cost = self.trace.costs[usize::from(detail)].total();
                seat.grace += cost;
                seat.computes_from = at + cost;
                let before = std::mem::replace(&mut self.current[host.index()], task);
                if before != TaskId::NONE {
                    return Err(format!(
                        "coroutine {} is not done with the thread",
                        before.0
                    ));
                }
                Ok(())
            }
            EventKind::CoroutineYield => self.suspend(lane, task, Life::Ready),
            EventKind::Suspend => self.suspend(lane, task, Life::Blocked),
            EventKind::CoroutineFinish => self.suspend(lane, task, Life::Over),
            EventKind::Acquire => match self.gils.process(task, detail) {
                Some(process) => self.gils.acquire(task, process),
                None => self.shared.acquire(task, detail),
            },
            EventKind::Release => match self.gils.process(task, detail) {
                Some(process) => self.gils.release(task, process),
                None => self.shared.release(task, detail),
            },
            EventKind::Sent => self.shared.sent(detail),
            EventKind::Received => self.shared.received(detail),
            EventKind::Broken => {
                let life = self.lives[task.index()];
                self.change(task, &[Life::Running, Life::Blocked], life)
            }
            EventKind::Throttle => self.change(task, &[Life::Ready], Life::Blocked),
            EventKind::Requeue => self.change(task, &[Life::Blocked], Life::Blocked),
            EventKind::Refused if self.lives[task.index()] == Life::Absent => {
                self.change(task, &[Life::Absent], Life::Over)
            }
            EventKind::Refused => self.change(task, &[Life::Running], Life::Running),
            EventKind::SpinBegin | EventKind::SpinEnd => {
                self.change(task, &[Life::Running], Life::Running)?;
                self.shared.spins(task, kind == EventKind::SpinBegin)
            }
            EventKind::ServiceBegin
            | EventKind::Log
            | EventKind::TimeOut
            | EventKind::JobRelease
            | EventKind::JobDone
            | EventKind::DeadlineMiss => Ok(()),
            EventKind::GapBegin | EventKind::GapEnd => Err("only a real run has gaps".to_owned()),
        }
    }

    /// Rule 5, its second half.
    fn on_time(&self, lane: u8, at: Nanos) -> Result<(), String> {
        let seat = &self.lanes[usize::from(lane)];
        if !self.preempts {
            return Err("this policy does not preempt".to_owned());
        }
        let Some(quantum) = self.quantum else {
            return Ok(());
        };
        if at < seat.work_since {
            return Err("preempted in the middle of a switch".to_owned());
        }
        let ran = (at - seat.work_since).0;
        if ran < quantum.0 || ran % quantum.0 > seat.grace.0 {
            return Err(format!(
                "preempted {ran} ns into quanta of {} ns",
                quantum.0
            ));
        }
        Ok(())
    }

    fn leave(&mut self, lane: u8, task: TaskId, to: Life) -> Result<(), String> {
        let seat = self
            .lanes
            .get_mut(usize::from(lane))
            .ok_or("there is no such lane")?;
        if seat.task.take() != Some(task) {
            return Err("it is not on this lane".to_owned());
        }
        self.occupied -= 1;
        self.change(task, &[Life::Running], to)
    }

    fn suspend(&mut self, lane: u8, task: TaskId, to: Life) -> Result<(), String> {
        let host = self.host_on(lane, task)?;
        if std::mem::replace(&mut self.current[host.index()], TaskId::NONE) != task {
            return Err("its thread is not running it".to_owned());
        }
        self.change(task, &[Life::Running], to)
    }

    fn host_on(&self, lane: u8, task: TaskId) -> Result<TaskId, String> {
        let host = self.trace.tasks[task.index()].host;
        if self.lanes[usize::from(lane)].task != Some(host) {
            return Err("its thread is not on this lane".to_owned());
        }
        Ok(host)
    }

    fn change(&mut self, task: TaskId, from: &[Life], to: Life) -> Result<(), String> {
        let life = &mut self.lives[task.index()];
        if !from.contains(life) {
            return Err(format!("task {} is {life:?}", task.0));
        }
        if self.trace.kind(task) != TaskKind::Coroutine {
            if *life == Life::Ready {
                self.ready -= 1;
                // Whoever leaves the queue was not the last to come, but the count is all that
                // matters: it never exceeds those that wait.
                self.just_ready = self.just_ready.min(self.ready);
            }
            if to == Life::Ready {
                self.ready += 1;
                self.just_ready += 1;
            }
        }
        *life = to;
        Ok(())
    }
}
