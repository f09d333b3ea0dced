//! Threads of a pool over one shared memory, and the coordinator that hosts them. Runs in the
//! shared-memory build only. Every thread of the run is a job of the pool; it blocks on real atomics
//! and stamps its events with the clock of the pool's thread it runs on.
//!
//! The coordinator never waits for the pool itself, so it goes on hearing the page and sending what
//! the threads leave behind, whatever becomes of them: a thread that traps says nothing any more.

mod slot;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use js_sys::{Atomics, Int32Array, WebAssembly};
use wasm_bindgen::JsCast;

use super::calibration::{QuietCore, calibrate, warm_up};
use super::clock::{self, Alignment};
use super::cpu::{Cpu, Signal};
use super::job::{Job, Template, ThreadJob};
use super::plan::REAL_TASKS;
use super::recorder::Batch;
use super::slicer::{End, Slicer, Terms, Turn};
use super::waiting::block;
use crate::base::Nanos;
use crate::trace::TaskId;
use crate::work::{Instruction, Rate, Spin};
use slot::Slot;

/// What all threads look at: 0, or why to end. In shared memory, so that the page can set it.
static WORD: AtomicI32 = AtomicI32::new(0);
/// The page, or a limit, ends the run. The page knows this number.
const STOP: i32 = 1;
/// A thread of this process crashed.
const KILL: i32 = 2;
/// A thread left too many events behind.
const FULL: i32 = 3;

/// The word as the page and blocked threads see it: an array over the shared memory, and where in it.
#[must_use]
pub fn word() -> (Int32Array, u32) {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let index = (&raw const WORD).addr() / size_of::<i32>();
    (Int32Array::new(&memory.buffer()), index as u32)
}

/// The word alone, for the page.
#[must_use]
pub fn word_for_the_page() -> Int32Array {
    let (memory, index) = word();
    memory.subarray(index, index + 1)
}

fn say(word: i32) {
    // The first word stands: a stop that follows a crash does not make it less of a crash.
    let _ = WORD.compare_exchange(0, word, Ordering::SeqCst, Ordering::SeqCst);
    let (memory, index) = self::word();
    let _ = Atomics::notify(&memory, index);
}

/// Ends the run at the next look.
pub fn stop() {
    say(STOP);
}

/// A pool that is ready for a run.
#[derive(Debug)]
pub struct Pool {
    /// How each thread's clock and the coordinator's belong together.
    alignments: Vec<Alignment>,
}

impl Pool {
    /// Brings the clocks of a pool's threads together and warms the work loop up on each, which
    /// takes part of a second at the most.
    ///
    /// # Errors
    /// When a thread does not answer.
    pub fn align(threads: usize, core: QuietCore) -> Result<Pool, String> {
        let slots: Arc<[Slot]> = (0..threads).map(|_| Slot::default()).collect();
        let answering = Arc::clone(&slots);
        rayon::spawn_broadcast(move |context| {
            if let Some(slot) = answering.get(context.index()) {
                slot.answer();
                warm_up(&mut QuietCpu(Spin::new(1)), core.rate, Nanos::from_ms(10));
            }
        });
        let alignments = slots
            .iter()
            .map(|slot| slot.ask(core.clock_step))
            .collect::<Option<Vec<_>>>();
        alignments
            .map(|alignments| Pool { alignments })
            .ok_or_else(|| "A thread of the pool did not answer within a second.".to_owned())
    }

    /// How far the clocks of its threads may be apart.
    #[must_use]
    pub fn alignment_error(&self) -> Nanos {
        self.alignments
            .iter()
            .map(|alignment| alignment.error)
            .max()
            .unwrap_or_default()
    }

    /// Starts a run: threads that are due come with [`Run::start_due`].
    #[must_use]
    pub fn run(&self, job: Job, rate: Rate, from: Nanos, until: Nanos) -> Run {
        WORD.store(0, Ordering::SeqCst);
        let mut threads: Vec<ThreadJob> = job.threads;
        threads.sort_by_key(|thread| thread.arrival);
        let shared = Arc::new(Shared {
            code: job.code.into(),
            templates: job.templates.into(),
            rate,
            from,
            until,
            first_lane: job.first_lane,
            spawn_numbers: job.spawn_numbers,
            alignments: self.alignments.clone(),
            started: AtomicU32::new(0),
            alive: AtomicU32::new(0),
            is_wrong: AtomicBool::new(false),
            left: Mutex::default(),
            children: Mutex::default(),
        });
        Run {
            shared,
            to_come: threads.into(),
        }
    }
}

/// A lock that a trapped thread may have left behind is taken all the same: what it guards is only
/// ever added to.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A run that is going on.
#[derive(Debug)]
pub struct Run {
    shared: Arc<Shared>,
    to_come: VecDeque<ThreadJob>,
}

/// What all threads of a run share.
#[derive(Debug)]
struct Shared {
    code: Arc<[Instruction]>,
    templates: Arc<[Template]>,
    rate: Rate,
    /// By the coordinator's clock.
    from: Nanos,
    until: Nanos,
    first_lane: u8,
    spawn_numbers: (u32, u32),
    alignments: Vec<Alignment>,
    /// How many threads of the run were ever started.
    started: AtomicU32,
    /// How many have not ended.
    alive: AtomicU32,
    is_wrong: AtomicBool,
    left: Mutex<Batch>,
    /// For each parent, how many of its children have not ended.
    children: Mutex<BTreeMap<TaskId, u32>>,
}

impl Run {
    /// Starts the threads whose time has come; when the next one's comes.
    pub fn start_due(&mut self) -> Option<Nanos> {
        let now = clock::now();
        while let Some(next) = self.to_come.front() {
            let due = self.shared.from.saturating_add(next.arrival);
            if due > now && WORD.load(Ordering::SeqCst) == 0 {
                return Some(due);
            }
            if let Some(next) = self.to_come.pop_front() {
                start(&self.shared, next, TaskId::NONE);
            }
        }
        None
    }

    /// What the threads have left behind since the last look.
    #[must_use]
    pub fn take(&self) -> Batch {
        std::mem::take(&mut *locked(&self.shared.left))
    }

    /// How it ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        if !self.to_come.is_empty() || self.shared.alive.load(Ordering::SeqCst) > 0 {
            return None;
        }
        Some(match WORD.load(Ordering::SeqCst) {
            0 => End::Finished,
            KILL => End::Crashed,
            FULL => End::TooManyEvents,
            _ if clock::now() >= self.shared.until => End::TimeLimit,
            _ => End::Stopped,
        })
    }

    /// Whether every thread's result is what so much work gives.
    #[must_use]
    pub fn is_right(&self) -> bool {
        !self.shared.is_wrong.load(Ordering::SeqCst)
    }
}

fn start(shared: &Arc<Shared>, thread: ThreadJob, parent: TaskId) {
    shared.alive.fetch_add(1, Ordering::SeqCst);
    let shared = Arc::clone(shared);
    rayon::spawn(move || run_thread(&shared, &thread, parent));
}

/// On a thread of the pool: one thread of the run, from start to end.
fn run_thread(shared: &Arc<Shared>, thread: &ThreadJob, parent: TaskId) {
    let pool_thread = rayon::current_thread_index().unwrap_or(0);
    let alignment = shared
        .alignments
        .get(pool_thread)
        .copied()
        .unwrap_or_default();
    let number = shared.started.fetch_add(1, Ordering::SeqCst);
    let (first, distance) = shared.spawn_numbers;
    let terms = Terms {
        code: Arc::clone(&shared.code),
        templates: Arc::clone(&shared.templates),
        rate: shared.rate,
        quantum: Nanos::NEVER,
        traps: true,
        from: alignment.to_worker(shared.from),
        until: alignment.to_worker(shared.until),
    };
    // Each numbers what it spawns without asking the others.
    let numbers = (first + number * distance, distance * REAL_TASKS as u32);
    let cpu = ThreadCpu {
        spin: Spin::new(u64::from(number) + 1),
        shared: Arc::clone(shared),
    };
    let lane = shared.first_lane + pool_thread as u8;
    // It has come already: `start_due` waited for that.
    let thread = ThreadJob {
        arrival: Nanos::ZERO,
        ..thread.clone()
    };
    let mut slicer = Slicer::new(cpu, terms, lane, &[thread], numbers);
    let end = loop {
        match slicer.turn() {
            Turn::Again => {}
            Turn::Wait(until) => {
                let (memory, index) = word();
                block(&memory, index, until.saturating_sub(clock::now()));
            }
            Turn::Over(end) => break end,
        }
    };
    // Before anything else, for the others are at work while this is written down.
    match end {
        End::Crashed => say(KILL),
        End::TooManyEvents => say(FULL),
        End::TimeLimit => say(STOP),
        End::Finished | End::Stopped | End::Killed => {}
    }
    if !slicer.cpu().spin.is_right() {
        shared.is_wrong.store(true, Ordering::SeqCst);
    }
    let mut batch = slicer.take();
    for record in &mut batch.records {
        record.at = alignment.to_page(record.at);
    }
    locked(&shared.left).append(batch);
    if let Some(children) = locked(&shared.children).get_mut(&parent) {
        *children = children.saturating_sub(1);
    }
    shared.alive.fetch_sub(1, Ordering::SeqCst);
    if end == End::Crashed {
        super::waiting::trap_unheard();
    }
}

/// What a thread of the pool computes on.
#[derive(Debug)]
struct ThreadCpu {
    spin: Spin,
    shared: Arc<Shared>,
}

impl Cpu for ThreadCpu {
    fn now(&mut self) -> Nanos {
        clock::now()
    }

    fn work(&mut self, steps: u64) {
        self.spin.run(steps);
    }

    fn signal(&mut self) -> Signal {
        match WORD.load(Ordering::Relaxed) {
            0 => Signal::None,
            KILL => Signal::Kill,
            _ => Signal::Stop,
        }
    }

    fn start_elsewhere(&mut self, thread: ThreadJob, parent: TaskId) -> bool {
        *locked(&self.shared.children).entry(parent).or_insert(0) += 1;
        start(&self.shared, thread, parent);
        true
    }

    fn children_elsewhere(&mut self, parent: TaskId) -> u32 {
        locked(&self.shared.children)
            .get(&parent)
            .copied()
            .unwrap_or(0)
    }
}

/// How fast one core is in this build, found on the thread that asks.
#[must_use]
pub fn calibrate_here() -> QuietCore {
    calibrate(&mut QuietCpu(Spin::new(0)))
}

/// What is computed on outside of a run.
struct QuietCpu(Spin);

impl Cpu for QuietCpu {
    fn now(&mut self) -> Nanos {
        clock::now()
    }

    fn work(&mut self, steps: u64) {
        self.0.run(steps);
    }

    fn signal(&mut self) -> Signal {
        // The same look as in a run, which costs the same.
        match WORD.load(Ordering::Relaxed) {
            STOP => Signal::Stop,
            _ => Signal::None,
        }
    }
}
