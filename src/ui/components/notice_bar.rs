//! What the page has to say above everything else, with its ways on.

use yew::prelude::*;

use super::icon::{Icon, Pictogram};
use crate::ui::state::{Action, Dialog, Notice, Remedy};

/// What is said and who hears the answer.
#[derive(PartialEq, Properties)]
pub struct NoticeBarProps {
    /// The message.
    pub notice: Notice,
    /// Hears which way on is taken.
    pub dispatch: Callback<Action>,
}

/// One message with its buttons.
#[component]
pub fn NoticeBar(props: &NoticeBarProps) -> Html {
    let notice = &props.notice;
    let (class, role, icon) = if notice.is_trouble() {
        ("notice trouble", "alert", Icon::Alert)
    } else {
        ("notice", "status", Icon::Check)
    };
    let remedies = notice.remedies.iter().map(|remedy| {
        let remedy = *remedy;
        let name = match remedy {
            Remedy::Undo => "Undo",
            Remedy::OpenGallery => "Open the gallery",
            Remedy::SimulateAgain => "Simulate again",
        };
        let dispatch = props.dispatch.clone();
        let onclick = move |_: MouseEvent| {
            dispatch.emit(Action::CloseNotice);
            dispatch.emit(match remedy {
                Remedy::Undo => Action::Undo,
                Remedy::OpenGallery => Action::Open(Dialog::Gallery),
                Remedy::SimulateAgain => Action::SimulateAgain,
            });
        };
        html! { <button type="button" class="button small" {onclick}>{ name }</button> }
    });
    html! {
        <div {class} {role}>
            <Pictogram {icon} />
            <p class="notice-text"><strong>{ notice.title.clone() }</strong>{ " " }{ notice.text.clone() }</p>
            <div class="notice-ways">
                { for remedies }
                <button type="button" class="button quiet square small" aria-label="Close this message"
                    onclick={props.dispatch.reform(|_: MouseEvent| Action::CloseNotice)}>
                    <Pictogram icon={Icon::Close} />
                </button>
            </div>
        </div>
    }
}
