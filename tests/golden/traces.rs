//! The hash of every golden trace: of the gallery's scenarios, of those beside this file, and of one of
//! these under every policy. Shared
//! by the native tests and the browser's, so that both builds are held to the same numbers.
//!
//! A change of the kernel that is meant to change a trace changes `traces/hashes.txt`: a failing test
//! prints the lines that it should have.

use timeslice::content::gallery;
use timeslice::kernel::simulate;
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::{Policy, Word, edit, text};
use timeslice::trace::wire;

const OWN: &[(&str, &str)] = &[
    ("busy", include_str!("traces/busy.toml")),
    ("deadlock", include_str!("traces/deadlock.toml")),
    ("features", include_str!("traces/features.toml")),
];

/// Simulates every golden scenario and compares its hash.
pub(crate) fn check() {
    let gallery = gallery().iter().map(|entry| (entry.slug, entry.text));
    let as_written = gallery
        .chain(OWN.iter().copied())
        .map(|(name, source)| (name.to_owned(), source.to_owned()));
    let under_every_policy = Policy::WORDS.iter().map(|policy| {
        let source = edit::set(OWN[0].1, "scheduler.policy", policy).expect("a key and its word");
        (format!("{}-{policy}", OWN[0].0), source)
    });
    let found: String = as_written
        .chain(under_every_policy)
        .map(|(name, source)| {
            let parsed = text::parse(&source);
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
