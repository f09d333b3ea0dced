//! Worked examples from textbooks, whose answers we did not compute: the policies must give them
//! exactly. One unit is a millisecond; no switch costs.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use serde_json::Value;

use support::{MS, bursts, run_report, textbook};
use timeslice::base::Nanos;
use timeslice::scenario::{Policy, Scenario};

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
