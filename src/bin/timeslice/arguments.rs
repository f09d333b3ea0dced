//! The command line as a value. Says what is wrong with it and what was probably meant.

use std::ffi::OsString;

use lexopt::prelude::{Long, Short, Value, ValueExt};
use timeslice::scenario::limits::RunLimits;

use crate::Failure;
use crate::help::Topic;

/// What is asked for.
pub(crate) enum Command {
    /// How it is used.
    Help(Topic),
    /// Which version it is.
    Version,
    /// Simulate and report.
    Run(Options),
    /// Only say what is wrong.
    Check(Options),
    /// From a text to a link.
    Link(Options),
    /// From a link to its text.
    Open(Options),
    /// Simulate and write the trace.
    Trace(Options),
}

/// The options of all commands; each command takes some of them.
pub(crate) struct Options {
    /// The files, links or `-`.
    pub(crate) inputs: Vec<OsString>,
    /// Values that replace those of the text, in order: key and value.
    pub(crate) set: Vec<(String, String)>,
    /// Whether to print JSON.
    pub(crate) json: bool,
    /// The bounds on the run.
    pub(crate) limits: RunLimits,
    /// How many characters wide the output may be, if that was said.
    pub(crate) width: Option<usize>,
    /// The address that a link is to begin with.
    pub(crate) base: Option<String>,
    /// The file to write.
    pub(crate) output: Option<OsString>,
}

const COMMANDS: [(&str, Topic); 5] = [
    ("run", Topic::Run),
    ("check", Topic::Check),
    ("link", Topic::Link),
    ("open", Topic::Open),
    ("trace", Topic::Trace),
];

/// Reads the arguments, the program's own name left out.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, Failure> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let topic = match parser.next().map_err(|error| usage(Topic::All, &error))? {
        None => return Ok(Command::Help(Topic::All)),
        Some(Short('h') | Long("help")) => return Ok(Command::Help(Topic::All)),
        Some(Short('V') | Long("version")) => return Ok(Command::Version),
        Some(Value(word)) if word == "help" => return help(&mut parser),
        Some(Value(word)) => find(&word)?,
        Some(other) => return Err(usage(Topic::All, &other.unexpected())),
    };
    let mut options = Options {
        inputs: Vec::new(),
        set: Vec::new(),
        json: false,
        limits: RunLimits::COMMAND_LINE,
        width: None,
        base: None,
        output: None,
    };
    let wants_help =
        read_options(&mut parser, topic, &mut options).map_err(|error| usage(topic, &error))?;
    if wants_help {
        return Ok(Command::Help(topic));
    }
    let count = options.inputs.len();
    if count == 0 {
        return Err(usage(topic, &"the file is missing".into()));
    }
    if count > 1 && !matches!(topic, Topic::Check) {
        return Err(usage(topic, &"it takes one file".into()));
    }
    Ok(match topic {
        Topic::Run => Command::Run(options),
        Topic::Check => Command::Check(options),
        Topic::Link => Command::Link(options),
        Topic::Open => Command::Open(options),
        Topic::Trace => Command::Trace(options),
        Topic::All => unreachable!("a command has been found"),
    })
}

fn help(parser: &mut lexopt::Parser) -> Result<Command, Failure> {
    match parser.next().map_err(|error| usage(Topic::All, &error))? {
        None => Ok(Command::Help(Topic::All)),
        Some(Value(word)) => find(&word).map(Command::Help),
        Some(other) => Err(usage(Topic::All, &other.unexpected())),
    }
}

fn find(word: &OsString) -> Result<Topic, Failure> {
    COMMANDS
        .into_iter()
        .find(|(name, _)| word == name)
        .map(|(_, topic)| topic)
        .ok_or_else(|| {
            let shown = crate::diagnose::printable(&word.to_string_lossy());
            Failure::Usage(format!(
                "there is no command `{shown}`; the commands are run, check, link, open and trace"
            ))
        })
}

/// Reads what stands behind the command; whether help was asked for.
fn read_options(
    parser: &mut lexopt::Parser,
    topic: Topic,
    options: &mut Options,
) -> Result<bool, lexopt::Error> {
    let runs = matches!(topic, Topic::Run | Topic::Trace);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(true),
            Long("set") if runs || matches!(topic, Topic::Check | Topic::Link) => {
                let pair = parser.value()?.string()?;
                let Some((key, value)) = pair.split_once('=') else {
                    return Err(format!(
                        "`--set {pair}` has no `=` in it; write `--set scheduler.quantum=1ms`"
                    )
                    .into());
                };
                options.set.push((key.trim().to_owned(), value.to_owned()));
            }
            Long("json") if matches!(topic, Topic::Run | Topic::Check) => options.json = true,
            Long("max-events") if runs => options.limits.events = parser.value()?.parse()?,
            Long("max-tasks") if runs || matches!(topic, Topic::Check) => {
                let tasks = parser.value()?.parse()?;
                options.limits.threads = tasks;
                options.limits.coroutines = tasks;
            }
            Long("width") if matches!(topic, Topic::Run) => {
                options.width = Some(parser.value()?.parse()?);
            }
            Long("base") if matches!(topic, Topic::Link) => {
                options.base = Some(parser.value()?.string()?);
            }
            Short('o') | Long("output") if matches!(topic, Topic::Trace) => {
                options.output = Some(parser.value()?);
            }
            Value(input) => options.inputs.push(input),
            other => return Err(other.unexpected()),
        }
    }
    Ok(false)
}

fn usage(topic: Topic, error: &lexopt::Error) -> Failure {
    let hint = match COMMANDS.into_iter().find(|(_, found)| *found == topic) {
        Some((name, _)) => format!("timeslice {name} --help"),
        None => "timeslice --help".to_owned(),
    };
    Failure::Usage(format!("{error}; see `{hint}`"))
}
