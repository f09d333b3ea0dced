//! Single values: `set` and `unset`, by a path such as `scheduler.quantum` or
//! `process.0.thread.1.program`. A process, thread or resource goes by its position or its name.

use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike, Value};

use super::EditError;
use super::blocks;
use crate::scenario::diagnostic::code;
use crate::scenario::suggest;
use crate::scenario::text::schema::{Key, Kind, ROOT, Schema};
use crate::scenario::text::{broken_text, quoted};
use crate::scenario::value;

/// The text with this key set to this value, which is written as on a command line: words,
/// durations and programs without quotes.
///
/// # Errors
/// Where the format has no such key, the key does not take the value, or the text has no such
/// process; see [`EditError`].
pub fn set(text: &str, key: &str, new: &str) -> Result<String, EditError> {
    let steps: Vec<&str> = key.split('.').collect();
    let leaf = find_key(key, &steps)?;
    let mut new = typed(leaf, key, new)?;
    let mut document = parse(text)?;
    let Some(table) = descend(document.as_table_mut(), &ROOT, &steps, key)? else {
        return blocks::insert_value(text, &steps, &new.to_string());
    };
    match table.get_mut(leaf.name) {
        Some(Item::Value(old)) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        Some(_) => {
            return Err(EditError::Unusual {
                what: key.to_owned(),
            });
        }
        None => {
            let indent = indent_of(table);
            table.insert(leaf.name, Item::Value(new));
            if !indent.is_empty()
                && let Some(mut name) = table.key_mut(leaf.name)
            {
                name.leaf_decor_mut().set_prefix(indent);
            }
        }
    }
    Ok(document.to_string())
}

/// The text without this key, which then has its default again.
///
/// # Errors
/// As [`set`].
pub fn unset(text: &str, key: &str) -> Result<String, EditError> {
    let steps: Vec<&str> = key.split('.').collect();
    let leaf = find_key(key, &steps)?;
    let mut document = parse(text)?;
    if let Some(table) = descend(document.as_table_mut(), &ROOT, &steps, key)? {
        table.remove(leaf.name);
    }
    Ok(document.to_string())
}

fn parse(text: &str) -> Result<DocumentMut, EditError> {
    text.parse().map_err(|toml| EditError::Broken {
        problem: broken_text(text, &toml),
    })
}

/// The key of the format at the end of a path that stands for one value.
fn find_key(path: &str, steps: &[&str]) -> Result<&'static Key, EditError> {
    let unknown = || EditError::UnknownKey {
        key: value::shorten(path),
        meant: meant(steps),
    };
    let mut schema = &ROOT;
    let mut steps = steps.iter();
    loop {
        let key = steps
            .next()
            .and_then(|step| schema.key(step))
            .ok_or_else(unknown)?;
        match key.kind {
            Kind::Table(inner) => schema = inner,
            Kind::Tables(inner) => {
                schema = inner;
                if steps.next().is_none() {
                    return Err(not_a_value(path, &format!("{path}.0"), inner));
                }
            }
            _ if steps.len() == 0 => return Ok(key),
            _ => return Err(unknown()),
        }
        if steps.len() == 0 {
            return Err(not_a_value(path, path, schema));
        }
    }
}

fn not_a_value(path: &str, table: &str, schema: &Schema) -> EditError {
    EditError::NotAValue {
        key: path.to_owned(),
        example: format!("{table}.{}", schema.keys[0].name),
    }
}

/// The path that was probably meant: one that ends the same, or else one that looks alike.
fn meant(steps: &[&str]) -> Option<String> {
    fn collect(schema: &Schema, prefix: &str, depth: usize, paths: &mut Vec<String>) {
        for key in schema.keys {
            let path = format!("{prefix}{}", key.name);
            match key.kind {
                Kind::Table(inner) => collect(inner, &format!("{path}."), depth, paths),
                Kind::Tables(inner) if depth < 2 => {
                    collect(inner, &format!("{path}.0."), depth + 1, paths);
                }
                Kind::Tables(_) => {}
                _ => paths.push(path),
            }
        }
    }
    let mut paths = Vec::new();
    collect(&ROOT, "", 0, &mut paths);
    let last = steps.last()?;
    let ends_the_same = paths
        .iter()
        .find(|path| path.rsplit('.').next() == Some(last));
    ends_the_same.cloned().or_else(|| {
        let whole = steps.join(".");
        let ends = paths
            .iter()
            .map(|path| path.rsplit('.').next().unwrap_or(path));
        let near_end = suggest::nearest(last, ends).and_then(|end| {
            paths
                .iter()
                .find(|path| path.rsplit('.').next() == Some(end))
        });
        suggest::nearest(&whole, paths.iter().map(String::as_str))
            .map(str::to_owned)
            .or_else(|| near_end.cloned())
    })
}

/// The value in the type that the key takes.
fn typed(key: &Key, path: &str, new: &str) -> Result<Value, EditError> {
    let bad = |problem: String, hint: Option<String>| EditError::BadValue {
        key: path.to_owned(),
        problem,
        hint,
    };
    let wrong = |wrong: value::Wrong| bad(wrong.problem, wrong.hint);
    let not = |what: &str| {
        bad(
            format!("is `{}`, and it must be {what}", value::shorten(new)),
            None,
        )
    };
    let new_trimmed = new.trim();
    Ok(match key.kind {
        Kind::Integer { min, max } => {
            let number = new_trimmed.parse().map_err(|_| not("a whole number"))?;
            Value::from(value::integer(number, min, max).map_err(wrong)?)
        }
        Kind::Decimal {
            min_permille,
            max_permille,
        } => {
            let number = new_trimmed.parse().map_err(|_| not("a number"))?;
            value::permille(number, min_permille, max_permille).map_err(wrong)?;
            Value::from(number)
        }
        Kind::Flag => Value::from(
            new_trimmed
                .parse::<bool>()
                .map_err(|_| not("`true` or `false`"))?,
        ),
        Kind::Duration { min } => {
            value::duration(new_trimmed, min).map_err(wrong)?;
            Value::from(new_trimmed)
        }
        Kind::Integers { min, max, most } => list(new_trimmed, most, |item| {
            let number = item.parse().map_err(|_| value::Wrong {
                code: code::BAD_NUMBER,
                problem: format!(
                    "has `{}` in it, and it takes whole numbers",
                    value::shorten(item)
                ),
                hint: None,
            })?;
            value::integer(number, min, max).map(Value::from)
        })
        .map_err(wrong)?,
        Kind::Durations { min, most } => list(new_trimmed, most, |item| {
            value::duration(item, min).map(|_| Value::from(item))
        })
        .map_err(wrong)?,
        Kind::Size { min, max } => {
            value::size(new_trimmed, min, max).map_err(wrong)?;
            Value::from(new_trimmed)
        }
        Kind::Word(words) => {
            value::word(new_trimmed, words).map_err(wrong)?;
            Value::from(new_trimmed)
        }
        Kind::Name => {
            value::name(new_trimmed).map_err(wrong)?;
            Value::from(new_trimmed)
        }
        Kind::Text { max_chars } => {
            value::text(new, max_chars).map_err(wrong)?;
            text_value(new)
        }
        Kind::Program => text_value(new),
        Kind::Table(_) | Kind::Tables(_) => unreachable!("paths end at values"),
    })
}

/// A list, written with commas between its values, with or without brackets around them.
fn list(
    text: &str,
    most: usize,
    item: impl Fn(&str) -> Result<Value, value::Wrong>,
) -> Result<Value, value::Wrong> {
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let items = inner.unwrap_or(text).split(',').map(str::trim);
    let array = items
        .filter(|text| !text.is_empty())
        .map(|text| item(text.trim_matches('"')))
        .collect::<Result<Array, _>>()?;
    if array.len() > most {
        return Err(value::Wrong {
            code: code::OUT_OF_RANGE,
            problem: format!("has {} values, and at most {most} are allowed", array.len()),
            hint: None,
        });
    }
    Ok(Value::Array(array))
}

/// A text of several lines stands between three quotes, as a person would write it.
fn text_value(text: &str) -> Value {
    quoted(text).parse().unwrap_or_else(|_| Value::from(text))
}

/// The table that holds the last step of a path; `None` where the text does not have it, but may
/// (a single table such as `[scheduler]`).
fn descend<'d>(
    root: &'d mut dyn TableLike,
    schema: &'static Schema,
    steps: &[&str],
    path: &str,
) -> Result<Option<&'d mut dyn TableLike>, EditError> {
    let mut table = root;
    let mut schema = schema;
    let mut steps = steps.iter();
    // Inside braces, or a table of a list, a header would end up in the wrong place.
    let mut needs_braces = false;
    while steps.len() > 1 {
        let Some((step, key)) = steps
            .next()
            .and_then(|step| schema.key(step).map(|key| (*step, key)))
        else {
            unreachable!("the path has been found in the schema");
        };
        match key.kind {
            Kind::Tables(inner) => {
                schema = inner;
                needs_braces = true;
                let which = steps.next().copied().unwrap_or_default();
                let missing = || EditError::Missing {
                    what: format!("{step}.{}", value::shorten(which)),
                };
                let list = table.get_mut(step).ok_or_else(missing)?;
                table = element(list, which).ok_or_else(missing)?;
            }
            Kind::Table(inner) => {
                schema = inner;
                if !table.contains_key(step) {
                    if !needs_braces && !table.is_dotted() {
                        return Ok(None);
                    }
                    table.insert(step, Item::Value(Value::InlineTable(InlineTable::new())));
                }
                let unusual = || EditError::Unusual {
                    what: path.to_owned(),
                };
                let item = table.get_mut(step).ok_or_else(unusual)?;
                needs_braces |= item.is_inline_table();
                table = item.as_table_like_mut().ok_or_else(unusual)?;
            }
            _ => unreachable!("only the last step stands for a value"),
        }
    }
    Ok(Some(table))
}

/// The table of a list with this position or this name.
fn element<'d>(list: &'d mut Item, which: &str) -> Option<&'d mut dyn TableLike> {
    let named = |table: &dyn TableLike| table.get("name").and_then(Item::as_str) == Some(which);
    match list {
        Item::ArrayOfTables(tables) => {
            let at = which
                .parse()
                .ok()
                .or_else(|| tables.iter().position(|table| named(table)))?;
            tables.get_mut(at).map(|table| table as &mut dyn TableLike)
        }
        Item::Value(Value::Array(tables)) => {
            let at = which.parse().ok().or_else(|| {
                tables
                    .iter()
                    .position(|table| table.as_inline_table().is_some_and(|table| named(table)))
            })?;
            tables
                .get_mut(at)?
                .as_inline_table_mut()
                .map(|table| table as &mut dyn TableLike)
        }
        _ => None,
    }
}

/// The blanks in front of the keys of a table.
fn indent_of(table: &dyn TableLike) -> String {
    let first = table.iter().next().map(|(name, _)| name.to_owned());
    first
        .and_then(|name| table.key(&name))
        .and_then(|key| key.leaf_decor().prefix())
        .and_then(|prefix| prefix.as_str())
        .and_then(|prefix| prefix.rsplit('\n').next())
        .unwrap_or("")
        .to_owned()
}
