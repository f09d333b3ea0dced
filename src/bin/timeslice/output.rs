//! Where results go: standard output, or the file that `-o` names.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use crate::Failure;
use crate::arguments::Options;
use crate::diagnose;

/// Writes into the file of the options, or else to `out`.
pub(crate) fn to(
    options: &Options,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let Some(path) = &options.output else {
        return Ok(write(out)?);
    };
    let cannot = |error| {
        let name = diagnose::printable(&path.to_string_lossy());
        Failure::Usage(format!("`{name}` cannot be written: {error}"))
    };
    let mut file = BufWriter::new(File::create(path).map_err(cannot)?);
    write(&mut file).and_then(|()| file.flush()).map_err(cannot)
}
