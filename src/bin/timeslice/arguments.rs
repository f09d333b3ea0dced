//! The command line as a value. Says what is wrong with it and what was probably meant.

use std::ffi::OsString;

use lexopt::prelude::{Long, Short, Value, ValueExt};
use timeslice::base::Nanos;
use timeslice::scenario::limits::RunLimits;

use crate::Failure;
use crate::compare::Axis;
use crate::export::Form;
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
    /// Simulate and say why a task does not run.
    Explain(Options),
    /// Simulate every order in which statements can follow each other.
    Explore(Options),
    /// Simulate variants side by side.
    Compare(Options),
    /// Simulate and write a table or a picture.
    Export(Options),
    /// Time the simulation itself.
    Bench(Options),
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
    /// The task to explain.
    pub(crate) task: Option<String>,
    /// The instant to explain it at.
    pub(crate) at: Option<Nanos>,
    /// What to compare by.
    pub(crate) by: Option<Axis>,
    /// The values to compare, if they were said.
    pub(crate) values: Option<Vec<String>>,
    /// What to export.
    pub(crate) form: Option<Form>,
    /// How many states are explored at most.
    pub(crate) most_states: u64,
    /// Whether to print the schedules that lead to each ending.
    pub(crate) schedules: bool,
    /// How many times a run is timed.
    pub(crate) tries: u32,
}

const COMMANDS: [(&str, Topic); 10] = [
    ("run", Topic::Run),
    ("check", Topic::Check),
    ("link", Topic::Link),
    ("open", Topic::Open),
    ("trace", Topic::Trace),
    ("explain", Topic::Explain),
    ("explore", Topic::Explore),
    ("compare", Topic::Compare),
    ("export", Topic::Export),
    ("bench", Topic::Bench),
];

/// The commands that can print JSON.
const JSON: [Topic; 5] = [
    Topic::Run,
    Topic::Check,
    Topic::Explore,
    Topic::Compare,
    Topic::Bench,
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
        task: None,
        at: None,
        by: None,
        values: None,
        form: None,
        most_states: 1_000_000,
        schedules: false,
        tries: 9,
    };
    let wants_help =
        read_options(&mut parser, topic, &mut options).map_err(|error| usage(topic, &error))?;
    if wants_help {
        return Ok(Command::Help(topic));
    }
    let count = options.inputs.len();
    if count == 0 && topic != Topic::Bench {
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
        Topic::Explain => Command::Explain(options),
        Topic::Explore => Command::Explore(options),
        Topic::Compare => Command::Compare(options),
        Topic::Export => Command::Export(options),
        Topic::Bench => Command::Bench(options),
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
                "there is no command `{shown}`; the commands are {}",
                COMMANDS.map(|(name, _)| name).join(", ")
            ))
        })
}

/// Reads what stands behind the command; whether help was asked for.
fn read_options(
    parser: &mut lexopt::Parser,
    topic: Topic,
    options: &mut Options,
) -> Result<bool, lexopt::Error> {
    let runs = !matches!(topic, Topic::Check | Topic::Link | Topic::Open | Topic::All);
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
            Long("json") if JSON.contains(&topic) => options.json = true,
            Long("max-states") if topic == Topic::Explore => {
                options.most_states = parser.value()?.parse()?;
            }
            Long("schedules") if topic == Topic::Explore => options.schedules = true,
            Long("max-events") if runs => {
                options.limits = options.limits.with_events(parser.value()?.parse()?);
            }
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
            Short('o') | Long("output") if matches!(topic, Topic::Trace | Topic::Export) => {
                options.output = Some(parser.value()?);
            }
            Long("task") if topic == Topic::Explain => {
                options.task = Some(parser.value()?.string()?);
            }
            Long("at") if topic == Topic::Explain => {
                let text = parser.value()?.string()?;
                let at = Nanos::parse(&text)
                    .map_err(|error| format!("`--at {text}`: {error}; write `--at 12ms`"))?;
                options.at = Some(at);
            }
            Long("by") if topic == Topic::Compare => {
                let text = parser.value()?.string()?;
                let Some(axis) = Axis::from_word(&text) else {
                    return Err(format!(
                        "`--by {text}`: it compares by policy, model, cores or quantum"
                    )
                    .into());
                };
                options.by = Some(axis);
            }
            Long("values") if topic == Topic::Compare => {
                let list = parser.value()?.string()?;
                let values = list.split(',').map(|value| value.trim().to_owned());
                options.values = Some(values.collect());
            }
            Long("csv") if topic == Topic::Export => {
                let text = parser.value()?.string()?;
                options.form = Some(match text.as_str() {
                    "tasks" => Form::Tasks,
                    "slices" => Form::Slices,
                    _ => return Err(format!("`--csv {text}`: it is tasks or slices").into()),
                });
            }
            Long("tries") if topic == Topic::Bench => {
                options.tries = parser.value()?.parse()?;
                if options.tries == 0 {
                    return Err("`--tries 0`: something has to be timed".into());
                }
            }
            Long("svg") if topic == Topic::Export => options.form = Some(Form::Svg),
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
