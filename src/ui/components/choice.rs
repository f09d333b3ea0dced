//! Small choices: a few words side by side, or a list to drop down. The value is a word; the caller
//! knows what it means.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// One thing to choose.
#[derive(Clone, PartialEq)]
pub struct Choosable {
    /// The word that stands for it.
    pub value: AttrValue,
    /// What people read.
    pub label: AttrValue,
    /// Whether it can be chosen now.
    pub enabled: bool,
}

/// Something that can be chosen now.
#[must_use]
pub fn option(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Choosable {
    Choosable {
        value: value.into(),
        label: label.into(),
        enabled: true,
    }
}

/// A choice.
#[derive(PartialEq, Properties)]
pub struct ChoiceProps {
    /// Its name in the page; unique.
    pub id: AttrValue,
    /// What is chosen.
    pub label: AttrValue,
    /// What there is.
    pub options: Vec<Choosable>,
    /// The word of what is chosen now.
    pub value: AttrValue,
    /// Whether nothing can be chosen now.
    #[prop_or_default]
    pub disabled: bool,
    /// Hears the word.
    pub on_choose: Callback<String>,
}

/// A list that drops down, with its label.
#[component]
pub fn Select(props: &ChoiceProps) -> Html {
    let onchange = props.on_choose.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        select.value()
    });
    let options = props.options.iter().map(|option| {
        html! {
            <option value={option.value.clone()} selected={option.value == props.value} disabled={!option.enabled}>
                { option.label.clone() }
            </option>
        }
    });
    html! {
        <div class="field">
            <label class="field-label" for={props.id.clone()}>{ props.label.clone() }</label>
            <select id={props.id.clone()} class="select" disabled={props.disabled} {onchange}>
                { for options }
            </select>
        </div>
    }
}

/// Words side by side, one of them chosen.
#[component]
pub fn Segments(props: &ChoiceProps) -> Html {
    let onchange = props.on_choose.reform(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.value()
    });
    let options = props.options.iter().map(|option| {
        let checked = option.value == props.value;
        html! {
            <label class="segment">
                <input type="radio" name={props.id.clone()} value={option.value.clone()} {checked}
                    disabled={props.disabled || !option.enabled} onchange={onchange.clone()} />
                <span>{ option.label.clone() }</span>
            </label>
        }
    });
    html! {
        <fieldset class="field segments">
            <legend class="field-label">{ props.label.clone() }</legend>
            <div class="segments-row">{ for options }</div>
        </fieldset>
    }
}
