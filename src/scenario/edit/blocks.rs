//! Where the tables of a text begin and end, so that whole tables can be put in and taken out
//! without touching anything else.

use std::ops::Range;

use toml_edit::{Document, Item, Table};

use super::EditError;
use crate::scenario::text::broken_text;
use crate::scenario::text::schema::ROOT;

/// One table that has a header of its own.
struct Header {
    /// `process.0.thread.1`.
    path: String,
    /// The first byte of the header, or of the comment right above it.
    start: usize,
}

/// The headers of a text, in its order.
pub(super) struct Blocks {
    headers: Vec<Header>,
    end: usize,
}

impl Blocks {
    pub(super) fn of(text: &str) -> Result<Blocks, EditError> {
        let document = Document::parse(text).map_err(|toml| EditError::Broken {
            problem: broken_text(text, &toml),
        })?;
        let mut headers = Vec::new();
        collect(text, document.as_table(), "", &mut headers);
        headers.sort_by_key(|header| header.start);
        Ok(Blocks {
            headers,
            end: text.len(),
        })
    }

    /// How many tables the list has.
    pub(super) fn count(&self, list: &str) -> usize {
        (0..)
            .take_while(|at| self.position(&format!("{list}.{at}")).is_some())
            .count()
    }

    /// From the header of a table to where the next one begins that is not inside it.
    pub(super) fn block(&self, path: &str) -> Result<Range<usize>, EditError> {
        let first = self.position(path).ok_or_else(|| EditError::Missing {
            what: path.to_owned(),
        })?;
        let inside =
            |header: &Header| header.path == path || header.path.starts_with(&format!("{path}."));
        let after = self.headers[first..]
            .iter()
            .position(|header| !inside(header))
            .map_or(self.headers.len(), |count| first + count);
        if self.headers[after..].iter().any(inside) {
            return Err(EditError::Unusual {
                what: path.to_owned(),
            });
        }
        let end = self.headers.get(after).map_or(self.end, |next| next.start);
        Ok(self.headers[first].start..end)
    }

    /// Where a table for this key of the root belongs: before those that come later in the format.
    pub(super) fn place_for(&self, root_key: &str) -> usize {
        let rank = |name: &str| ROOT.keys.iter().position(|key| key.name == name);
        let later = |header: &&Header| {
            let name = header.path.split('.').next().unwrap_or("");
            rank(name) > rank(root_key)
        };
        self.headers
            .iter()
            .find(later)
            .map_or(self.end, |next| next.start)
    }

    fn position(&self, path: &str) -> Option<usize> {
        self.headers.iter().position(|header| header.path == path)
    }
}

fn collect(text: &str, table: &Table, prefix: &str, headers: &mut Vec<Header>) {
    for (name, item) in table {
        let path = format!("{prefix}{name}");
        match item {
            Item::Table(table) => {
                if !table.is_implicit() && !table.is_dotted() {
                    headers.extend(header(text, table, path.clone()));
                }
                collect(text, table, &format!("{path}."), headers);
            }
            Item::ArrayOfTables(tables) => {
                for (at, table) in tables.iter().enumerate() {
                    let path = format!("{path}.{at}");
                    headers.extend(header(text, table, path.clone()));
                    collect(text, table, &format!("{path}."), headers);
                }
            }
            Item::None | Item::Value(_) => {}
        }
    }
}

fn header(text: &str, table: &Table, path: String) -> Option<Header> {
    let bracket = table.span()?.start;
    let prefix = table.decor().prefix().and_then(|prefix| prefix.span());
    let lowest = prefix.map_or(bracket, |prefix| prefix.start);
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let mut start = line_start(bracket).max(lowest);
    while start > lowest {
        let above = line_start(start - 1).max(lowest);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    Some(Header { path, start })
}

/// The text with a table put in at this place, an empty line before and behind it.
pub(super) fn splice(text: &str, at: usize, table: &str) -> String {
    let before = text[..at].trim_end();
    let behind = &text[at..];
    let gap = if before.is_empty() { "" } else { "\n\n" };
    let table = table.trim_matches('\n').trim_end();
    let gap_behind = if behind.is_empty() { "\n" } else { "\n\n" };
    format!("{before}{gap}{table}{gap_behind}{behind}")
}

/// The text with a value in a single table (`[machine]` and the like) that it does not have yet.
pub(super) fn insert_value(text: &str, steps: &[&str], value: &str) -> Result<String, EditError> {
    let blocks = Blocks::of(text)?;
    let (Some((key, tables)), Some(root_key)) = (steps.split_last(), steps.first()) else {
        return Err(EditError::Missing {
            what: steps.join("."),
        });
    };
    let table = format!("[{}]\n{key} = {value}", tables.join("."));
    Ok(splice(text, blocks.place_for(root_key), &table))
}
