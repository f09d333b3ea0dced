//! `timeslice trace`: what happened, as JSON that Perfetto opens.

use std::fs::File;
use std::io::{BufWriter, Write};

use timeslice::kernel::simulate;
use timeslice::trace::chrome;

use crate::Failure;
use crate::arguments::Options;
use crate::{diagnose, input};

pub(crate) fn trace(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let input = input::read_one(options)?;
    let parsed = input::scenario(&input, options)?;
    let trace = simulate(&parsed.scenario, options.limits);
    let Some(path) = &options.output else {
        return Ok(chrome::write(&trace, &parsed.scenario.title, out)?);
    };
    let cannot = |error| {
        let name = diagnose::printable(&path.to_string_lossy());
        Failure::Usage(format!("`{name}` cannot be written: {error}"))
    };
    let mut file = BufWriter::new(File::create(path).map_err(cannot)?);
    chrome::write(&trace, &parsed.scenario.title, &mut file)
        .and_then(|()| file.flush())
        .map_err(cannot)
}
