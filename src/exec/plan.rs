//! What a real run would do, known before it starts: which worker runs which task, what stands in
//! for what, how long it should take, or why it cannot be. Pure: starts nothing, reads no clock.
//!
//! The page shows a plan beside the button; `real` carries it out.

mod templates;

use super::capabilities::{Capabilities, Tier};
use super::flatten::{Flat, Flattener};
use super::job::{CoroutineJob, Does, Driver, Job, Template, ThreadJob};
use super::model::RealModel;
use super::notes;
use super::roster::{Roster, leaf_count};
use crate::base::Nanos;
use crate::scenario::limits::{REAL_TIME, REAL_WORKERS};
use crate::scenario::{Policy, RunAs, Scenario, models};
use crate::trace::{Lane, ProcessInfo, Resource, TaskGroup, TaskId, TaskInfo};
use templates::{place_of, template};

/// Most tasks of one real run: more would be longer in the making than in the running.
pub const REAL_TASKS: u64 = 10_000;

/// What would run where.
#[derive(Clone, Debug)]
pub struct RealPlan {
    /// What the tasks are made of.
    pub model: RealModel,
    /// One for each worker; a pool counts as one.
    pub jobs: Vec<Job>,
    /// The rows of the measured trace: a worker each, or a thread of a pool each.
    pub lanes: Vec<Lane>,
    /// How long it should take, from below: nothing a browser adds is in it. Never more than the
    /// time limit.
    pub estimate: Nanos,
    /// What stands in for what, and what is left out, in whole sentences.
    pub notes: Vec<String>,
    pub(super) groups: Vec<TaskGroup>,
    pub(super) processes: Vec<ProcessInfo>,
    pub(super) tasks: Vec<TaskInfo>,
    pub(super) resources: Vec<Resource>,
}

impl RealPlan {
    /// How many tasks it starts with, event loops included.
    #[must_use]
    pub fn task_count(&self) -> usize {
        self.tasks.len()
    }
}

/// Plans a run with as many workers as the model asks for.
///
/// # Errors
/// Why the scenario cannot be run for real in this model, in whole sentences.
pub fn plan(
    scenario: &Scenario,
    model: RealModel,
    capabilities: &Capabilities,
) -> Result<RealPlan, Vec<String>> {
    plan_with(scenario, model, capabilities, None)
}

/// As [`plan`], with this many threads of the pool, or event loops of the hybrid.
///
/// # Errors
/// As [`plan`].
pub fn plan_with(
    scenario: &Scenario,
    model: RealModel,
    capabilities: &Capabilities,
    workers: Option<u32>,
) -> Result<RealPlan, Vec<String>> {
    let leaves = leaf_count(scenario);
    if leaves == 0 {
        return Err(vec![
            "No task starts, so there is nothing to run.".to_owned(),
        ]);
    }
    if leaves > REAL_TASKS {
        return Err(vec![format!(
            "This mix has {leaves} tasks; a real run has at most {REAL_TASKS}."
        )]);
    }
    let most = workers.unwrap_or(REAL_WORKERS).clamp(1, REAL_WORKERS);
    let scenario = &models::as_model(&asked_as(scenario, model, workers));
    let roster = Roster::new(scenario);
    let mut flattener = Flattener::new(scenario);
    let mut templates = Vec::new();
    let flats: Vec<Flat> = (0..roster.lines.len())
        .map(|line| {
            let program = roster.program(scenario, line);
            let mut find = |name: &str| {
                let template = template(scenario, &roster, model, line, name)?;
                Some(place_of(template, &mut templates))
            };
            flattener.program(&program.statements, &mut find)
        })
        .collect();
    // A template is found before its program has a place.
    for template in &mut templates {
        let line = roster
            .lines
            .iter()
            .position(|line| line.group == template.group);
        template.start = line.map_or(0, |line| flats[line].start);
    }
    let threads = threads(&roster, &flats);
    let drivers = match model {
        RealModel::Sliced => vec![(
            Driver::Turns {
                quantum: quantum(scenario),
                traps: false,
            },
            threads,
        )],
        RealModel::Processes => threads
            .into_iter()
            .map(|thread| (ALONE, vec![thread]))
            .collect(),
        RealModel::Threads => {
            // A thread that waits for those it spawned keeps its own, so there have to be more.
            let spare = if templates.is_empty() {
                0
            } else {
                SPARE_THREADS
            };
            let count = most.min(threads.len() as u32 + spare) as u8;
            vec![(Driver::Pool { threads: count }, threads)]
        }
        RealModel::Coroutines => vec![(Driver::Futures, threads)],
        RealModel::Hybrid => by_process(threads),
    };
    let mut refusals: Vec<String> = flattener.refusals.iter().cloned().collect();
    refusals.extend(tier_refusal(&drivers, capabilities));
    let lane_count: usize = drivers.iter().map(|(driver, _)| driver.lanes()).sum();
    if lane_count > REAL_WORKERS as usize {
        refusals.push(format!(
            "This would need {lane_count} workers; a real run has at most {REAL_WORKERS}."
        ));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let jobs = jobs(drivers, &templates, &flattener, roster.tasks.len() as u32);
    let lanes: Vec<Lane> = (0..lane_count)
        .map(|lane| Lane {
            core: lane as u16,
            sibling: 0,
        })
        .collect();
    let at_once = (lane_count as u64).min(u64::from(capabilities.hardware_concurrency.max(1)));
    let bound = lower_bound(&roster, &flats, at_once);
    Ok(RealPlan {
        model,
        notes: notes::all(scenario, model, capabilities, &flattener, lane_count, bound),
        jobs,
        lanes,
        estimate: bound.min(REAL_TIME),
        groups: roster.groups,
        processes: roster.processes,
        tasks: roster.tasks,
        resources: flattener.resources,
    })
}

/// How many threads a pool has for tasks that are spawned.
const SPARE_THREADS: u32 = 8;

/// For a thread that has a worker to itself.
const ALONE: Driver = Driver::Turns {
    quantum: Nanos::NEVER,
    traps: true,
};

impl Driver {
    /// How many rows of the timeline it fills.
    #[must_use]
    pub fn lanes(self) -> usize {
        match self {
            Driver::Turns { .. } | Driver::Futures => 1,
            Driver::Pool { threads } => usize::from(threads),
        }
    }
}

fn quantum(scenario: &Scenario) -> Nanos {
    match scenario.scheduler.policy {
        Policy::Fifo => Nanos::NEVER,
        _ => scenario.scheduler.quantum,
    }
}

/// The threads of a roster with what they do, in its order.
fn threads(roster: &Roster, flats: &[Flat]) -> Vec<ThreadJob> {
    let mut threads: Vec<ThreadJob> = Vec::new();
    // Where the thread of a task is among the threads.
    let mut place = vec![usize::MAX; roster.tasks.len()];
    for (index, info) in roster.tasks.iter().enumerate() {
        let start = roster.line_of[index].map(|line| flats[line as usize].start);
        if info.host != TaskId::NONE {
            if let (Does::Coroutines(coroutines), Some(start)) =
                (&mut threads[place[info.host.index()]].does, start)
            {
                let task = TaskId(index as u32);
                coroutines.push(CoroutineJob {
                    task,
                    arrival: info.arrival,
                    start,
                });
            }
            continue;
        }
        place[index] = threads.len();
        threads.push(ThreadJob {
            task: TaskId(index as u32),
            process: info.process,
            arrival: info.arrival,
            does: start.map_or_else(|| Does::Coroutines(Vec::new()), Does::Program),
        });
    }
    threads
}

/// A worker for each process of one thread, a pool for each of several.
fn by_process(threads: Vec<ThreadJob>) -> Vec<(Driver, Vec<ThreadJob>)> {
    let mut processes: Vec<Vec<ThreadJob>> = Vec::new();
    for thread in threads {
        match processes
            .iter_mut()
            .find(|of| of[0].process == thread.process)
        {
            Some(of) => of.push(thread),
            None => processes.push(vec![thread]),
        }
    }
    let driver = |threads: &[ThreadJob]| match threads {
        [
            ThreadJob {
                does: Does::Program(_),
                ..
            },
        ] => ALONE,
        [
            ThreadJob {
                does: Does::Coroutines(_),
                ..
            },
        ] => Driver::Futures,
        // More than a run may have is refused later, with the number.
        several => Driver::Pool {
            threads: several.len().min(255) as u8,
        },
    };
    processes
        .into_iter()
        .map(|threads| (driver(&threads), threads))
        .collect()
}

fn jobs(
    drivers: Vec<(Driver, Vec<ThreadJob>)>,
    templates: &[Template],
    flattener: &Flattener<'_>,
    first_spawned: u32,
) -> Vec<Job> {
    let distance = drivers.len() as u32;
    let mut first_lane = 0;
    drivers
        .into_iter()
        .enumerate()
        .map(|(index, (driver, threads))| {
            let job = Job {
                driver,
                first_lane,
                threads,
                templates: templates.to_vec(),
                spawn_numbers: (first_spawned + index as u32, distance),
                code: flattener.code.clone(),
            };
            first_lane += driver.lanes() as u8;
            job
        })
        .collect()
}

fn tier_refusal(
    drivers: &[(Driver, Vec<ThreadJob>)],
    capabilities: &Capabilities,
) -> Option<String> {
    let needs_threads = drivers
        .iter()
        .any(|(driver, _)| matches!(driver, Driver::Pool { .. }));
    match capabilities.tier {
        Tier::Threads => None,
        Tier::Processes if !needs_threads => None,
        Tier::Processes | Tier::Simulation => Some(capabilities.why.clone()),
    }
}

/// The scenario with the model that is asked for, on as many hardware threads as that is to have.
fn asked_as(scenario: &Scenario, model: RealModel, workers: Option<u32>) -> Scenario {
    let mut asked = scenario.clone();
    asked.run_as = match model {
        RealModel::Sliced | RealModel::Hybrid => scenario.run_as,
        RealModel::Processes => RunAs::Processes,
        RealModel::Threads => RunAs::Threads,
        RealModel::Coroutines => RunAs::Coroutines,
    };
    if let Some(workers) = workers {
        asked.machine.cores = workers.clamp(1, REAL_WORKERS);
        asked.machine.smt = 1;
    }
    asked
}

/// No run can be shorter: its longest task, and its computing spread over `at_once` cores.
fn lower_bound(roster: &Roster, flats: &[Flat], at_once: u64) -> Nanos {
    let (mut longest, mut computing) = (Nanos::ZERO, Nanos::ZERO);
    for (info, line) in roster.tasks.iter().zip(&roster.line_of) {
        if let Some(line) = line {
            let flat = flats[*line as usize];
            longest = longest.max(info.arrival.saturating_add(flat.whole));
            computing = computing.saturating_add(flat.computing);
        }
    }
    longest.max(Nanos(computing.0 / at_once.max(1)))
}

#[cfg(test)]
mod tests;
