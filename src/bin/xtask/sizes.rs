//! Sizes of `dist/` after Brotli: what the first load takes, and what comes later.
//!
//! `cargo xtask sizes` prints them, and `test` holds the first load to a ceiling. The ceiling is where the
//! load stands, not where it should be: the aim is printed beside it, and is missed. Node.js compresses, at
//! the highest quality, as a host would once at deployment.

use std::path::Path;
use std::process::Command;

use crate::fingerprint;
use crate::node;
use crate::place;
use crate::run::{Stop, ask};

/// What the first load should take after Brotli, in bytes: the design's number.
const FIRST_LOAD_AIM_BYTES: u64 = 200 * 1024;
/// What it may take today without a test failing.
const FIRST_LOAD_CEILING_BYTES: u64 = 740 * 1024;
/// What the first load leaves out: the pool and the texts of lessons come when they are needed, the
/// gallery is part of the wasm, and the rest is for hosts and readers of the folder.
const LATER: [&str; 7] = [
    "pool/",
    "static/boot/pool.js",
    "static/lessons/",
    "static/gallery/",
    "static/fonts/OFL.txt",
    "static/_headers",
    "_headers",
];

/// `cargo xtask sizes`: prints the sizes of what was built last.
///
/// # Errors
/// When nothing was built, Node.js is missing, or the first load is over its ceiling.
pub(crate) fn command() -> Result<(), Stop> {
    node::ensure()?;
    let dist = place::dist();
    let files = fingerprint::files_under(&dist)?;
    if files.is_empty() {
        return Err(Stop::told("dist/ is empty; run `cargo xtask build` first"));
    }
    let (mut first_bytes, mut later_bytes) = (0, 0);
    for file in &files {
        let name = file
            .strip_prefix(&dist)
            .unwrap_or(file)
            .to_string_lossy()
            .into_owned();
        let bytes = brotli_bytes(file)?;
        let later = LATER.iter().any(|start| name.starts_with(start));
        *(if later {
            &mut later_bytes
        } else {
            &mut first_bytes
        }) += bytes;
        println!(
            "{:>9.1} KiB  {}  {name}",
            kib(bytes),
            if later { "later" } else { "first" }
        );
    }
    println!(
        "{:>9.1} KiB  first load; the ceiling is {:.0} KiB, the aim {:.0} KiB",
        kib(first_bytes),
        kib(FIRST_LOAD_CEILING_BYTES),
        kib(FIRST_LOAD_AIM_BYTES)
    );
    println!("{:>9.1} KiB  loaded when needed", kib(later_bytes));
    if first_bytes > FIRST_LOAD_CEILING_BYTES {
        return Err(Stop::told("the first load is over its ceiling"));
    }
    Ok(())
}

fn kib(bytes: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a size for people, to one decimal"
    )]
    let kib = bytes as f64 / 1024.0;
    kib
}

fn brotli_bytes(file: &Path) -> Result<u64, Stop> {
    let script = "zlib.brotliCompressSync(fs.readFileSync(process.argv[1])).length";
    ask(Command::new("node").args(["--print", script]).arg(file))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Stop::told(format!("{} cannot be compressed", file.display())))
}
