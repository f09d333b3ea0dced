//! A slider over a row of values, with its value in words above it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// A slider.
#[derive(PartialEq, Properties)]
pub struct SliderProps {
    /// Its name in the page; unique.
    pub id: AttrValue,
    /// What it sets.
    pub label: AttrValue,
    /// The last position; the first is zero.
    pub last: usize,
    /// The position now.
    pub at: usize,
    /// The value now, in words.
    pub value: AttrValue,
    /// What the two ends mean.
    pub ends: (AttrValue, AttrValue),
    /// Hears of another position, while it moves.
    pub on_move: Callback<usize>,
}

/// A slider.
#[component]
pub fn Slider(props: &SliderProps) -> Html {
    let oninput = props.on_move.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.value().parse().unwrap_or(0)
    });
    html! {
        <div class="field">
            <div class="field-row">
                <label class="field-label" for={props.id.clone()}>{ props.label.clone() }</label>
                <output class="field-value" for={props.id.clone()}>{ props.value.clone() }</output>
            </div>
            <input id={props.id.clone()} class="slider" type="range" min="0" max={props.last.to_string()} step="1"
                value={props.at.to_string()} aria-valuetext={props.value.clone()} {oninput} />
            <div class="slider-ends" aria-hidden="true">
                <span>{ props.ends.0.clone() }</span>
                <span>{ props.ends.1.clone() }</span>
            </div>
        </div>
    }
}
