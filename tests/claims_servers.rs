//! What introductory articles say of servers, each shape of server under one load, by numbers worked out by
//! hand: forty requests at once, each of which waits for 9 ms and computes for 1 ms, on the server's one core; the
//! clients have another.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::run;
use timeslice::analysis::{Report, report};
use timeslice::scenario::text;

const MS: u64 = 1_000_000;
/// Nothing costs anything; tasks take of the memory what the `linux` preset says.
const MACHINE: &str = "format = 1\n[machine]\ncores = 2\ncosts = \"free\"\n[machine.cost]\n\
    process_memory = \"176KiB\"\nthread_memory = \"20KiB\"\ncoroutine_memory = \"410B\"\n";
/// Clients that ask and wait for an answer: each one's turnaround is its latency.
const CLIENTS: &str = "[[channel]]\nname = \"requests\"\nkind = \"socket\"\ncapacity = \"1MiB\"
[[channel]]\nname = \"answers\"\nkind = \"socket\"\ncapacity = \"1MiB\"
[[process]]\nname = \"client\"\ncount = 40\naffinity = [1]\nprogram = \"send requests 1KiB; recv answers\"\n";
/// What a worker does for ever; without clients it is done.
const SERVES: &str = "forever { recv requests; io database 9ms; compute 1ms; send answers 1KiB }";

fn served(server: &str) -> Report {
    let whole = format!("{MACHINE}{CLIENTS}{server}");
    let parsed = text::parse(&whole);
    assert!(!parsed.has_errors(), "{:#?}\n{whole}", parsed.diagnostics);
    report(&run(&parsed.scenario))
}

/// The latencies of the clients, in milliseconds, in order.
fn latencies(report: &Report) -> Vec<u64> {
    let clients = report.tasks.iter().filter(|task| task.process == "client");
    let mut all: Vec<u64> = clients
        .filter_map(|task| task.turnaround_ns)
        .map(|ns| ns / MS)
        .collect();
    all.sort_unstable();
    all
}

/// A process for each request that is under way, as Apache's prefork has it.
fn prefork(workers: u32) -> String {
    format!(
        "[[process]]\nname = \"httpd\"\naffinity = [0]\ncount = {workers}\nprogram = \"{SERVES}\"\n"
    )
}

/// Few processes with some threads each, as Apache's worker has it.
fn threads(processes: u32, threads: u32) -> String {
    format!(
        "[[process]]\nname = \"httpd\"\naffinity = [0]\ncount = {processes}\n[[process.thread]]\nname = \"worker\"\ncount = {threads}\nprogram = \"{SERVES}\"\n"
    )
}

/// Few processes with an event loop each, as nginx has it; one is Redis or Node, several are Node's cluster or
/// Gunicorn with gevent.
fn loops(processes: u32, coroutines: u32) -> String {
    let serves = SERVES.replace("io ", "await ");
    format!(
        "[[process]]\nname = \"loop\"\naffinity = [0]\ncount = {processes}\n[[process.thread]]\nname = \"main\"\n[[process.thread.coroutine]]\nname = \"connection\"\ncount = {coroutines}\nprogram = \"{serves}\"\n"
    )
}

/// A core is busy from the ninth millisecond on, as long as 1 + 9/1 requests are under way: then the forty are done
/// after 9 + 40. It does not matter who has them under way.
#[test]
fn every_shape_with_enough_under_way_serves_alike() {
    let expected: Vec<u64> = (1..=40).map(|number| 9 + number).collect();
    for server in [
        prefork(10),
        threads(2, 5),
        threads(1, 40),
        loops(1, 40),
        loops(4, 10),
    ] {
        assert_eq!(latencies(&served(&server)), expected, "{server}");
    }
}

/// With five under way the core idles: five are done every ten milliseconds.
#[test]
fn too_few_workers_leave_the_core_idle() {
    let report = served(&prefork(5));
    let expected: Vec<u64> = (0..40)
        .map(|number| 10 * (number / 5) + 10 + number % 5)
        .collect();
    assert_eq!(latencies(&report), expected);
    assert_eq!(report.totals.makespan_ns, 84 * MS);
    // 40 ms of computing.
    assert_eq!(
        (report.cores[0].useful_ns, report.cores[0].idle_ns),
        (40 * MS, 44 * MS)
    );
}

/// The same throughput at very different prices of memory.
#[test]
fn an_event_loop_takes_least_memory_and_a_process_a_request_most() {
    let clients = (40 * (176 + 20)) << 10;
    let of = |server: &str| served(server).totals.peak_memory_bytes - clients;
    assert_eq!(of(&prefork(40)), (40 * (176 + 20)) << 10);
    assert_eq!(of(&threads(4, 10)), (4 * 176 + 40 * 20) << 10);
    assert_eq!(of(&loops(1, 40)), ((176 + 20) << 10) + 40 * 410);
}

/// What one crash takes along: one worker, the threads of one process, or everyone.
#[test]
fn a_crash_takes_along_what_shares_its_process() {
    // Ten processes, of which one fails on the first request that it gets.
    let bad = "[[process]]\nname = \"bad\"\naffinity = [0]\nprogram = \"recv requests; crash\"\n";
    let report = served(&format!("{}{bad}", prefork(9)));
    assert_eq!(latencies(&report).len(), 39);
    // The same in a thread beside nine others: nobody is left to serve.
    let bad =
        "[[process.thread]]\nname = \"bad\"\nprogram = \"recv requests; compute 1ms; crash\"\n";
    let report = served(&format!("{}{bad}", threads(1, 9)));
    // Who waits for an answer is told that nobody is there any more.
    let killed = |report: &Report, process: &str| {
        let tasks = report.tasks.iter().filter(|task| task.process == process);
        tasks.filter(|task| task.state == "killed").count()
    };
    assert_eq!(killed(&report, "httpd"), 9);
    assert_eq!(report.outcome, "finished");
    let answers = report
        .channels
        .iter()
        .find(|channel| channel.channel == "answers");
    assert_eq!(answers.expect("it is there").messages, 0);
}

/// A master that deals out fixed shares beforehand waits for its slowest worker; workers that pull do not.
#[test]
fn pulling_beats_a_static_split_when_one_task_is_slow() {
    // Forty tasks of 1 ms on four cores, of which four take ten times as long and happen to come first.
    let of = |pool: &str| {
        let whole = format!(
            "format = 1\n[machine]\ncores = 4\ncosts = \"free\"\n[scheduler]\npolicy = \"fifo\"\n{pool}"
        );
        let parsed = text::parse(&whole);
        assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
        report(&run(&parsed.scenario)).totals.makespan_ns / MS
    };
    let fixed = "[[process]]\nname = \"unlucky\"\nprogram = \"repeat 4 { compute 10ms }; repeat 6 { compute 1ms }\"\n\
                 [[process]]\nname = \"lucky\"\ncount = 3\nprogram = \"repeat 10 { compute 1ms }\"\n";
    assert_eq!(of(fixed), 46);
    // Pulled one by one, in the same order: the four slow ones run side by side.
    let pulled = "[[process]]\nname = \"pool\"\n[[process.thread]]\nname = \"slow\"\ncount = 4\nprogram = \"compute 10ms\"\n\
                  [[process.thread]]\nname = \"quick\"\ncount = 36\nprogram = \"compute 1ms\"\n";
    assert_eq!(of(pulled), 19);
}
