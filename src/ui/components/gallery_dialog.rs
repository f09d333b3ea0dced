//! The gallery: every mix there is, with the one thing it shows.

use yew::prelude::*;

use super::icon::{Icon, Pictogram};
use crate::content;
use crate::ui::effects::dialog;
use crate::ui::state::Action;

/// Whom the gallery tells.
#[derive(PartialEq, Properties)]
pub struct GalleryDialogProps {
    /// Hears which mix is chosen.
    pub dispatch: Callback<Action>,
}

/// The gallery, over the page.
#[component]
pub fn GalleryDialog(props: &GalleryDialogProps) -> Html {
    let element = use_node_ref();
    dialog::use_modal(&element);
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
    let cards = content::gallery().iter().map(|entry| {
        let slug = entry.slug;
        let onclick = props
            .dispatch
            .reform(move |_: MouseEvent| Action::OpenGalleryEntry(slug.to_owned()));
        html! {
            <li key={slug}>
                <button type="button" class="mix" {onclick}>
                    <span class="mix-title">{ entry.title }</span>
                    <span class="mix-lesson">{ entry.lesson }</span>
                    <span class="mix-topics">
                        { for entry.topics.iter().map(|topic| html! { <span class="topic">{ *topic }</span> }) }
                    </span>
                </button>
            </li>
        }
    });
    html! {
        <dialog ref={element} class="dialog gallery" aria-labelledby="gallery-title" oncancel={on_cancel} onclick={on_scrim}>
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2 id="gallery-title">{ "Gallery" }</h2>
                    <button type="button" class="button quiet square" aria-label="Close the gallery" onclick={on_close}>
                        <Pictogram icon={Icon::Close} />
                    </button>
                </div>
                <p class="dialog-lead">{ "Each mix shows one thing. Open one, then change it: your own mix stays one step back." }</p>
                <ul class="mixes">{ for cards }</ul>
            </div>
        </dialog>
    }
}
