//! What to say when a text is not TOML: the parser's complaint in words that someone who has never
//! heard of TOML can act on, at the place that the parser gives.

use std::ops::Range;

use toml_edit::{TomlError, Value};

use crate::scenario::diagnostic::{Complaint, code, error};
use crate::scenario::value::shorten;

/// The complaint about a text that is not TOML.
pub(super) fn complaint(text: &str, toml: &TomlError) -> Complaint {
    let span = visible(text, toml.span().unwrap_or(text.len()..text.len()));
    let line = line_at(text, span.start);
    let message = toml.message();
    let says = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
    let complain = |span: Range<usize>, message: &str, hint: &str| {
        error(code::TOML_SYNTAX, span, message).hint(hint)
    };
    if text.trim_start().starts_with('{') {
        return complain(
            span,
            "the text begins with a brace, as JSON does; a scenario is TOML",
            "write `format = 1` and `[[process]]` instead",
        );
    }
    if says(&["multi-line"]) {
        let open = open_string(text).unwrap_or(span);
        return complain(
            open,
            "the text in quotes that begins here never ends",
            "a text that begins with three quotes ends with three quotes",
        );
    }
    if says(&[
        "invalid basic string, expected `\"`",
        "invalid literal string, expected `'`",
    ]) {
        return complain(
            span,
            "a text in quotes does not end on its line",
            "close the quotes, or use three of them around a text of several lines",
        );
    }
    if says(&["duplicate key"]) {
        return complain(
            span,
            "this key or table stands here twice",
            "keep one; a table of which there may be several has two brackets, as `[[process]]`",
        );
    }
    if says(&["must be quoted", "invalid boolean"])
        && let Some(complaint) = unquoted_value(text, &line)
    {
        return complaint;
    }
    if says(&["must be quoted"]) {
        return complain(
            span,
            "there is no value behind the `=`",
            "write one, as in `cores = 2`",
        );
    }
    if says(&["unclosed table", "unclosed array table"]) {
        return complain(
            span,
            "the name of this table does not end",
            "write `[machine]` for a table, `[[process]]` for one of which there may be several",
        );
    }
    if says(&["key with no value", "invalid key-value pair"]) {
        return complain(
            span,
            "this line is not `key = value`",
            "every line is `key = value`, `[table]`, `[[table]]` or a `# comment`",
        );
    }
    if says(&["unexpected key or value"]) {
        let from = toml.span().map_or(span.start, |span| span.start);
        let rest = text.get(from..line.end).unwrap_or("").trim_end();
        return complain(
            if rest.is_empty() {
                span
            } else {
                from..from + rest.len()
            },
            "there is more on this line than one value",
            "put every key on a line of its own",
        );
    }
    if says(&["missing escaped value"]) {
        return complain(
            span,
            "a `\\` in a text in quotes begins a special character, and this is none",
            "write `\\\\` for a `\\`",
        );
    }
    if says(&["recursion"]) {
        return complain(
            span,
            "this is nested too deeply",
            "the format nests tables three deep",
        );
    }
    error(
        code::TOML_SYNTAX,
        span,
        format!("this is not TOML: {message}"),
    )
}

/// The complaint about `quantum = 10ms`, `policy = fifo` and the like.
fn unquoted_value(text: &str, line: &Range<usize>) -> Option<Complaint> {
    let words = &text[line.clone()];
    let (key, value) = words.split_once('=')?;
    let bare = value.split('#').next().unwrap_or("").trim();
    let is_bare = |letter: char| letter.is_alphanumeric() || "-_.µ ".contains(letter);
    if bare.is_empty() || !bare.chars().all(is_bare) || bare.parse::<Value>().is_ok() {
        return None;
    }
    let start = line.end - value.len() + value.find(bare)?;
    Some(
        error(
            code::TOML_SYNTAX,
            start..start + bare.len(),
            format!("`{}` has to stand in quotes", shorten(bare)),
        )
        .hint(format!("write `{} = \"{}\"`", shorten(key), shorten(bare))),
    )
}

/// Where a string of several lines begins that never ends.
fn open_string(text: &str) -> Option<Range<usize>> {
    ["\"\"\"", "'''"]
        .into_iter()
        .filter_map(|quotes| {
            let places: Vec<usize> = text.match_indices(quotes).map(|(at, _)| at).collect();
            let last = *places.last()?;
            (places.len() % 2 == 1).then_some(last..last + quotes.len())
        })
        .max_by_key(|open| open.start)
}

/// The place on character boundaries; one that is empty is widened to the character
/// before it, or else behind it, on the same line.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    if start < end {
        return start..end;
    }
    let before = text[..start].chars().next_back();
    match before {
        Some(letter) if letter != '\n' => start - letter.len_utf8()..end,
        _ => match text[start..].chars().next() {
            Some(letter) if letter != '\n' => start..start + letter.len_utf8(),
            _ => start..end,
        },
    }
}

/// The line that a byte is on, without its end.
pub(super) fn line_at(text: &str, byte: usize) -> Range<usize> {
    let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[byte..]
        .find('\n')
        .map_or(text.len(), |newline| byte + newline);
    start..end
}
