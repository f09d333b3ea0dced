//! The project's own tool, run as `cargo xtask COMMAND`: it installs what a command needs, builds the
//! three wasm artefacts, serves them and runs every test.
//!
//! It is not part of the product: nothing in the page or the command line calls it. Trunk calls it back
//! (`xtask workers`) to build the two kinds of worker beside the page.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool speaks on standard output"
)]

mod bench;
mod build;
mod doctor;
mod environment;
mod fingerprint;
mod headers;
mod node;
mod place;
mod run;
mod serve;
mod sizes;
mod system;
mod test;
mod toolchain;
mod tools;
mod workers;

use std::process::ExitCode;

use lexopt::prelude::{Long, Short, Value, ValueExt as _};

use crate::build::Mode;
use crate::run::Stop;

const USAGE: &str = "\
cargo xtask COMMAND

  serve [--port N] [--no-isolation] [--dev]
                      install what is missing, build, and serve the page at http://127.0.0.1:8080
  test [--only STAGE] install what is missing and run every check; `--only help` lists the stages
  bench               time the kernel beside a bare loop, natively and in Chromium
  build [--dev]       build the page, the plain worker and the pool into dist/
  doctor              print which tools were found, where, and what to run for those that are missing
  env [--shared]      print the shell exports with which `trunk serve` and `wasm-pack test` work by hand
  sizes               print the size of dist/ after Brotli: what the first load takes, and what comes later
  workers             build the two workers into Trunk's staging folder (Trunk's hook calls this)
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("xtask: {message}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Failure::Stop(stop)) => {
            eprintln!("xtask: {stop}");
            ExitCode::FAILURE
        }
    }
}

/// Why a command did not do what was asked.
enum Failure {
    /// The command line was wrong: exit code 2.
    Usage(String),
    /// The work could not be done: exit code 1.
    Stop(Stop),
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// What the options of all commands come to. Each command takes the ones that `accepts` lists for it.
#[derive(Default)]
struct Options {
    port: Option<u16>,
    no_isolation: bool,
    dev: bool,
    shared: bool,
    only: Option<String>,
}

/// The long options that a command takes.
fn accepts(command: &str) -> &'static [&'static str] {
    match command {
        "serve" => &["port", "no-isolation", "dev"],
        "build" => &["dev"],
        "env" => &["shared"],
        "test" => &["only"],
        _ => &[],
    }
}

fn dispatch() -> Result<(), Failure> {
    let mut parser = lexopt::Parser::from_env();
    let mut command = None;
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => {
                println!("{USAGE}");
                return Ok(());
            }
            Value(value) if command.is_none() => command = Some(value.string()?),
            Long(name) => {
                let name = name.to_owned();
                let command = command.as_deref().unwrap_or_default();
                if !accepts(command).contains(&name.as_str()) {
                    return Err(Failure::Usage(format!(
                        "`{command}` takes no option --{name}"
                    )));
                }
                match name.as_str() {
                    "port" => options.port = Some(parser.value()?.parse()?),
                    "no-isolation" => options.no_isolation = true,
                    "dev" => options.dev = true,
                    "shared" => options.shared = true,
                    "only" => options.only = Some(parser.value()?.string()?),
                    other => unreachable!("`accepts` lists the unknown option --{other}"),
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let mode = if options.dev {
        Mode::Dev
    } else {
        Mode::Release
    };
    match command.as_deref() {
        Some("serve") => serve::command(mode, options.port, !options.no_isolation)?,
        Some("test") => test::command(options.only.as_deref())?,
        Some("build") => build::command(mode)?,
        Some("doctor") => doctor::command()?,
        Some("bench") => bench::command()?,
        Some("env") => environment::command(options.shared)?,
        Some("sizes") => sizes::command()?,
        Some("workers") => workers::command()?,
        Some(other) => return Err(Failure::Usage(format!("there is no command `{other}`"))),
        None => return Err(Failure::Usage("a command is needed".to_owned())),
    }
    Ok(())
}
