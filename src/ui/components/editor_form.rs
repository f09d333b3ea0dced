//! The form view: the machine, the scheduler, and a card for each process. Every change goes through
//! the text, so that comments survive and both views always show the same.

use yew::prelude::*;

use super::icon::{Icon, Pictogram};
use super::machine_sliders::MachineSliders;
use super::process_card::{ProcessCard, tell};
use super::scheduler_controls::SchedulerControls;
use crate::scenario::edit;
use crate::scenario::text::Parsed;
use crate::ui::kept::Kept;
use crate::ui::outline::Outline;
use crate::ui::state::{Action, EditorView};

/// More cards than this are not shown: a form of thousands helps nobody.
const CARDS: usize = 60;

/// What the form shows and whom it tells.
#[derive(PartialEq, Properties)]
pub struct EditorFormProps {
    /// The text.
    pub text: AttrValue,
    /// Its meaning.
    pub parsed: Kept<Parsed>,
    /// Hears of changes.
    pub dispatch: Callback<Action>,
}

/// The form view.
#[component]
pub fn EditorForm(props: &EditorFormProps) -> Html {
    let refused = use_state_eq(|| None::<AttrValue>);
    {
        let refused = refused.clone();
        use_effect_with(props.text.clone(), move |_| refused.set(None));
    }
    let outline = use_memo(props.text.clone(), |text| Outline::read(text));
    let Some(outline) = outline.as_ref() else {
        let on_text = props
            .dispatch
            .reform(|_: MouseEvent| Action::View(EditorView::Text));
        return html! {
            <div class="form-broken">
                <p>{ "The text is not whole, so the form cannot show it. Mend it in the text view, or undo." }</p>
                <button type="button" class="button primary" onclick={on_text}>{ "Show the text" }</button>
            </div>
        };
    };
    let on_refused = {
        let refused = refused.clone();
        Callback::from(move |why: AttrValue| refused.set(Some(why)))
    };
    let on_add = {
        let (text, dispatch, on_refused) = (
            props.text.clone(),
            props.dispatch.clone(),
            on_refused.clone(),
        );
        let table = format!(
            "[[process]]\nname = \"{}\"\nprogram = \"compute 10ms\"\n",
            outline.free_process_name()
        );
        let last = outline.processes.len().checked_sub(1);
        move |_: MouseEvent| {
            tell(
                edit::insert_process(&text, last, &table),
                &dispatch,
                &on_refused,
            )
        }
    };
    let cards = outline
        .processes
        .iter()
        .take(CARDS)
        .enumerate()
        .map(|(at, process)| {
            html! {
                <ProcessCard key={at} text={props.text.clone()} {at} process={process.clone()}
                    dispatch={props.dispatch.clone()} on_refused={on_refused.clone()} />
            }
        });
    let scenario = &props.parsed.scenario;
    let hidden = outline.processes.len().saturating_sub(CARDS);
    html! {
        <div class="form">
            if let Some(why) = (*refused).clone() {
                <p class="field-error" role="status">{ why }</p>
            }
            <MachineSliders text={props.text.clone()} machine={scenario.machine.clone()} run_as={scenario.run_as}
                dispatch={props.dispatch.clone()} on_refused={on_refused.clone()} />
            <SchedulerControls text={props.text.clone()} scheduler={scenario.scheduler.clone()}
                dispatch={props.dispatch.clone()} on_refused={on_refused.clone()} />
            <section class="form-section" aria-labelledby="form-processes">
                <h3 class="form-title" id="form-processes">{ "Processes" }</h3>
                <ul class="cards">{ for cards }</ul>
                if hidden > 0 {
                    <p class="section-note">{ format!("{hidden} more processes are in the text.") }</p>
                }
                <button type="button" class="button" onclick={on_add}>
                    <Pictogram icon={Icon::Plus} />{ "Add a process" }
                </button>
            </section>
        </div>
    }
}
