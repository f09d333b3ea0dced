//! Channels: what a message costs whom, how senders and receivers wait for each other, and what happens
//! when one side is gone. All times are worked out by hand.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use proptest::prelude::*;

use support::{cases, program, run, shown, textbook, thread};
use timeslice::analysis::{ChannelReport, Report, report};
use timeslice::base::Nanos;
use timeslice::scenario::{Channel, ChannelKind, Policy, Process, Scenario, StatementKind, text};
use timeslice::trace::{EventKind, Outcome};

/// Everything that messages cost is a whole number of microseconds; nothing else costs anything.
const COSTS: &str = "[machine]\ncores = 2\ncosts = \"free\"
[machine.cost]\nsystem_call = \"1us\"\ncopy = \"1us\"\nwake = \"3us\"\nprotocol = \"5us\"\n";
const FREE: &str = "[machine]\ncores = 4\ncosts = \"free\"\n";

fn channel(kind: &str, capacity: &str) -> String {
    format!("[[channel]]\nname = \"jobs\"\nkind = \"{kind}\"\ncapacity = \"{capacity}\"\n")
}

/// Runs processes with these programs.
fn simulated(head: &str, programs: &[&str]) -> Report {
    let mut whole = format!("format = 1\n{head}\n");
    for (index, program) in programs.iter().enumerate() {
        whole.push_str(&format!(
            "[[process]]\nname = \"p{index}\"\nprogram = \"\"\"\n{program}\n\"\"\"\n"
        ));
    }
    let parsed = text::parse(&whole);
    assert!(!parsed.has_errors(), "{:#?}\n{whole}", parsed.diagnostics);
    report(&run(&parsed.scenario))
}

fn finish_us(report: &Report) -> Vec<u64> {
    let finish = |task: &timeslice::analysis::TaskReport| task.finish_ns.expect("it ends") / 1_000;
    report.tasks.iter().map(finish).collect()
}

fn of_jobs(report: &Report) -> (u64, u64, u64, u64) {
    let ChannelReport {
        messages,
        bytes,
        unread_messages,
        broken,
        ..
    } = report.channels[0];
    (messages, bytes, unread_messages, broken)
}

#[test]
fn a_message_that_is_waited_for_costs_what_its_kind_costs() {
    // The sender: system call 1, copying 2, waking 3. The receiver waits from 1 on, and copies 2.
    // A socket's protocol takes the sender 5 more. Shared memory is written into at once (2); the
    // kernel is asked to wait (1) and to wake (1 + 3), and nothing is copied out.
    for (kind, finish) in [
        ("pipe", [6, 18]),
        ("message-queue", [6, 18]),
        ("socket", [11, 23]),
        ("shared-memory", [6, 16]),
    ] {
        let head = format!("{COSTS}{}", channel(kind, "64KiB"));
        let report = simulated(&head, &["send jobs 2KiB", "recv jobs; compute 10us"]);
        assert_eq!(finish_us(&report), finish, "{kind}");
        assert_eq!(of_jobs(&report), (1, 2_048, 0, 0), "{kind}");
    }
}

#[test]
fn a_message_that_is_there_wakes_nobody() {
    for (kind, finish) in [
        ("pipe", [3, 23]),
        ("socket", [8, 23]),
        ("shared-memory", [2, 20]),
    ] {
        let head = format!("{COSTS}{}", channel(kind, "64KiB"));
        let report = simulated(&head, &["send jobs 2KiB", "compute 20us; recv jobs"]);
        assert_eq!(finish_us(&report), finish, "{kind}");
    }
}

#[test]
fn a_sender_waits_for_room() {
    // The second message is ready at 6 and waits. The receiver asks at 20, wakes the sender (3) at 24,
    // copies (2), asks again (1) and copies (2).
    let head = format!("{COSTS}{}", channel("pipe", "2KiB"));
    let report = simulated(
        &head,
        &[
            "repeat 2 { send jobs 2KiB }",
            "compute 20us; repeat 2 { recv jobs }",
        ],
    );
    assert_eq!(finish_us(&report), [24, 29]);
    assert_eq!(report.tasks[0].blocked_ns, 18_000);
}

#[test]
fn a_message_larger_than_a_pipe_goes_through_it_in_pieces() {
    // The first piece is copied by 2, the receiver woken by 5: it copies it and asks again, until 7. The
    // second is copied by 6 and waits; the receiver takes it and wakes the sender by 10. The
    // third is in at 11; the receiver, which has copied and asked again by 12, copies it by 13.
    let head = format!("{COSTS}{}", channel("pipe", "1KiB"));
    let report = simulated(&head, &["send jobs 3KiB", "recv jobs"]);
    assert_eq!(finish_us(&report), [11, 13]);
    assert_eq!(of_jobs(&report), (1, 3 << 10, 0, 0));
}

#[test]
fn a_message_queue_refuses_what_is_larger_than_itself() {
    for kind in ["message-queue", "shared-memory"] {
        let whole = format!(
            "format = 1\n{}[[process]]\nname = \"p\"\nprogram = \"send jobs 2KiB; recv jobs\"\n",
            channel(kind, "1KiB")
        );
        let parsed = text::parse(&whole);
        let codes: Vec<&str> = parsed.diagnostics.iter().map(|it| it.code).collect();
        assert_eq!(codes, ["message-too-large"]);
    }
}

#[test]
fn the_slower_side_sets_the_pace() {
    let head = format!("{FREE}{}", channel("pipe", "4KiB"));
    for (sends, takes) in [(3, 5), (5, 3)] {
        let sender = format!("repeat 100 {{ compute {sends}us; send jobs 1KiB }}");
        let receiver = format!("repeat 100 {{ recv jobs; compute {takes}us }}");
        let report = simulated(&head, &[&sender, &receiver]);
        // The slower side never waits but for the first message, or the last one's work.
        assert_eq!(finish_us(&report)[1], 503);
        assert_eq!(of_jobs(&report), (100, 100 << 10, 0, 0));
    }
}

#[test]
fn receivers_leave_their_loop_when_the_last_sender_has_crashed() {
    let head = format!("{FREE}{}", channel("pipe", "64KiB"));
    let report = simulated(
        &head,
        &[
            "send jobs 1KiB; compute 5us; crash",
            "forever { recv jobs; atomic got += 1 }; compute 1us",
            "repeat 3 { recv jobs; atomic got += 1 }; compute 2us",
        ],
    );
    assert_eq!((report.outcome, report.variables["got"]), ("finished", 1));
    assert_eq!(finish_us(&report), [5, 6, 7]);
    assert_eq!(of_jobs(&report), (1, 1 << 10, 0, 2));
}

#[test]
fn what_is_in_a_channel_outlives_its_sender() {
    let head = format!("{FREE}{}", channel("pipe", "64KiB"));
    let report = simulated(
        &head,
        &[
            "repeat 3 { send jobs 1KiB }; crash",
            "compute 5us; forever { recv jobs; compute 1us }",
        ],
    );
    assert_eq!(finish_us(&report), [0, 8]);
    assert_eq!(of_jobs(&report), (3, 3 << 10, 0, 1));
}

#[test]
fn senders_leave_their_loop_when_the_last_receiver_is_gone() {
    let head = format!("{FREE}{}", channel("pipe", "1KiB"));
    let report = simulated(
        &head,
        &[
            "forever { send jobs 1KiB }; compute 1us",
            "recv jobs; compute 4us",
        ],
    );
    assert_eq!(report.outcome, "finished");
    assert_eq!(finish_us(&report), [5, 4]);
    assert_eq!(of_jobs(&report), (1, 1 << 10, 1, 1));
}

#[test]
fn without_a_loop_a_program_goes_on_with_its_next_statement() {
    let head = format!("{FREE}{}", channel("pipe", "1KiB"));
    let report = simulated(
        &head,
        &["compute 2us; crash; send jobs 1B", "recv jobs; compute 3us"],
    );
    assert_eq!(finish_us(&report), [2, 5]);
}

#[test]
fn a_sender_that_crashes_in_the_middle_of_a_message_takes_it_along() {
    let head = format!("{FREE}{}", channel("pipe", "1KiB"));
    let text = format!(
        "format = 1\n{head}[[process]]\nname = \"a\"\n
         [[process.thread]]\nname = \"sends\"\nprogram = \"send jobs 3KiB\"\n
         [[process.thread]]\nname = \"crashes\"\nprogram = \"compute 2us; crash\"\n
         [[process]]\nname = \"b\"\narrival = \"4us\"\nprogram = \"send jobs 1KiB\"\n
         [[process]]\nname = \"c\"\narrival = \"3us\"\nprogram = \"forever {{ recv jobs; compute 1us }}\"\n"
    );
    let parsed = text::parse(&text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    let report = report(&run(&parsed.scenario));
    assert_eq!(report.outcome, "finished");
    assert_eq!(of_jobs(&report), (1, 1 << 10, 0, 1));
}

#[test]
fn nobody_sends_while_someone_may_still_spawn_a_sender() {
    let head = format!("{FREE}{}", channel("pipe", "1KiB"));
    let text = format!(
        "format = 1\n{head}[[process]]\nname = \"boss\"\n
         program = \"repeat 2 {{ spawn hand; sleep 5us }}\"\n
         [[process]]\nname = \"hand\"\ncount = 0\nprogram = \"send jobs 1B\"\n
         [[process]]\nname = \"c\"\nprogram = \"forever {{ recv jobs }}\"\n"
    );
    let parsed = text::parse(&text);
    let report = report(&run(&parsed.scenario));
    // The second message comes at 5 us; the channel is broken when the boss has ended.
    let consumer = report.tasks.iter().find(|task| task.process == "c");
    assert_eq!(consumer.and_then(|task| task.finish_ns), Some(10_000));
    assert_eq!(of_jobs(&report), (2, 2, 0, 1));
}

#[test]
fn who_could_send_to_itself_is_not_told_that_nobody_can() {
    let head = format!("{FREE}{}", channel("pipe", "1KiB"));
    let report = simulated(&head, &["send jobs 1B; repeat 2 { recv jobs }"]);
    assert_eq!(report.outcome, "stuck");
}

#[test]
fn two_that_wait_for_each_others_message_are_a_deadlock() {
    let head = format!(
        "{FREE}{}[[channel]]\nname = \"answers\"\n",
        channel("pipe", "1KiB")
    );
    let report = simulated(
        &head,
        &["recv answers; send jobs 1B", "recv jobs; send answers 1B"],
    );
    let cycle = report.cycle.expect("a circle");
    let waits: Vec<&str> = cycle.iter().map(|edge| edge.waits_for.as_str()).collect();
    assert_eq!(waits, ["a message from answers", "a message from jobs"]);
}

#[test]
fn a_message_that_nobody_ever_sends_is_no_circle_and_not_broken() {
    let head = format!("{FREE}{}", channel("pipe", "1KiB"));
    let report = simulated(&head, &["recv jobs"]);
    assert_eq!(report.outcome, "stuck");
    assert_eq!(of_jobs(&report), (0, 0, 0, 0));
}

#[test]
fn a_coroutine_that_waits_lets_others_of_its_thread_run() {
    let head = format!("{COSTS}{}", channel("pipe", "64KiB"));
    let text = format!(
        "format = 1\n{head}[[process]]\nname = \"loop\"\n[[process.thread]]\nname = \"t\"\n
         [[process.thread.coroutine]]\nname = \"takes\"\nprogram = \"recv jobs; compute 1us\"\n
         [[process.thread.coroutine]]\nname = \"sends\"\nprogram = \"compute 4us; send jobs 1KiB\"\n"
    );
    let parsed = text::parse(&text);
    let report = report(&run(&parsed.scenario));
    // Asks until 1, waits; the other computes until 5, asks and copies until 7, wakes until 10 and ends;
    // the first copies until 11.
    assert_eq!(finish_us(&report), [12, 10]);
}

/// Producers that send so many messages each, and consumers that take them until nobody sends.
fn any_pipeline() -> impl Strategy<Value = (Scenario, u64, u64)> {
    let kinds = prop::sample::select(vec![
        ChannelKind::Pipe,
        ChannelKind::MessageQueue,
        ChannelKind::SharedMemory,
        ChannelKind::Socket,
    ]);
    let producers = prop::collection::vec((1..20_u32, 0..5_000_u64, 0..30_u64), 1..4);
    let costs = prop::collection::vec(0..4_000_u64, 4);
    (kinds, 1..5_000_u64, producers, 1..4_u32, 1..4_u32, costs).prop_map(
        |(kind, capacity_bytes, producers, consumers, cores, costs)| {
            let flows = matches!(kind, ChannelKind::Pipe | ChannelKind::Socket);
            let size = |bytes: u64| {
                if flows {
                    bytes
                } else {
                    bytes.min(capacity_bytes)
                }
            };
            let channel = || "jobs".to_owned();
            let mut scenario = textbook(Policy::RoundRobin, Nanos::from_us(7));
            scenario.machine.cores = cores;
            let cost = |at: usize| Some(Nanos(costs[at]));
            scenario.machine.cost.system_call = cost(0);
            scenario.machine.cost.copy = cost(1);
            scenario.machine.cost.wake = cost(2);
            scenario.machine.cost.protocol = cost(3);
            scenario.channels = vec![Channel {
                name: channel(),
                kind,
                capacity_bytes,
            }];
            let (mut messages, mut bytes) = (0, 0);
            for (index, (times, size_bytes, work)) in producers.iter().enumerate() {
                messages += u64::from(*times);
                bytes += u64::from(*times) * size(*size_bytes);
                let body = program([
                    StatementKind::Compute(Nanos::from_us(*work).into()),
                    StatementKind::Send {
                        channel: channel(),
                        size_bytes: size(*size_bytes),
                    },
                ]);
                let sends = program([StatementKind::Repeat {
                    times: *times,
                    body: body.statements,
                }]);
                scenario.processes.push(Process {
                    name: format!("p{index}"),
                    threads: vec![thread("main", 1, sends)],
                    ..Process::default()
                });
            }
            let body = program([
                StatementKind::Receive(channel()),
                StatementKind::Compute(Nanos::from_us(10).into()),
            ]);
            let takes = program([StatementKind::Forever {
                body: body.statements,
            }]);
            scenario.processes.push(Process {
                name: "c".to_owned(),
                threads: vec![thread("main", consumers, takes)],
                ..Process::default()
            });
            (scenario, messages, bytes)
        },
    )
}

proptest! {
    #![proptest_config(cases(500))]

    /// The law of the bounded buffer: nothing is lost, nothing doubled, what is inside fits (which every
    /// run checks from its trace), and all end once nobody sends any more.
    #[test]
    fn a_pipeline_delivers_everything_once((scenario, messages, bytes) in any_pipeline()) {
        let trace = run(&scenario);
        let report = report(&trace);
        prop_assert_eq!(&trace.outcome, &Outcome::Finished, "{}", shown(&scenario));
        let consumers = u64::from(scenario.processes.last().map_or(0, |it| it.threads[0].count));
        prop_assert_eq!(of_jobs(&report), (messages, bytes, 0, consumers), "{}", shown(&scenario));
    }

    /// Whenever one side crashes, the other ends all the same, and no message comes out that did not go
    /// in.
    #[test]
    fn a_crash_of_one_side_ends_the_other(
        (mut scenario, ..) in any_pipeline(),
        side in any::<bool>(),
        at_us in 0..300_u64,
    ) {
        let crash = program([
            StatementKind::Sleep(Nanos::from_us(at_us).into()),
            StatementKind::Crash,
        ]);
        let last = scenario.processes.len() - 1;
        let hit = if side { 0 } else { last };
        scenario.processes[hit].threads.push(thread("bomb", 1, crash));
        let trace = run(&scenario);
        prop_assert_eq!(&trace.outcome, &Outcome::Finished, "{}", shown(&scenario));
        let count = |kind| trace.events.iter().filter(|event| event.kind == kind).count() as u64;
        let (messages, _, unread, _) = of_jobs(&report(&trace));
        prop_assert_eq!(count(EventKind::Sent), messages + unread, "{}", shown(&scenario));
    }
}
