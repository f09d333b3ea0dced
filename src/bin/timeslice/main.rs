//! The command line of Timeslice: the same core as the page, without a browser.
//!
//! Exit code 0 when it did what was asked, 1 with diagnostics on standard error, 2 for wrong
//! usage. What it prints is made from traces by `timeslice::analysis`; nothing is computed here.

mod arguments;
mod bench;
mod check;
mod compare;
mod diagnose;
mod explain;
mod explore;
mod export;
mod help;
mod input;
mod json;
mod output;
mod run;
mod share;
mod summary;
mod timeline;
mod trace;

use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use arguments::Command;

/// Why a command did not do what was asked.
enum Failure {
    /// The command line is not one that can be followed.
    Usage(String),
    /// The input is wrong. What is wrong has been said where the text is empty.
    Input(String),
    /// The output could not be written.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let done = arguments::parse(std::env::args_os().skip(1))
        .and_then(|command| perform(command, &mut out))
        .and_then(|()| Ok(out.flush()?));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let (message, code) = match failure {
                Failure::Usage(message) => (message, 2),
                Failure::Input(message) => (message, 1),
                Failure::Output(error) => (format!("the output cannot be written: {error}"), 1),
            };
            if !message.is_empty() {
                diagnose::say("error", &message);
            }
            ExitCode::from(code)
        }
    }
}

fn perform(command: Command, out: &mut dyn Write) -> Result<(), Failure> {
    match command {
        Command::Help(topic) => Ok(out.write_all(help::text(topic).as_bytes())?),
        Command::Version => Ok(writeln!(out, "timeslice {}", env!("CARGO_PKG_VERSION"))?),
        Command::Run(options) => run::run(&options, out),
        Command::Check(options) => check::check(&options, out),
        Command::Link(options) => share::link(&options, out),
        Command::Open(options) => share::open(&options, out),
        Command::Trace(options) => trace::trace(&options, out),
        Command::Explain(options) => explain::explain(&options, out),
        Command::Explore(options) => explore::explore(&options, out),
        Command::Compare(options) => compare::compare(&options, out),
        Command::Export(options) => export::export(&options, out),
        Command::Bench(options) => bench::bench(&options, out),
    }
}
