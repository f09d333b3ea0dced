//! Running the mix for real: the button, what the right panel runs, and what the visitor is told
//! before it starts. Nothing runs until the button is pressed.

use yew::prelude::*;

use super::choice::{Select, option};
use super::icon::{Icon, Pictogram};
use super::real_plan::RealPlanNotes;
use super::tier_badge::TierBadge;
use crate::base::Nanos;
use crate::exec::{self, Capabilities, RealModel, RealPlan, Tier};
use crate::scenario::Scenario;
use crate::ui::format::{count, duration};
use crate::ui::kept::Kept;
use crate::ui::state::{Action, REPEAT_CHOICES, Running};
use crate::ui::words::{MODELS, model_name};

/// What there is to run, and how it goes.
#[derive(PartialEq, Properties)]
pub struct RealRunPanelProps {
    /// The mix as it was understood last.
    pub scenario: Option<Kept<Scenario>>,
    /// Whether the text cannot be run as it is.
    pub broken: bool,
    /// What this page can do.
    pub capabilities: Capabilities,
    /// What the right panel runs.
    pub model: RealModel,
    /// How often each is run.
    pub repeats: u32,
    /// The run under way.
    pub running: Option<Running>,
    /// Hears what is wished.
    pub dispatch: Callback<Action>,
    /// Stops the run under way.
    pub on_stop: Callback<()>,
}

/// The bar with the button.
#[component]
pub fn RealRunPanel(props: &RealRunPanelProps) -> Html {
    let plans = use_memo(
        (props.scenario.clone(), props.capabilities.clone()),
        |(scenario, capabilities)| {
            scenario
                .as_ref()
                .map(|scenario| Plans::new(scenario, capabilities))
        },
    );
    let Some(plans) = plans.as_ref() else {
        return html! {};
    };
    let models = MODELS.map(|(model, word, name)| {
        let mut choice = option(word, name);
        choice.enabled = plans.of(model).is_ok();
        choice
    });
    let chosen = MODELS.iter().find(|(model, _, _)| *model == props.model);
    let on_model = props.dispatch.reform(|word: String| {
        let chosen = MODELS.iter().find(|(_, listed, _)| **listed == word);
        Action::ChooseModel(chosen.map(|(model, _, _)| *model))
    });
    let repeats = REPEAT_CHOICES.map(|times| {
        let label = if times == 1 {
            "Once".to_owned()
        } else {
            format!("{times} times")
        };
        option(times.to_string(), label)
    });
    let on_repeats = props
        .dispatch
        .reform(|word: String| Action::ChooseRepeats(word.parse().unwrap_or(1)));
    let busy = props.running.is_some();
    let can_run = !props.broken
        && props.capabilities.tier != Tier::Simulation
        && plans.of(RealModel::Sliced).is_ok();
    let on_run = props.dispatch.reform(|_: MouseEvent| Action::RunForReal);
    let on_stop = props.on_stop.reform(|_: MouseEvent| ());
    html! {
        <section class="real" aria-label="Run it for real">
            <div class="real-bar">
                if busy {
                    <button type="button" class="button danger run" onclick={on_stop}>
                        <Pictogram icon={Icon::Stop} />{ "Stop" }
                    </button>
                } else {
                    <button type="button" class="button primary run" disabled={!can_run} onclick={on_run}>
                        <Pictogram icon={Icon::Play} />{ "Run it for real" }
                    </button>
                }
                <Select id="real-model" label="In parallel as" options={models.to_vec()}
                    value={chosen.map_or("", |(_, word, _)| *word)} disabled={busy} on_choose={on_model} />
                <Select id="real-repeats" label="Run" options={repeats.to_vec()}
                    value={props.repeats.to_string()} disabled={busy} on_choose={on_repeats} />
                <TierBadge capabilities={props.capabilities.clone()} />
            </div>
            <p class="real-status" role="status">{ status(props, plans) }</p>
            <RealPlanNotes sliced={plans.of(RealModel::Sliced).clone()} chosen={plans.of(props.model).clone()}
                model={props.model} />
        </section>
    }
}

/// One line: what is being done, or what would be.
fn status(props: &RealRunPanelProps, plans: &Plans) -> String {
    if let Some(running) = &props.running {
        let part = model_name(running.models[running.column]);
        let place = running.column + 1;
        return match running.repeat {
            Some(repeat) => format!(
                "{place} of 2, {}: run {} of {}",
                part.to_lowercase(),
                repeat + 1,
                running.repeats
            ),
            None => format!("{place} of 2, {}: {}", part.to_lowercase(), running.what),
        };
    }
    if props.broken {
        return "The text has errors. What is run for real has to be whole.".to_owned();
    }
    if props.capabilities.tier == Tier::Simulation {
        return props.capabilities.why.clone();
    }
    plans.time(props.model, props.repeats)
}

/// What each model would do with this mix, or why it cannot be.
pub struct Plans(Vec<(RealModel, Kept<Planned>)>);

/// What would run, or why nothing can.
type Planned = Result<RealPlan, Vec<String>>;

impl Plans {
    fn new(scenario: &Scenario, capabilities: &Capabilities) -> Plans {
        let all = [RealModel::Sliced]
            .into_iter()
            .chain(MODELS.map(|(model, _, _)| model));
        Plans(
            all.map(|model| (model, Kept::new(exec::plan(scenario, model, capabilities))))
                .collect(),
        )
    }

    fn of(&self, model: RealModel) -> &Kept<Result<RealPlan, Vec<String>>> {
        let found = self.0.iter().find(|(planned, _)| *planned == model);
        &found.expect("every model is planned").1
    }

    fn time(&self, model: RealModel, repeats: u32) -> String {
        match (&**self.of(RealModel::Sliced), &**self.of(model)) {
            (Ok(sliced), Ok(chosen)) => {
                let once = sliced.estimate.saturating_add(chosen.estimate);
                let all = Nanos(once.0.saturating_mul(u64::from(repeats)));
                format!(
                    "Takes about {} on {}. Nothing has to be installed, and nothing leaves the browser.",
                    duration(all),
                    count(chosen.lanes.len() as u64, "worker", "workers"),
                )
            }
            (Err(why), _) | (_, Err(why)) => why.join(" "),
        }
    }
}
