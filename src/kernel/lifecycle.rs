//! How tasks come and go: made, arriving, waking, ending, crashing. Who runs is `engine`'s part.

use std::sync::Arc;

use super::engine::record;
use super::sched::Entry;
use super::setup::{CHILDREN, COROUTINES, CoroutineLine, Does, Start, Target, ThreadLine};
use super::state::{EventLoop, Kernel, Process, State, Task};
use crate::base::Nanos;
use crate::trace::{EventKind, Outcome, ProcessInfo, TaskId, TaskInfo, Trace};

impl Kernel {
    /// Makes a thread, absent until [`Kernel::arrive`], without the coroutines of its event loop.
    pub(super) fn make_thread(
        &mut self,
        trace: &mut Trace,
        process: u32,
        line: &ThreadLine,
        parent: TaskId,
        arrival: Nanos,
    ) -> TaskId {
        self.threads_made += 1;
        let (start, event_loop) = match &line.does {
            Does::Program(start) => (*start, Task::NO_LOOP),
            Does::Coroutines(_) => {
                self.loops.push(EventLoop {
                    events: line.events,
                    ..EventLoop::default()
                });
                (Start { pc: 0, counters: 0 }, (self.loops.len() - 1) as u32)
            }
        };
        let task = self.make_task(
            trace,
            line.group,
            process,
            TaskId::NONE,
            start,
            parent,
            arrival,
        );
        self.task_mut(task).event_loop = event_loop;
        task
    }

    /// Makes a coroutine of `host`, absent until [`Kernel::arrive`].
    pub(super) fn make_coroutine(
        &mut self,
        trace: &mut Trace,
        host: TaskId,
        line: &CoroutineLine,
        parent: TaskId,
        arrival: Nanos,
    ) -> TaskId {
        self.coroutines_made += 1;
        let Task {
            process,
            event_loop,
            ..
        } = *self.task(host);
        self.loops[event_loop as usize].alive += 1;
        self.make_task(
            trace, line.group, process, host, line.start, parent, arrival,
        )
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what a task is made of, used twice"
    )]
    fn make_task(
        &mut self,
        trace: &mut Trace,
        group: u32,
        process: u32,
        host: TaskId,
        start: Start,
        parent: TaskId,
        arrival: Nanos,
    ) -> TaskId {
        let task = TaskId(self.tasks.len() as u32);
        let count = &mut trace.groups[group as usize].count;
        let index = *count;
        trace.tasks.push(TaskInfo {
            group,
            index,
            process,
            host,
            parent,
            arrival,
        });
        *count += 1;
        let first_task = &mut self.processes[process as usize].first_task;
        let counters = self.counters.len() as u32;
        self.counters
            .resize(self.counters.len() + usize::from(start.counters), 0);
        self.tasks.push(Task {
            remaining: Nanos::ZERO,
            register: 0,
            pc: start.pc,
            process,
            counters,
            host,
            parent,
            children: 0,
            next_of_process: std::mem::replace(first_task, task),
            event_loop: Task::NO_LOOP,
            last_lane: Task::NO_LANE,
            queue: 0,
            beyond: 0,
            state: State::Absent,
        });
        self.alive += 1;
        self.affinity.add(group);
        self.caches.add(group);
        self.draws.add(group, index);
        self.ipc.comes(group);
        self.entities.add(&self.claims[group as usize]);
        if self.threads_made > self.limits.threads {
            self.halted = Some(Outcome::Limit {
                limit: "threads".to_owned(),
            });
        } else if self.coroutines_made > self.limits.coroutines {
            self.halted = Some(Outcome::Limit {
                limit: "coroutines".to_owned(),
            });
        }
        task
    }

    /// Makes one more of what `spawn` names, and lets it arrive.
    pub(super) fn spawn(&mut self, trace: &mut Trace, spawner: TaskId, target: u32) {
        let layout = Arc::clone(&self.layout);
        let target = layout.targets[target as usize];
        if !self.may_spawn(trace, spawner, target) {
            return;
        }
        let first = TaskId(self.tasks.len() as u32);
        match target {
            Target::Process(line) => {
                let copy = trace
                    .processes
                    .iter()
                    .filter(|known| known.line as usize == line)
                    .count();
                trace.processes.push(ProcessInfo {
                    line: line as u32,
                    copy: copy as u32,
                });
                self.processes.push(Process {
                    first_task: TaskId::NONE,
                    threads: 0,
                    container: layout.processes[line].container,
                });
                let process = (self.processes.len() - 1) as u32;
                for thread in &layout.processes[line].threads {
                    for _ in 0..thread.count {
                        self.spawn_thread(trace, process, thread, spawner);
                    }
                }
            }
            Target::Thread(line, thread) => {
                let process = self.task(spawner).process;
                self.spawn_thread(
                    trace,
                    process,
                    &layout.processes[line].threads[thread],
                    spawner,
                );
            }
            Target::Coroutine(line, thread, coroutine) => {
                let Does::Coroutines(lines) = &layout.processes[line].threads[thread].does else {
                    unreachable!("a coroutine's line is inside an event loop's");
                };
                let host = self.task(spawner).host;
                self.make_coroutine(trace, host, &lines[coroutine], spawner, self.now);
                self.task_mut(spawner).children += 1;
            }
        }
        for index in first.0..self.tasks.len() as u32 {
            self.arrive(trace, TaskId(index));
        }
    }

    fn spawn_thread(
        &mut self,
        trace: &mut Trace,
        process: u32,
        line: &ThreadLine,
        spawner: TaskId,
    ) {
        let thread = self.make_thread(trace, process, line, spawner, self.now);
        self.task_mut(spawner).children += 1;
        if let Does::Coroutines(lines) = &line.does {
            for coroutine in lines {
                for _ in 0..coroutine.count {
                    self.make_coroutine(trace, thread, coroutine, TaskId::NONE, self.now);
                }
            }
        }
    }

    /// A task comes into being.
    pub(super) fn arrive(&mut self, trace: &mut Trace, task: TaskId) {
        self.take_room(task);
        record(trace, self.now, EventKind::Arrive, task, 0, 0);
        self.yields_in_a_row = 0;
        self.begin_jobs(trace, task);
        self.become_ready(trace, task, Entry::Arrived);
    }

    /// What a task waited for has happened.
    pub(super) fn wake(&mut self, trace: &mut Trace, task: TaskId, resource: u16) {
        record(trace, self.now, EventKind::Wake, task, 0, resource);
        self.yields_in_a_row = 0;
        self.become_ready(trace, task, Entry::Woke);
    }

    /// An event loop that slept goes on.
    pub(super) fn wake_loop(&mut self, trace: &mut Trace, host: TaskId) {
        self.wake(trace, host, COROUTINES);
    }

    /// A thread goes into a run queue, unless its container has to wait.
    pub(super) fn thread_is_ready(&mut self, trace: &mut Trace, task: TaskId, entry: Entry) {
        if self.quotas.are_used() && self.waits_for_period(trace, task) {
            return;
        }
        let queue = self.queue_for(task);
        self.enqueue(task, queue, entry);
    }

    /// A thread goes into a run queue; a coroutine into its event loop's, which wakes if it slept.
    fn become_ready(&mut self, trace: &mut Trace, task: TaskId, entry: Entry) {
        let host = self.task(task).host;
        if host == TaskId::NONE {
            return self.thread_is_ready(trace, task, entry);
        }
        self.task_mut(task).state = State::Ready;
        let Task {
            event_loop, state, ..
        } = *self.task(host);
        let event_loop = &mut self.loops[event_loop as usize];
        event_loop.ready.push_back(task);
        let looks = event_loop.looks;
        if state == State::Blocked && event_loop.current.is_none() {
            self.wake_loop(trace, host);
        } else if looks {
            self.loop_has_work(host);
        }
    }

    /// A task has ended; whoever waits for it may go on.
    pub(super) fn end(&mut self, trace: &mut Trace, task: TaskId) {
        let Task {
            parent,
            host,
            state,
            queue,
            ..
        } = *self.task(task);
        if state == State::Ready && host == TaskId::NONE {
            // Whoever ends it takes it out of the run queue, once for all that end together.
            self.waiting[usize::from(queue)] -= 1;
            self.waiting_in_all -= 1;
        }
        if state != State::Absent {
            self.give_room_back(task);
        }
        self.task_mut(task).state = State::Ended;
        self.alive -= 1;
        if self.ipc.is_used() {
            self.ipc.goes(trace.tasks[task.index()].group);
        }
        self.periodic.forget(task);
        if self.caches.is_used() {
            self.caches.forget(task);
        }
        if !self.polls.is_empty() {
            self.polls.remove(&task);
        }
        self.sync.timed_out_in_a_row = 0;
        if host != TaskId::NONE {
            let event_loop = self.task(host).event_loop;
            self.loops[event_loop as usize].alive -= 1;
        }
        if parent != TaskId::NONE {
            let parent_task = self.task_mut(parent);
            parent_task.children -= 1;
            if parent_task.children == 0 && parent_task.state == State::Joining {
                self.end_join(trace, parent);
            }
        }
    }

    fn end_join(&mut self, trace: &mut Trace, parent: TaskId) {
        self.task_mut(parent).state = State::Blocked;
        self.wake(trace, parent, CHILDREN);
    }

    /// A thread crashes, and its process with it: all its tasks end at once, in the order in which
    /// they were made.
    pub(super) fn crash(&mut self, trace: &mut Trace, lane: usize, thread: TaskId) {
        let process = self.task(thread).process;
        let mut others = Vec::new();
        let mut next = self.processes[process as usize].first_task;
        while next != TaskId::NONE {
            others.push(next);
            next = self.task(next).next_of_process;
        }
        others.reverse();
        self.leave_with(trace, lane, EventKind::Crash, 0);
        for task in others {
            let Task {
                state,
                host,
                last_lane,
                ..
            } = *self.task(task);
            if matches!(state, State::Ended) {
                continue;
            }
            if state == State::Absent {
                self.end(trace, task); // It never comes.
                continue;
            }
            if host == TaskId::NONE && state == State::Running {
                self.leave_with(trace, usize::from(last_lane), EventKind::Kill, 0);
            } else {
                record(trace, self.now, EventKind::KillWaiting, task, 0, 0);
                self.end(trace, task);
            }
        }
        let tasks = &self.tasks;
        let is_alive = |task: TaskId| tasks[task.index()].state != State::Ended;
        for queue in &mut self.queues {
            queue.retain(&mut self.entities, &is_alive);
        }
        self.forget_ended_waiters(trace);
        self.forget_ended_in_channels();
        // At once: others that go on at this instant must not find those who are gone.
        self.tell_of_broken_channels(trace);
        self.gils.forget(process);
    }

    /// The thread on a lane ends, and with it the coroutine that its event loop is in the middle
    /// of.
    fn leave_with(&mut self, trace: &mut Trace, lane: usize, kind: EventKind, detail: u16) {
        let thread = self.lanes[lane].task;
        record(trace, self.now, kind, thread, lane, detail);
        if let Some(coroutine) = self.current_coroutine(thread) {
            self.end(trace, coroutine);
        }
        self.free(lane);
        self.end(trace, thread);
    }

    /// The coroutine that a thread's event loop is in the middle of.
    #[inline]
    pub(super) fn current_coroutine(&self, thread: TaskId) -> Option<TaskId> {
        match self.task(thread).event_loop {
            Task::NO_LOOP => None,
            event_loop => self.loops[event_loop as usize].current,
        }
    }
}
