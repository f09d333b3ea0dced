//! The words of the main view: what each panel is called, what it says while there is nothing to draw,
//! and one sentence about both simulated runs. Pure; called by `app`.

use yew::AttrValue;

use crate::base::Nanos;
use crate::trace::Outcome;
use crate::ui::format::{count, duration, grouped, significant};
use crate::ui::kept::Kept;
use crate::ui::state::{Column, Failure, Phase, RealPanel, RealResult, Run, Simulated, State};
use crate::ui::timeline::{Panel, PanelState};
use crate::ui::words::model_name;

/// The panels of the main view, row by row.
#[must_use]
pub fn panels(state: &State) -> Vec<Panel> {
    let cores = state.parallel_cores();
    let mut panels = Vec::with_capacity(4);
    for column in Column::BOTH {
        let simulated = &state.simulated[column.index()];
        panels.push(Panel {
            title: match column {
                Column::Slicing => "Simulated on one core".into(),
                Column::Parallel => format!("Simulated on {cores} cores").into(),
            },
            subtitle: simulated_subtitle(state, column).into(),
            state: simulated_state(simulated),
            row: 0,
            column: column.index() as u8,
        });
    }
    for column in Column::BOTH {
        let panel = &state.real[column.index()];
        let what = match column {
            Column::Slicing => "one worker, all tasks in turns".to_owned(),
            Column::Parallel => model_name(state.shown_model()).to_lowercase(),
        };
        panels.push(Panel {
            title: format!("Real: {what}").into(),
            subtitle: real_subtitle(state, panel).into(),
            state: real_state(state, panel, column),
            row: 1,
            column: column.index() as u8,
        });
    }
    panels
}

fn simulated_state(simulated: &Simulated) -> PanelState {
    match (&simulated.shown, &simulated.phase) {
        (_, Phase::Failed(message)) => PanelState::Failed {
            text: format!("The simulation failed: {message}").into(),
        },
        (_, Phase::Busy { events, now }) => PanelState::Busy {
            text: format!(
                "Simulating: {} so far, up to {}",
                count(*events, "event", "events"),
                duration(*now)
            )
            .into(),
        },
        (Some(run), _) => PanelState::Ready(run.data.clone()),
        (None, Phase::Stopped) => PanelState::Empty {
            text: "The simulation was stopped. Change the mix, or simulate again.".into(),
        },
        (None, Phase::Still) => PanelState::Busy {
            text: "Simulating".into(),
        },
    }
}

fn simulated_subtitle(state: &State, column: Column) -> String {
    let Some(run) = &state.simulated[column.index()].shown else {
        return String::new();
    };
    let totals = &run.report.totals;
    let mut said = vec![
        duration(Nanos(totals.makespan_ns)),
        format!(
            "{}\u{a0}% useful",
            (totals.utilisation * 100.0).round() as u64
        ),
        count(totals.context_switches, "switch", "switches"),
    ];
    if let Some(outcome) = outcome(&run.trace.outcome) {
        said.insert(0, outcome);
    }
    let own = state
        .scenario()
        .map_or(1, |scenario| scenario.machine.cores);
    if column == Column::Parallel && own == 1 {
        said.push("the text has one core; here as many as this machine, at most 8".to_owned());
    }
    said.join(" · ")
}

/// How a run ended, where it is not simply over.
#[must_use]
pub fn outcome(outcome: &Outcome) -> Option<String> {
    Some(match outcome {
        Outcome::Finished => return None,
        Outcome::Deadlock { .. } => "ended in a deadlock".to_owned(),
        Outcome::Stuck => "stuck: tasks wait for what nobody will give".to_owned(),
        Outcome::Livelock => "stopped: a livelock is suspected".to_owned(),
        Outcome::Limit { limit } => format!("stopped at the limit of {limit}"),
        Outcome::TimeLimit => "stopped at the time limit".to_owned(),
        Outcome::Cancelled => "stopped".to_owned(),
        Outcome::Failed { message } => format!("a worker failed: {message}"),
    })
}

fn real_state(state: &State, panel: &RealPanel, column: Column) -> PanelState {
    if let Some(running) = &state.running {
        if running.column == column.index() {
            let text = match running.repeat {
                Some(repeat) => format!("Run {} of {}", repeat + 1, running.repeats),
                None => running.what.clone(),
            };
            return PanelState::Busy { text: text.into() };
        }
        if running.column < column.index() {
            return PanelState::Busy {
                text: "Runs next, so that neither run disturbs the other.".into(),
            };
        }
    }
    let current = panel
        .result
        .as_ref()
        .filter(|result| state.is_current(result));
    match (current, &panel.failure) {
        (Some(result), _) => PanelState::Ready(result.drawn.clone()),
        (None, Failure::Void(why)) => PanelState::Failed {
            text: format!("This run counts for nothing. {why} Run it again.").into(),
        },
        (None, Failure::Broken(message)) => PanelState::Failed {
            text: format!("The run broke off: {message} Run it again.").into(),
        },
        (None, Failure::Stopped) => PanelState::Empty {
            text: "Stopped before anything was measured.".into(),
        },
        (None, Failure::None) if panel.result.is_some() => PanelState::Empty {
            text: "The mix has changed since it was measured. Run it again.".into(),
        },
        (None, Failure::None) => PanelState::Empty {
            text: "Not measured yet. “Run it for real” runs this mix on your machine.".into(),
        },
    }
}

/// What was measured in both columns, as far as it belongs to the mix that is shown.
#[must_use]
pub fn current_results(state: &State) -> [Option<Kept<RealResult>>; 2] {
    Column::BOTH.map(|column| {
        let result = state.real[column.index()].result.clone();
        result.filter(|result| state.is_current(result))
    })
}

fn real_subtitle(state: &State, panel: &RealPanel) -> String {
    let Some(result) = panel
        .result
        .as_ref()
        .filter(|result| state.is_current(result))
    else {
        return String::new();
    };
    let runs = result.measured.runs.len();
    let mut said = vec![duration(result.measured.runs[result.drawn_repeat].end)];
    if runs > 1 {
        said.push(format!("the median of {runs} runs is drawn"));
    }
    said.push(format!(
        "clock step {}",
        duration(result.measured.clock_step)
    ));
    if result.stopped {
        said.push("stopped".to_owned());
    }
    match &panel.failure {
        Failure::Void(why) => said.push(format!("the last try counts for nothing: {why}")),
        Failure::Broken(message) => said.push(format!("the last try broke off: {message}")),
        Failure::None | Failure::Stopped => {}
    }
    said.join(" · ")
}

/// The headings of the two columns.
#[must_use]
pub fn columns(state: &State) -> [AttrValue; 2] {
    [
        "Time slicing: one core".into(),
        format!(
            "True parallelism: {} cores",
            grouped(u64::from(state.parallel_cores()))
        )
        .into(),
    ]
}

/// Why what is shown is not what the text says.
#[must_use]
pub fn stale(state: &State) -> Option<AttrValue> {
    let errors = state.document.errors();
    (errors > 0).then(|| {
        let errors = count(errors as u64, "error", "errors");
        format!(
            "The text has {errors}. Shown is the mix as it was before; nothing you typed is lost."
        )
        .into()
    })
}

/// One sentence about both simulated runs, for those who do not see the figure.
#[must_use]
pub fn summary(state: &State) -> String {
    let [Some(slicing), Some(parallel)] =
        Column::BOTH.map(|column| state.simulated[column.index()].shown.as_ref())
    else {
        return String::new();
    };
    let time = |run: &Run| Nanos(run.report.totals.makespan_ns);
    let (one, many) = (time(slicing), time(parallel));
    let cores = state.parallel_cores();
    let faster = if many.0 == 0 {
        1.0
    } else {
        one.0 as f64 / many.0 as f64
    };
    let mut sentence = format!(
        "Simulated, this mix takes {} on one core and {} on {cores} cores",
        duration(one),
        duration(many)
    );
    if (faster - 1.0).abs() < 0.005 {
        sentence.push_str(": more cores do not help.");
    } else {
        sentence.push_str(&format!(
            ": {} times as fast.",
            significant((faster * 100.0).round() / 100.0)
        ));
    }
    for run in [slicing, parallel] {
        if let Some(outcome) = outcome(&run.trace.outcome) {
            sentence.push_str(&format!(" One of them {outcome}."));
            break;
        }
    }
    sentence
}
