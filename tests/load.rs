//! Open load: copies that come one after the other, and what they are told to have taken. Numbers
//! worked out by hand.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::{MS, run, run_report};
use timeslice::analysis::Ranks;
use timeslice::scenario::models::as_model;
use timeslice::scenario::text::{parse, print};
use timeslice::scenario::{Policy, RunAs, Scenario, Word, edit};
use timeslice::trace::TaskKind;

/// A text on the textbook's machine.
fn read(rest: &str) -> Scenario {
    let text = format!("format = 1\n[machine]\ncosts = \"free\"\n{rest}");
    let parsed = parse(&text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    parsed.scenario
}

/// When the tasks that run programs come, in milliseconds.
fn arrivals_ms(scenario: &Scenario) -> Vec<u64> {
    let report = run_report(scenario);
    report.tasks.iter().map(|it| it.arrival_ns / MS).collect()
}

#[test]
fn fixed_arrivals_of_processes_threads_and_coroutines_add_up() {
    let scenario = read(
        r#"
[[process]]
name = "server"
count = 2
arrival = "1ms"
arrivals = { every = "100ms" }
[[process.thread]]
name = "loop"
count = 2
arrivals = { every = "10ms" }
[[process.thread.coroutine]]
name = "request"
count = 3
arrival = "2ms"
arrivals = { every = "1ms" }
program = "compute 1ms"
[[process.thread]]
name = "main"
arrival = "4ms"
program = "exit"
"#,
    );
    let requests = [3, 4, 5, 13, 14, 15, 103, 104, 105, 113, 114, 115];
    let mains = [5, 105];
    assert_eq!(arrivals_ms(&scenario), [&requests[..], &mains].concat());
}

#[test]
fn times_may_be_listed() {
    let scenario = read(
        "[[process]]\nname = \"a\"\ncount = 3\narrival = \"5ms\"\narrivals = { at = [\"7ms\", \"0ms\", \"2ms\"] }\nprogram = \"compute 1ms\"\n",
    );
    assert_eq!(arrivals_ms(&scenario), [12, 5, 7]);
}

/// One core, requests of 3 ms every 2 ms: each waits 1 ms longer than the one before.
#[test]
fn the_queue_of_an_overloaded_server_grows() {
    let scenario = read(
        "[scheduler]\npolicy = \"fifo\"\n[[process]]\nname = \"request\"\ncount = 100\narrivals = { every = \"2ms\" }\nprogram = \"compute 3ms\"\n",
    );
    let report = run_report(&scenario);
    let waiting: Vec<u64> = report.tasks.iter().map(|it| it.waiting_ns / MS).collect();
    assert_eq!(waiting, (0..100).collect::<Vec<u64>>());
    let [group] = report.groups.as_slice() else {
        panic!("one line");
    };
    assert_eq!((group.process.as_str(), group.tasks), ("request", 100));
    let ms = |p50, p95, p99| Ranks {
        p50: p50 * MS,
        p95: p95 * MS,
        p99: p99 * MS,
    };
    assert_eq!(group.percentiles.waiting_ns, ms(49, 94, 98));
    assert_eq!(group.percentiles.turnaround_ns, ms(52, 97, 101));
    // 100 requests in 300 ms, from the first arrival to the last finish.
    assert!((group.throughput_per_s - 1_000.0 / 3.0).abs() < 1e-9);
}

#[test]
fn random_arrivals_come_from_the_seed_and_the_place_of_the_line() {
    let text = "seed = 3\n[[process]]\nname = \"a\"\ncount = 50\narrivals = { mean = \"2ms\" }\nprogram = \"compute 1ms\"\n[[process]]\nname = \"b\"\ncount = 50\narrivals = { mean = \"2ms\" }\nprogram = \"compute 1ms\"\n";
    let scenario = parse(&format!("format = 1\n{text}")).scenario;
    let first = arrivals_ms(&scenario);
    assert!(first[..50].is_sorted() && first[0] < first[49]);
    assert_ne!(first[..50], first[50..]);
    let mut other = scenario.clone();
    other.scheduler.policy = Policy::Fifo;
    other.machine.cores = 4;
    assert_eq!(arrivals_ms(&other), first, "the same load");
    other.seed = 4;
    assert_ne!(arrivals_ms(&other), first);
}

#[test]
fn every_model_has_the_same_load() {
    let mut scenario = read(
        r#"
[[process]]
name = "server"
count = 2
arrivals = { mean = "9ms" }
[[process.thread]]
name = "loop"
count = 2
arrivals = { every = "1ms" }
[[process.thread.coroutine]]
name = "request"
count = 3
arrivals = { mean = "3ms" }
program = "compute 1ms"
[[process]]
name = "other"
arrival = "2ms"
count = 3
arrivals = { at = ["0ms", "5ms", "1ms"] }
program = "compute 1ms"
"#,
    );
    scenario.machine.cores = 2;
    let mut load = |model| {
        scenario.run_as = model;
        let trace = run(&scenario);
        let is_task = |task: &timeslice::trace::TaskInfo| {
            trace.groups[task.group as usize].kind != TaskKind::EventLoop
        };
        let tasks = trace.tasks.iter().filter(|task| is_task(task));
        let mut load: Vec<u64> = tasks.map(|task| task.arrival.0).collect();
        load.sort_unstable();
        assert_eq!(load.len(), 15);
        (load, as_model(&scenario))
    };
    let (as_written, _) = load(RunAs::AsWritten);
    for model in [
        RunAs::Processes,
        RunAs::Threads,
        RunAs::Coroutines,
        RunAs::Hybrid,
    ] {
        assert_eq!(load(model).0, as_written);
    }
}

#[test]
fn what_is_wrong_with_arrivals_is_said() {
    let codes = |arrivals: &str| -> Vec<&str> {
        let text = format!(
            "format = 1\n[[process]]\nname = \"a\"\ncount = 3\narrivals = {arrivals}\nprogram = \"exit\"\n"
        );
        parse(&text).errors().map(|error| error.code).collect()
    };
    assert_eq!(codes("{ every = \"1ms\" }"), [""; 0]);
    assert_eq!(codes("{}"), ["missing-key"]);
    assert_eq!(codes("{ every = \"1ms\", mean = \"1ms\" }"), ["two-ways"]);
    assert_eq!(codes("{ every = \"0ms\" }"), ["out-of-range"]);
    assert_eq!(codes("{ mean = 5 }"), ["missing-unit"]);
    assert_eq!(codes("{ often = true }"), ["missing-key", "unknown-key"]);
    assert_eq!(codes("\"10ms\""), ["wrong-type"]);
    assert_eq!(codes("{ at = [\"1ms\"] }"), ["out-of-range"]);
}

#[test]
fn a_single_value_can_be_set() {
    let text = "format = 1\n[[process]]\nname = \"a\"\ncount = 3\nprogram = \"exit\"\n[[process]]\nname = \"b\"\nprogram = \"exit\"\n";
    let set = edit::set(text, "process.a.arrivals.every", "5ms").unwrap();
    assert!(set.contains("arrivals = { every = \"5ms\" }\n"), "{set}");
    assert!(!parse(&set).has_errors());
    let again = edit::set(&set, "process.a.arrivals.every", "7ms").unwrap();
    assert!(again.contains("{ every = \"7ms\" }"), "{again}");
}

/// What each task computed, in the order of their arrivals.
fn computed(scenario: &Scenario) -> Vec<u64> {
    let report = run_report(scenario);
    let mut tasks: Vec<(u64, u64)> = report
        .tasks
        .iter()
        .map(|it| (it.arrival_ns, it.cpu_ns))
        .collect();
    tasks.sort_unstable();
    tasks.into_iter().map(|(_, cpu)| cpu).collect()
}

const RANDOM: &str = r#"
[[process]]
name = "a"
count = 40
arrivals = { mean = "2ms" }
program = "repeat 3 { compute exponential 1ms; io disk exponential 2ms }"
[[process]]
name = "b"
[[process.thread]]
name = "loop"
[[process.thread.coroutine]]
name = "c"
count = 20
arrivals = { mean = "5ms" }
program = "compute exponential 500us; await disk exponential 1ms; sleep exponential 1ms"
"#;

#[test]
fn a_task_asks_for_the_same_whoever_runs_beside_it() {
    let mut scenario = read(&format!("[scheduler]\nquantum = \"1ms\"\n{RANDOM}"));
    let asked = computed(&scenario);
    let different: std::collections::BTreeSet<&u64> = asked.iter().collect();
    assert!(different.len() > 50, "each draws for itself");
    assert_eq!(computed(&scenario), asked, "and again the same");
    for policy in [Policy::Fifo, Policy::Srtf, Policy::Cfs] {
        scenario.scheduler.policy = policy;
        scenario.machine.cores += 1;
        assert_eq!(computed(&scenario), asked, "{}", policy.word());
    }
    for model in [RunAs::Processes, RunAs::Threads, RunAs::Coroutines] {
        scenario.run_as = model;
        assert_eq!(computed(&scenario), asked, "{}", model.word());
    }
    scenario.seed = 1;
    assert_ne!(computed(&scenario), asked);
}

/// Who is known to be short goes first: on one core, with all there at once, by what they draw.
#[test]
fn shortest_first_knows_what_will_be_drawn() {
    let scenario = read(
        "[scheduler]\npolicy = \"sjf\"\n[[process]]\nname = \"a\"\ncount = 30\nprogram = \"repeat 2 { compute exponential 1ms }\"\n",
    );
    let report = run_report(&scenario);
    let mut in_order: Vec<(Option<u64>, u64)> = report
        .tasks
        .iter()
        .map(|it| (it.first_run_ns, it.cpu_ns))
        .collect();
    in_order.sort_unstable();
    let computed: Vec<u64> = in_order.iter().map(|(_, cpu)| *cpu).collect();
    assert!(computed.is_sorted(), "{computed:?}");
}

#[test]
fn random_times_are_read_and_their_slips_told() {
    let first = |program: &str| -> Result<String, &str> {
        let text = format!("format = 1\n[[process]]\nname = \"a\"\nprogram = \"{program}\"\n");
        let parsed = parse(&text);
        match parsed.errors().next() {
            Some(error) => Err(error.code),
            None => Ok(print(&parsed.scenario)),
        }
    };
    for program in [
        "compute exponential 5ms",
        "io disk exponential 5ms",
        "io exponential 5ms",
        "io exponential exponential 5ms",
        "sleep exponential 1us",
    ] {
        let printed = first(program).unwrap();
        assert!(printed.contains(&format!("\"{program}\"")), "{printed}");
    }
    assert_eq!(first("compute exponential"), Err("missing-argument"));
    assert_eq!(first("io exponential"), Err("missing-argument"));
    assert_eq!(first("compute exponential 5"), Err("missing-unit"));
    assert_eq!(first("compute exponentially 5ms"), Err("bad-duration"));
}
