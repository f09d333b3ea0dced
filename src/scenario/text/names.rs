//! Lists of tables that have names: not too many of them, and no name twice. A part of `read`.

use std::collections::HashSet;

use super::fields::Fields;
use crate::scenario::diagnostic::{Complaints, code, error};
use crate::scenario::limits;

/// As many of the tables as there is room for.
pub(super) fn limited<'a>(
    mut tables: Vec<Fields<'a>>,
    what: &str,
    room: &mut usize,
    complaints: &mut Complaints<'_>,
) -> Vec<Fields<'a>> {
    if let Some(first) = tables.get(*room) {
        complaints.push(
            error(
                code::TOO_MANY_DECLARATIONS,
                first.place.clone(),
                format!("more than {} are written out: {what}", limits::DECLARATIONS),
            )
            .hint("use `count` for those that are alike"),
        );
        tables.truncate(*room);
    }
    *room -= tables.len();
    tables
}

/// The names of one kind that have been given already.
pub(super) struct Names {
    kind: &'static str,
    taken: HashSet<String>,
}

impl Names {
    pub(super) fn new(kind: &'static str) -> Names {
        Names {
            kind,
            taken: HashSet::new(),
        }
    }

    /// The name of a table; one is made up where it has none.
    pub(super) fn take(
        &mut self,
        fields: &Fields<'_>,
        example: &str,
        position: usize,
        complaints: &mut Complaints<'_>,
    ) -> String {
        let Some(found) = fields.name(example, complaints) else {
            return format!("{example}-{}", position + 1);
        };
        if !self.taken.insert(found.value.clone()) {
            let free = (2..)
                .map(|number| format!("{}-{number}", found.value))
                .find(|name| !self.taken.contains(name))
                .unwrap_or_default();
            let kind = self.kind;
            let span = found.span;
            complaints.push(
                error(
                    code::DUPLICATE_NAME,
                    span,
                    format!("there is another {kind} with the name `{}`", found.value),
                )
                .hint(format!("give it another name, such as `{free}`")),
            );
        }
        found.value
    }
}
