//! Worked examples from textbooks, whose answers we did not compute: the policies must give them
//! exactly. One unit is a millisecond; no switch costs.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use serde_json::Value;

use support::{MS, bursts, compute_ms, process, program, run_report, textbook, thread};
use timeslice::base::Nanos;
use timeslice::scenario::{AfterIo, Policy, Scenario, StatementKind};

fn examples() -> Value {
    serde_json::from_str(include_str!("published/worked-examples.json")).expect("valid JSON")
}

fn numbers(value: &Value) -> Vec<u64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item.as_u64().expect("a number"))
        .collect()
}

/// The policy and quantum that a published name stands for, if this kernel has it.
fn policy(name: &str) -> Option<Scenario> {
    let name = name.to_lowercase();
    let quantum = |text: &str| Nanos::from_ms(text.parse().expect("a quantum"));
    let some = |policy, quantum| Some(textbook(policy, quantum));
    if let Some(length) = name
        .strip_prefix("rr q=")
        .or_else(|| name.strip_prefix("rr"))
    {
        return some(Policy::RoundRobin, quantum(length));
    }
    match name.as_str() {
        "fcfs" | "fifo" => some(Policy::Fifo, Nanos::from_ms(10)),
        "sjf" | "spn" => some(Policy::Sjf, Nanos::from_ms(10)),
        "hrrn" => some(Policy::Hrrn, Nanos::from_ms(10)),
        "prio_np (low number first)" => {
            let mut scenario = textbook(Policy::Priority, Nanos::from_ms(10));
            scenario.scheduler.preemptive = false;
            Some(scenario)
        }
        "srtf" | "srt" => some(Policy::Srtf, Nanos::from_ms(10)),
        _ => None,
    }
}

#[test]
fn silberschatz_average_waiting_times() {
    let mut tried = 0;
    for example in examples()["silberschatz_chapter_5"]
        .as_array()
        .expect("a list")
    {
        let name = example["policy"].as_str().expect("a name");
        let Some(scenario) = policy(name) else {
            continue;
        };
        let bursts_ms = numbers(&example["burst"]);
        let mut scenario = bursts(scenario, &numbers(&example["arrival"]), &bursts_ms);
        if example["prio"].is_array() {
            for (process, priority) in scenario.processes.iter_mut().zip(numbers(&example["prio"]))
            {
                process.priority = priority as i32;
            }
        }
        let report = run_report(&scenario);
        let total: u64 = report.tasks.iter().map(|task| task.waiting_ns).sum();
        let mean_ms = total as f64 / MS as f64 / bursts_ms.len() as f64;
        let published = example["avg_wait"].as_f64().expect("a number");
        // The book rounds to four digits.
        assert!(
            (mean_ms - published).abs() < 5e-5,
            "{name}: {mean_ms}, published {published}"
        );
        tried += 1;
    }
    assert_eq!(tried, 7);
}

#[test]
fn stallings_finish_times_and_mean_turnaround() {
    let table = &examples()["stallings_table_9_5"];
    let (arrivals, services) = (numbers(&table["arrival"]), numbers(&table["service"]));
    let mut tried = 0;
    for (name, finishes) in table["finish"].as_object().expect("a table") {
        let Some(scenario) = policy(name) else {
            continue;
        };
        let report = run_report(&bursts(scenario, &arrivals, &services));
        let finished: Vec<u64> = report
            .tasks
            .iter()
            .map(|task| task.finish_ns.expect("all finish") / MS)
            .collect();
        assert_eq!(finished, numbers(finishes), "{name}");
        let turnaround: u64 = report
            .tasks
            .iter()
            .filter_map(|task| task.turnaround_ns)
            .sum();
        let published = table["mean_tat"][name].as_f64().expect("a number");
        let mean = turnaround as f64 / MS as f64 / services.len() as f64;
        assert!(
            (mean - published).abs() < 1e-9,
            "{name}: {mean}, published {published}"
        );
        tried += 1;
    }
    assert_eq!(tried, 6);
}

#[test]
fn ostep_responses_turnarounds_and_waits() {
    for example in examples()["ostep_scheduler"].as_array().expect("a list") {
        let name = example["policy"].as_str().expect("a name");
        let scenario = match example["quantum"].as_u64() {
            Some(quantum) => textbook(Policy::RoundRobin, Nanos::from_ms(quantum)),
            None => policy(name).expect("a policy we have"),
        };
        let bursts_ms = numbers(&example["burst"]);
        let report = run_report(&bursts(scenario, &vec![0; bursts_ms.len()], &bursts_ms));
        let in_ms = |pick: fn(&timeslice::analysis::TaskReport) -> u64| -> Vec<u64> {
            report.tasks.iter().map(|task| pick(task) / MS).collect()
        };
        assert_eq!(
            in_ms(|task| task.response_ns.unwrap()),
            numbers(&example["response"]),
            "{name}"
        );
        assert_eq!(
            in_ms(|task| task.turnaround_ns.unwrap()),
            numbers(&example["turnaround"]),
            "{name}"
        );
        if example["waiting"].is_array() {
            assert_eq!(
                in_ms(|task| task.waiting_ns),
                numbers(&example["waiting"]),
                "{name}"
            );
        }
    }
}

#[test]
fn ostep_multi_level_feedback_turnarounds() {
    let examples = examples();
    let examples = examples["ostep_mlfq"].as_array().expect("a list");
    for example in examples {
        let number = |key: &str| example[key].as_u64().expect("a number");
        let mut scenario = textbook(Policy::Mlfq, Nanos::from_ms(number("quantum")));
        scenario.scheduler.levels = number("queues") as u32;
        scenario.scheduler.after_io = match example["stay_at_level_after_io"].as_bool() {
            Some(true) => AfterIo::Stay,
            _ => AfterIo::Sink,
        };
        for (index, job) in example["jobs"]
            .as_array()
            .expect("a list")
            .iter()
            .enumerate()
        {
            let &[arrival, run, between] = numbers(job).as_slice() else {
                panic!("three numbers a job");
            };
            let io = StatementKind::Io {
                device: "disk".to_owned(),
                duration: Nanos::from_ms(number("io_ms")).into(),
            };
            let mut statements = Vec::new();
            let mut rest = run;
            while between > 0 && rest > between {
                statements.extend([compute_ms(between), io.clone()]);
                rest -= between;
            }
            statements.push(compute_ms(rest));
            let main = thread("main", 1, program(statements));
            scenario.processes.push(process(
                &format!("p{index}"),
                Nanos::from_ms(arrival),
                vec![main],
            ));
        }
        let report = run_report(&scenario);
        let turnarounds: Vec<u64> = report
            .tasks
            .iter()
            .map(|task| task.turnaround_ns.expect("all finish") / MS)
            .collect();
        assert_eq!(turnarounds, numbers(&example["turnaround"]), "{example}");
    }
    assert_eq!(examples.len(), 2);
}

/// Arpaci-Dusseau, *Operating Systems: Three Easy Pieces*, "Stride Scheduling: A Trace".
#[test]
fn ostep_stride_trace() {
    let mut scenario = textbook(Policy::Stride, Nanos::from_ms(1));
    scenario = bursts(scenario, &[0, 0, 0], &[100, 100, 100]);
    for (process, tickets) in scenario.processes.iter_mut().zip([100, 50, 250]) {
        process.tickets = tickets;
    }
    let spans = timeslice::trace::lane_spans(&support::run(&scenario));
    let each_ms = spans[0].iter().flat_map(|span| {
        let slices = (span.end - span.start).0 / MS;
        std::iter::repeat_n(span.task.0, slices as usize)
    });
    let order: Vec<u32> = each_ms.take(8).collect();
    assert_eq!(order, [0, 1, 2, 2, 2, 0, 2, 2]);
}

/// `multi.py` of the same book: one unit is a millisecond, and half of it is a millisecond of warm work. A job
/// is cold for the first ten units of a stay and does half as much, so a cold start costs five.
#[test]
fn ostep_multi_cache_affinity() {
    let examples = examples();
    let examples = examples["ostep_multi"].as_array().expect("a list");
    let mut tried = 0;
    for example in examples {
        let queue = example["queue"].as_str().expect("a name");
        // Ten units of a cold stay are the refill and five of warm work.
        let mut scenario = textbook(Policy::RoundRobin, Nanos::from_ms(5));
        scenario.machine.cores = 2;
        scenario.machine.cache_bytes = 100;
        let mut scenario = bursts(scenario, &[0; 3], &[50; 3]);
        for (process, bytes) in scenario.processes.iter_mut().zip([100, 50, 50]) {
            process.working_set_bytes = bytes;
            process.refill = Some(Nanos::from_ms(5));
        }
        match queue {
            "global" => {}
            "affinity a:0 b:1 c:1" => {
                for (process, core) in scenario.processes.iter_mut().zip([0, 1, 1]) {
                    process.affinity = vec![core];
                }
            }
            // There an idle core looks at the other queues every thirty units; ours does at once.
            _ => continue,
        }
        let report = run_report(&scenario);
        assert_eq!(
            Some(report.totals.makespan_ns / MS),
            example["finish"].as_u64(),
            "{queue}"
        );
        tried += 1;
    }
    assert_eq!(tried, 2);
}

/// Arpaci-Dusseau, *Operating Systems: Three Easy Pieces*, `process-run.py`: issuing an I/O and finding it done take
/// a unit of the core each. A process whose I/O is done runs when its turn comes, or at once, which is a matter of
/// its priority here.
#[test]
fn ostep_process_run() {
    let examples = examples();
    let examples = examples["ostep_process_run"].as_array().expect("a list");
    let total = |policy: Policy| {
        let mut scenario = textbook(policy, Nanos::from_ms(1_000));
        let io = StatementKind::Io {
            device: "disk".to_owned(),
            duration: Nanos::from_ms(5).into(),
        };
        let one = || [compute_ms(1), io.clone(), compute_ms(1)];
        let asking = program((0..3).flat_map(|_| one()));
        scenario.processes = vec![process(
            "asks",
            Nanos::ZERO,
            vec![thread("main", 1, asking)],
        )];
        for name in ["a", "b", "c"] {
            let mut computing = process(
                name,
                Nanos::ZERO,
                vec![thread("main", 1, program([compute_ms(5)]))],
            );
            computing.priority = 1;
            scenario.processes.push(computing);
        }
        run_report(&scenario).totals.makespan_ns / MS
    };
    let policies = [("later", Policy::Fifo), ("immediate", Policy::Priority)];
    for (when, policy) in policies {
        let of_book = examples.iter().find(|row| row["io_run"] == when);
        assert_eq!(
            of_book.expect("it is there")["total"],
            total(policy),
            "{when}"
        );
    }
}
