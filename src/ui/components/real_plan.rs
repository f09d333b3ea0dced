//! What a real run would do, told before it starts: which worker stands in for what, and what a
//! browser does not do.

use yew::prelude::*;

use crate::exec::{RealModel, RealPlan};
use crate::ui::format::{count, duration};
use crate::ui::kept::Kept;
use crate::ui::words::model_name;

/// The two plans.
#[derive(PartialEq, Properties)]
pub struct RealPlanNotesProps {
    /// The left panel's.
    pub sliced: Kept<Result<RealPlan, Vec<String>>>,
    /// The right panel's.
    pub chosen: Kept<Result<RealPlan, Vec<String>>>,
    /// What the right panel runs.
    pub model: RealModel,
}

/// The notes, folded away until asked for.
#[component]
pub fn RealPlanNotes(props: &RealPlanNotesProps) -> Html {
    html! {
        <details class="plan">
            <summary>{ "What runs, and what stands in for what" }</summary>
            <div class="plan-parts">
                { part("On one core", model_name(RealModel::Sliced), &props.sliced) }
                { part("In parallel", model_name(props.model), &props.chosen) }
            </div>
        </details>
    }
}

fn part(place: &str, name: &str, plan: &Result<RealPlan, Vec<String>>) -> Html {
    let (facts, notes) = match plan {
        Ok(plan) => (
            format!(
                "{} on {}, about {} a run",
                count(plan.task_count() as u64, "task", "tasks"),
                count(plan.lanes.len() as u64, "worker", "workers"),
                duration(plan.estimate),
            ),
            &plan.notes,
        ),
        Err(why) => ("This mix cannot be run this way.".to_owned(), why),
    };
    html! {
        <div class="plan-part">
            <h3>{ format!("{place}: {}", name.to_lowercase()) }</h3>
            <p>{ facts }</p>
            <ul>{ for notes.iter().map(|note| html! { <li>{ note.clone() }</li> }) }</ul>
        </div>
    }
}
