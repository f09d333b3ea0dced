//! What this page can do for real, in plain words, and why.

use yew::prelude::*;

use crate::exec::{Capabilities, Tier};

/// What was found.
#[derive(PartialEq, Properties)]
pub struct TierBadgeProps {
    /// What this browser, at this address, can do.
    pub capabilities: Capabilities,
}

/// The badge; pressing it shows the reason.
#[component]
pub fn TierBadge(props: &TierBadgeProps) -> Html {
    let (class, words) = match props.capabilities.tier {
        Tier::Threads => ("badge good", "Threads on shared memory: on"),
        Tier::Processes => ("badge warn", "Threads on shared memory: off"),
        Tier::Simulation => ("badge warn", "Simulation only"),
    };
    html! {
        <details class="tier">
            <summary {class}>{ words }</summary>
            <p class="tier-why">{ props.capabilities.why.clone() }</p>
        </details>
    }
}
