//! Checks of the containers that processes say they are in.

use super::Places;
use crate::scenario::diagnostic::{Complaints, code, error};
use crate::scenario::model::{RunAs, Scenario};
use crate::scenario::suggest;
use crate::scenario::words::Word;

/// Every container that is named exists, and a model that puts all tasks into one process finds them
/// in one container.
pub(super) fn check(scenario: &Scenario, places: &Places, complaints: &mut Complaints<'_>) {
    let known: Vec<&str> = scenario
        .containers
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    for (process, place) in scenario.processes.iter().zip(&places.processes) {
        let Some(name) = &process.container else {
            continue;
        };
        if !known.contains(&name.as_str()) {
            let hint = suggest::nearest(name, known.iter().copied()).map_or_else(
                || format!("declare it: `[[container]]`, and under it `name = \"{name}\"`"),
                |near| format!("did you mean `{near}`?"),
            );
            let span = place
                .container
                .clone()
                .unwrap_or_else(|| place.header.clone());
            let message = format!("there is no container `{name}`");
            complaints.push(error(code::UNKNOWN_NAME, span, message).hint(hint));
        }
    }
    let mixes = matches!(
        scenario.run_as,
        RunAs::Threads | RunAs::Coroutines | RunAs::Hybrid
    );
    let mut containers = scenario.processes.iter().map(|it| &it.container);
    let first = containers.next();
    if mixes && containers.any(|other| Some(other) != first) {
        complaints.push(
            error(
                code::TWO_WAYS,
                places.run_as.clone().unwrap_or(0..0),
                format!(
                    "run as {} tasks of several processes share one, and these are not in the same container",
                    scenario.run_as.word()
                ),
            )
            .hint("put all processes into one container, or none"),
        );
    }
}
