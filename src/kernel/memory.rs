//! The main memory and the limit on processes: what tasks take while they live, and what happens to
//! those there is no room for. A process is counted while it has a thread.
//!
//! What comes by its `arrival` and does not fit never comes; a `spawn` of what does not fit starts
//! nothing, and the spawner goes on, as a program does that ignores the error of `fork` or
//! `pthread_create`. Both leave [`EventKind::Refused`] in the trace.

use super::engine::record;
use super::setup::{COROUTINES, Does, MEMORY, PROCESSES, Target, ThreadLine};
use super::state::{Kernel, State, Task};
use crate::scenario::Machine;
use crate::trace::{EventKind, MemoryCosts, Outcome, TaskId, Trace};

/// How much room there is, and how much is taken.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    costs: MemoryCosts,
    free_bytes: u64,
    free_processes: u32,
}

/// What is to be made at once.
#[derive(Clone, Copy, Default)]
struct Order {
    processes: u32,
    threads: u64,
    coroutines: u64,
}

impl Memory {
    pub(super) fn new(machine: &Machine, costs: MemoryCosts) -> Memory {
        Memory {
            costs,
            free_bytes: machine.memory_bytes,
            free_processes: machine.max_processes.unwrap_or(u32::MAX),
        }
    }

    fn bytes(&self, order: Order) -> u64 {
        let Order {
            processes,
            threads,
            coroutines,
        } = order;
        let of = |count: u64, bytes: u64| count.saturating_mul(bytes);
        of(processes.into(), self.costs.process_bytes)
            .saturating_add(of(threads, self.costs.thread_bytes))
            .saturating_add(of(coroutines, self.costs.coroutine_bytes))
    }

    /// What there is not enough of.
    fn lacks(&self, order: Order) -> Option<u16> {
        if order.processes > self.free_processes {
            Some(PROCESSES)
        } else if self.bytes(order) > self.free_bytes {
            Some(MEMORY)
        } else {
            None
        }
    }
}

impl Kernel {
    /// What a task that is about to come would take: its process as well if it has no thread yet.
    fn order_of(&self, task: TaskId) -> Order {
        let Task { host, process, .. } = *self.task(task);
        if host != TaskId::NONE {
            return Order {
                coroutines: 1,
                ..Order::default()
            };
        }
        let is_first = self.processes[process as usize].threads == 0;
        Order {
            processes: u32::from(is_first),
            threads: 1,
            ..Order::default()
        }
    }

    /// What there is not enough of for a task to come.
    pub(super) fn lacks_room(&self, task: TaskId) -> Option<u16> {
        self.memory.lacks(self.order_of(task))
    }

    /// A task comes.
    pub(super) fn take_room(&mut self, task: TaskId) {
        let order = self.order_of(task);
        self.memory.free_bytes -= self.memory.bytes(order);
        self.memory.free_processes -= order.processes;
        let Task { host, process, .. } = *self.task(task);
        if host == TaskId::NONE {
            self.processes[process as usize].threads += 1;
        }
    }

    /// A task that has come ends.
    pub(super) fn give_room_back(&mut self, task: TaskId) {
        let Task { host, process, .. } = *self.task(task);
        if host == TaskId::NONE {
            self.processes[process as usize].threads -= 1;
        }
        let order = self.order_of(task);
        self.memory.free_bytes += self.memory.bytes(order);
        self.memory.free_processes += order.processes;
    }

    /// There is no room for a task that was to come: it never does, nor do its coroutines.
    pub(super) fn refuse(&mut self, trace: &mut Trace, task: TaskId, resource: u16) {
        record(trace, self.now, EventKind::Refused, task, 0, resource);
        self.end(trace, task);
        let Task {
            host,
            event_loop,
            process,
            ..
        } = *self.task(task);
        if event_loop != Task::NO_LOOP {
            let mut coroutines = Vec::new();
            let mut next = self.processes[process as usize].first_task;
            while next != TaskId::NONE {
                let other = self.task(next);
                if other.host == task {
                    coroutines.push(next);
                }
                next = other.next_of_process;
            }
            coroutines.sort_unstable();
            for coroutine in coroutines {
                self.refuse(trace, coroutine, resource);
            }
        }
        if host == TaskId::NONE {
            return;
        }
        // An event loop that waited for its last coroutine has nothing to wait for any more.
        let Task {
            event_loop, state, ..
        } = *self.task(host);
        let event_loop = &self.loops[event_loop as usize];
        if event_loop.alive == 0 && event_loop.current.is_none() && state == State::Blocked {
            self.wake(trace, host, COROUTINES);
        }
    }

    /// Whether there is room for what a `spawn` makes. If there is not, it says so in the trace; if
    /// it is more than a run may have, the run ends.
    pub(super) fn may_spawn(&mut self, trace: &mut Trace, spawner: TaskId, target: Target) -> bool {
        let order = self.order_of_spawn(target);
        let threads = self.threads_made.saturating_add(order.threads);
        let coroutines = self.coroutines_made.saturating_add(order.coroutines);
        if let Some(resource) = self.memory.lacks(order) {
            record(trace, self.now, EventKind::Refused, spawner, 0, resource);
            return false;
        }
        for (made, most, name) in [
            (threads, self.limits.threads, "threads"),
            (coroutines, self.limits.coroutines, "coroutines"),
        ] {
            if made > most {
                self.halted = Some(Outcome::Limit {
                    limit: name.to_owned(),
                });
                return false;
            }
        }
        true
    }

    fn order_of_spawn(&self, target: Target) -> Order {
        let of_thread = |thread: &ThreadLine| match &thread.does {
            Does::Program(_) => 0,
            Does::Coroutines(lines) => lines.iter().map(|line| u64::from(line.count)).sum::<u64>(),
        };
        let lines = &self.layout.processes;
        match target {
            Target::Process(line) => {
                let mut order = Order {
                    processes: 1,
                    ..Order::default()
                };
                for thread in &lines[line].threads {
                    let count = u64::from(thread.count);
                    order.threads = order.threads.saturating_add(count);
                    let coroutines = count.saturating_mul(of_thread(thread));
                    order.coroutines = order.coroutines.saturating_add(coroutines);
                }
                order
            }
            Target::Thread(line, thread) => Order {
                threads: 1,
                coroutines: of_thread(&lines[line].threads[thread]),
                ..Order::default()
            },
            Target::Coroutine(..) => Order {
                coroutines: 1,
                ..Order::default()
            },
        }
    }
}
