//! The two real panels: one worker that slices, and one of the other stand-ins. Pure; the effect
//! `effects::real_run` does the running. Measured runs belong to the mix that was run.

use std::rc::Rc;

use crate::analysis::Digest;
use crate::exec::{self, Capabilities, Measured, RealModel};
use crate::scenario::Scenario;
use crate::trace::Trace;
use crate::ui::kept::Kept;
use crate::ui::timeline::TimelineData;

/// How often a run is repeated unless the visitor says otherwise.
pub const REPEATS: u32 = 3;
/// What the visitor may choose.
pub const REPEAT_CHOICES: [u32; 4] = [1, 3, 5, 9];

/// What one real panel shows.
pub struct RealResult {
    /// All repeats, with how they were measured.
    pub measured: Rc<Measured>,
    /// The figures of each repeat, for the comparison.
    pub digests: Vec<Digest>,
    /// The repeat that is drawn: the one with the median length.
    pub drawn: Rc<TimelineData>,
    /// Which one that is, from zero.
    pub drawn_repeat: usize,
    /// The mix that was run.
    pub scenario: Kept<Scenario>,
    /// Whether it was stopped before all repeats were done.
    pub stopped: bool,
}

impl RealResult {
    /// Picks the repeat to draw. `None` where there is not even one.
    #[must_use]
    pub fn new(
        measured: Rc<Measured>,
        scenario: Kept<Scenario>,
        stopped: bool,
    ) -> Option<RealResult> {
        let drawn_repeat = median_run(&measured.runs)?;
        let trace = Rc::clone(&measured.runs[drawn_repeat]);
        Some(RealResult {
            drawn: Rc::new(TimelineData::new(trace)),
            digests: measured.runs.iter().map(|run| Digest::new(run)).collect(),
            measured,
            drawn_repeat,
            scenario,
            stopped,
        })
    }
}

fn median_run(runs: &[Rc<Trace>]) -> Option<usize> {
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by_key(|run| runs[*run].end);
    order.get(order.len().saturating_sub(1) / 2).copied()
}

/// What became of the last try of one real panel.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Failure {
    /// Nothing bad.
    #[default]
    None,
    /// It counts for nothing, with the reason.
    Void(String),
    /// Something broke, with what was said.
    Broken(String),
    /// The visitor stopped it.
    Stopped,
}

/// One real panel.
#[derive(Clone, PartialEq, Default)]
pub struct RealPanel {
    /// The last run that gave something.
    pub result: Option<Kept<RealResult>>,
    /// What became of the last try.
    pub failure: Failure,
}

/// A real run under way: first the slicer, then the other stand-in; never both at once, or each would
/// measure the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Counts the runs; a new number is a new run.
    pub number: u64,
    /// What is run, in order; the position is the column.
    pub models: [RealModel; 2],
    /// Which of them is running.
    pub column: usize,
    /// How often each is repeated.
    pub repeats: u32,
    /// The repeat under way, from zero; `None` while it is prepared.
    pub repeat: Option<u32>,
    /// What is being done.
    pub what: String,
    /// The mix that is run.
    pub scenario: Kept<Scenario>,
}

/// What the right real panel runs unless the visitor chooses: what the mix itself is made of, or the
/// nearest to it that this page can do.
#[must_use]
pub fn suggested_model(scenario: &Scenario, capabilities: &Capabilities) -> RealModel {
    let closest = RealModel::of(scenario);
    [closest, RealModel::Processes, RealModel::Coroutines]
        .into_iter()
        .find(|model| exec::plan(scenario, *model, capabilities).is_ok())
        .unwrap_or(closest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::text;

    fn suggested(text: &str, isolated: bool) -> RealModel {
        let parsed = text::parse(text);
        assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
        let capabilities = Capabilities::from_facts(isolated, true, 4);
        suggested_model(&parsed.scenario, &capabilities)
    }

    const THREADS: &str = "format = 1\n[[process]]\nname = \"a\"\n[[process.thread]]\n\
        name = \"t\"\ncount = 2\nprogram = \"compute 1ms\"\n";

    #[test]
    fn the_mix_itself_says_what_is_run_for_real() {
        assert_eq!(suggested(THREADS, true), RealModel::Threads);
    }

    #[test]
    fn without_shared_memory_processes_stand_in() {
        assert_eq!(suggested(THREADS, false), RealModel::Processes);
    }
}
