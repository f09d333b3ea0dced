//! The machine: cores, their hardware threads and what a switch costs; and the model that the programs run
//! under.

use yew::prelude::*;

use super::bound::change;
use super::choice::{Segments, Select, option};
use super::slider::Slider;
use crate::scenario::{CostPreset, Machine, RunAs, Word};
use crate::ui::format::count;
use crate::ui::state::Action;
use crate::ui::steps::{CORES, core_position};

/// The machine as the text has it.
#[derive(PartialEq, Properties)]
pub struct MachineSlidersProps {
    /// The text.
    pub text: AttrValue,
    /// The machine.
    pub machine: Machine,
    /// The model.
    pub run_as: RunAs,
    /// Hears of the changed text.
    pub dispatch: Callback<Action>,
    /// Hears why a change was refused.
    pub on_refused: Callback<AttrValue>,
}

/// The machine's controls.
#[component]
pub fn MachineSliders(props: &MachineSlidersProps) -> Html {
    let set = |path: &'static str| {
        let (text, dispatch, refused) = (
            props.text.clone(),
            props.dispatch.clone(),
            props.on_refused.clone(),
        );
        Callback::from(
            move |value: String| match change(&text, path, &value, false) {
                Ok(action) => dispatch.emit(action),
                Err(why) => refused.emit(why),
            },
        )
    };
    let costs = CostPreset::VALUES.iter().map(|preset| {
        let label = match preset {
            CostPreset::Free => "Free: the textbook’s",
            CostPreset::Linux => "Linux",
            CostPreset::Windows => "Windows",
            CostPreset::Measured => "As measured here",
        };
        option(preset.word(), label)
    });
    let models = RunAs::VALUES.iter().map(|model| {
        let label = match model {
            RunAs::AsWritten => "As the text has them",
            RunAs::Processes => "Processes",
            RunAs::Threads => "Threads of one process",
            RunAs::Coroutines => "Coroutines of one thread",
            RunAs::Hybrid => "Coroutines of a process a core",
        };
        option(model.word(), label)
    });
    let siblings = ["1", "2", "4"].map(|number| option(number, number));
    html! {
        <section class="form-section" aria-labelledby="form-machine">
            <h3 class="form-title" id="form-machine">{ "Machine and model" }</h3>
            <Slider id="machine-cores" label="Cores" last={CORES.len() - 1} at={core_position(props.machine.cores)}
                value={count(u64::from(props.machine.cores), "core", "cores")} ends={("1".into(), "64".into())}
                on_move={set("machine.cores").reform(|at: usize| CORES[at.min(CORES.len() - 1)].to_string())} />
            <Segments id="machine-smt" label="Hardware threads a core" options={siblings.to_vec()}
                value={props.machine.smt.to_string()} on_choose={set("machine.smt")} />
            <Select id="machine-costs" label="What a switch costs" options={costs.collect::<Vec<_>>()}
                value={props.machine.costs.word()} on_choose={set("machine.costs")} />
            <Select id="run-as" label="Tasks run as" options={models.collect::<Vec<_>>()}
                value={props.run_as.word()} on_choose={set("run_as")} />
        </section>
    }
}
