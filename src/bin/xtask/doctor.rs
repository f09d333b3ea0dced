//! `cargo xtask doctor`: what was found, where, in which version, and what to run for what is missing.
//!
//! It installs nothing. Each line is found out in the same way as by the commands that use the thing.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node;
use crate::place;
use crate::run::{Stop, ask, on_path};
use crate::system;
use crate::toolchain;
use crate::tools::{self, Version};

/// One line of the table.
struct Finding {
    name: &'static str,
    found: Option<(Version, PathBuf)>,
    /// The version that is asked for, in words.
    wanted: String,
    /// What to run when it is missing, or too old.
    command: String,
    good: bool,
}

/// Prints the table.
///
/// # Errors
/// When the cache folder or the lock files cannot be read.
pub(crate) fn command() -> Result<(), Stop> {
    println!("cache    {}", place::cache()?.display());
    let mut findings = vec![native("rustc"), native("cargo")];
    for name in ["rustfmt", "cargo-clippy"] {
        findings.push(native(name));
    }
    findings.push(wasm_toolchain());
    for tool in tools::all()? {
        let found = tool.installed();
        findings.push(Finding {
            name: tool.program,
            good: found.is_some() && found == Version::in_text(&tool.version),
            found: found.zip(tool.bin().ok().map(|bin| bin.join(tool.program))),
            wanted: tool.version.clone(),
            command: tool.command()?,
        });
    }
    findings.extend([
        at_least(
            "node",
            node::version(),
            on_path("node"),
            node::OLDEST,
            system::command_for(node::PACKAGES),
        ),
        at_least(
            "npm",
            node::npm_version(),
            on_path("npm"),
            Version([0, 0, 0]),
            system::command_for(node::PACKAGES),
        ),
        browser("chromium", system::chromium()),
        browser("chromedriver", system::chromedriver()),
    ]);
    for package in ["playwright-core", "axe-core"] {
        let found = node::test_package_version(package);
        let folder = node::test_packages()?;
        findings.push(Finding {
            name: package,
            good: found.is_some(),
            wanted: "as tests/e2e/package-lock.json says".to_owned(),
            command: "cargo xtask test --only e2e".to_owned(),
            found: found.zip(Some(folder.join("node_modules").join(package))),
        });
    }
    for finding in &findings {
        print(finding);
    }
    if let Some(toolchain) = toolchain::find() {
        println!(
            "wasm toolchain: {}; linker: {}",
            toolchain.origin,
            toolchain.linker.display()
        );
        let std = if toolchain.has_wasm_std {
            "comes with it for the plain build"
        } else {
            "is built from its source"
        };
        println!(
            "wasm standard library: {std}; name another toolchain in {}",
            toolchain::CHOICE
        );
    }
    let missing = findings.iter().filter(|finding| !finding.good).count();
    match missing {
        0 => println!("Everything is there."),
        _ => println!("Missing or too old: {missing}. `cargo xtask test` installs what it may."),
    }
    Ok(())
}

fn print(finding: &Finding) {
    let mark = if finding.good { "ok" } else { "--" };
    match &finding.found {
        Some((version, place)) => {
            println!(
                "{mark}  {:<14} {version:<10} {} (wanted: {})",
                finding.name,
                place.display(),
                finding.wanted
            );
        }
        None => println!(
            "{mark}  {:<14} not found (wanted: {})",
            finding.name, finding.wanted
        ),
    }
    if !finding.good {
        println!("                   run: {}", finding.command);
    }
}

/// A part of the native toolchain: the one that runs this tool.
fn native(name: &'static str) -> Finding {
    let component = if name == "cargo-clippy" {
        "clippy"
    } else {
        name
    };
    at_least(
        name,
        Version::of(Command::new(name).arg("--version")),
        ask(Command::new("rustup").args(["which", name]))
            .map(PathBuf::from)
            .or_else(|| on_path(name)),
        // Clippy's and rustfmt's versions are not the compiler's.
        if matches!(name, "rustc" | "cargo") {
            toolchain::OLDEST
        } else {
            Version([0, 0, 0])
        },
        match name {
            "rustc" | "cargo" => "rustup update stable".to_owned(),
            _ => format!("rustup component add {component}"),
        },
    )
}

fn wasm_toolchain() -> Finding {
    let found = toolchain::find();
    Finding {
        name: "wasm rustc",
        good: found.is_some(),
        wanted: format!("{} or newer with rust-src", toolchain::OLDEST),
        command: format!("cargo xtask build, or {}", toolchain::install_command()),
        found: found.map(|toolchain| (toolchain.version, toolchain.bin.join("rustc"))),
    }
}

fn browser(name: &'static str, place: Option<PathBuf>) -> Finding {
    let version = place
        .as_deref()
        .and_then(|program: &Path| Version::of(Command::new(program).arg("--version")));
    at_least(
        name,
        version,
        place,
        Version([0, 0, 0]),
        system::command_for(system::BROWSER_PACKAGES),
    )
}

fn at_least(
    name: &'static str,
    version: Option<Version>,
    place: Option<PathBuf>,
    oldest: Version,
    command: String,
) -> Finding {
    let good = version.is_some_and(|version| version >= oldest);
    let wanted = if oldest.0 == [0, 0, 0] {
        "any".to_owned()
    } else {
        format!("{oldest} or newer")
    };
    Finding {
        name,
        good,
        found: version.zip(place),
        wanted,
        command,
    }
}
