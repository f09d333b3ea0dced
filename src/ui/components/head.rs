//! What the mix is called and what to look at.

use yew::prelude::*;

use crate::scenario::Scenario;
use crate::ui::kept::Kept;

/// The mix.
#[derive(PartialEq, Properties)]
pub struct HeadProps {
    /// The mix as it was understood last.
    pub scenario: Option<Kept<Scenario>>,
}

/// The page's heading.
#[component]
pub fn Head(props: &HeadProps) -> Html {
    let scenario = props.scenario.as_deref();
    let title = scenario
        .map(|scenario| scenario.title.trim())
        .filter(|title| !title.is_empty())
        .unwrap_or("A mix without a title");
    let description = scenario.map_or("", |scenario| scenario.description.trim());
    html! {
        <div class="head">
            <h1 class="head-title">{ title.to_owned() }</h1>
            if !description.is_empty() {
                <p class="head-description">{ description.to_owned() }</p>
            }
        </div>
    }
}
