//! The lines of a scenario that make tasks with a program, each by one name: what every model is made
//! of.

use std::collections::HashSet;

use super::MAIN;
use crate::base::Nanos;
use crate::scenario::arrivals::{Arrivals, Arriving};
use crate::scenario::limits;
use crate::scenario::model::{Body, Process, Scenario, Thread};
use crate::scenario::program::Program;
use crate::scenario::spawn::SpawnTarget;

/// A line of the scenario that makes tasks with a program.
pub(super) struct Line<'s> {
    /// Its position among the lines.
    pub(super) at: usize,
    pub(super) name: String,
    /// Its process, thread and coroutine, by position.
    pub(super) place: (usize, usize, Option<usize>),
    pub(super) process: &'s Process,
    pub(super) thread: &'s Thread,
    pub(super) program: &'s Program,
    pub(super) arrival: Nanos,
    /// How many there are at the start.
    pub(super) count: u32,
}

impl Line<'_> {
    pub(super) fn priority(&self) -> i32 {
        self.thread.priority.unwrap_or(self.process.priority)
    }

    pub(super) fn nice(&self) -> i8 {
        self.thread.nice.unwrap_or(self.process.nice)
    }

    pub(super) fn tickets(&self) -> u32 {
        self.thread.tickets.unwrap_or(self.process.tickets)
    }

    pub(super) fn affinity(&self) -> &[u32] {
        self.process.affinity(self.thread)
    }

    pub(super) fn working_set_bytes(&self) -> u64 {
        self.process.working_set_bytes(self.thread)
    }

    pub(super) fn refill(&self) -> Option<Nanos> {
        self.process.refill(self.thread)
    }

    pub(super) fn period(&self) -> Option<Nanos> {
        self.thread.period.or(self.process.period)
    }

    pub(super) fn deadline(&self) -> Option<Nanos> {
        self.thread.deadline.or(self.process.deadline)
    }

    pub(super) fn jobs(&self) -> u32 {
        self.thread.jobs.unwrap_or(self.process.jobs)
    }
}

pub(super) struct Lines<'s> {
    pub(super) scenario: &'s Scenario,
    pub(super) list: Vec<Line<'s>>,
    /// When the first task comes.
    pub(super) first_arrival: Nanos,
}

impl<'s> Lines<'s> {
    /// Those of a scenario, in the order of its text.
    pub(super) fn of(scenario: &'s Scenario) -> Lines<'s> {
        // `spawn` in a process looks for its own thread first, so no process may have that name.
        let mut taken = HashSet::from([MAIN.to_owned()]);
        let mut list = Vec::new();
        for (at, process) in scenario.processes.iter().enumerate() {
            for (inner, thread) in process.threads.iter().enumerate() {
                let mut add = |position, name, program, count: u32, delay| {
                    let thread_name = (thread.name != MAIN).then_some(thread.name.as_str());
                    let parts = [Some(process.name.as_str()), thread_name, name];
                    list.push(Line {
                        at: list.len(),
                        name: unique(&parts, &mut taken),
                        place: (at, inner, position),
                        process,
                        thread,
                        program,
                        arrival: process
                            .arrival
                            .saturating_add(thread.arrival)
                            .saturating_add(delay),
                        count: process
                            .count
                            .saturating_mul(thread.count)
                            .saturating_mul(count),
                    });
                };
                match &thread.body {
                    Body::Program(program) => add(None, None, program, 1, Nanos::ZERO),
                    Body::Coroutines(coroutines) => {
                        for (last, coroutine) in coroutines.iter().enumerate() {
                            add(
                                Some(last),
                                Some(coroutine.name.as_str()),
                                &coroutine.program,
                                coroutine.count,
                                coroutine.arrival,
                            );
                        }
                    }
                }
            }
        }
        let started = list.iter().filter(|line: &&Line<'_>| line.count > 0);
        let first_arrival = started.map(|line| line.arrival).min().unwrap_or_default();
        Lines {
            scenario,
            list,
            first_arrival,
        }
    }

    /// How long after the line's arrival each of its tasks comes, where they do not come all at
    /// once; in the order in which the scenario as written makes them.
    pub(super) fn delays(&self, line: &Line<'_>) -> Option<Vec<Nanos>> {
        let (process, thread, coroutine) = line.place;
        let coroutine = coroutine.map(|at| (at, &line.thread.coroutines()[at]));
        let of_coroutine = coroutine.and_then(|(_, coroutine)| coroutine.arrivals.as_ref());
        let (of_process, of_thread) = (&line.process.arrivals, &line.thread.arrivals);
        if of_process.is_none() && of_thread.is_none() && of_coroutine.is_none() {
            return None;
        }
        let at = |place| (self.scenario.seed, place);
        let arriving = |arrivals, (seed, place)| Arriving::of(arrivals, seed, place);
        let mut processes = arriving(of_process.as_ref(), at((process, None, None)));
        let mut threads = arriving(of_thread.as_ref(), at((process, Some(thread), None)));
        let place = (process, Some(thread), coroutine.map(|(at, _)| at));
        let mut coroutines = arriving(of_coroutine, at(place));
        let per_thread = coroutine.map_or(1, |(_, coroutine)| coroutine.count);
        let mut delays = Vec::new();
        for process in processes.delays(line.process.count) {
            for thread in threads.delays(line.thread.count) {
                let host = process.saturating_add(thread);
                let inner = coroutines.delays(per_thread);
                delays.extend(inner.map(|delay| host.saturating_add(delay)));
            }
        }
        Some(delays)
    }

    /// The same for all copies of a line that stands for all its tasks.
    pub(super) fn arrivals(&self, line: &Line<'_>) -> Option<Arrivals> {
        self.delays(line).map(Arrivals::At)
    }

    /// What `spawn name` starts in a program of this line.
    pub(super) fn target(&self, line: &Line<'_>, name: &str) -> Option<SpawnTarget> {
        let (process, thread, _) = line.place;
        self.scenario.spawn_target(process, thread, name)
    }

    /// The lines that a spawn starts tasks of, and how many.
    pub(super) fn started_by(
        &self,
        line: &Line<'_>,
        target: SpawnTarget,
    ) -> impl Iterator<Item = (&Line<'s>, u32)> {
        let (process, thread, _) = line.place;
        self.list.iter().filter_map(move |other| {
            let coroutines = match (&other.thread.body, other.place.2) {
                (Body::Coroutines(coroutines), Some(at)) => coroutines[at].count,
                _ => 1,
            };
            let times = match target {
                SpawnTarget::Process(at) if at == other.place.0 => {
                    other.thread.count.saturating_mul(coroutines)
                }
                SpawnTarget::Thread(at) if (process, at) == (other.place.0, other.place.1) => {
                    coroutines
                }
                SpawnTarget::Coroutine(at) if (process, thread, Some(at)) == other.place => 1,
                _ => 0,
            };
            (times > 0).then_some((other, times))
        })
    }
}

/// The parts joined by dots, no longer than a name may be, and unlike all before.
fn unique(parts: &[Option<&str>], taken: &mut HashSet<String>) -> String {
    let whole: Vec<&str> = parts.iter().flatten().copied().collect();
    let whole = whole.join(".");
    // The end is kept: it is what tells those of one process apart.
    let end_of = |most: usize| {
        let chars = whole.chars().count();
        whole.chars().skip(chars.saturating_sub(most)).collect()
    };
    let mut name: String = end_of(limits::NAME_CHARS);
    let mut number = 1;
    while !taken.insert(name.clone()) {
        number += 1;
        let suffix = format!("-{number}");
        name = end_of(limits::NAME_CHARS - suffix.len()) + &suffix;
    }
    name
}
