//! How much of the main memory tasks take, counted along the events of a trace: a process while it
//! has a thread, a thread and a coroutine from when they come until they end.

use crate::trace::{Event, EventKind, TaskId, TaskKind, Trace};

/// The count so far.
pub(super) struct MemoryCount<'a> {
    trace: &'a Trace,
    living: Vec<bool>,
    /// For each process, its living threads.
    threads: Vec<u32>,
    bytes: u64,
    /// The most there ever was.
    pub(super) peak_bytes: u64,
}

impl<'a> MemoryCount<'a> {
    pub(super) fn new(trace: &'a Trace) -> MemoryCount<'a> {
        MemoryCount {
            trace,
            living: vec![false; trace.tasks.len()],
            threads: vec![0; trace.processes.len()],
            bytes: 0,
            peak_bytes: 0,
        }
    }

    /// Counts an event; `inside` is the coroutine that its thread's event loop is in the middle of,
    /// which ends with the thread.
    pub(super) fn count(&mut self, event: &Event, inside: TaskId) {
        match event.kind {
            EventKind::Arrive => self.comes(event.task),
            EventKind::Crash | EventKind::Kill => {
                self.ends(event.task);
                if inside != TaskId::NONE {
                    self.ends(inside);
                }
            }
            EventKind::Finish | EventKind::KillWaiting | EventKind::CoroutineFinish => {
                self.ends(event.task);
            }
            _ => {}
        }
    }

    fn comes(&mut self, task: TaskId) {
        self.living[task.index()] = true;
        let memory = self.trace.memory;
        self.bytes += match self.trace.kind(task) {
            TaskKind::Coroutine => memory.coroutine_bytes,
            TaskKind::Thread | TaskKind::EventLoop => {
                let threads = self.threads_of(task);
                *threads += 1;
                let is_first = *threads == 1;
                memory.thread_bytes + if is_first { memory.process_bytes } else { 0 }
            }
        };
        self.peak_bytes = self.peak_bytes.max(self.bytes);
    }

    fn ends(&mut self, task: TaskId) {
        if !std::mem::replace(&mut self.living[task.index()], false) {
            return;
        }
        let memory = self.trace.memory;
        self.bytes -= match self.trace.kind(task) {
            TaskKind::Coroutine => memory.coroutine_bytes,
            TaskKind::Thread | TaskKind::EventLoop => {
                let threads = self.threads_of(task);
                *threads -= 1;
                let was_last = *threads == 0;
                memory.thread_bytes + if was_last { memory.process_bytes } else { 0 }
            }
        };
    }

    fn threads_of(&mut self, task: TaskId) -> &mut u32 {
        &mut self.threads[self.trace.tasks[task.index()].process as usize]
    }
}
