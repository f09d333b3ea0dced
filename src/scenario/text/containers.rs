//! `[[container]]` in the text: its keys, reading it and printing it.

use super::fields::Fields;
use super::keys::{NAME, key};
use super::print::Printer;
use super::resources::named;
use super::schema::{Kind, Schema};
use crate::base::Nanos;
use crate::scenario::diagnostic::Complaints;
use crate::scenario::limits;
use crate::scenario::model::Container;

/// Linux's period.
const PERIOD: Nanos = Nanos::from_ms(100);

const AT_LEAST: Kind = Kind::Duration {
    min: limits::MIN_QUANTUM,
};

/// `[[container]]`.
pub static CONTAINER: Schema = Schema {
    label: "[[container]]",
    keys: &[
        NAME,
        key(
            "quota",
            AT_LEAST,
            "how long its threads may run in a period",
        ),
        key("period", AT_LEAST, "after which the quota is full again"),
    ],
};

/// The containers of a text.
pub(super) fn read_containers(
    root: &Fields<'_>,
    complaints: &mut Complaints<'_>,
) -> Vec<Container> {
    named(
        root,
        "container",
        "limited",
        complaints,
        |name, container, complaints| {
            if !container.has("quota") {
                container.missing("quota", "\"20ms\"", complaints);
            }
            let period = container.duration("period", complaints);
            let period = period.unwrap_or(PERIOD);
            Container {
                name,
                quota: container.duration("quota", complaints).unwrap_or(period),
                period,
            }
        },
    )
}

/// Prints them.
pub(super) fn print_containers(out: &mut Printer, containers: &[Container]) {
    for container in containers {
        out.named("[[container]]", &container.name);
        out.string("quota", &container.quota.to_string());
        if container.period != PERIOD {
            out.string("period", &container.period.to_string());
        }
    }
}
