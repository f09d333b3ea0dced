//! The headers of the development server are those that ship to hosts.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[path = "../src/bin/xtask/headers.rs"]
#[expect(dead_code, reason = "the server uses the rest of it")]
mod headers;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The headers that hosts send with every file.
fn shipped() -> BTreeMap<String, String> {
    let rules = headers::parse(&read("static/_headers")).expect("static/_headers is well formed");
    let everywhere: Vec<_> = rules.iter().filter(|rule| rule.path == "/*").collect();
    assert_eq!(
        everywhere.len(),
        1,
        "one block for everything: hosts join the headers of several"
    );
    everywhere[0].headers.iter().cloned().collect()
}

#[test]
fn trunk_serves_the_headers_that_ship() {
    let trunk: toml_edit::DocumentMut = read("Trunk.toml").parse().expect("Trunk.toml is TOML");
    let served: BTreeMap<String, String> = trunk["serve"]["headers"]
        .as_table()
        .expect("[serve.headers] is a table")
        .iter()
        .map(|(name, value)| {
            (
                name.to_owned(),
                value.as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    assert_eq!(served, shipped());
}

#[test]
fn the_policy_allows_no_inline_and_no_foreign_script() {
    let policy = shipped()
        .remove("Content-Security-Policy")
        .expect("there is a policy");
    let directive = |name: &str| {
        policy
            .split(';')
            .map(str::trim)
            .find_map(|part| part.strip_prefix(name))
            .map(str::trim)
            .map(str::to_owned)
    };
    assert_eq!(directive("default-src").as_deref(), Some("'none'"));
    assert_eq!(
        directive("script-src").as_deref(),
        Some("'self' 'wasm-unsafe-eval'")
    );
    assert_eq!(directive("style-src").as_deref(), Some("'self'"));
    assert_eq!(
        directive("require-trusted-types-for").as_deref(),
        Some("'script'")
    );
    assert!(
        !policy.contains("unsafe-inline")
            && !policy.contains("'unsafe-eval'")
            && !policy.contains("http")
    );
}

#[test]
fn a_broken_headers_file_is_named_by_line() {
    assert_eq!(
        headers::parse("  Name: value").unwrap_err(),
        "line 1 is neither a path nor a header under one"
    );
    assert_eq!(
        headers::parse("/*\n  no header").unwrap_err(),
        "line 2 is neither a path nor a header under one"
    );
}

#[test]
fn a_rule_holds_for_its_path() {
    let rules =
        headers::parse("# all\n/*\n  A: 1\n/pool/*\n  B: x:y\n/index.html\n").expect("well formed");
    let hits = |path: &str| {
        rules
            .iter()
            .filter(|rule| rule.matches(path))
            .map(|rule| rule.path.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(hits("/pool/pool.js"), ["/*", "/pool/*"]);
    assert_eq!(hits("/index.html"), ["/*", "/index.html"]);
    assert_eq!(rules[1].headers, [("B".to_owned(), "x:y".to_owned())]);
}
