//! Sharing: the link that holds the whole scenario, and the lines to embed it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Icon, Pictogram};
use crate::ui::effects::{clipboard, dialog};
use crate::ui::format::grouped;
use crate::ui::state::Action;

/// What can be shared.
#[derive(PartialEq, Properties)]
pub struct ShareDialogProps {
    /// The page's address without a fragment.
    pub address: AttrValue,
    /// The fragment of the scenario alone, or why there is none.
    pub plain: Result<AttrValue, AttrValue>,
    /// The fragment with the interval and the instant shown, where there are any.
    pub with_view: Option<AttrValue>,
    /// The scenario's title, for the frame that embeds it.
    pub title: AttrValue,
    /// Hears that the dialog is closed.
    pub dispatch: Callback<Action>,
}

/// The share dialog, over the page.
#[component]
pub fn ShareDialog(props: &ShareDialogProps) -> Html {
    let element = use_node_ref();
    dialog::use_modal(&element);
    let view = use_state_eq(|| false);
    let on_close = props.dispatch.reform(|_: MouseEvent| Action::CloseDialog);
    let on_cancel = props.dispatch.reform(|event: Event| {
        event.prevent_default();
        Action::CloseDialog
    });
    let on_scrim = {
        let dispatch = props.dispatch.clone();
        move |event: MouseEvent| {
            if dialog::is_scrim(&event) {
                dispatch.emit(Action::CloseDialog);
            }
        }
    };
    let on_view = {
        let view = view.clone();
        move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            view.set(input.checked());
        }
    };
    let body = match &props.plain {
        Err(why) => html! {
            <p class="dialog-lead trouble">
                { why.clone() }{ " The text itself can be copied from the editor and saved as a file." }
            </p>
        },
        Ok(plain) => {
            let fragment = props.with_view.as_ref().filter(|_| *view).unwrap_or(plain);
            let link = format!("{}#{fragment}", props.address);
            let embed = format!(
                "<iframe src=\"{}?embed#{fragment}\" title=\"{}\" width=\"100%\" height=\"640\" loading=\"lazy\"></iframe>",
                props.address,
                attribute(&props.title),
            );
            html! {
                <>
                    <p class="dialog-lead">{ "The link holds the whole mix. It is not stored anywhere, and opening it never starts a real run." }</p>
                    <CopyField id="share-link" label="Link" note={length(link.len())} text={link} />
                    if props.with_view.is_some() {
                        <label class="check">
                            <input type="checkbox" checked={*view} onchange={on_view} />
                            { "Also the interval and the instant I am looking at" }
                        </label>
                    }
                    <CopyField id="share-embed" label="To embed it in another page" note="" text={embed} />
                </>
            }
        }
    };
    html! {
        <dialog ref={element} class="dialog share" aria-labelledby="share-title" oncancel={on_cancel} onclick={on_scrim}>
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2 id="share-title">{ "Share this mix" }</h2>
                    <button type="button" class="button quiet square" aria-label="Close" onclick={on_close}>
                        <Pictogram icon={Icon::Close} />
                    </button>
                </div>
                { body }
            </div>
        </dialog>
    }
}

fn length(characters: usize) -> String {
    let fits = if characters <= 2_000 {
        "short enough for any message"
    } else {
        "some messages cut links this long"
    };
    format!("{} characters, {fits}", grouped(characters as u64))
}

/// A text inside a quoted attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}

#[derive(PartialEq, Properties)]
struct CopyFieldProps {
    id: AttrValue,
    label: AttrValue,
    text: AttrValue,
    note: AttrValue,
}

/// A text to copy; where the browser lets nothing be copied it is selected instead.
#[component]
fn CopyField(props: &CopyFieldProps) -> Html {
    let input = use_node_ref();
    let said = use_state_eq(|| None::<bool>);
    {
        let said = said.clone();
        use_effect_with(props.text.clone(), move |_| said.set(None));
    }
    let on_copy = {
        let (input, said, text) = (input.clone(), said.clone(), props.text.clone());
        move |_: MouseEvent| {
            let (input, said) = (input.clone(), said.clone());
            clipboard::copy(
                &text,
                Callback::from(move |copied: bool| {
                    if !copied && let Some(input) = input.cast::<HtmlInputElement>() {
                        let _ = input.focus();
                        input.select();
                    }
                    said.set(Some(copied));
                }),
            );
        }
    };
    let note = match *said {
        None => props.note.clone(),
        Some(true) => "Copied.".into(),
        Some(false) => {
            "This browser lets nothing be copied here. The text is selected: copy it by hand."
                .into()
        }
    };
    html! {
        <div class="copy">
            <label class="field-label" for={props.id.clone()}>{ props.label.clone() }</label>
            <div class="copy-row">
                <input ref={input} id={props.id.clone()} class="input code-face" readonly=true value={props.text.clone()} />
                <button type="button" class="button primary" onclick={on_copy}>
                    <Pictogram icon={Icon::Copy} />{ "Copy" }
                </button>
            </div>
            <p class="copy-note" role="status">{ note }</p>
        </div>
    }
}
