//! The card beside the pointer. Rendered apart from the timeline, so that moving the pointer renders
//! nothing else.
//!
//! Used by `component`; `hover` has its words.

use web_sys::Element;
use yew::prelude::*;

use super::component::Handle;
use super::place;
use super::stage::CardShown;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct HoverCardProps {
    pub view: Handle,
}

/// See the module.
#[component]
pub(super) fn HoverCard(props: &HoverCardProps) -> Html {
    let shown = use_state(|| None::<CardShown>);
    let node = use_node_ref();
    {
        let shown = shown.clone();
        let view = props.view.clone();
        use_effect_with((), move |()| {
            view.0.on_card(Callback::from(move |card| shown.set(card)));
        });
    }
    {
        let node = node.clone();
        use_effect_with(shown.clone(), move |shown| {
            let Some(element) = node.cast::<Element>() else {
                return;
            };
            match (&**shown, element.parent_element()) {
                (Some(card), Some(parent)) => {
                    place::card(&element, &parent, card.x_px, card.y_px, card.finger);
                }
                _ => place::show_at(&element, None),
            }
        });
    }
    // The words stay when the card is hidden, so that it keeps its size.
    html! {
        <div class="timeline-card" ref={node} aria-hidden="true">
            if let Some(CardShown { card, .. }) = &*shown {
                <p class="timeline-card-title">
                    if let Some(hue) = card.hue {
                        <i class={classes!("timeline-swatch", format!("timeline-hue-{hue}"))}></i>
                    }
                    { card.title.clone() }
                </p>
                <dl class="timeline-card-lines">
                    { for card.lines.iter().map(|(name, value)| html! {
                        <><dt>{ name.clone() }</dt><dd>{ value.clone() }</dd></>
                    }) }
                </dl>
            }
        </div>
    }
}
