//! The processes, threads and coroutines as the text writes them, for the form: raw values, so that
//! what a person is in the middle of typing is shown as it is. Pure. What the values mean is for
//! `scenario::text` to say; changing them is for `scenario::edit`.

use toml_edit::{DocumentMut, Item, TableLike};

/// What the text declares. `None` from [`Outline::read`] where it is not TOML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// In the order of the text.
    pub processes: Vec<ProcessOutline>,
}

/// One process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessOutline {
    /// Its name.
    pub name: String,
    /// Its `count`, as written; empty where it is not.
    pub count: String,
    /// Its `arrival`, as written.
    pub arrival: String,
    /// Its program, where it gives one directly.
    pub program: Option<String>,
    /// Its threads.
    pub threads: Vec<ThreadOutline>,
}

/// One thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadOutline {
    /// Its name.
    pub name: String,
    /// Its `count`, as written.
    pub count: String,
    /// Its program, where it has one.
    pub program: Option<String>,
    /// Its coroutines.
    pub coroutines: Vec<CoroutineOutline>,
}

/// One coroutine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoroutineOutline {
    /// Its name.
    pub name: String,
    /// Its `count`, as written.
    pub count: String,
    /// Its program.
    pub program: Option<String>,
}

impl Outline {
    /// Reads the outline of a text.
    #[must_use]
    pub fn read(text: &str) -> Option<Outline> {
        let document: DocumentMut = text.parse().ok()?;
        let processes = list(document.as_table(), "process", |process| ProcessOutline {
            name: raw(process, "name"),
            count: raw(process, "count"),
            arrival: raw(process, "arrival"),
            program: program(process),
            threads: list(process, "thread", |thread| ThreadOutline {
                name: raw(thread, "name"),
                count: raw(thread, "count"),
                program: program(thread),
                coroutines: list(thread, "coroutine", |coroutine| CoroutineOutline {
                    name: raw(coroutine, "name"),
                    count: raw(coroutine, "count"),
                    program: program(coroutine),
                }),
            }),
        });
        Some(Outline { processes })
    }

    /// A name that no process has yet.
    #[must_use]
    pub fn free_process_name(&self) -> String {
        free_name("task", |name| {
            self.processes.iter().any(|process| process.name == name)
        })
    }
}

impl ProcessOutline {
    /// A name that none of its threads has yet.
    #[must_use]
    pub fn free_thread_name(&self) -> String {
        free_name("worker", |name| {
            self.threads.iter().any(|thread| thread.name == name)
        })
    }
}

fn free_name(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(stem) {
        return stem.to_owned();
    }
    (2_u64..)
        .map(|number| format!("{stem}-{number}"))
        .find(|name| !taken(name))
        .unwrap_or_default()
}

fn list<T>(table: &dyn TableLike, key: &str, read: impl Fn(&dyn TableLike) -> T) -> Vec<T> {
    match table.get(key) {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| read(table)).collect(),
        Some(Item::Value(value)) => value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_inline_table())
            .map(|table| read(table))
            .collect(),
        _ => Vec::new(),
    }
}

fn program(table: &dyn TableLike) -> Option<String> {
    let text = table.get("program")?.as_str()?;
    Some(text.trim_matches('\n').to_owned())
}

/// A value as a person reads it: text without its quotes, anything else as it stands.
fn raw(table: &dyn TableLike, key: &str) -> String {
    match table.get(key) {
        Some(item) => match item.as_str() {
            Some(text) => text.to_owned(),
            None => item.as_value().map_or_else(String::new, |value| {
                let mut value = value.clone();
                // A comment behind it is part of how it is decorated, not of what it is.
                value.decor_mut().clear();
                value.to_string()
            }),
        },
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_as_written_also_where_they_mean_nothing() {
        let text = "[[process]]\nname = \"a\"\ncount = 2 # two\narrival = \"5\"\n\
            program = \"\"\"\ncomp\n\"\"\"\n[[process]]\nname = \"b\"\n[[process.thread]]\nname = \"t\"\n\
            [[process.thread.coroutine]]\nname = \"c\"\ncount = 9\nprogram = \"exit\"\n";
        let outline = Outline::read(text).unwrap();
        let first = &outline.processes[0];
        assert_eq!((first.count.as_str(), first.arrival.as_str()), ("2", "5"));
        assert_eq!(first.program.as_deref(), Some("comp"));
        let thread = &outline.processes[1].threads[0];
        assert_eq!(thread.program, None);
        assert_eq!(thread.coroutines[0].count, "9");
        assert_eq!(Outline::read("[[process"), None);
    }

    #[test]
    fn new_names_are_free() {
        let text = "[[process]]\nname = \"task\"\n[[process]]\nname = \"task-2\"\n";
        let outline = Outline::read(text).unwrap();
        assert_eq!(outline.free_process_name(), "task-3");
        assert_eq!(outline.processes[0].free_thread_name(), "worker");
    }
}
