//! The editor: two views of one scenario, steps back and forward, and what there is to say about it.

use yew::prelude::*;

use super::choice::{Segments, option};
use super::diagnostics_list::DiagnosticsList;
use super::editor_form::EditorForm;
use super::editor_text::EditorText;
use super::icon::{Icon, Pictogram};
use crate::scenario::text::Parsed;
use crate::ui::kept::Kept;
use crate::ui::state::{Action, Caret, EditorView};

/// What the editor shows and whom it tells.
#[derive(PartialEq, Properties)]
pub struct EditorProps {
    /// The text.
    pub text: AttrValue,
    /// Its meaning, with the complaints.
    pub parsed: Kept<Parsed>,
    /// Which view is shown.
    pub view: EditorView,
    /// Where the caret has to go.
    pub caret: Option<Caret>,
    /// Whether there is a step back.
    pub can_undo: bool,
    /// Whether there is a step forward.
    pub can_redo: bool,
    /// Why the text could not be kept in this browser.
    pub storage_trouble: Option<AttrValue>,
    /// Hears what is wished.
    pub dispatch: Callback<Action>,
}

/// The editor.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let (value, on_choose) = (
        match props.view {
            EditorView::Form => "form",
            EditorView::Text => "text",
        },
        props.dispatch.reform(|word: String| {
            Action::View(if word == "text" {
                EditorView::Text
            } else {
                EditorView::Form
            })
        }),
    );
    let views = vec![option("form", "Form"), option("text", "Text")];
    let undo = props.dispatch.reform(|_: MouseEvent| Action::Undo);
    let redo = props.dispatch.reform(|_: MouseEvent| Action::Redo);
    html! {
        <section class="editor" aria-label="Editor">
            <div class="editor-bar">
                <Segments id="editor-view" label="View" options={views} {value} {on_choose} />
                <div class="editor-steps">
                    <button type="button" class="button quiet square" title="Undo" aria-label="Undo" disabled={!props.can_undo} onclick={undo}>
                        <Pictogram icon={Icon::Undo} />
                    </button>
                    <button type="button" class="button quiet square" title="Redo" aria-label="Redo" disabled={!props.can_redo} onclick={redo}>
                        <Pictogram icon={Icon::Redo} />
                    </button>
                </div>
            </div>
            <div class="editor-body">
                if props.view == EditorView::Form {
                    <EditorForm text={props.text.clone()} parsed={props.parsed.clone()} dispatch={props.dispatch.clone()} />
                } else {
                    <EditorText text={props.text.clone()} parsed={props.parsed.clone()} caret={props.caret.clone()}
                        dispatch={props.dispatch.clone()} />
                }
            </div>
            <div class="editor-foot">
                if let Some(trouble) = &props.storage_trouble {
                    <p class="editor-trouble" role="status">{ trouble.clone() }</p>
                }
                <DiagnosticsList parsed={props.parsed.clone()} on_choose={props.dispatch.reform(Action::ShowInText)} />
            </div>
        </section>
    }
}
