//! The text view: a plain text area over a layer that underlines what is complained about. The two
//! lie in one grid cell and scroll together, so that they cannot come apart.
//!
//! Tab inserts two spaces; Escape gives the next Tab back to the browser, so that the keyboard can
//! leave. Undo and redo are the page's own: they reach across the form, links and the gallery.

use std::ops::Range;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::scenario::Severity;
use crate::scenario::text::Parsed;
use crate::ui::effects::{clock, textarea};
use crate::ui::kept::Kept;
use crate::ui::state::{Action, Caret, Change};
use crate::ui::text_units::byte_of_unit;

/// What the text view shows and whom it tells.
#[derive(PartialEq, Properties)]
pub struct EditorTextProps {
    /// The text.
    pub text: AttrValue,
    /// Its meaning, with the complaints.
    pub parsed: Kept<Parsed>,
    /// Where the caret has to go.
    pub caret: Option<Caret>,
    /// Hears of changes.
    pub dispatch: Callback<Action>,
}

/// The text view.
#[component]
pub fn EditorText(props: &EditorTextProps) -> Html {
    let area = use_node_ref();
    let leaving = use_mut_ref(|| false);
    textarea::use_caret(&area, &props.text, props.caret.as_ref());
    textarea::use_browser_undo(&area, &props.dispatch);

    let oninput = props.dispatch.reform(|event: InputEvent| {
        let area: HtmlTextAreaElement = event.target_unchecked_into();
        Action::Edit {
            text: area.value().into(),
            change: Change::Typing,
            at_ms: clock::now_ms(),
        }
    });
    let onkeydown = {
        let (dispatch, text) = (props.dispatch.clone(), props.text.clone());
        move |event: KeyboardEvent| {
            let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            let command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
            match event.key().as_str() {
                "Tab" if plain && !event.shift_key() && !*leaving.borrow() => {
                    event.prevent_default();
                    textarea::insert(&event.target_unchecked_into(), "  ");
                }
                "z" | "Z" if command => {
                    event.prevent_default();
                    dispatch.emit(if event.shift_key() {
                        Action::Redo
                    } else {
                        Action::Undo
                    });
                }
                "y" if command => {
                    event.prevent_default();
                    dispatch.emit(Action::Redo);
                }
                "Enter" if plain && !event.shift_key() => {
                    let area: HtmlTextAreaElement = event.target_unchecked_into();
                    let unit = area.selection_start().ok().flatten().unwrap_or(0);
                    let indent = indent_at(&text, byte_of_unit(&text, unit));
                    if !indent.is_empty() {
                        event.prevent_default();
                        textarea::insert(&area, &format!("\n{indent}"));
                    }
                }
                _ => {}
            }
            *leaving.borrow_mut() = event.key() == "Escape";
        }
    };
    let lines = props.text.lines().count().max(1) + usize::from(props.text.ends_with('\n'));
    let numbers: String = (1..=lines).map(|line| format!("{line}\n")).collect();
    html! {
        <>
            <div class="code" data-broken={props.parsed.has_errors().then_some("")}>
                <pre class="code-numbers" aria-hidden="true">{ numbers }</pre>
                <div class="code-area">
                    <pre class="code-under" aria-hidden="true">{ for underlined(&props.text, &props.parsed) }{ "\n" }</pre>
                    <textarea ref={area} class="code-text" value={props.text.clone()} {oninput} {onkeydown}
                        aria-label="The scenario’s text" aria-describedby="code-keys"
                        spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" />
                </div>
            </div>
            <p id="code-keys" class="code-keys">
                { "Tab indents. To leave with the keyboard, press Escape, then Tab." }
            </p>
        </>
    }
}

/// The spaces that the line at `byte` starts with, up to there.
fn indent_at(text: &str, byte: usize) -> &str {
    let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[start..byte];
    &line[..line.len() - line.trim_start_matches(' ').len()]
}

/// The text cut into pieces, those that are complained about marked. Where complaints overlap, the
/// first one wins; an empty span marks the character at its place.
fn underlined(text: &str, parsed: &Parsed) -> Vec<Html> {
    pieces(text, parsed)
        .into_iter()
        .map(|(span, severity)| {
            let piece = text[span].to_owned();
            match severity {
                Some(severity) => {
                    html! { <span class={classes!("mark", severity.word())}>{ piece }</span> }
                }
                None => html! { { piece } },
            }
        })
        .collect()
}

fn pieces(text: &str, parsed: &Parsed) -> Vec<(Range<usize>, Option<Severity>)> {
    let mut out = Vec::new();
    let mut at = 0;
    for complaint in &parsed.diagnostics {
        let start = text.floor_char_boundary(complaint.span.start.min(text.len()));
        let next = start + text[start..].chars().next().map_or(0, char::len_utf8);
        let end = text.ceil_char_boundary(complaint.span.end.min(text.len()).max(next));
        if start < at || start == end {
            continue;
        }
        if at < start {
            out.push((at..start, None));
        }
        out.push((start..end, Some(complaint.severity)));
        at = end;
    }
    out.push((at..text.len(), None));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::text;

    #[test]
    fn a_new_line_starts_where_the_last_one_did() {
        assert_eq!(indent_at("a\n    b", 7), "    ");
        assert_eq!(indent_at("a\n    b", 4), "  ");
        assert_eq!(indent_at("ab", 2), "");
    }

    #[test]
    fn the_pieces_are_the_text_whatever_is_wrong_with_it() {
        for text in [
            "",
            "format = ",
            "format = 1\nü = 3\n",
            "[[process]]\nprogram = \"repeat 3 {\"",
        ] {
            let parsed = text::parse(text);
            let joined: String = pieces(text, &parsed)
                .into_iter()
                .map(|(span, _)| &text[span])
                .collect();
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn a_complaint_is_marked_where_it_stands() {
        let text = "format = 1\nformta = 2\n";
        let parsed = text::parse(text);
        let marked = pieces(text, &parsed)
            .into_iter()
            .find(|(_, severity)| severity.is_some());
        assert!(marked.is_some_and(|(span, _)| text[span].contains("formta")));
    }
}
