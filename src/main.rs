//! The page's entry: mounts the application. Called by the script that Trunk writes into
//! `index.html`; everything else is in `timeslice::ui`.
use yew::prelude::*;

#[component]
fn Placeholder() -> Html {
    html! { <h1>{ "Timeslice" }</h1> }
}

fn main() {
    yew::Renderer::<Placeholder>::new().render();
}
