//! One thread of a process in the form: its name, how many, and its program or its coroutines.

use yew::prelude::*;

use super::bound::{BoundField, BoundProgram};
use super::icon::{Icon, Pictogram};
use super::process_card::tell;
use crate::scenario::edit::{self, EditError};
use crate::ui::outline::ThreadOutline;
use crate::ui::state::Action;

/// A thread of the text.
#[derive(PartialEq, Properties)]
pub struct ThreadRowProps {
    /// The text.
    pub text: AttrValue,
    /// Which process, from zero.
    pub process: usize,
    /// Which thread of it, from zero.
    pub at: usize,
    /// The thread as written.
    pub thread: ThreadOutline,
    /// Whether it is the only one, which cannot be removed.
    pub alone: bool,
    /// Hears of the changed text.
    pub dispatch: Callback<Action>,
    /// Hears why a change was refused.
    pub on_refused: Callback<AttrValue>,
}

/// One row.
#[component]
pub fn ThreadRow(props: &ThreadRowProps) -> Html {
    let (process, at, thread) = (props.process, props.at, &props.thread);
    let on = |edit: fn(&str, usize, usize) -> Result<String, EditError>| {
        let (text, dispatch, refused) = (
            props.text.clone(),
            props.dispatch.clone(),
            props.on_refused.clone(),
        );
        Callback::from(move |_: MouseEvent| tell(edit(&text, process, at), &dispatch, &refused))
    };
    let path = format!("process.{process}.thread.{at}");
    let name = if thread.name.is_empty() {
        "this thread"
    } else {
        &thread.name
    };
    let coroutines = thread.coroutines.iter().enumerate().map(|(number, coroutine)| {
        let path = format!("{path}.coroutine.{number}");
        html! {
            <div class="thread" key={number}>
                <div class="thread-head">
                    <span class="tag">{ "coroutine" }</span>
                    <BoundField text={props.text.clone()} path={format!("{path}.name")} label="Name of the coroutine"
                        value={coroutine.name.clone()} bare=true dispatch={props.dispatch.clone()} />
                    <BoundField text={props.text.clone()} path={format!("{path}.count")} label="How many"
                        value={coroutine.count.clone()} placeholder="1" bare=true dispatch={props.dispatch.clone()} />
                </div>
                <BoundProgram text={props.text.clone()} path={format!("{path}.program")} label="Program of the coroutine"
                    value={coroutine.program.clone().unwrap_or_default()} bare=true dispatch={props.dispatch.clone()} />
            </div>
        }
    });
    html! {
        <div class="thread">
            <div class="thread-head">
                <span class="tag">{ if thread.coroutines.is_empty() { "thread" } else { "event loop" } }</span>
                <BoundField text={props.text.clone()} path={format!("{path}.name")} label="Name of the thread"
                    value={thread.name.clone()} bare=true dispatch={props.dispatch.clone()} />
                <BoundField text={props.text.clone()} path={format!("{path}.count")} label="How many"
                    value={thread.count.clone()} placeholder="1" bare=true dispatch={props.dispatch.clone()} />
                <button type="button" class="button quiet square small" title="Duplicate" aria-label={format!("Duplicate {name}")}
                    onclick={on(edit::duplicate_thread)}>
                    <Pictogram icon={Icon::Copy} />
                </button>
                <button type="button" class="button quiet square small" title="Remove" aria-label={format!("Remove {name}")}
                    disabled={props.alone} onclick={on(edit::remove_thread)}>
                    <Pictogram icon={Icon::Trash} />
                </button>
            </div>
            if let Some(program) = &thread.program {
                <BoundProgram text={props.text.clone()} path={format!("{path}.program")} label="Program of the thread"
                    value={program.clone()} bare=true dispatch={props.dispatch.clone()} />
            }
            { for coroutines }
        </div>
    }
}
