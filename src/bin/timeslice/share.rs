//! `timeslice link` and `timeslice open`: from a text to a link and back.

use std::io::{self, IsTerminal, Write};

use timeslice::scenario::link::{self, Shared};
use timeslice::scenario::text::parse_for;

use crate::Failure;
use crate::arguments::Options;
use crate::{diagnose, input};

pub(crate) fn link(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let input = input::read_one(options)?;
    let parsed = parse_for(&input.text, &options.limits);
    diagnose::complain(&input, &parsed.diagnostics);
    let fragment = link::encode(&Shared {
        text: input.text,
        ..Shared::default()
    })
    .map_err(|error| Failure::Input(error.to_string()))?;
    match &options.base {
        None => writeln!(out, "{fragment}")?,
        Some(base) => {
            let base = base.split('#').next().unwrap_or(base);
            writeln!(out, "{base}#{fragment}")?;
        }
    }
    Ok(())
}

pub(crate) fn open(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let address = options.inputs.first().and_then(|input| input.to_str());
    let shared =
        link::decode(address.unwrap_or("")).map_err(|error| Failure::Input(error.to_string()))?;
    if io::stdout().is_terminal() {
        // Whoever made the link may have put anything in it; a terminal would act on some of it.
        for line in shared.text.lines() {
            writeln!(out, "{}", diagnose::printable(&line.replace('\t', "    ")))?;
        }
    } else {
        out.write_all(shared.text.as_bytes())?;
    }
    Ok(())
}
