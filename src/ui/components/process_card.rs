//! One process of the form: its name, how many, when it comes, and its program or its threads.

use yew::prelude::*;

use super::bound::{BoundField, BoundProgram};
use super::icon::{Icon, Pictogram};
use super::thread_row::ThreadRow;
use crate::scenario::edit::{self, EditError};
use crate::ui::outline::ProcessOutline;
use crate::ui::state::{Action, Change};

/// A process of the text.
#[derive(PartialEq, Properties)]
pub struct ProcessCardProps {
    /// The text.
    pub text: AttrValue,
    /// Which process, from zero.
    pub at: usize,
    /// The process as written.
    pub process: ProcessOutline,
    /// Hears of the changed text.
    pub dispatch: Callback<Action>,
    /// Hears why a change was refused.
    pub on_refused: Callback<AttrValue>,
}

/// Says what became of a change of the whole text.
pub fn tell(
    changed: Result<String, EditError>,
    dispatch: &Callback<Action>,
    refused: &Callback<AttrValue>,
) {
    match changed {
        Ok(text) => dispatch.emit(Action::Edit {
            text: text.into(),
            change: Change::Whole,
            at_ms: 0.0,
        }),
        Err(error) => refused.emit(error.to_string().into()),
    }
}

/// One card.
#[component]
pub fn ProcessCard(props: &ProcessCardProps) -> Html {
    let process = &props.process;
    let at = props.at;
    let on = |edit: fn(&str, usize, &ProcessOutline) -> Result<String, EditError>| {
        let (text, dispatch, refused) = (
            props.text.clone(),
            props.dispatch.clone(),
            props.on_refused.clone(),
        );
        let process = process.clone();
        Callback::from(move |_: MouseEvent| tell(edit(&text, at, &process), &dispatch, &refused))
    };
    let path = |key: &str| format!("process.{at}.{key}");
    let field = |key: &str, label: &str, value: &str, placeholder: &str| {
        html! {
            <BoundField text={props.text.clone()} path={path(key)} label={label.to_owned()} value={value.to_owned()}
                placeholder={placeholder.to_owned()} bare={key == "name"} dispatch={props.dispatch.clone()} />
        }
    };
    let name = if process.name.is_empty() {
        "this process"
    } else {
        &process.name
    };
    let threads = process.threads.iter().enumerate().map(|(thread_at, thread)| {
        html! {
            <ThreadRow key={thread_at} text={props.text.clone()} process={at} at={thread_at} thread={thread.clone()}
                alone={process.threads.len() == 1} dispatch={props.dispatch.clone()} on_refused={props.on_refused.clone()} />
        }
    });
    html! {
        <li class="card">
            <div class="card-head">
                { field("name", "Name of the process", &process.name, "") }
                <button type="button" class="button quiet square small" title="Duplicate" aria-label={format!("Duplicate {name}")}
                    onclick={on(|text, at, _| edit::duplicate_process(text, at))}>
                    <Pictogram icon={Icon::Copy} />
                </button>
                <button type="button" class="button quiet square small" title="Remove" aria-label={format!("Remove {name}")}
                    onclick={on(|text, at, _| edit::remove_process(text, at))}>
                    <Pictogram icon={Icon::Trash} />
                </button>
            </div>
            <div class="card-numbers">
                { field("count", "How many", &process.count, "1") }
                { field("arrival", "Arrives at", &process.arrival, "0ms") }
            </div>
            if let Some(program) = &process.program {
                <BoundProgram text={props.text.clone()} path={path("program")} label="Program" value={program.clone()}
                    dispatch={props.dispatch.clone()} />
            }
            { for threads }
            <button type="button" class="button quiet small card-add" onclick={on(add_thread)}>
                <Pictogram icon={Icon::Plus} />{ "Add a thread" }
            </button>
        </li>
    }
}

fn add_thread(text: &str, at: usize, process: &ProcessOutline) -> Result<String, EditError> {
    let table = format!(
        "[[process.thread]]\nname = \"{}\"\nprogram = \"compute 10ms\"\n",
        process.free_thread_name()
    );
    // A program given directly becomes the thread `main` first, which the new one then follows.
    let last = match process.threads.len() {
        0 => process.program.as_ref().map(|_| 0),
        threads => Some(threads - 1),
    };
    edit::insert_thread(text, at, last, &table)
}
