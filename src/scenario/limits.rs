//! Every bound on what a text or a link may ask for. Links are hostile until they are inside these;
//! no link can raise one. The command line may raise [`RunLimits`] by an option, nothing else can.

use crate::base::Nanos;

/// Longest scenario text, in bytes; also the most a link may inflate to.
pub const TEXT_BYTES: usize = 256 * 1024;
/// Longest encoded link fragment, in bytes.
pub const LINK_BYTES: usize = 32 * 1024;
/// Most that a link may carry beside the text (cursor, window, choices), in bytes before deflation.
pub const LINK_HEAD_BYTES: usize = 64 * 1024;
/// Most recorded choices in a link.
pub const LINK_CHOICES: usize = 10_000;
/// Deepest nesting of blocks in a program.
pub const PROGRAM_DEPTH: usize = 32;
/// Most statements in one program, blocks counted with what is in them.
pub const PROGRAM_STATEMENTS: usize = 10_000;
/// Most times in a list of `arrivals`.
pub const ARRIVALS: usize = 10_000;
/// Most statements of all programs together, once `run_as` has written them out.
pub const MODEL_STATEMENTS: u128 = 1_000_000;
/// Longest name, in characters.
pub const NAME_CHARS: usize = 64;
/// Longest title, in characters.
pub const TITLE_CHARS: usize = 200;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS: usize = 2_000;
/// Longest text of a `log` statement, in characters.
pub const LOG_CHARS: usize = 200;
/// Most diagnostics about one text; what is beyond is counted, not listed.
pub const DIAGNOSTICS: usize = 100;
/// Most a machine may have of main memory, in bytes: a pebibyte.
pub const MEMORY_BYTES: u64 = 1 << 50;
/// Largest limit on processes that a machine may have.
pub const PROCESSES: u32 = 1_000_000;
/// Largest message and largest capacity of a channel, in bytes: a tebibyte.
pub const CHANNEL_BYTES: u64 = 1 << 40;
/// Largest start of a semaphore, and most parties of a barrier.
pub const PARTIES: u32 = 1_000_000;
/// Most lottery tickets of a process.
pub const TICKETS: u32 = 1_000_000;
/// Largest seed: what a TOML integer holds.
pub const SEED: u64 = i64::MAX as u64;
/// Most cores of a machine.
pub const CORES: u32 = 64;
/// Most hardware threads a core.
pub const SMT: u32 = 4;
/// Most hardware threads of a machine.
pub const HARDWARE_THREADS: u32 = CORES * SMT;
/// Most processes, threads, coroutines or resources of one kind written out in a text.
pub const DECLARATIONS: usize = 4_096;
/// Most repetitions that one `repeat` may ask for.
pub const REPEAT_TIMES: u32 = 1_000_000;
/// Longest duration a text may hold: a day.
pub const DURATION: Nanos = Nanos::from_s(86_400);
/// Shortest quantum.
pub const MIN_QUANTUM: Nanos = Nanos::from_us(1);
/// Most jobs of a periodic thread; a trace numbers them in two bytes.
pub const JOBS: u32 = 50_000;
/// Shortest stretch after which a scheduler looks at its waiting tasks again (`aging`, `boost`).
pub const MIN_REVIEW: Nanos = Nanos::from_ms(1);
/// Most levels of a scheduler.
pub const LEVELS: u32 = 64;
/// Most channels (things served at once) of a device.
pub const DEVICE_CHANNELS: u32 = 1_024;
/// Statements one task may execute at one instant before the run is called a livelock.
pub const STATEMENTS_AT_ONE_INSTANT: u32 = 100_000;
/// Lock attempts that may time out in a row, with no attempt that succeeds and no task that ends in
/// between, before the run is called a livelock.
pub const TIME_OUTS_IN_A_ROW: u32 = 1_000;
/// Times that tasks may yield in a row, with no task that computes, wakes, comes or ends in between, before
/// the run is called a livelock.
pub const YIELDS_IN_A_ROW: u32 = 100_000;
/// How often in a row a scheduler may look at its tasks again (quanta end, `aging`, `boost`) while all cores
/// spin for locks and nothing happens, before the run is called a livelock.
pub const QUIET_LOOKS_IN_A_ROW: u32 = 1_000;
/// How often in a row tasks may look at spin locks in vain while nothing else happens, before the run is
/// called a livelock.
pub const SPINS_IN_A_ROW: u32 = 1_000;
/// Most real workers of a real run.
pub const REAL_WORKERS: u32 = 16;
/// Longest real run.
pub const REAL_TIME: Nanos = Nanos::from_s(10);

/// The bounds on one simulated run, which depend on where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunLimits {
    /// Most threads after `count`, those spawned later included.
    pub threads: u64,
    /// Most coroutines after `count`, those spawned later included.
    pub coroutines: u64,
    /// Most trace events.
    pub events: u64,
    /// Most statements, those inside the kernel's own instructions included: what bounds a run that
    /// computes on and on without an event.
    pub statements: u64,
    /// Longest simulated time.
    pub time: Nanos,
}

impl RunLimits {
    /// Statements that a run may take for each event that it may write.
    const STATEMENTS_AN_EVENT: u64 = 20;

    /// The same with another number of events.
    #[must_use]
    pub const fn with_events(self, events: u64) -> RunLimits {
        RunLimits {
            events,
            statements: events.saturating_mul(RunLimits::STATEMENTS_AN_EVENT),
            ..self
        }
    }

    /// In the page.
    pub const PAGE: RunLimits = RunLimits {
        threads: 2_000,
        coroutines: 100_000,
        events: 5_000_000,
        statements: 100_000_000,
        time: DURATION,
    };
    /// On the command line, unless an option raises them.
    pub const COMMAND_LINE: RunLimits = RunLimits {
        threads: 1_000_000,
        coroutines: 1_000_000,
        events: 100_000_000,
        statements: 2_000_000_000,
        time: DURATION,
    };
}

// A link inflates to a text, so it may not carry more than a text may hold.
const _: () = assert!(LINK_BYTES <= TEXT_BYTES);
// A recorded choice takes at most five bytes; the rest of the head takes fewer than sixty-four.
const _: () = assert!(LINK_CHOICES * 5 + 64 <= LINK_HEAD_BYTES);
// A lane of a trace is numbered in one byte.
const _: () = assert!(HARDWARE_THREADS <= 256);
const _: () = assert!(RunLimits::PAGE.events <= RunLimits::COMMAND_LINE.events);
