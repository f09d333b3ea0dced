//! Everything there is to say about the text: place, message, hint. Choosing one shows it in the text.

use yew::prelude::*;

use crate::scenario::text::Parsed;
use crate::ui::kept::Kept;

/// How many are shown before the visitor asks for the rest.
const FIRST: usize = 5;

/// What is complained about.
#[derive(PartialEq, Properties)]
pub struct DiagnosticsListProps {
    /// The text's meaning, with the complaints.
    pub parsed: Kept<Parsed>,
    /// Hears the bytes of the one that is chosen.
    pub on_choose: Callback<std::ops::Range<usize>>,
}

/// The list under the editor. Its place is kept also when there is nothing to say.
#[component]
pub fn DiagnosticsList(props: &DiagnosticsListProps) -> Html {
    let all = use_state_eq(|| false);
    let list = &props.parsed.diagnostics;
    if list.is_empty() {
        return html! {
            <p class="complaints-none" role="status">{ "The text is in order." }</p>
        };
    }
    let shown = if *all { list.len() } else { FIRST };
    // Errors first: they are why nothing new is simulated.
    let mut order: Vec<_> = list.iter().collect();
    order.sort_by_key(|complaint| complaint.severity);
    let items = order.iter().take(shown).map(|complaint| {
        let span = complaint.span.clone();
        let onclick = props.on_choose.reform(move |_: MouseEvent| span.clone());
        html! {
            <li class={classes!("complaint", complaint.severity.word())}>
                <button type="button" class="complaint-place" {onclick}>
                    <span class="complaint-kind">{ complaint.severity.word() }</span>
                    { format!("{}:{}", complaint.line, complaint.column) }
                </button>
                <p class="complaint-text">
                    { complaint.message.clone() }
                    if let Some(hint) = &complaint.hint {
                        <span class="complaint-hint">{ hint.clone() }</span>
                    }
                </p>
            </li>
        }
    });
    let more = list.len().saturating_sub(shown);
    let show_all = {
        let all = all.clone();
        move |_: MouseEvent| all.set(true)
    };
    html! {
        <div class="complaints" role="status" aria-label="What there is to say about the text">
            <ul>{ for items }</ul>
            if more > 0 {
                <button type="button" class="button quiet small" onclick={show_all}>
                    { format!("Show {more} more") }
                </button>
            }
        </div>
    }
}
