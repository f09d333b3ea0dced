//! Working sets and cold caches, by numbers worked out by hand.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use support::{MS, run};
use timeslice::analysis::report;
use timeslice::base::Nanos;
use timeslice::scenario::text::parse;
use timeslice::trace::{EventKind, SwitchKind, Trace};

/// Runs a scenario in which bringing a kibibyte into a cache takes 10 us, and nothing else anything.
#[track_caller]
fn costly(machine: &str, rest: &str) -> Trace {
    let text = format!(
        "format = 1\n[machine]\ncosts = \"free\"\ncache = \"100KiB\"\n{machine}\ncost = {{ cache_refill = \"10us\" }}\n{rest}"
    );
    let parsed = parse(&text);
    assert!(!parsed.has_errors(), "{:#?}", parsed.diagnostics);
    run(&parsed.scenario)
}

fn process(name: &str, keys: &str, program: &str) -> String {
    format!("[[process]]\nname = \"{name}\"\n{keys}\nprogram = \"{program}\"\n")
}

fn finishes_us(trace: &Trace) -> Vec<u64> {
    let report = report(trace);
    report
        .tasks
        .iter()
        .map(|task| task.finish_ns.expect("all finish") / 1_000)
        .collect()
}

#[test]
fn a_cold_start_brings_the_working_set_in() {
    // 50 KiB take 500 us, once: nobody else is there who could take their place.
    let text = process(
        "a",
        "working_set = \"50KiB\"",
        "compute 30ms; sleep 5ms; compute 30ms",
    );
    let trace = costly("", &text);
    assert_eq!(finishes_us(&trace), [65_500]);
    let report = report(&trace);
    assert_eq!(report.cores[0].switch_ns, 500_000);
    assert_eq!(report.tasks[0].cpu_ns, 60 * MS);
    // It is an item of its own of the switch, which is none otherwise.
    let start = trace
        .events
        .iter()
        .find(|event| event.kind == EventKind::Start)
        .unwrap();
    let cost = trace.costs[usize::from(start.detail)];
    assert_eq!(
        (cost.kind, cost.cache_refill),
        (SwitchKind::None, Nanos::from_us(500))
    );
}

#[test]
fn those_that_fit_stay_warm_and_those_that_do_not_push_each_other_out() {
    let two = |bytes: &str| {
        let keys = format!("working_set = \"{bytes}\"");
        let text = process("a", &keys, "compute 30ms") + &process("b", &keys, "compute 30ms");
        costly("", &format!("[scheduler]\nquantum = \"10ms\"\n{text}"))
    };
    // Two of 50 KiB fit: each is brought in once.
    assert_eq!(finishes_us(&two("50KiB")), [51_000, 61_000]);
    // Two of 60 KiB do not: 600 us for each of the six slices.
    assert_eq!(finishes_us(&two("60KiB")), [53_000, 63_600]);
    // One that is larger than the cache fills it, and no more.
    assert_eq!(finishes_us(&two("1MiB")), [55_000, 66_000]);
}

#[test]
fn the_one_that_was_used_longest_ago_makes_room() {
    let task = |name: &str, at: &str| {
        let keys = format!("working_set = \"40KiB\"\narrival = \"{at}\"");
        process(name, &keys, "repeat 2 { compute 1ms; sleep 20ms }")
    };
    let cold = |trace: &Trace| {
        ["a", "b", "c"].map(|name| {
            let starts = trace
                .events
                .iter()
                .filter(|event| event.kind == EventKind::Start);
            let of_task = starts.filter(|event| trace.task_name(event.task) == name);
            let costs = of_task.map(|event| trace.costs[usize::from(event.detail)].cache_refill);
            costs.filter(|refill| *refill > Nanos::ZERO).count()
        })
    };
    // Each is dispatched three times, the last time only to end. Two fit: c pushes a out, a comes back and
    // pushes b out, b c, c a, and so on. Only c finds its own when it ends: a has ended and left room.
    let trace = costly(
        "",
        &(task("a", "0ms") + &task("b", "5ms") + &task("c", "10ms")),
    );
    assert_eq!(cold(&trace), [3, 3, 2]);
    // Where b is used again and again, it stays, and the other two push each other out, until it ends.
    let often = "working_set = \"40KiB\"\narrival = \"5ms\"";
    let often = process("b", often, "repeat 9 { compute 1ms; sleep 2ms }");
    let trace = costly("", &(task("a", "0ms") + &often + &task("c", "10ms")));
    assert_eq!(cold(&trace), [3, 1, 2]);
}

#[test]
fn a_thread_that_goes_to_another_core_and_back_is_cold_each_time() {
    // Bound to core 0 in its first half by another that keeps core 1 busy; see who migrates.
    let text = "[scheduler]\nquantum = \"1ms\"\n".to_owned()
        + &process("a", "affinity = [0]", "compute 10ms")
        + &process(
            "b",
            "working_set = \"50KiB\"",
            "compute 3ms; sleep 2ms; compute 3ms",
        )
        + &process("c", "affinity = [1]\narrival = \"4ms\"", "compute 10ms");
    let trace = costly("cores = 2", &text);
    let starts: Vec<(u8, bool)> = trace
        .events
        .iter()
        .filter(|event| event.kind == EventKind::Start && trace.task_name(event.task) == "b")
        .map(|event| {
            (
                event.lane,
                trace.costs[usize::from(event.detail)].cache_refill > Nanos::ZERO,
            )
        })
        .collect();
    let mut last = None;
    for (lane, cold) in starts {
        assert_eq!(cold, last != Some(lane), "lane {lane} after {last:?}");
        last = Some(lane);
    }
}

#[test]
fn siblings_share_the_cache_of_their_core() {
    // Each of 60 KiB on a hardware thread of its own: b pushes a out while a runs, and a, which has slept,
    // brings its own in again.
    let text = process(
        "a",
        "working_set = \"60KiB\"",
        "compute 1ms; sleep 1ms; compute 1ms",
    ) + &process(
        "b",
        "working_set = \"60KiB\"\narrival = \"1us\"",
        "compute 1ms",
    );
    let trace = costly("smt = 2\nsmt_throughput = 2.0", &text);
    assert_eq!(
        finishes_us(&trace),
        [600 + 1_000 + 1_000 + 600 + 1_000, 1 + 600 + 1_000]
    );
    let apart = costly("cores = 2", &text);
    assert_eq!(finishes_us(&apart), [3_600, 1_601]);
}

#[test]
fn a_refill_of_its_own_replaces_size_times_cost() {
    let text = "[[process]]\nname = \"p\"\nworking_set = \"50KiB\"\nrefill = \"2ms\"\n".to_owned()
        + "[[process.thread]]\nname = \"as-process\"\nprogram = \"compute 1ms\"\n"
        + "[[process.thread]]\nname = \"own\"\nrefill = \"3ms\"\nprogram = \"compute 1ms\"\n"
        + "[[process.thread]]\nname = \"smaller\"\nworking_set = \"10KiB\"\nprogram = \"compute 1ms\"\n";
    let trace = costly("", &text);
    // 2 + 1, 3 + 1, 0.1 + 1.
    assert_eq!(finishes_us(&trace), [3_000, 7_000, 8_100]);
}
