//! The simulated machine as a queue, held to the closed forms of queueing theory: Poisson arrivals
//! at so many cores, first come, first served, without switch costs.
//!
//! Each case is simulated with thirty seeds, of which each gives one mean, independent of the
//! others. How far their mean may be from the closed form follows from how far they are apart
//! (Student's t), and is printed. The seeds are fixed, so a pass stays a pass. The first customers
//! of a run find an empty machine and are left out: more of them than it takes to forget that.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::print_stdout, reason = "the bounds are there to be read")]

use timeslice::analysis::{TaskReport, report};
use timeslice::base::Nanos;
use timeslice::kernel::simulate;
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::text::parse_for;

/// Mean time that a customer is served.
const SERVICE: f64 = 1e6;
const SEEDS: u64 = 30;
/// Student's t for 29 degrees of freedom: exceeded once in a thousand times, either way.
const T: f64 = 3.659;

/// Cores, and the load in hundredths of what they can do.
type Case = (u32, u32);

fn rho(load: u32) -> f64 {
    f64::from(load) / 100.0
}

/// The customers of one run, without the first ones.
fn customers(seed: u64, (cores, load): Case, service: &str) -> Vec<TaskReport> {
    // A M/M/c queue forgets its start like exp(-t / T), where 1 / T is about the smaller of its
    // service rate and (sqrt(c μ) - sqrt(λ))²; that many customers are twelve of those times.
    let c = f64::from(cores);
    let per_service = c * rho(load);
    let rate = (c.sqrt() - per_service.sqrt()).powi(2).min(1.0);
    let first = (12.0 * per_service / rate).ceil() as usize;
    let count = first + 6_000;
    let apart = Nanos((SERVICE / per_service).round() as u64);
    let text = format!(
        "format = 1\nseed = {seed}\n[machine]\ncores = {cores}\ncosts = \"free\"\n[scheduler]\npolicy = \"fifo\"\n[[process]]\nname = \"customer\"\ncount = {count}\narrivals = {{ mean = \"{apart}\" }}\nprogram = \"compute {service}\"\n"
    );
    let parsed = parse_for(&text, &RunLimits::COMMAND_LINE);
    assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
    let trace = simulate(&parsed.scenario, RunLimits::COMMAND_LINE);
    report(&trace).tasks.split_off(first)
}

/// What is looked at in customers, and its mean by the closed form.
type Law = (&'static str, fn(&TaskReport) -> f64, f64);

/// Holds means over customers, over all seeds, to closed forms.
fn check(case: Case, service: &str, laws: &[Law]) {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let runs: Vec<Vec<TaskReport>> = (1..=SEEDS)
        .map(|seed| customers(seed, case, service))
        .collect();
    for (what, value, closed) in laws {
        let of_run = |run: &Vec<TaskReport>| mean(&run.iter().map(value).collect::<Vec<f64>>());
        let means: Vec<f64> = runs.iter().map(of_run).collect();
        let found = mean(&means);
        let squares: f64 = means.iter().map(|it| (it - found).powi(2)).sum();
        let seeds = SEEDS as f64;
        let bound = T * (squares / (seeds - 1.0) / seeds).sqrt();
        let (cores, load) = case;
        let told = format!(
            "{what}, {cores} cores at {load} %: {found:.5} where the closed form has {closed:.5}, within {bound:.5}"
        );
        println!("{told}");
        assert!((found - closed).abs() <= bound, "{told}");
        assert!(
            bound < closed * 0.25,
            "a bound that lets anything pass: {told}"
        );
    }
}

/// The probability that a customer has to wait, by Erlang's C formula for `a` = λ/μ.
fn erlang_c(cores: u32, a: f64) -> f64 {
    // Erlang's B by its recursion, and C from it.
    let blocked = (1..=cores).fold(1.0, |blocked, servers| {
        a * blocked / (f64::from(servers) + a * blocked)
    });
    let rho = a / f64::from(cores);
    blocked / (1.0 - rho + rho * blocked)
}

fn waiting(task: &TaskReport) -> f64 {
    task.waiting_ns as f64 / SERVICE
}

fn waits(task: &TaskReport) -> f64 {
    f64::from(u8::from(task.waiting_ns > 0))
}

/// Of customers with random service the part `C` waits, in service times `C / (c (1 - ρ))` on
/// average.
#[test]
fn random_service_waits_as_erlang_c_says() {
    for (cores, load) in [(1, 50), (1, 80), (2, 70), (4, 80), (8, 80)] {
        let c = f64::from(cores);
        let wait = erlang_c(cores, c * rho(load));
        let laws: [Law; 2] = [
            ("M/M/c, who waits", waits, wait),
            ("M/M/c, waiting", waiting, wait / (c * (1.0 - rho(load)))),
        ];
        check((cores, load), "exponential 1ms", &laws);
    }
}

/// Pollaczek and Khinchine: with fixed service they wait half as long, `ρ / (2 (1 - ρ))`.
#[test]
fn fixed_service_waits_half_as_long() {
    for load in [50, 80] {
        let closed = rho(load) / (2.0 * (1.0 - rho(load)));
        check((1, load), "1ms", &[("M/D/1, waiting", waiting, closed)]);
    }
}

#[test]
fn erlang_c_of_known_cases() {
    // One server: the load itself. Two servers at 75 %: 9/14.
    assert!((erlang_c(1, 0.5) - 0.5).abs() < 1e-12);
    assert!((erlang_c(2, 1.5) - 9.0 / 14.0).abs() < 1e-12);
}
