//! Where the characters of a TOML string stand in the text, so that a complaint about a statement
//! points at the statement and not at the whole program.

use std::ops::Range;

/// Maps bytes of a string's value to bytes of the text it was read from.
#[derive(Debug)]
pub(crate) enum Place {
    /// The value stands in the text as it is, from here.
    Plain(usize),
    /// Every byte of the value, and its end, one by one: the string has escapes.
    Mapped(Vec<u32>),
    /// It could not be made out; everything is the whole string.
    Whole(Range<usize>),
}

impl Place {
    /// Finds out how `value` stands in `text` at `span`, quotes included.
    pub(crate) fn new(text: &str, span: Range<usize>, value: &str) -> Place {
        let Some(raw) = text.get(span.clone()) else {
            return Place::Whole(span);
        };
        let delimiter = ["\"\"\"", "'''", "\"", "'"]
            .into_iter()
            .find(|quotes| raw.starts_with(quotes) && raw.len() >= 2 * quotes.len());
        let Some(delimiter) = delimiter else {
            return Place::Whole(span);
        };
        let mut start = delimiter.len();
        let end = raw.len() - delimiter.len();
        if delimiter.len() == 3 {
            // A newline right behind the opening quotes is not part of the value.
            start += match &raw.as_bytes()[start..end] {
                [b'\r', b'\n', ..] => 2,
                [b'\n', ..] => 1,
                _ => 0,
            };
        }
        let inner = &raw[start..end];
        if inner == value {
            return Place::Plain(span.start + start);
        }
        match map(inner, value, span.start + start, delimiter.starts_with('"')) {
            Some(map) => Place::Mapped(map),
            None => Place::Whole(span),
        }
    }

    /// The text's bytes for these bytes of the value.
    pub(crate) fn span(&self, part: Range<usize>) -> Range<usize> {
        match self {
            Place::Plain(from) => from + part.start..from + part.end,
            Place::Mapped(map) => {
                let at = |byte: usize| map[byte.min(map.len() - 1)] as usize;
                at(part.start)..at(part.end)
            }
            Place::Whole(whole) => whole.clone(),
        }
    }
}

/// For each byte of `value` and for its end, the byte of the text, given that `raw` starts at
/// `from`. `None` where the two do not fit together.
fn map(raw: &str, value: &str, from: usize, escapes: bool) -> Option<Vec<u32>> {
    let mut map = Vec::with_capacity(value.len() + 1);
    let mut at = 0;
    for letter in value.chars() {
        let width;
        loop {
            let rest = &raw[at..];
            width = match rest.as_bytes() {
                [b'\\', b'x', ..] if escapes => 4,
                [b'\\', b'u', ..] if escapes => 6,
                [b'\\', b'U', ..] if escapes => 10,
                [b'\\', next, ..] if escapes && next.is_ascii_whitespace() => {
                    // A backslash at the end of a line swallows all blanks and newlines behind it.
                    at += 1 + (rest.len() - 1 - rest[1..].trim_start().len());
                    continue;
                }
                [b'\\', _, ..] if escapes => 2,
                [b'\r', b'\n', ..] if letter == '\n' => 2,
                [] => return None,
                _ if rest.starts_with(letter) => letter.len_utf8(),
                _ => return None,
            };
            break;
        }
        let place = u32::try_from(from + at).ok()?;
        map.extend(std::iter::repeat_n(place, letter.len_utf8()));
        at += width;
        if !raw.is_char_boundary(at) {
            return None;
        }
    }
    map.push(u32::try_from(from + at).ok()?);
    Some(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the TOML text `p = …`, and gives the text that the value's `part` stands at.
    fn stands_at(toml: &str, part: &str) -> String {
        let document = toml_edit::Document::parse(toml).unwrap();
        let item = document.get("p").unwrap();
        let value = item.as_str().unwrap();
        let start = value.find(part).unwrap();
        let place = Place::new(toml, item.span().unwrap(), value);
        toml[place.span(start..start + part.len())].to_owned()
    }

    #[test]
    fn every_kind_of_string_is_followed() {
        for (toml, part, raw) in [
            ("p = \"compute 5ms\"", "5ms", "5ms"),
            ("p = 'compute 5ms'", "5ms", "5ms"),
            ("p = \"\"\"\ncompute 5ms\nexit\n\"\"\"", "exit", "exit"),
            ("p = '''\ncompute 5ms\nexit'''", "exit", "exit"),
            ("p = \"compute 5ms\\nexit\"", "exit", "exit"),
            ("p = \"\\u0065xit\\tnow\"", "exit", "\\u0065xit"),
            ("p = \"\"\"\r\nlog é\r\nexit\"\"\"", "exit", "exit"),
            (
                "p = \"\"\"\\\n   compute 5ms; \\\n  exit\"\"\"",
                "exit",
                "exit",
            ),
            ("p = \"\"\"a \"\" b\"\"\"", "b", "b"),
        ] {
            assert_eq!(stands_at(toml, part), raw, "{toml}");
        }
    }
}
