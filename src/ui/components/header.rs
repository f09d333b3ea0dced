//! The bar at the top: the name, the gallery, sharing, the colours.

use yew::prelude::*;

use super::icon::{Icon, Pictogram};
use crate::ui::state::{Action, Dialog, ThemeChoice};

/// What the header shows and whom it tells.
#[derive(PartialEq, Properties)]
pub struct HeaderProps {
    /// The colours as chosen.
    pub theme: ThemeChoice,
    /// Whether the editor is shown.
    pub editor_open: bool,
    /// Whether the page is in another page's frame.
    pub embedded: bool,
    /// Hears what is wished.
    pub dispatch: Callback<Action>,
}

/// The bar at the top.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let open = |dialog: Dialog| {
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::Open(dialog))
    };
    let toggle = props.dispatch.reform(|_: MouseEvent| Action::ToggleEditor);
    let (icon, next, label) = match props.theme {
        ThemeChoice::System => (
            Icon::System,
            ThemeChoice::Light,
            "Colours: as the system. Change to light.",
        ),
        ThemeChoice::Light => (
            Icon::Sun,
            ThemeChoice::Dark,
            "Colours: light. Change to dark.",
        ),
        ThemeChoice::Dark => (
            Icon::Moon,
            ThemeChoice::System,
            "Colours: dark. Change to the system’s.",
        ),
    };
    let theme = props
        .dispatch
        .reform(move |_: MouseEvent| Action::Theme(next));
    html! {
        <header class="header">
            <a class="skip" href="#figure" onclick={skip}>{ "Skip to the figure" }</a>
            <p class="brand">
                <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true">
                    <path class="brand-a" d="M2 4h7v4H2zM13 4h4v4h-4z" />
                    <path class="brand-b" d="M9 4h4v4H9zM17 4h5v4h-5z" />
                    <path class="brand-a" d="M2 11h11v4H2z" />
                    <path class="brand-b" d="M2 16h9v4H2z" />
                </svg>
                { "Timeslice" }
            </p>
            <nav class="header-actions" aria-label="Page">
                if !props.embedded {
                    <button type="button" class="button quiet wide-only" aria-pressed={pressed(props.editor_open)} onclick={toggle}>
                        <Pictogram icon={Icon::Panel} />{ "Editor" }
                    </button>
                }
                <button type="button" class="button quiet" aria-haspopup="dialog" onclick={open(Dialog::Gallery)}>
                    <Pictogram icon={Icon::Grid} />{ "Gallery" }
                </button>
                <button type="button" class="button quiet" aria-haspopup="dialog" onclick={open(Dialog::Share)}>
                    <Pictogram icon={Icon::Share} />{ "Share" }
                </button>
                <button type="button" class="button quiet square" aria-label={label} title={label} onclick={theme}>
                    <Pictogram {icon} />
                </button>
            </nav>
        </header>
    }
}

/// The fragment belongs to the scenario, so the skip link moves the focus without touching it.
fn skip(event: MouseEvent) {
    event.prevent_default();
    crate::ui::effects::focus::focus_by_id("figure");
}

const fn pressed(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}
