//! `timeslice trace`: what happened, as JSON that Perfetto opens.

use std::io::Write;

use timeslice::kernel::simulate;
use timeslice::trace::chrome;

use crate::Failure;
use crate::arguments::Options;
use crate::{input, output};

pub(crate) fn trace(options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let input = input::read_one(options)?;
    let parsed = input::scenario(&input, options)?;
    let trace = simulate(&parsed.scenario, options.limits);
    output::to(options, out, |out| {
        chrome::write(&trace, &parsed.scenario.title, out)
    })
}
