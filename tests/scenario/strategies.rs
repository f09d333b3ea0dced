//! Arbitrary scenarios for property tests: anything a text can say, within its limits.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use timeslice::base::Nanos;
use timeslice::scenario::{
    AfterIo, Arrivals, Balance, Barrier, Body, Channel, ChannelKind, Container, Coroutine,
    CostPreset, Costs, Device, Events, LockAttempt, Machine, Mutex, Policy, Prefer, Process,
    Program, QueueScope, RunAs, RwLock, Scenario, Scheduler, Semaphore, SourceSpan, Statement,
    StatementKind, Thread, Ties, Time, Variable, Word,
};

fn word<W: Word + std::fmt::Debug>() -> impl Strategy<Value = W> {
    proptest::sample::select(W::VALUES)
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_.é-]{1,12}"
}

fn duration() -> impl Strategy<Value = Nanos> {
    prop_oneof![
        (0_u64..2_000).prop_map(Nanos::from_us),
        (0_u64..2_000).prop_map(Nanos::from_ms),
        (0_u64..86_400_000_000_000).prop_map(Nanos),
    ]
}

fn time() -> impl Strategy<Value = Time> {
    prop_oneof![
        3 => duration().prop_map(Time::Fixed),
        1 => duration().prop_map(Time::Exponential),
    ]
}

fn affinity() -> impl Strategy<Value = Vec<u32>> {
    vec(0_u32..256, 0..4)
}

/// As many times as the text has room for, or one of the other ways.
fn arrivals(count: u32) -> impl Strategy<Value = Option<Arrivals>> {
    let apart = || (1_u64..86_400_000_000_000).prop_map(Nanos);
    let listed = if count < 4 { 1 } else { 0 };
    prop_oneof![
        2 => Just(None),
        1 => apart().prop_map(|apart| Some(Arrivals::Every(apart))),
        1 => apart().prop_map(|mean| Some(Arrivals::Mean(mean))),
        listed => vec(duration(), 3..5).prop_map(|times| Some(Arrivals::At(times))),
    ]
}

/// How many copies, when they come, and how far apart.
fn copies() -> impl Strategy<Value = (u32, Nanos, Option<Arrivals>)> {
    let count = prop_oneof![Just(1), 0..4_u32, any::<u32>()];
    let arrival = prop_oneof![Just(Nanos::ZERO), duration()];
    (count, arrival).prop_flat_map(|(count, arrival)| (Just(count), Just(arrival), arrivals(count)))
}

fn period() -> impl Strategy<Value = Nanos> {
    (1_000_u64..=86_400_000_000_000).prop_map(Nanos)
}

fn leaf() -> impl Strategy<Value = StatementKind> {
    use StatementKind as Kind;
    prop_oneof![
        time().prop_map(Kind::Compute),
        (name(), time()).prop_map(|(device, duration)| Kind::Io { device, duration }),
        (name(), time(), duration()).prop_map(|(device, duration, every)| Kind::Poll {
            device,
            duration,
            every
        }),
        (name(), time()).prop_map(|(device, duration)| Kind::Await { device, duration }),
        time().prop_map(Kind::Sleep),
        Just(Kind::Yield),
        name().prop_map(|mutex| Kind::Lock {
            mutex,
            attempt: None
        }),
        name().prop_map(Kind::Unlock),
        name().prop_map(Kind::Wait),
        name().prop_map(Kind::Post),
        (name(), name()).prop_map(|(condition, mutex)| Kind::WaitCondition { condition, mutex }),
        name().prop_map(Kind::Signal),
        name().prop_map(Kind::Broadcast),
        name().prop_map(Kind::Barrier),
        (name(), 0..(1_u64 << 40)).prop_map(|(channel, size_bytes)| Kind::Send {
            channel,
            size_bytes
        }),
        name().prop_map(Kind::Receive),
        name().prop_map(Kind::ReadLock),
        name().prop_map(Kind::WriteLock),
        name().prop_map(Kind::Load),
        any::<i64>().prop_map(Kind::Add),
        name().prop_map(Kind::Store),
        (name(), any::<i64>()).prop_map(|(variable, amount)| Kind::AtomicAdd { variable, amount }),
        name().prop_map(Kind::Spawn),
        Just(Kind::Join),
        "[a-z\"'\\\\€][a-z \"'\\\\€]{0,20}[a-z\"'\\\\€]".prop_map(Kind::Log),
        Just(Kind::Crash),
        Just(Kind::Exit),
    ]
}

fn statements(inner: impl Strategy<Value = Statement>) -> impl Strategy<Value = Vec<Statement>> {
    vec(inner, 0..4)
}

fn statement() -> impl Strategy<Value = Statement> {
    let place = |kind| Statement {
        kind,
        span: SourceSpan::default(),
    };
    leaf()
        .prop_map(place)
        .prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                (0_u32..=1_000_000, statements(inner.clone()))
                    .prop_map(|(times, body)| StatementKind::Repeat { times, body }),
                statements(inner.clone()).prop_map(|body| StatementKind::Forever { body }),
                statements(inner.clone()).prop_map(|body| StatementKind::WithoutGil { body }),
                (
                    name(),
                    duration(),
                    statements(inner.clone()),
                    statements(inner)
                )
                    .prop_map(|(mutex, limit, locked, timed_out)| {
                        StatementKind::Lock {
                            mutex,
                            attempt: Some(LockAttempt {
                                limit,
                                locked,
                                timed_out,
                            }),
                        }
                    }),
            ]
            .prop_map(place)
        })
}

fn program() -> impl Strategy<Value = Program> {
    vec(statement(), 0..6).prop_map(|statements| Program { statements })
}

fn thread() -> impl Strategy<Value = Thread> {
    let coroutine = (name(), copies(), program()).prop_map(|(name, copies, program)| Coroutine {
        name,
        count: copies.0,
        arrival: copies.1,
        arrivals: copies.2,
        program,
    });
    let body = prop_oneof![
        program().prop_map(Body::Program),
        vec(coroutine, 1..3).prop_map(Body::Coroutines),
    ];
    let name = prop_oneof![Just("main".to_owned()), name()];
    let own = prop_oneof![
        Just((None, None, None)),
        (
            option::of(any::<i32>()),
            option::of(-20_i8..=19),
            option::of(1_u32..=1_000_000),
        ),
    ];
    let jobs = prop_oneof![
        Just((None, None, None, None, None, (None, None))),
        (
            option::of(period()),
            option::of(period()),
            option::of(1_u32..=50_000),
            option::of(affinity()),
            option::of(word::<Events>()),
            (option::of(0..=1_u64 << 50), option::of(duration())),
        ),
    ];
    (name, copies(), own, jobs, body).prop_map(
        |(name, copies, (priority, nice, tickets), jobs, body)| Thread {
            name,
            count: copies.0,
            arrival: copies.1,
            arrivals: copies.2,
            priority,
            nice,
            tickets,
            period: jobs.0,
            deadline: jobs.1,
            jobs: jobs.2,
            affinity: jobs.3,
            events: jobs.4,
            working_set_bytes: jobs.5.0,
            refill: jobs.5.1,
            body,
        },
    )
}

fn process() -> impl Strategy<Value = Process> {
    (
        name(),
        copies(),
        any::<i32>(),
        -20_i8..=19,
        1_u32..=1_000_000,
        (
            any::<bool>(),
            prop_oneof![Just(Nanos::from_ms(5)), period()],
            option::of(name()),
        ),
        (
            option::of(period()),
            option::of(period()),
            1_u32..=50_000,
            affinity(),
            (0..=1_u64 << 50, option::of(duration())),
        ),
        vec(thread().boxed(), 1..3),
    )
        .prop_map(
            |(name, copies, priority, nice, tickets, gil, jobs, threads)| Process {
                name,
                count: copies.0,
                arrival: copies.1,
                arrivals: copies.2,
                priority,
                nice,
                tickets,
                period: jobs.0,
                deadline: jobs.1,
                jobs: jobs.2,
                affinity: jobs.3,
                working_set_bytes: jobs.4.0,
                refill: jobs.4.1,
                gil: gil.0,
                gil_interval: gil.1,
                container: gil.2,
                threads,
            },
        )
}

fn machine() -> impl Strategy<Value = Machine> {
    let cost = || option::of(duration());
    let shared = (cost(), cost(), cost(), cost());
    let bytes = || option::of(0..=(1_u64 << 50));
    let memory = (bytes(), bytes(), bytes());
    let messages = (cost(), cost(), cost(), cost());
    let times = (cost(), cost(), cost(), cost(), cost(), cost(), shared);
    let costs = (times, memory, messages)
        .prop_map(|(cost, memory, messages)| Costs {
            thread_switch: cost.0,
            process_switch: cost.1,
            coroutine_switch: cost.2,
            process_create: cost.3,
            thread_create: cost.4,
            coroutine_create: cost.5,
            memory_access: cost.6.0,
            atomic_access: cost.6.1,
            lock: cost.6.2,
            migration: cost.6.3,
            cache_refill: cost.6.3,
            system_call: messages.0,
            copy: messages.1,
            wake: messages.2,
            protocol: messages.3,
            process_memory_bytes: memory.0,
            thread_memory_bytes: memory.1,
            coroutine_memory_bytes: memory.2,
        })
        .boxed();
    (
        1_u32..=64,
        proptest::sample::select(vec![1_u32, 2, 4]),
        1_000_u32..=4_000,
        (1_u64..=1 << 50, prop_oneof![Just(1 << 20), 1_u64..=1 << 50]),
        option::of(1_u32..=1_000_000),
        word::<CostPreset>(),
        prop_oneof![Just(Costs::default()), costs],
    )
        .prop_map(
            |(cores, smt, smt_throughput_permille, memory_bytes, max_processes, costs, cost)| {
                Machine {
                    cores,
                    smt,
                    smt_throughput_permille,
                    memory_bytes: memory_bytes.0,
                    cache_bytes: memory_bytes.1,
                    max_processes,
                    costs,
                    cost,
                }
            },
        )
}

fn scheduler() -> impl Strategy<Value = Scheduler> {
    let slice = || (1_000_u64..86_400_000_000_000).prop_map(Nanos);
    let review = || option::of((1_000_000_u64..86_400_000_000_000).prop_map(Nanos));
    let words = (
        word::<Policy>(),
        word::<QueueScope>(),
        word::<Ties>(),
        word::<AfterIo>(),
        any::<bool>(),
        word::<Balance>(),
    );
    let levels = (1_u32..=64, vec(slice(), 0..4), vec(slice(), 0..4));
    let linux = (
        option::of(slice()),
        option::of(slice()),
        option::of(duration()),
        option::of(slice()),
    );
    (slice(), words, (review(), review()), levels, linux).prop_map(
        |(
            quantum,
            (policy, queue, ties, after_io, preemptive, balance),
            reviews,
            levels,
            linux,
        )| {
            Scheduler {
                policy,
                quantum,
                queue,
                ties,
                balance,
                preemptive,
                aging: reviews.0,
                levels: levels.0,
                quanta: levels.1,
                allotments: levels.2,
                boost: reviews.1,
                after_io,
                latency: linux.0,
                min_granularity: linux.1,
                wakeup_granularity: linux.2,
                base_slice: linux.3,
            }
        },
    )
}

/// Any scenario that a text can hold, sensible or not.
pub(crate) fn scenario() -> impl Strategy<Value = Scenario> {
    let head = (
        "\\PC{0,40}",
        "[ -~\n\té€]{0,80}",
        0..=i64::MAX as u64,
        word::<RunAs>(),
        // Boxed, as trees of values this large do not fit on a test's stack.
        machine().boxed(),
        scheduler().boxed(),
    );
    let device = (name(), 1_u32..=1_024).prop_map(|(name, channels)| Device { name, channels });
    let mutex =
        (name(), any::<bool>(), any::<bool>()).prop_map(|(name, priority_inheritance, spin)| {
            Mutex {
                name,
                priority_inheritance,
                spin,
            }
        });
    let rwlock = (name(), word::<Prefer>()).prop_map(|(name, prefer)| RwLock { name, prefer });
    let semaphore = (name(), 0_u32..=1_000_000).prop_map(|(name, count)| Semaphore { name, count });
    let barrier = (name(), 1_u32..=1_000_000).prop_map(|(name, parties)| Barrier { name, parties });
    let channel = (name(), word::<ChannelKind>(), 1..=(1_u64 << 40)).prop_map(
        |(name, kind, capacity_bytes)| Channel {
            name,
            kind,
            capacity_bytes,
        },
    );
    let container = (name(), period(), period()).prop_map(|(name, quota, period)| Container {
        name,
        quota,
        period,
    });
    let variable = (name(), any::<i64>()).prop_map(|(name, value)| Variable { name, value });
    (
        head,
        vec(device, 0..3),
        (vec(mutex, 0..2), vec(rwlock, 0..2)),
        vec(semaphore, 0..2),
        vec(barrier, 0..2),
        vec(channel, 0..2),
        (vec(variable, 0..2), vec(container, 0..2)),
        vec(process().boxed(), 0..4),
    )
        .prop_map(
            |(
                head,
                devices,
                (mutexes, rwlocks),
                semaphores,
                barriers,
                channels,
                (variables, containers),
                processes,
            )| {
                let (title, description, seed, run_as, machine, scheduler) = head;
                Scenario {
                    title,
                    description,
                    seed,
                    run_as,
                    machine,
                    scheduler,
                    devices,
                    mutexes,
                    rwlocks,
                    semaphores,
                    barriers,
                    channels,
                    containers,
                    variables,
                    processes,
                }
            },
        )
}
