//! Plans of real runs against the kernel: a comparison task by task depends on both numbering the
//! tasks alike.

#![cfg(not(target_arch = "wasm32"))]

use timeslice::base::Nanos;
use timeslice::content::gallery;
use timeslice::exec::{Capabilities, Part, RealModel, merge, plan};
use timeslice::kernel::simulate;
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::{RunAs, Scenario, text};
use timeslice::trace::{Outcome, TaskId, Trace};

/// What a run of this model leaves if nothing happens in it.
fn empty_run(scenario: &Scenario, model: RealModel) -> Option<Trace> {
    let planned = plan(scenario, model, &Capabilities::from_facts(true, true, 4)).ok()?;
    let parts = planned.jobs.iter().map(|_| Part::default()).collect();
    let times = (Nanos::ZERO, Nanos::ZERO);
    Some(merge(
        &planned,
        parts,
        times,
        Outcome::Cancelled,
        Nanos::ZERO,
    ))
}

const MODELS: [(RunAs, RealModel); 5] = [
    (RunAs::AsWritten, RealModel::Sliced),
    (RunAs::Processes, RealModel::Processes),
    (RunAs::Threads, RealModel::Threads),
    (RunAs::Coroutines, RealModel::Coroutines),
    (RunAs::Hybrid, RealModel::Hybrid),
];

#[test]
fn a_real_run_numbers_its_tasks_as_the_kernel_does() {
    let mut compared = 0;
    for entry in gallery() {
        for (run_as, model) in MODELS {
            let mut scenario = text::parse(entry.text).scenario;
            scenario.run_as = run_as;
            let Some(measured) = empty_run(&scenario, model) else {
                continue;
            };
            let simulated = simulate(&scenario, RunLimits::PAGE);
            let of_start = |trace: &Trace| -> Vec<(String, u32, TaskId, Nanos)> {
                let spawned = |task: &u32| trace.tasks[*task as usize].parent == TaskId::NONE;
                let tasks = (0..measured.tasks.len() as u32).filter(spawned);
                tasks
                    .map(|task| {
                        let info = &trace.tasks[task as usize];
                        let group = trace.group(TaskId(task));
                        let name = format!(
                            "{}/{}/{} {}",
                            group.process, group.thread, group.coroutine, info.index
                        );
                        (name, info.process, info.host, info.arrival)
                    })
                    .collect()
            };
            assert_eq!(
                of_start(&measured),
                of_start(&simulated),
                "{} {run_as:?}",
                entry.slug
            );
            assert_eq!(
                measured.resources, simulated.resources,
                "{} {run_as:?}",
                entry.slug
            );
            compared += 1;
        }
    }
    assert!(
        compared >= 2 * gallery().len(),
        "most of the gallery runs for real: {compared}"
    );
}

#[test]
fn every_gallery_scenario_runs_for_real_in_some_model_or_says_why_not() {
    for entry in gallery() {
        let scenario = text::parse(entry.text).scenario;
        let capabilities = Capabilities::from_facts(true, true, 4);
        for model in [
            RealModel::Sliced,
            RealModel::Processes,
            RealModel::Threads,
            RealModel::Coroutines,
            RealModel::Hybrid,
        ] {
            match plan(&scenario, model, &capabilities) {
                Ok(planned) => assert!(!planned.notes.is_empty(), "{} {model:?}", entry.slug),
                Err(refusals) => assert!(!refusals.is_empty(), "{} {model:?}", entry.slug),
            }
        }
    }
}
