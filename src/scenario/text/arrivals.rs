//! `arrivals` in the text: its keys, reading it and printing it.

use super::fields::Fields;
use super::keys::key;
use super::print::Printer;
use super::schema::{Kind, Schema};
use crate::base::Nanos;
use crate::scenario::arrivals::Arrivals;
use crate::scenario::diagnostic::{Complaints, code, error};
use crate::scenario::limits;

const APART: Kind = Kind::Duration { min: Nanos(1) };

/// `arrivals`, in braces.
pub static ARRIVALS: Schema = Schema {
    label: "arrivals",
    keys: &[
        key("every", APART, "so long after each other"),
        key("mean", APART, "so long after each other on average"),
        key(
            "at",
            Kind::Durations {
                min: Nanos::ZERO,
                most: limits::ARRIVALS,
            },
            "when each comes, after `arrival`",
        ),
    ],
};

/// The arrivals of a line with so many copies.
pub(super) fn read_arrivals(
    line: &Fields<'_>,
    copies: u32,
    complaints: &mut Complaints<'_>,
) -> Option<Arrivals> {
    let table = line.table("arrivals", complaints)?;
    let given = ARRIVALS.keys.iter().filter(|key| table.has(key.name));
    match given.count() {
        0 => complaints.push(
            error(
                code::MISSING_KEY,
                table.place.clone(),
                "`arrivals` does not say when",
            )
            .hint("write `arrivals = { every = \"10ms\" }`, or `mean` instead of `every`"),
        ),
        1 => {}
        _ => complaints.push(
            error(
                code::TWO_WAYS,
                table.place.clone(),
                "`arrivals` says in two ways when copies come",
            )
            .hint("leave in one of `every`, `mean` and `at`"),
        ),
    }
    if let Some(apart) = table.duration("every", complaints) {
        return Some(Arrivals::Every(apart));
    }
    if let Some(mean) = table.duration("mean", complaints) {
        return Some(Arrivals::Mean(mean));
    }
    let times = table.durations("at", complaints)?;
    if times.len() < copies as usize {
        complaints.push(
            error(
                code::OUT_OF_RANGE,
                table.span("at").unwrap_or_else(|| table.place.clone()),
                format!("there are {} times, and {copies} copies", times.len()),
            )
            .hint("give each a time, or use a smaller `count`"),
        );
    }
    Some(Arrivals::At(times))
}

/// Prints them, if there are any.
pub(super) fn print_arrivals(out: &mut Printer, arrivals: Option<&Arrivals>) {
    let value = match arrivals {
        None => return,
        Some(Arrivals::Every(apart)) => format!("every = \"{apart}\""),
        Some(Arrivals::Mean(mean)) => format!("mean = \"{mean}\""),
        Some(Arrivals::At(times)) => {
            let times: Vec<String> = times.iter().map(|time| format!("\"{time}\"")).collect();
            format!("at = [{}]", times.join(", "))
        }
    };
    out.plain("arrivals", format_args!("{{ {value} }}"));
}
