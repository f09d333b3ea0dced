//! Finds a task of a trace by the name that people see.

use std::collections::HashMap;

use crate::trace::{TaskId, Trace};

/// Most names that a message lists.
const LISTED: usize = 8;

/// Why no task is meant by a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// There is none.
    #[error("there is no task `{name}`; {}", hint(.meant.as_deref(), .known))]
    Unknown {
        /// The name.
        name: String,
        /// The task that was probably meant.
        meant: Option<String>,
        /// Some of those there are.
        known: Vec<String>,
    },
    /// There are several with this name, told apart by numbers.
    #[error("there are {count} tasks `{name}`; say which: `{name} 0` to `{name} {}`", count - 1)]
    Several {
        /// The name.
        name: String,
        /// How many.
        count: u32,
    },
}

fn hint(meant: Option<&str>, known: &[String]) -> String {
    match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// The task with this name, as [`Trace::task_name`] gives it.
///
/// # Errors
/// Says what was probably meant, or which tasks there are.
pub fn find_task(trace: &Trace, name: &str) -> Result<TaskId, FindError> {
    let tasks = (0..trace.tasks.len() as u32).map(TaskId);
    let mut groups = HashMap::new();
    for task in tasks.clone() {
        groups
            .entry(trace.tasks[task.index()].group)
            .or_insert(task);
    }
    // Names are made only for the groups that can be meant.
    for (group, first) in &groups {
        let label = trace.group_name(*group);
        let Some(rest) = name.strip_prefix(label.as_str()) else {
            continue;
        };
        let count = trace.groups[*group as usize].count;
        if rest.is_empty() && count == 1 {
            return Ok(*first);
        }
        if rest.is_empty() {
            return Err(FindError::Several { name: label, count });
        }
        let index = rest.strip_prefix(' ').and_then(|it| it.parse().ok());
        let is_meant = |task: &TaskId| {
            let info = &trace.tasks[task.index()];
            info.group == *group && Some(info.index) == index
        };
        if let Some(task) = tasks.clone().find(is_meant) {
            return Ok(task);
        }
    }
    let mut first: Vec<TaskId> = groups.into_values().collect();
    first.sort_unstable();
    let known: Vec<String> = first
        .into_iter()
        .map(|task| trace.task_name(task))
        .collect();
    let distance = |other: &String| strsim::damerau_levenshtein(name, other);
    let nearest = known.iter().min_by_key(|other| distance(other));
    let meant = nearest.filter(|other| distance(other) <= 1 + name.chars().count() / 4);
    Err(FindError::Unknown {
        name: name.to_owned(),
        meant: meant.cloned(),
        known: known.into_iter().take(LISTED).collect(),
    })
}
