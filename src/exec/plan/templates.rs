//! What the `spawn` of a program makes in a real run, where a worker can make it by itself.

use crate::exec::job::Template;
use crate::exec::model::RealModel;
use crate::exec::roster::{Line, Roster};
use crate::scenario::{Scenario, SpawnTarget};

/// What `spawn name` makes in the program of `line`, if one of the workers can make it by itself.
pub(super) fn template(
    scenario: &Scenario,
    roster: &Roster,
    model: RealModel,
    line: usize,
    name: &str,
) -> Option<Template> {
    let Line {
        process, thread, ..
    } = roster.lines[line];
    let target = scenario.spawn_target(process, thread, name)?;
    let is_made = |found: &&Line| match target {
        SpawnTarget::Process(at) => found.process == at,
        SpawnTarget::Thread(at) => (found.process, found.thread) == (process, at),
        SpawnTarget::Coroutine(at) => {
            (found.process, found.thread, found.coroutine) == (process, thread, Some(at))
        }
    };
    let found = only(roster.lines.iter().filter(is_made))?;
    let kind = roster.groups[found.group as usize].kind;
    // A thread that runs an event loop is more than one task.
    let is_whole = found.coroutine.is_none() || matches!(target, SpawnTarget::Coroutine(_));
    let can_make = match (model, target) {
        (RealModel::Sliced, _) | (_, SpawnTarget::Coroutine(_)) => true,
        (RealModel::Threads, SpawnTarget::Thread(_)) => true,
        // A worker cannot start another process; it would have to ask the page.
        _ => false,
    };
    let is_process = matches!(target, SpawnTarget::Process(_));
    let new_process = is_process.then_some(found.process as u32);
    let template = Template {
        group: found.group,
        kind,
        new_process,
        start: 0,
    };
    (is_whole && can_make).then_some(template)
}

/// Where it stands among the templates.
pub(super) fn place_of(template: Template, templates: &mut Vec<Template>) -> u32 {
    let known = templates.iter().position(|known| *known == template);
    known.unwrap_or_else(|| {
        templates.push(template);
        templates.len() - 1
    }) as u32
}

/// The item, if there is exactly one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}
