//! What the page shows first: decided from the address's fragment and from what was typed before.
//! Pure. Nothing that was typed is lost here: what is not shown becomes a step back.

use yew::AttrValue;

use super::notice::{Notice, Remedy};
use crate::base::Nanos;
use crate::content;
use crate::scenario::link;
use crate::ui::timeline::Window;

/// Where the text on the screen comes from; decides what the address bar says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The mix that is shown when there is no link, as it is.
    Opening,
    /// A mix of the gallery, as it is; its slug.
    Gallery(String),
    /// A link or the visitor's own hand.
    Own,
    /// The address bar holds a link that could not be opened; it stays until something is typed.
    BadLink,
}

/// What is shown first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The text.
    pub text: AttrValue,
    /// Where it comes from.
    pub source: Source,
    /// Texts to go back to, oldest first.
    pub past: Vec<AttrValue>,
    /// What has to be said about it.
    pub notice: Option<Notice>,
    /// The instant that the link points at.
    pub cursor: Option<Nanos>,
    /// The interval that the link shows.
    pub window: Option<Window>,
}

/// Decides what to show for the address's `fragment` (with or without `#`), given the `draft` that was
/// being edited and the text `before` it that something else replaced.
#[must_use]
pub fn open(fragment: &str, draft: Option<AttrValue>, before: Option<AttrValue>) -> Opened {
    let fragment = fragment.trim_start_matches('#');
    if fragment.is_empty() {
        return open_draft(draft, before, Source::Own, None);
    }
    if let Some(slug) = fragment.strip_prefix("g=") {
        let found = content::gallery().iter().find(|entry| entry.slug == slug);
        return match found {
            Some(entry) => {
                let text = AttrValue::from(entry.text);
                open_instead(text, Source::Gallery(slug.to_owned()), draft, before)
            }
            None => {
                let notice = Notice::trouble(
                    "The gallery has no such mix",
                    format!("This address asks for “{slug}”. The gallery lists all there are."),
                )
                .with(Remedy::OpenGallery);
                open_draft(draft, before, Source::BadLink, Some(notice))
            }
        };
    }
    match link::decode(fragment) {
        Ok(shared) => {
            let opened = open_instead(shared.text.into(), Source::Own, draft, before);
            Opened {
                cursor: shared.cursor,
                window: shared.window.and_then(window_of_link),
                ..opened
            }
        }
        Err(error) => {
            let kept = if draft.is_some() {
                "Your own mix is as you left it."
            } else {
                "The opening mix is shown instead."
            };
            let notice = Notice::trouble("This link cannot be opened", format!("{error} {kept}"))
                .with(Remedy::OpenGallery);
            open_draft(draft, before, Source::BadLink, Some(notice))
        }
    }
}

/// The draft, or without one the opening mix.
fn open_draft(
    draft: Option<AttrValue>,
    before: Option<AttrValue>,
    source: Source,
    notice: Option<Notice>,
) -> Opened {
    let opening = AttrValue::from(content::opening().text);
    let own = draft.filter(|draft| *draft != opening);
    let (text, source, past) = match own {
        Some(draft) => {
            let before = before.unwrap_or(opening);
            let past = (before != draft).then_some(before);
            (draft, source, past.into_iter().collect())
        }
        None if source == Source::BadLink => (opening, source, before.into_iter().collect()),
        None => (opening, Source::Opening, before.into_iter().collect()),
    };
    Opened {
        text,
        source,
        past,
        notice,
        cursor: None,
        window: None,
    }
}

/// Another text than the draft; the draft becomes a step back.
fn open_instead(
    text: AttrValue,
    source: Source,
    draft: Option<AttrValue>,
    before: Option<AttrValue>,
) -> Opened {
    let replaced = draft.filter(|draft| *draft != text);
    let notice = replaced.as_ref().map(|_| replaced_notice());
    let past = [before.filter(|before| *before != text), replaced];
    Opened {
        text,
        source,
        past: past.into_iter().flatten().collect(),
        notice,
        cursor: None,
        window: None,
    }
}

/// A link may hold any two instants; a window that shows nothing is no window.
fn window_of_link((from, to): (Nanos, Nanos)) -> Option<Window> {
    (from < to).then_some(Window {
        start_ns: from.0,
        end_ns: to.0,
    })
}

/// What is said when a link or the gallery replaced the visitor's own text.
#[must_use]
pub(super) fn replaced_notice() -> Notice {
    Notice::news(
        "Your own mix is kept",
        "Another mix was opened in its place. Undo brings yours back.",
    )
    .with(Remedy::Undo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::link::Shared;

    fn draft() -> Option<AttrValue> {
        Some("format = 1 # mine".into())
    }

    fn link_to(text: &str) -> String {
        link::encode(&Shared {
            text: text.to_owned(),
            cursor: Some(Nanos::from_ms(3)),
            window: None,
            choices: Vec::new(),
        })
        .unwrap()
    }

    #[test]
    fn without_a_link_the_draft_or_the_opening_mix() {
        let fresh = open("", None, None);
        assert_eq!(fresh.text, content::opening().text);
        assert_eq!(fresh.source, Source::Opening);
        assert!(fresh.past.is_empty() && fresh.notice.is_none());
        let again = open("#", draft(), None);
        assert_eq!(Some(again.text), draft());
        assert_eq!(again.past, [content::opening().text]);
    }

    #[test]
    fn a_link_is_opened_and_the_draft_is_one_step_back() {
        let opened = open(
            &format!("#{}", link_to("format = 1 # theirs")),
            draft(),
            None,
        );
        assert_eq!(opened.text, "format = 1 # theirs");
        assert_eq!(opened.past, [draft().unwrap()]);
        assert_eq!(opened.cursor, Some(Nanos::from_ms(3)));
        assert!(opened.notice.is_some());
    }

    #[test]
    fn a_link_to_the_draft_itself_needs_no_words() {
        let opened = open(&link_to("format = 1 # mine"), draft(), None);
        assert!(opened.notice.is_none() && opened.past.is_empty());
    }

    #[test]
    fn a_bad_link_says_why_and_keeps_the_draft() {
        let whole = link_to("format = 1 # theirs");
        let cut = &whole[..whole.len() - 4];
        for bad in ["#s=1.!!!", "#s=999.AAAA", "#what", cut] {
            let opened = open(bad, draft(), None);
            assert_eq!(Some(opened.text), draft(), "{bad}");
            assert_eq!(opened.source, Source::BadLink, "{bad}");
            assert!(
                opened.notice.is_some_and(|notice| notice.is_trouble()),
                "{bad}"
            );
        }
    }

    #[test]
    fn the_gallery_opens_by_slug() {
        let entry = &content::gallery()[1];
        let opened = open(&format!("#g={}", entry.slug), None, None);
        assert_eq!(opened.text, entry.text);
        assert_eq!(opened.source, Source::Gallery(entry.slug.to_owned()));
        let missing = open("#g=no-such-mix", draft(), None);
        assert_eq!(Some(missing.text), draft());
        assert!(missing.notice.is_some_and(|notice| notice.is_trouble()));
    }
}
