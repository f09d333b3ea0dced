//! What a task's statements do in the slicer, and how its tasks come and go. Whose turn it is, is the
//! slicer's own part.

use super::{ARRIVAL, EventLoop, FIRST_SPAWNED_PROCESS, Slicer, Stay, Task};
use crate::base::Nanos;
use crate::exec::cpu::Cpu;
use crate::exec::flatten::{CHILDREN, FIXED_RESOURCES};
use crate::exec::job::{Does, Spawned, ThreadJob};
use crate::trace::{EventKind, TaskId, TaskKind};
use crate::work::{Cursor, Step};

impl<C: Cpu> Slicer<C> {
    pub(super) fn step(
        &mut self,
        thread: usize,
        task: usize,
        step: Step,
        now: Nanos,
        turn_from: Nanos,
    ) -> Stay {
        let is_coroutine = task != thread;
        match step {
            Step::Wait {
                resource,
                duration,
                blocks_thread,
            } => {
                let waiter = if blocks_thread { thread } else { task };
                let stay = self.go_waiting(thread, waiter, resource, now);
                if resource >= FIXED_RESOURCES {
                    let id = self.tasks[waiter].id;
                    self.recorder
                        .note(now, EventKind::ServiceBegin, id, resource);
                }
                self.timers
                    .set(now.saturating_add(duration), waiter, resource);
                stay
            }
            Step::Join if !self.has_children(task) => Stay::OnLane,
            Step::Join => {
                self.tasks[task].joins = true;
                if self.tasks[task].children_elsewhere {
                    self.joins_elsewhere.push(task);
                }
                self.go_waiting(thread, task, CHILDREN, now)
            }
            Step::Yield if is_coroutine => {
                self.recorder
                    .note(now, EventKind::CoroutineYield, self.tasks[task].id, 0);
                let event_loop = self.event_loop(thread);
                event_loop.current = None;
                event_loop.ready.push_back(task);
                Stay::OnLane
            }
            Step::Yield => self.leave_ready(thread, EventKind::Yield, now),
            Step::Looping if now >= turn_from.saturating_add(self.terms.quantum) => {
                self.leave_ready(thread, EventKind::Preempt, now)
            }
            Step::Looping | Step::Compute(_) => Stay::OnLane,
            Step::Spawn(template) => {
                self.spawn(thread, task, template, now);
                Stay::OnLane
            }
            Step::Log(text) => {
                self.recorder
                    .note(now, EventKind::Log, self.tasks[task].id, text);
                Stay::OnLane
            }
            Step::Crash => {
                self.crash(thread, now);
                if self.terms.traps {
                    Stay::Crashed
                } else {
                    Stay::Left
                }
            }
            Step::Exit if is_coroutine => {
                self.recorder
                    .note(now, EventKind::CoroutineFinish, self.tasks[task].id, 0);
                self.event_loop(thread).current = None;
                self.end(now, task);
                Stay::OnLane
            }
            Step::Exit => {
                self.recorder
                    .note(now, EventKind::Finish, self.tasks[thread].id, 0);
                self.end(now, thread);
                Stay::Left
            }
        }
    }

    /// A thread, or a coroutine of it, waits.
    fn go_waiting(&mut self, thread: usize, waiter: usize, resource: u16, now: Nanos) -> Stay {
        self.tasks[waiter].waits = true;
        let id = self.tasks[waiter].id;
        if waiter == thread {
            self.recorder.note(now, EventKind::Block, id, resource);
            return Stay::Left;
        }
        self.recorder.note(now, EventKind::Suspend, id, resource);
        self.event_loop(thread).current = None;
        Stay::OnLane
    }

    fn leave_ready(&mut self, thread: usize, kind: EventKind, now: Nanos) -> Stay {
        self.recorder.note(now, kind, self.tasks[thread].id, 0);
        self.ready.push_back(thread);
        Stay::Left
    }

    fn event_loop(&mut self, thread: usize) -> &mut EventLoop {
        self.tasks[thread].event_loop.get_or_insert_default()
    }

    pub(super) fn end(&mut self, now: Nanos, task: usize) {
        self.tasks[task].ended = true;
        match self.tasks[task].host {
            Some(host) => self.event_loop(host).alive -= 1,
            None => self.alive -= 1,
        }
        if let Some(parent) = self.tasks[task].parent {
            let of = &mut self.tasks[parent];
            of.children -= 1;
            if of.children == 0 && of.joins && !of.ended && !of.children_elsewhere {
                of.joins = false;
                self.wake(now, parent, CHILDREN);
            }
        }
    }

    /// All tasks of the thread's process end at once, in the order in which they were made.
    fn crash(&mut self, thread: usize, now: Nanos) {
        self.recorder
            .note(now, EventKind::Crash, self.tasks[thread].id, 0);
        if let Some(current) = self.tasks[thread]
            .event_loop
            .as_ref()
            .and_then(|of| of.current)
        {
            self.end(now, current);
        }
        self.end(now, thread);
        for task in 0..self.tasks.len() {
            if self.tasks[task].process == self.tasks[thread].process && !self.tasks[task].ended {
                self.recorder
                    .note(now, EventKind::KillWaiting, self.tasks[task].id, 0);
                self.end(now, task);
            }
        }
    }

    fn spawn(&mut self, thread: usize, spawner: usize, template: u32, now: Nanos) {
        let Some(made) = self.terms.templates.get(template as usize).copied() else {
            return;
        };
        let (number, distance) = self.spawn_numbers;
        self.spawn_numbers.0 += distance;
        let id = TaskId(number);
        let process = match made.new_process {
            Some(_) => FIRST_SPAWNED_PROCESS + number,
            None => self.tasks[spawner].process,
        };
        let host = (made.kind == TaskKind::Coroutine).then_some(thread);
        let host_id = host.map_or(TaskId::NONE, |host| self.tasks[host].id);
        let parent = self.tasks[spawner].id;
        let spawned = Spawned {
            task: id,
            template,
            process,
            host: host_id,
            parent,
        };
        self.recorder.note_spawned(now, spawned);
        if host.is_none() {
            let does = Does::Program(made.start);
            let thread = ThreadJob {
                task: id,
                process,
                arrival: Nanos::ZERO,
                does,
            };
            if self.cpu.start_elsewhere(thread, parent) {
                self.tasks[spawner].children_elsewhere = true;
                return;
            }
        }
        let place = self.add(id, process, made.start, host);
        self.tasks[place].parent = Some(spawner);
        self.tasks[spawner].children += 1;
        match host {
            Some(host) => self.event_loop(host).ready.push_back(place),
            None => self.ready.push_back(place),
        }
    }

    pub(super) fn add_thread(&mut self, thread: &ThreadJob) {
        let (start, coroutines) = match &thread.does {
            Does::Program(start) => (*start, None),
            Does::Coroutines(coroutines) => (0, Some(coroutines)),
        };
        let place = self.add(thread.task, thread.process, start, None);
        self.arrives(place, thread.arrival);
        let Some(coroutines) = coroutines else { return };
        self.tasks[place].event_loop = Some(EventLoop::default());
        for coroutine in coroutines {
            let of_loop = self.add(coroutine.task, thread.process, coroutine.start, Some(place));
            self.arrives(of_loop, coroutine.arrival);
        }
    }

    fn arrives(&mut self, task: usize, arrival: Nanos) {
        self.timers
            .set(self.terms.from.saturating_add(arrival), task, ARRIVAL);
    }

    fn add(&mut self, id: TaskId, process: u32, start: u32, host: Option<usize>) -> usize {
        match host {
            Some(host) => self.event_loop(host).alive += 1,
            None => self.alive += 1,
        }
        self.tasks.push(Task {
            id,
            process,
            cursor: Cursor::new(start),
            steps: 0,
            host,
            parent: None,
            children: 0,
            children_elsewhere: false,
            joins: false,
            ended: false,
            waits: false,
            event_loop: None,
        });
        self.tasks.len() - 1
    }
}
