//! Who gets how much: by quantum, tickets, strides and weights.

use proptest::prelude::*;

use super::support::{cases, shown, textbook};
use super::{add, compute, run_report};
use timeslice::base::Nanos;
use timeslice::scenario::{CostPreset, Policy, QueueScope, Scenario};

/// Tasks that are all still computing at `horizon`.
fn endless(policy: Policy, quantum: Nanos, tasks: usize, horizon: Nanos) -> Scenario {
    let mut scenario = textbook(policy, quantum);
    for _ in 0..tasks {
        add(&mut scenario, Nanos::ZERO, [compute(horizon)]);
    }
    scenario
}

/// How long each task ran up to `horizon`.
fn ran_until(scenario: &Scenario, horizon: Nanos) -> Vec<u64> {
    let trace = super::run(scenario);
    let mut ran = vec![0; trace.tasks.len()];
    for spans in timeslice::trace::lane_spans(&trace) {
        for span in spans {
            if span.kind == timeslice::trace::SpanKind::Useful {
                let end = span.end.min(horizon);
                ran[span.task.index()] += end.saturating_sub(span.start).0;
            }
        }
    }
    ran
}

/// Linux's weights, as published: nice 0 against nice 5 is 1024 : 335.
const NICE_0_TO_5: (u64, u64) = (1_024, 335);

#[test]
fn nice_0_and_5_share_as_linux_says() {
    let horizon = Nanos::from_s(10);
    for policy in [Policy::Cfs, Policy::Eevdf] {
        let mut scenario = endless(policy, Nanos::from_ms(10), 2, horizon);
        scenario.processes[1].nice = 5;
        let ran = ran_until(&scenario, horizon);
        assert_eq!(ran[0] + ran[1], horizon.0);
        let (heavy, light) = NICE_0_TO_5;
        let due = horizon.0 * heavy / (heavy + light);
        // Nobody is further from its due than one slice of the other; the longest is a latency.
        let bound = Nanos::from_ms(6).0;
        assert!(
            ran[0].abs_diff(due) <= bound,
            "{policy:?}: {ran:?}, due {due}\n{}",
            shown(&scenario)
        );
        let percent = ran[0] as f64 * 100.0 / horizon.0 as f64;
        assert!((percent - 75.35).abs() < 0.07, "{policy:?}: {percent} %");
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// Of equal CPU-bound tasks in turns, useful time is quantum ÷ (quantum + switch).
    #[test]
    fn useful_share_is_quantum_by_quantum_and_switch(
        tasks in 2..6_usize,
        quantum in 100..20_000_u64,
        switch in 1..500_u64,
        rounds in 5..30_u64,
    ) {
        let (quantum, switch) = (Nanos::from_us(quantum), Nanos::from_us(switch));
        let mut scenario = textbook(Policy::RoundRobin, quantum);
        scenario.machine.costs = CostPreset::Free;
        scenario.machine.cost.process_switch = Some(switch);
        for _ in 0..tasks {
            add(&mut scenario, Nanos::ZERO, [compute(Nanos(quantum.0 * rounds))]);
        }
        let report = run_report(&scenario);
        let core = report.cores[0];
        let slices = tasks as u64 * rounds;
        // The first slice is not switched to, and nothing idles.
        prop_assert_eq!(core.useful_ns, slices * quantum.0, "{}", shown(&scenario));
        prop_assert_eq!(core.switch_ns, (slices - 1) * switch.0, "{}", shown(&scenario));
        prop_assert_eq!(core.idle_ns, 0, "{}", shown(&scenario));
    }

    /// Of n draws with chance p, a task wins n·p, and within five standard deviations of that.
    #[test]
    fn a_lottery_is_fair_within_binomial_error(
        tickets in prop::collection::vec(1..200_u32, 2..6),
        seed in 0..i64::MAX as u64,
    ) {
        let draws = 1_000;
        let horizon = Nanos::from_ms(draws);
        let mut scenario = endless(Policy::Lottery, Nanos::from_ms(1), tickets.len(), horizon);
        scenario.seed = seed;
        let total: u32 = tickets.iter().sum();
        for (process, tickets) in scenario.processes.iter_mut().zip(&tickets) {
            process.tickets = *tickets;
        }
        let ran = ran_until(&scenario, horizon);
        for (ran, tickets) in ran.iter().zip(&tickets) {
            let (n, p) = (draws as f64, f64::from(*tickets) / f64::from(total));
            let (wins, error) = (*ran as f64 / 1e6, (n * p * (1.0 - p)).sqrt());
            prop_assert!(
                (wins - n * p).abs() <= 5.5 * error + 1.0,
                "{} of {} draws, due {}\n{}", wins, n, n * p, shown(&scenario)
            );
        }
    }

    /// With strides, nobody is ever more than one quantum ahead of its due, and all are within
    /// what that leaves the others.
    #[test]
    fn strides_are_fair_within_a_quantum(
        tickets in prop::collection::vec(1..200_u32, 2..6),
        horizon in 50..600_u64,
    ) {
        let quantum = Nanos::from_ms(1);
        let horizon = Nanos::from_ms(horizon);
        let mut scenario = endless(Policy::Stride, quantum, tickets.len(), horizon);
        let total: u64 = tickets.iter().map(|tickets| u64::from(*tickets)).sum();
        for (process, tickets) in scenario.processes.iter_mut().zip(&tickets) {
            process.tickets = *tickets;
        }
        let ran = ran_until(&scenario, horizon);
        for (ran, tickets) in ran.iter().zip(&tickets) {
            let due = horizon.0 * u64::from(*tickets) / total;
            prop_assert!(
                *ran <= due + quantum.0 && *ran + quantum.0 * (scenario.processes.len() as u64 - 1) >= due,
                "{} ns, due {}\n{}", ran, due, shown(&scenario)
            );
        }
    }

    /// CPU-bound tasks share a core by weight. No virtual run time is further from the others than a
    /// slice, so nobody is further from its due than one slice of each other: a latency at most under
    /// CFS, the base slice under EEVDF.
    #[test]
    fn linux_shares_by_weight(
        nices in prop::collection::vec(-10..11_i8, 2..6),
        eevdf in any::<bool>(),
        per_core in any::<bool>(),
    ) {
        let horizon = Nanos::from_ms(1_500);
        let policy = if eevdf { Policy::Eevdf } else { Policy::Cfs };
        let mut scenario = endless(policy, Nanos::from_ms(10), nices.len(), horizon);
        if per_core {
            scenario.scheduler.queue = QueueScope::PerCore;
        }
        for (process, nice) in scenario.processes.iter_mut().zip(&nices) {
            process.nice = *nice;
        }
        let weights: Vec<u64> = nices.iter().map(|nice| weight(*nice)).collect();
        let total: u64 = weights.iter().sum();
        let ran = ran_until(&scenario, horizon);
        for (ran, weight) in ran.iter().zip(&weights) {
            let due = horizon.0 * weight / total;
            let slice = if eevdf { 750_000 } else { 6_000_000 };
            let bound = slice * (nices.len() as u64 - 1);
            prop_assert!(
                ran.abs_diff(due) <= bound,
                "{} ns, due {} within {}\n{}", ran, due, bound, shown(&scenario)
            );
        }
    }
}

fn weight(nice: i8) -> u64 {
    let examples: serde_json::Value =
        serde_json::from_str(include_str!("../published/worked-examples.json")).expect("JSON");
    let at = (i32::from(nice) + 20) as usize;
    examples["linux_nice_weights"]["nice_-20_to_19"][at]
        .as_u64()
        .expect("a weight")
}
