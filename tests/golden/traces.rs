//! The hash of every golden trace: of the gallery's scenarios, and of those beside this file. Shared
//! by the native tests and the browser's, so that both builds are held to the same numbers.
//!
//! A change of the kernel that is meant to change a trace changes `traces/hashes.txt`: a failing test
//! prints the lines that it should have.

use timeslice::content::gallery;
use timeslice::kernel::simulate;
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::text;
use timeslice::trace::wire;

const OWN: &[(&str, &str)] = &[
    ("busy", include_str!("traces/busy.toml")),
    ("deadlock", include_str!("traces/deadlock.toml")),
];

/// Simulates every golden scenario and compares its hash.
pub(crate) fn check() {
    let gallery = gallery().iter().map(|entry| (entry.slug, entry.text));
    let found: String = gallery
        .chain(OWN.iter().copied())
        .map(|(name, source)| {
            let parsed = text::parse(source);
            assert!(!parsed.has_errors(), "{name}: {:#?}", parsed.diagnostics);
            let trace = simulate(&parsed.scenario, RunLimits::PAGE);
            format!("{name} {:016x}\n", wire::hash(&trace))
        })
        .collect();
    let golden = include_str!("traces/hashes.txt");
    assert!(
        found == golden,
        "tests/golden/traces/hashes.txt should be:\n{found}"
    );
}
