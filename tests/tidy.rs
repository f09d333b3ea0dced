//! The shape of the code, held by a test: which room may import which, that every module says what
//! it is, that no file is forgotten, and that the pure core knows no browser.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each room, and the rooms it may import. `exec` and `kernel` never meet; `base` knows nobody.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("scenario", &["base"]),
    ("trace", &["base"]),
    ("kernel", &["base", "scenario", "trace"]),
    ("benchmark", &["base", "scenario", "trace", "kernel"]),
    ("explore", &["base", "scenario", "trace", "kernel"]),
    (
        "analysis",
        &["base", "scenario", "trace", "kernel", "explore"],
    ),
    ("work", &["base", "scenario"]),
    ("exec", &["base", "scenario", "trace", "work"]),
    (
        "content",
        &["base", "scenario", "trace", "kernel", "explore", "analysis"],
    ),
    (
        "ui",
        &[
            "base", "scenario", "trace", "kernel", "explore", "analysis", "work", "exec", "content",
        ],
    ),
];

/// The rooms that may use a browser's interfaces.
const WEB_ROOMS: &[&str] = &["exec", "ui", "bin", "main.rs", "lib.rs"];

const WEB_CRATES: &[&str] = &[
    "yew",
    "gloo",
    "wasm-bindgen",
    "web-sys",
    "js-sys",
    "rayon",
    "wasm-bindgen-rayon",
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .expect("a readable folder")
            .map(|entry| entry.expect("a readable entry").path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("UTF-8");
                found.push((
                    path.strip_prefix(root().join("src"))
                        .expect("inside")
                        .to_owned(),
                    text,
                ));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join("src"), &mut found);
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn room(path: &Path) -> String {
    path.components()
        .next()
        .expect("a first part")
        .as_os_str()
        .to_string_lossy()
        .into_owned()
}

/// The rooms a line of code names: `crate::kernel::…` gives `kernel`.
fn rooms_named(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or("");
    code.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        &rest[..end.unwrap_or(rest.len())]
    })
}

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room(&path);
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == room) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for named in rooms_named(line) {
                let is_room = MAY_IMPORT.iter().any(|(name, _)| *name == named);
                if is_room && named != room && !allowed.contains(&named) {
                    wrong.push(format!(
                        "src/{}:{}: {room} imports {named}",
                        path.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_rooms_at_the_edge_know_a_browser() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if WEB_ROOMS.contains(&room(&path).as_str()) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            let uses = |name: &&str| code.contains(&format!("{}::", name.replace('-', "_")));
            if WEB_CRATES.iter().any(uses) || code.contains("std::time::Instant") {
                wrong.push(format!("src/{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_core_depends_on_no_web_crate() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let tree = String::from_utf8_lossy(&tree.stdout);
    let found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| WEB_CRATES.contains(name))
        .collect();
    assert!(
        tree.contains("toml_edit"),
        "the tree is not the one that was meant:\n{tree}"
    );
    assert!(found.is_empty(), "the default features pull in {found:?}");
}

#[test]
fn every_module_opens_with_what_it_is() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no module documentation: {silent:?}");
}

#[test]
fn every_file_is_a_module_of_its_folder() {
    let all = sources();
    let declared = |parent: &Path, name: &str| {
        all.iter().any(|(path, text)| {
            path == parent
                && text.lines().any(|line| {
                    line.trim_start()
                        .trim_start_matches("pub ")
                        .trim_start_matches("pub(crate) ")
                        == format!("mod {name};")
                })
        })
    };
    let mut forgotten = Vec::new();
    for (path, _) in &all {
        let (folder, stem) = (
            path.parent().expect("inside"),
            path.file_stem().expect("a name"),
        );
        let stem = stem.to_string_lossy();
        if matches!(stem.as_ref(), "lib" | "main") || folder == Path::new("bin") {
            continue;
        }
        // `room/mod.rs` is declared beside its folder; anything else inside it.
        let (folder, name) = if stem == "mod" {
            let name = folder.file_name().expect("a room").to_string_lossy();
            (folder.parent().expect("inside"), name)
        } else {
            (folder, stem)
        };
        let parents = if folder == Path::new("") {
            vec![PathBuf::from("lib.rs"), PathBuf::from("main.rs")]
        } else {
            vec![
                folder.join("mod.rs"),
                folder.join("main.rs"),
                folder.with_extension("rs"),
            ]
        };
        if !parents.iter().any(|parent| declared(parent, &name)) {
            forgotten.push(path.display().to_string());
        }
    }
    assert!(forgotten.is_empty(), "no `mod` line names {forgotten:?}");
}

#[test]
fn the_page_writes_no_html_and_no_inline_style() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            let forbidden = [
                "from_html_unchecked",
                "set_inner_html",
                "set_outer_html",
                "insert_adjacent_html",
                "style=\"",
                "style={",
            ];
            if forbidden.iter().any(|word| line.contains(word)) {
                wrong.push(format!("src/{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_test_file_says_which_builds_it_is_for() {
    let mut silent = Vec::new();
    for entry in fs::read_dir(root().join("tests")).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let file = if path.is_dir() {
            path.join("main.rs")
        } else {
            path
        };
        let is_test = file.extension().is_some_and(|extension| extension == "rs");
        if is_test && file.is_file() {
            let text = fs::read_to_string(&file).expect("UTF-8");
            let fences = [
                "#![cfg(target_arch = \"wasm32\")]",
                "#![cfg(not(target_arch = \"wasm32\"))]",
            ];
            if !fences.iter().any(|fence| text.contains(fence)) {
                silent.push(file);
            }
        }
    }
    assert!(
        silent.is_empty(),
        "`wasm-pack test` compiles every test file for wasm; say `#![cfg(...)]` in {silent:?}"
    );
}
