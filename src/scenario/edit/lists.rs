//! Processes, threads, coroutines and resources: put one in, take one out, make another like it.

use toml_edit::{Document, Item};

use super::EditError;
use super::blocks::{Blocks, splice};
use super::values::{set, unset};
use crate::scenario::text::broken_text;
use crate::scenario::text::schema::{Kind, ROOT};

/// The text with a `[[process]]` put in behind the process at `after`, or before all others.
///
/// # Errors
/// Where the text has no such process, or `table` is not one `[[process]]`.
pub fn insert_process(text: &str, after: Option<usize>, table: &str) -> Result<String, EditError> {
    insert(text, "process", after, table, "[[process]]")
}

/// The text without a process.
///
/// # Errors
/// Where the text has no such process, or writes it inline or in pieces.
pub fn remove_process(text: &str, process: usize) -> Result<String, EditError> {
    remove(text, &format!("process.{process}"))
}

/// The text with a second process like this one behind it, under another name.
///
/// # Errors
/// As [`remove_process`].
pub fn duplicate_process(text: &str, process: usize) -> Result<String, EditError> {
    duplicate(text, "process", process)
}

/// The text with a `[[process.thread]]` put in behind the thread at `after`, or before all others.
/// Where the process gives its program directly, that becomes its thread `main` first.
///
/// # Errors
/// Where the text has no such process or thread, or `table` is not one `[[process.thread]]`.
pub fn insert_thread(
    text: &str,
    process: usize,
    after: Option<usize>,
    table: &str,
) -> Result<String, EditError> {
    let parent = format!("process.{process}");
    let text = program_into_part(text, &parent, "[[process.thread]]", "main")?;
    insert(
        &text,
        &format!("{parent}.thread"),
        after,
        table,
        "[[process.thread]]",
    )
}

/// The text without a thread.
///
/// # Errors
/// Where the text has no such thread, or writes it inline or in pieces.
pub fn remove_thread(text: &str, process: usize, thread: usize) -> Result<String, EditError> {
    remove(text, &format!("process.{process}.thread.{thread}"))
}

/// The text with a second thread like this one behind it, under another name.
///
/// # Errors
/// As [`remove_thread`].
pub fn duplicate_thread(text: &str, process: usize, thread: usize) -> Result<String, EditError> {
    duplicate(text, &format!("process.{process}.thread"), thread)
}

/// The text with a `[[process.thread.coroutine]]` put in behind the coroutine at `after`, or before
/// all others. Where the thread has a program, that becomes its coroutine `first` before.
///
/// # Errors
/// As [`insert_thread`].
pub fn insert_coroutine(
    text: &str,
    (process, thread): (usize, usize),
    after: Option<usize>,
    table: &str,
) -> Result<String, EditError> {
    let parent = format!("process.{process}.thread.{thread}");
    let wanted = "[[process.thread.coroutine]]";
    let text = program_into_part(text, &parent, wanted, "first")?;
    insert(&text, &format!("{parent}.coroutine"), after, table, wanted)
}

/// The text without a coroutine.
///
/// # Errors
/// Where the text has no such coroutine, or writes it inline or in pieces.
pub fn remove_coroutine(
    text: &str,
    (process, thread): (usize, usize),
    coroutine: usize,
) -> Result<String, EditError> {
    remove(
        text,
        &format!("process.{process}.thread.{thread}.coroutine.{coroutine}"),
    )
}

/// The text with a resource of this kind (`device`, `semaphore`, …) put in behind the others.
///
/// # Errors
/// Where the format has no such kind, or `table` is not one table of it.
pub fn insert_resource(text: &str, kind: &str, table: &str) -> Result<String, EditError> {
    let Some(Kind::Tables(schema)) = ROOT.key(kind).map(|key| key.kind) else {
        return Err(EditError::UnknownKey {
            key: kind.to_owned(),
            meant: None,
        });
    };
    let last = Blocks::of(text)?.count(kind).checked_sub(1);
    insert(text, kind, last, table, schema.label)
}

/// The text without a resource.
///
/// # Errors
/// Where the text has no such resource, or writes it inline or in pieces.
pub fn remove_resource(text: &str, kind: &str, at: usize) -> Result<String, EditError> {
    remove(text, &format!("{kind}.{at}"))
}

fn insert(
    text: &str,
    list: &str,
    after: Option<usize>,
    table: &str,
    wanted: &str,
) -> Result<String, EditError> {
    let bad_table = || EditError::BadTable {
        wanted: wanted.to_owned(),
    };
    if !table.trim_start().starts_with(wanted) {
        return Err(bad_table());
    }
    let blocks = Blocks::of(text)?;
    let before = blocks.count(list);
    if before == 0 && has_key(text, list)? {
        return Err(EditError::Unusual {
            what: list.to_owned(),
        });
    }
    let place = match (after, list.rsplit_once('.')) {
        (Some(at), _) => blocks.block(&format!("{list}.{at}"))?.end,
        (None, _) if before > 0 => blocks.block(&format!("{list}.0"))?.start,
        (None, Some((parent, _))) => blocks.block(parent)?.end,
        (None, None) => blocks.place_for(list),
    };
    let changed = splice(text, place, table);
    match Blocks::of(&changed) {
        Ok(blocks) if blocks.count(list) == before + 1 => Ok(changed),
        _ => Err(bad_table()),
    }
}

fn remove(text: &str, path: &str) -> Result<String, EditError> {
    let block = Blocks::of(text)?.block(path)?;
    let mut changed = text.to_owned();
    changed.replace_range(block, "");
    let length = changed.trim_end().len();
    changed.truncate(length);
    changed.push('\n');
    Ok(changed)
}

fn duplicate(text: &str, list: &str, at: usize) -> Result<String, EditError> {
    let blocks = Blocks::of(text)?;
    let block = blocks.block(&format!("{list}.{at}"))?;
    let changed = splice(text, block.end, &text[block]);
    let document = parse(text)?;
    let name_of = |at: usize| {
        let name = step_to(document.as_item(), &format!("{list}.{at}.name"));
        name.and_then(Item::as_str)
    };
    let names: Vec<&str> = (0..blocks.count(list)).filter_map(name_of).collect();
    let Some(name) = name_of(at) else {
        return Ok(changed);
    };
    let stem = name
        .rsplit_once('-')
        .filter(|(stem, number)| !stem.is_empty() && number.parse::<u32>().is_ok())
        .map_or(name, |(stem, _)| stem);
    let free = (2..)
        .map(|number: u64| format!("{stem}-{number}"))
        .find(|name| !names.contains(&name.as_str()))
        .unwrap_or_default();
    set(&changed, &format!("{list}.{}.name", at + 1), &free)
}

/// Turns a program given directly into a thread or a coroutine of its own.
fn program_into_part(
    text: &str,
    parent: &str,
    header: &str,
    name: &str,
) -> Result<String, EditError> {
    let path = format!("{parent}.program");
    let document = parse(text)?;
    let Some(program) = step_to(document.as_item(), &path) else {
        return Ok(text.to_owned());
    };
    let source = program
        .span()
        .and_then(|span| text.get(span))
        .unwrap_or("\"\"");
    let part = format!("{header}\nname = \"{name}\"\nprogram = {source}");
    let text = unset(text, &path)?;
    let place = Blocks::of(&text)?.block(parent)?.end;
    Ok(splice(&text, place, &part))
}

fn parse(text: &str) -> Result<Document<&str>, EditError> {
    Document::parse(text).map_err(|toml| EditError::Broken {
        problem: broken_text(text, &toml),
    })
}

fn has_key(text: &str, path: &str) -> Result<bool, EditError> {
    Ok(step_to(parse(text)?.as_item(), path).is_some())
}

fn step_to<'d>(root: &'d Item, path: &str) -> Option<&'d Item> {
    path.split('.')
        .try_fold(root, |item, step| match step.parse::<usize>() {
            Ok(at) => item.get(at),
            Err(_) => item.get(step),
        })
}
