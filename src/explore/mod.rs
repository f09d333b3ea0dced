//! All schedules of a small program: what can happen, and for each thing that can, one schedule that makes
//! it happen. It explores the kernel itself, state by state, each state once; there is no second
//! implementation of anything. Called by the command line.
//!
//! What is explored is every order in which the statements of the tasks can follow each other
//! (`interleaving` says which scenario that is): how long things take does not count. So what it finds can
//! happen on some machine, under some scheduler, and what it does not find can happen on none, as long as
//! it says that it has seen everything.
//!
//! Coroutines of one thread take turns as their event loop has them, so that a thread of coroutines is
//! interrupted between their turns only. Who gets what is given back is who waited longest, as in the
//! kernel.

mod endless;
mod interleaving;

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::kernel::{Chooser, Simulation};
use crate::scenario::Scenario;
use crate::scenario::limits::RunLimits;
use crate::trace::{EventKind, Outcome, Trace};

pub use interleaving::{Unexplorable, interleaved};

/// What can happen.
#[derive(Clone, Debug)]
pub struct Exploration {
    /// Every way it can end that is different from the others in its outcome or in what the variables hold,
    /// those first in which all tasks finish.
    pub endings: Vec<Ending>,
    /// How many different states were seen.
    pub states: u64,
    /// Whether that was all of them.
    pub is_complete: bool,
    /// Whether some schedule goes on for ever, as far as that was seen.
    pub may_go_on_for_ever: bool,
    /// Whether there is a state from which every schedule goes on for ever; known if all were seen.
    pub may_never_end: bool,
    scenario: Scenario,
}

/// One way it can end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How.
    pub outcome: Outcome,
    /// What the shared variables hold then, in the order of their names in the trace.
    pub variables: Vec<(String, i64)>,
    /// The choices of a shortest schedule that ends so.
    pub choices: Vec<u32>,
}

/// One statement of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who executed it.
    pub task: String,
    /// What it says.
    pub statement: String,
}

/// Explores a scenario until all its states have been seen, or so many.
///
/// # Errors
/// Says what it cannot explore.
pub fn explore(scenario: &Scenario, most_states: u64) -> Result<Exploration, Unexplorable> {
    let scenario = interleaved(scenario)?;
    let mut search = Search::new(&scenario);
    let is_complete = search.run(most_states);
    let endless = endless::look(&search.successors, &search.ends);
    let mut endings: Vec<Ending> = search.endings.into_values().collect();
    endings.sort_by_cached_key(|ending| {
        let is_other = ending.outcome != Outcome::Finished;
        (is_other, ending.variables.clone(), ending.choices.len())
    });
    Ok(Exploration {
        endings,
        states: search.states.len() as u64,
        is_complete,
        may_go_on_for_ever: endless.has_circle,
        may_never_end: is_complete && endless.has_trap,
        scenario,
    })
}

impl Exploration {
    /// The run that ends like this: what a chart shows, and every number of a report.
    #[must_use]
    pub fn replay(&self, ending: &Ending) -> Trace {
        let chooser = Chooser::Schedule(ending.choices.clone());
        let mut simulation = Simulation::with_chooser(&self.scenario, RunLimits::PAGE, chooser);
        simulation.run(u64::MAX);
        simulation.into_trace()
    }

    /// The same as the statements that were executed, in order.
    #[must_use]
    pub fn schedule(&self, ending: &Ending) -> Vec<Step> {
        let trace = self.replay(ending);
        let marks = trace
            .events
            .iter()
            .filter(|event| event.kind == EventKind::Log);
        marks
            .map(|event| Step {
                task: trace.task_name(event.task),
                statement: trace.resource_name(event.detail),
            })
            .collect()
    }
}

/// A state that has been seen: where it was reached from first, and by which choice if there was one.
struct Seen {
    from: u32,
    choice: Option<u32>,
}

/// Breadth first, so that the first schedule found is a shortest one.
struct Search {
    names: Vec<String>,
    /// By number, in the order in which they were found.
    states: Vec<Seen>,
    numbers: HashMap<u128, u32>,
    /// States whose successors have not been looked at.
    open: VecDeque<(u32, Simulation)>,
    successors: Vec<Vec<u32>>,
    /// Whether a run is over in this state.
    ends: Vec<bool>,
    endings: BTreeMap<String, Ending>,
}

impl Search {
    fn new(scenario: &Scenario) -> Search {
        let start = Simulation::new(scenario, RunLimits::PAGE);
        let names = start.clone().into_trace().variables;
        let mut search = Search {
            names: names.into_iter().map(|(name, _)| name).collect(),
            states: Vec::new(),
            numbers: HashMap::new(),
            open: VecDeque::new(),
            successors: Vec::new(),
            ends: Vec::new(),
            endings: BTreeMap::new(),
        };
        search.find(start, u32::MAX, None);
        search
    }

    /// True when nothing is left to be looked at.
    fn run(&mut self, most_states: u64) -> bool {
        while let Some((number, state)) = self.open.pop_front() {
            if self.states.len() as u64 >= most_states {
                return false;
            }
            let mut options = 1;
            let mut option = 0;
            while option < options {
                let mut next = state.clone();
                options = next.step_choosing(option);
                let choice = (options > 1).then_some(option);
                let successor = self.find(next, number, choice);
                self.successors[number as usize].push(successor);
                option += 1;
            }
        }
        true
    }

    /// The number of a state, a new one if it has not been seen before.
    fn find(&mut self, state: Simulation, from: u32, choice: Option<u32>) -> u32 {
        let fingerprint = state.fingerprint();
        if let Some(number) = self.numbers.get(&fingerprint) {
            return *number;
        }
        let number = self.states.len() as u32;
        self.numbers.insert(fingerprint, number);
        self.states.push(Seen { from, choice });
        self.successors.push(Vec::new());
        self.ends.push(state.outcome().is_some());
        match state.outcome().cloned() {
            Some(outcome) => self.end(outcome, state.variables(), number),
            None => self.open.push_back((number, state)),
        }
        number
    }

    fn end(&mut self, outcome: Outcome, variables: &[i64], number: u32) {
        let key = format!("{outcome:?} {variables:?}");
        if self.endings.contains_key(&key) {
            return;
        }
        let ending = Ending {
            outcome,
            variables: self
                .names
                .iter()
                .cloned()
                .zip(variables.iter().copied())
                .collect(),
            choices: self.choices_to(number),
        };
        self.endings.insert(key, ending);
    }

    fn choices_to(&self, number: u32) -> Vec<u32> {
        let mut choices = Vec::new();
        let mut at = number;
        while let Some(seen) = self.states.get(at as usize) {
            choices.extend(seen.choice);
            at = seen.from;
        }
        choices.reverse();
        choices
    }
}
