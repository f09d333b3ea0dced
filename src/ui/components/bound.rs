//! Fields of the form, each bound to one key of the text. A value that the key does not take stays in
//! the field with the reason under it; the text keeps the one it had.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::scenario::edit;
use crate::ui::effects::clock;
use crate::ui::state::{Action, Change};

/// One field.
#[derive(PartialEq, Properties)]
pub struct BoundProps {
    /// The text that the key is in.
    pub text: AttrValue,
    /// The key, as `scenario::edit` takes it.
    pub path: AttrValue,
    /// What people read.
    pub label: AttrValue,
    /// The value as written.
    pub value: AttrValue,
    /// What holds where nothing is written.
    #[prop_or_default]
    pub placeholder: AttrValue,
    /// Whether the label is for those only who do not see the field's place.
    #[prop_or_default]
    pub bare: bool,
    /// Hears of the changed text.
    pub dispatch: Callback<Action>,
}

/// The text with one key changed; an empty value takes the key out where there is a default.
///
/// # Errors
/// Why the key does not take the value.
pub fn change(text: &str, path: &str, value: &str, optional: bool) -> Result<Action, AttrValue> {
    let changed = if optional && value.trim().is_empty() {
        edit::unset(text, path)
    } else {
        edit::set(text, path, value)
    };
    changed
        .map(|text| Action::Edit {
            text: text.into(),
            change: Change::Field(path.to_owned()),
            at_ms: clock::now_ms(),
        })
        .map_err(|error| AttrValue::from(error.to_string()))
}

/// What is in a field that the text does not have: what was typed, and why it was not taken.
type Refused = Option<(String, AttrValue)>;

#[hook]
fn use_refused(value: &AttrValue) -> UseStateHandle<Refused> {
    let refused = use_state_eq(|| None::<(String, AttrValue)>);
    let reset = refused.clone();
    // A new value from elsewhere (a step back, a link) replaces what was refused.
    use_effect_with(value.clone(), move |_| reset.set(None));
    refused
}

fn error_id(path: &str) -> String {
    format!("{}-error", path.replace('.', "-"))
}

/// A field of one line.
#[component]
pub fn BoundField(props: &BoundProps) -> Html {
    let refused = use_refused(&props.value);
    let id = props.path.replace('.', "-");
    let oninput = {
        let (text, path, dispatch, refused) = (
            props.text.clone(),
            props.path.clone(),
            props.dispatch.clone(),
            refused.clone(),
        );
        let optional = !props.placeholder.is_empty();
        move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            match change(&text, &path, &input.value(), optional) {
                Ok(action) => {
                    refused.set(None);
                    dispatch.emit(action);
                }
                Err(why) => refused.set(Some((input.value(), why))),
            }
        }
    };
    let shown = refused
        .as_ref()
        .map_or_else(|| props.value.to_string(), |(typed, _)| typed.clone());
    let bad = refused.is_some();
    html! {
        <div class="field">
            <label class={if props.bare { "visually-hidden" } else { "field-label" }} for={id.clone()}>{ props.label.clone() }</label>
            <input {id} class="input" value={shown} placeholder={props.placeholder.clone()} {oninput}
                autocomplete="off" spellcheck="false" aria-invalid={bad.then_some("true")}
                aria-describedby={bad.then(|| error_id(&props.path))} />
            { why(&refused, &props.path) }
        </div>
    }
}

/// A field for a program.
#[component]
pub fn BoundProgram(props: &BoundProps) -> Html {
    let refused = use_refused(&props.value);
    let id = props.path.replace('.', "-");
    let oninput = {
        let (text, path, dispatch, refused) = (
            props.text.clone(),
            props.path.clone(),
            props.dispatch.clone(),
            refused.clone(),
        );
        move |event: InputEvent| {
            let area: HtmlTextAreaElement = event.target_unchecked_into();
            match change(&text, &path, &area.value(), false) {
                Ok(action) => dispatch.emit(action),
                Err(why) => refused.set(Some((area.value(), why))),
            }
        }
    };
    let shown = refused
        .as_ref()
        .map_or_else(|| props.value.to_string(), |(typed, _)| typed.clone());
    let rows = shown.lines().count().clamp(1, 12).to_string();
    html! {
        <div class="field">
            <label class={if props.bare { "visually-hidden" } else { "field-label" }} for={id.clone()}>{ props.label.clone() }</label>
            <textarea {id} class="program" {rows} value={shown} {oninput}
                spellcheck="false" autocapitalize="off" autocomplete="off" />
            { why(&refused, &props.path) }
        </div>
    }
}

fn why(refused: &Refused, path: &str) -> Html {
    match refused {
        Some((_, why)) => {
            html! { <p class="field-error" id={error_id(path)} role="status">{ why.clone() }</p> }
        }
        None => html! {},
    }
}
