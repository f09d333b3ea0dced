//! What the native tests share: short ways to write a scenario, to run it with every invariant
//! checked, and random scenarios.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part of this"
)]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use timeslice::analysis::{Report, report};
use timeslice::base::Nanos;
use timeslice::kernel::{invariants, simulate};
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::{
    AfterIo, Arrivals, Balance, Body, Channel, ChannelKind, Container, Coroutine, CostPreset,
    Device, Events, LockAttempt, Mutex, Policy, Prefer, Process, Program, QueueScope, RwLock,
    Scenario, Scheduler, SourceSpan, Statement, StatementKind, Thread, Ties, Time, Word, link,
    text,
};
use timeslice::trace::Trace;

pub const MS: u64 = 1_000_000;

/// The bounds of a test's run: a random mix that gets nowhere should not take minutes to be told so.
pub const LIMITS: RunLimits = RunLimits::PAGE.with_events(1_500_000);

/// So many cases, or as many as `PROPTEST_CASES` asks for.
pub fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(usual),
        // The usual run looks at the same mixes everywhere; a long one at new ones.
        rng_seed: match asked {
            None => RngSeed::Fixed(1),
            Some(_) => RngSeed::Random,
        },
        ..ProptestConfig::default()
    }
}

/// A scenario as whoever looks into a failure wants it: text, seed and link.
pub fn shown(scenario: &Scenario) -> String {
    let text = text::print(scenario);
    let shared = link::Shared {
        text: text.clone(),
        ..link::Shared::default()
    };
    let link = link::encode(&shared).unwrap_or_else(|error| error.to_string());
    format!("seed {}\n{text}\n#{link}", scenario.seed)
}

/// Runs a scenario to its end and checks every invariant of its trace.
pub fn run(scenario: &Scenario) -> Trace {
    let trace = simulate(scenario, LIMITS);
    if let Err(wrong) = invariants::check(&trace, scenario) {
        panic!("{wrong}\nin\n{}", shown(scenario));
    }
    trace
}

/// The report of a checked run.
pub fn run_report(scenario: &Scenario) -> Report {
    report(&run(scenario))
}

pub fn statement(kind: StatementKind) -> Statement {
    Statement {
        kind,
        span: SourceSpan::default(),
    }
}

pub fn program(kinds: impl IntoIterator<Item = StatementKind>) -> Program {
    Program {
        statements: kinds.into_iter().map(statement).collect(),
    }
}

pub fn compute_ms(ms: u64) -> StatementKind {
    StatementKind::Compute(Nanos::from_ms(ms).into())
}

pub fn thread(name: &str, count: u32, program: Program) -> Thread {
    Thread {
        name: name.to_owned(),
        count,
        body: Body::Program(program),
        ..Thread::default()
    }
}

pub fn process(name: &str, arrival: Nanos, threads: Vec<Thread>) -> Process {
    Process {
        name: name.to_owned(),
        arrival,
        threads,
        ..Process::default()
    }
}

/// The textbooks' machine: one core, no switch costs.
pub fn textbook(policy: Policy, quantum: Nanos) -> Scenario {
    let mut scenario = Scenario::default();
    scenario.machine.costs = CostPreset::Free;
    scenario.scheduler.policy = policy;
    scenario.scheduler.quantum = quantum;
    scenario
}

/// One process of one thread for each arrival and burst, in milliseconds.
pub fn bursts(scenario: Scenario, arrivals: &[u64], bursts: &[u64]) -> Scenario {
    let processes = arrivals
        .iter()
        .zip(bursts)
        .enumerate()
        .map(|(index, (arrival, burst))| {
            let main = thread("main", 1, program([compute_ms(*burst)]));
            process(&format!("p{index}"), Nanos::from_ms(*arrival), vec![main])
        });
    Scenario {
        processes: processes.collect(),
        ..scenario
    }
}

/// A random scenario of everything the kernel does, small enough to run in no time.
pub fn any_scenario() -> impl Strategy<Value = Scenario> {
    scenarios(true)
}

/// The same without anything that tasks could wait for in vain, so that every run finishes.
pub fn any_scenario_that_finishes() -> impl Strategy<Value = Scenario> {
    scenarios(false)
}

fn scenarios(locks: bool) -> impl Strategy<Value = Scenario> {
    let processes = prop::collection::vec(any_process(locks), 1..6);
    let devices = prop::collection::vec(1..3_u32, 0..3);
    // Most scenarios bind no task to a core, so that the ways without that are tried as well.
    let binds = (prop::bool::weighted(0.25), prop::bool::weighted(0.25));
    // Most have one hardware thread a core.
    let smt = prop_oneof![4 => Just((1, 1_300)), 1 => (Just(2_u32), 1_000..=2_000_u32), 1 => (Just(4_u32), 1_000..=4_000_u32)];
    let machine = (1..5_u32, smt, prop::bool::ANY, 0..3_u8, binds);
    let scheduler = (any_scheduler(), prop::bool::ANY, prop::bool::ANY);
    (processes, (devices, any_channels()), machine, scheduler).prop_map(
        |(
            mut processes,
            resources,
            (cores, smt, free, presets, binds),
            (scheduler, per_core, ties),
        )| {
            let (devices, channels) = resources;
            for (index, process) in processes.iter_mut().enumerate() {
                process.name = format!("p{index}");
                let (binds, _) = binds;
                process.affinity.retain(|core| binds && *core < cores);
            }
            let mut scenario = Scenario {
                processes,
                ..Scenario::default()
            };
            scenario.machine.cores = cores;
            (
                scenario.machine.smt,
                scenario.machine.smt_throughput_permille,
            ) = smt;
            scenario.machine.costs = match (free, presets) {
                (true, _) => CostPreset::Free,
                (_, 0) => CostPreset::Windows,
                _ => CostPreset::Linux,
            };
            scenario.machine.cost.migration = binds.1.then_some(Nanos::from_us(30));
            scenario.machine.cache_bytes = 6;
            scenario.machine.cost.cache_refill = Some(Nanos::from_us(2_000));
            scenario.scheduler = scheduler;
            scenario.scheduler.queue = if per_core {
                QueueScope::PerCore
            } else {
                QueueScope::Global
            };
            scenario.scheduler.ties = if ties {
                Ties::ArrivalsFirst
            } else {
                Ties::PreemptedFirst
            };
            scenario.channels = channels;
            scenario.mutexes = [("s0", true), ("s1", true), ("m0", false), ("m1", false)]
                .map(|(name, spin)| Mutex {
                    name: name.to_owned(),
                    priority_inheritance: !spin,
                    spin,
                })
                .into();
            // Most scenarios limit nobody, so that the ways without that are tried as well.
            if scenario.processes.iter().any(|it| it.container.is_some()) {
                scenario.containers = vec![Container {
                    name: "box".to_owned(),
                    quota: Nanos::from_us(700 * u64::from(cores)),
                    period: Nanos::from_us(1_500),
                }];
            }
            scenario.rwlocks = Prefer::VALUES
                .iter()
                .enumerate()
                .map(|(index, prefer)| RwLock {
                    name: format!("r{index}"),
                    prefer: *prefer,
                })
                .collect();
            scenario.devices = devices
                .into_iter()
                .enumerate()
                .map(|(index, channels)| Device {
                    name: format!("d{index}"),
                    channels,
                })
                .collect();
            scenario
        },
    )
}

/// Three channels: some that a message of 6000 bytes may not fit into, and one that takes only whole
/// messages.
fn any_channels() -> impl Strategy<Value = Vec<Channel>> {
    let flows = prop::sample::select(vec![ChannelKind::Pipe, ChannelKind::Socket]);
    let whole = prop::sample::select(vec![ChannelKind::MessageQueue, ChannelKind::SharedMemory]);
    let channel = |name: &'static str, kind, capacity_bytes| Channel {
        name: name.to_owned(),
        kind,
        capacity_bytes,
    };
    let small = (flows.clone(), 1_000..8_000_u64);
    (small.clone(), small, (whole, 6_000..12_000_u64)).prop_map(move |(first, second, third)| {
        vec![
            channel("c0", first.0, first.1),
            channel("c1", second.0, second.1),
            channel("c2", third.0, third.1),
        ]
    })
}

/// Any policy, with any keys of its own, on one queue.
pub fn any_scheduler() -> impl Strategy<Value = Scheduler> {
    let tenths = || (1..30_u64).prop_map(|tenths| Nanos::from_us(100 * tenths));
    let review = || prop::option::of((10..50_u64).prop_map(|tenths| Nanos::from_us(100 * tenths)));
    let slices = || prop::collection::vec(tenths(), 0..3);
    let levels = (1..5_u32, slices(), slices(), any::<bool>());
    let reviews = (review(), review(), any::<bool>(), prop::bool::weighted(0.3));
    (any_policy(), tenths(), levels, reviews).prop_map(|(policy, quantum, levels, reviews)| {
        Scheduler {
            policy,
            quantum,
            levels: levels.0,
            quanta: levels.1,
            allotments: levels.2,
            after_io: if levels.3 {
                AfterIo::Stay
            } else {
                AfterIo::Sink
            },
            aging: reviews.0,
            boost: reviews.1,
            preemptive: reviews.2,
            balance: if reviews.3 {
                Balance::None
            } else {
                Balance::Steal
            },
            ..Scheduler::default()
        }
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    prop_oneof![
        1 => Just(Policy::RoundRobin),
        4 => prop::sample::select(Policy::VALUES),
    ]
}

fn any_process(locks: bool) -> impl Strategy<Value = Process> {
    let threads = prop::collection::vec(any_thread(locks), 1..4);
    // Coarse arrivals, so that much happens at the same instant.
    let shares = (-3..6_i32, -20..20_i8, 1..300_u32);
    let tenths = || (5..50_u64).prop_map(|tenths| Nanos::from_us(100 * tenths));
    let jobs = (
        prop::option::weighted(0.2, tenths()),
        prop::option::weighted(0.1, tenths()),
        1..4_u32,
    );
    let affinity = prop_oneof![
        1 => Just(Vec::new()),
        1 => prop::collection::vec(0..4_u32, 1..3),
    ];
    let gil = (
        prop::bool::weighted(0.2),
        // Longer than any refill: shorter ones hand the lock on and on and compute nothing.
        (5..50_u64).prop_map(|tenths| Nanos::from_us(100 * tenths)),
    );
    let cache = (
        prop_oneof![4 => Just(0), 1 => 1..6_u64],
        prop::option::weighted(0.1, (0..300_u64).prop_map(Nanos::from_us)),
    );
    let container = prop::option::weighted(0.1, Just("box".to_owned()));
    let jobs = (jobs, affinity, gil, (cache, container));
    (threads, 0..3_u32, 0..6_u64, any_arrivals(), shares, jobs).prop_map(
        |(mut threads, count, arrival, arrivals, shares, jobs)| {
            for (index, thread) in threads.iter_mut().enumerate() {
                thread.name = format!("t{index}");
            }
            threads.push(thread(
                "worker",
                0,
                program([StatementKind::Compute(Nanos::from_us(300).into())]),
            ));
            let mut made = process("", Nanos::from_us(500 * arrival), threads);
            (made.count, made.arrivals) = (count, arrivals);
            (made.priority, made.nice, made.tickets) = shares;
            (
                (made.period, made.deadline, made.jobs),
                made.affinity,
                (made.gil, made.gil_interval),
                ((made.working_set_bytes, made.refill), made.container),
            ) = jobs;
            made
        },
    )
}

fn any_thread(locks: bool) -> impl Strategy<Value = Thread> {
    let plain = any_program(locks).prop_map(Body::Program);
    let coroutine =
        (any_program(locks), any_copies(4)).prop_map(|(program, (count, arrival, arrivals))| {
            Coroutine {
                count,
                arrival,
                arrivals,
                program,
                ..Coroutine::default()
            }
        });
    let event_loop = prop::collection::vec(coroutine, 1..3).prop_map(|mut coroutines| {
        for (index, coroutine) in coroutines.iter_mut().enumerate() {
            coroutine.name = format!("c{index}");
        }
        Body::Coroutines(coroutines)
    });
    let events = prop::option::weighted(0.4, prop::sample::select(Events::VALUES));
    let body = prop_oneof![3 => plain, 1 => event_loop];
    (body, any_copies(3), events).prop_map(|(body, (count, arrival, arrivals), events)| Thread {
        count,
        arrival,
        arrivals,
        events,
        body,
        ..Thread::default()
    })
}

/// How many copies, when they come, and how far apart.
fn any_copies(most: u32) -> impl Strategy<Value = (u32, Nanos, Option<Arrivals>)> {
    (0..most, any_delay(), any_arrivals())
}

/// Mostly all at once.
fn any_arrivals() -> impl Strategy<Value = Option<Arrivals>> {
    let apart = || (1..20_u64).prop_map(|tenths| Nanos::from_us(100 * tenths));
    prop_oneof![
        12 => Just(None),
        1 => apart().prop_map(|apart| Some(Arrivals::Every(apart))),
        1 => apart().prop_map(|mean| Some(Arrivals::Mean(mean))),
        1 => prop::collection::vec(apart(), 4).prop_map(|times| Some(Arrivals::At(times))),
    ]
}

/// Mostly none: what a thread or coroutine comes later than what it is a part of.
fn any_delay() -> impl Strategy<Value = Nanos> {
    prop_oneof![
        4 => Just(Nanos::ZERO),
        1 => (0..8_u64).prop_map(|halves| Nanos::from_us(500 * halves)),
    ]
}

fn any_program(locks: bool) -> impl Strategy<Value = Program> {
    any_block(2, locks).prop_map(|statements| Program { statements })
}

/// A message through one of the three channels, one way or the other.
fn any_transfer() -> impl Strategy<Value = StatementKind> {
    let channel = || (0..3_u32).prop_map(|index| format!("c{index}"));
    prop_oneof![
        1 => (channel(), 0..6_000_u64)
            .prop_map(|(channel, size_bytes)| StatementKind::Send { channel, size_bytes }),
        1 => channel().prop_map(StatementKind::Receive),
    ]
}

/// With a pause or without.
fn any_poll() -> impl Strategy<Value = StatementKind> {
    let every = prop_oneof![Just(0), 1..2_000_000_u64].prop_map(Nanos);
    let duration = (0..4_000_000_u64).prop_map(|nanos| Time::Fixed(Nanos(nanos)));
    (0..4_u32, duration, every).prop_map(|(device, duration, every)| StatementKind::Poll {
        device: format!("d{device}"),
        duration,
        every,
    })
}

fn any_block(depth: u32, locks: bool) -> BoxedStrategy<Vec<Statement>> {
    let duration = prop_oneof![
        1 => Just(Nanos::ZERO),
        4 => (1..40_u64).prop_map(|tenths| Nanos::from_us(100 * tenths)),
        2 => (1..4_000_000_u64).prop_map(Nanos),
    ];
    // Another model may draw other times, and ask more often: that is other work.
    let varies = u32::from(locks);
    let duration = prop_oneof![
        12 => duration.clone().prop_map(Time::Fixed),
        varies => duration.prop_map(Time::Exponential),
    ];
    let device = (0..4_u32).prop_map(|index| format!("d{index}"));
    // Only the template `worker` is spawned, which spawns nothing, so every run ends.
    let leaf = prop_oneof![
        8 => duration.clone().prop_map(StatementKind::Compute),
        2 => (device.clone(), duration.clone())
            .prop_map(|(device, duration)| StatementKind::Io { device, duration }),
        2 => (device, duration.clone())
            .prop_map(|(device, duration)| StatementKind::Await { device, duration }),
        2 => duration.prop_map(StatementKind::Sleep),
        2 => Just(StatementKind::Yield),
        1 => Just(StatementKind::Spawn("worker".to_owned())),
        1 => Just(StatementKind::Join),
        1 => Just(StatementKind::Log("mark".to_owned())),
        1 => (0..3_u32).prop_map(|index| StatementKind::Unlock(format!("m{index}"))),
        1 => Just(StatementKind::AtomicAdd { variable: "x".to_owned(), amount: 1 }),
        1 => Just(StatementKind::Load("x".to_owned())),
        1 => Just(StatementKind::Store("x".to_owned())),
    ];
    let leaf = if locks {
        prop_oneof![24 => leaf, 2 => any_transfer(), 1 => any_poll()].boxed()
    } else {
        leaf.boxed()
    };
    let rare = prop_oneof![
        30 => leaf,
        1 => Just(StatementKind::Exit),
        1 => Just(StatementKind::Crash),
    ];
    let kind = if depth == 0 {
        rare.boxed()
    } else {
        let body = any_block(depth - 1, locks);
        let mutex = (0..3_u32).prop_map(|index| format!("m{index}"));
        // Three that block, and two that spin.
        let any_mutex =
            prop_oneof![3 => mutex.clone(), 1 => (0..2_u32).prop_map(|index| format!("s{index}"))];
        prop_oneof![
            6 => rare,
            1 => body.clone().prop_map(|body| StatementKind::WithoutGil { body }),
            1 => (0..4_u32, body.clone())
                .prop_map(|(times, body)| StatementKind::Repeat { times, body }),
            u32::from(locks) => (mutex.clone(), 1..4_000_000_u64, body.clone(), body.clone()).prop_map(
                |(mutex, limit, locked, timed_out)| StatementKind::Lock {
                    mutex,
                    attempt: Some(LockAttempt { limit: Nanos(limit), locked, timed_out }),
                }
            ),
            u32::from(locks) => (0..3_u32, any::<bool>(), body.clone()).prop_map(
                |(index, writes, mut body)| {
                    let name = format!("r{index}");
                    let take = match writes {
                        true => StatementKind::WriteLock(name.clone()),
                        false => StatementKind::ReadLock(name.clone()),
                    };
                    body.insert(0, statement(take));
                    body.push(statement(StatementKind::Unlock(name)));
                    StatementKind::Repeat { times: 1, body }
                }
            ),
            u32::from(locks) => (any_mutex, body).prop_map(|(mutex, mut body)| {
                // Held for the whole block; an `exit` in it leaves the mutex locked for ever.
                body.insert(0, statement(StatementKind::Lock { mutex: mutex.clone(), attempt: None }));
                body.push(statement(StatementKind::Unlock(mutex)));
                StatementKind::Repeat { times: 1, body }
            }),
        ]
        .boxed()
    };
    prop::collection::vec(kind.prop_map(statement), 0..5).boxed()
}
