//! The help texts.

/// What help is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The program.
    All,
    /// One command.
    Run,
    Check,
    Link,
    Open,
    Trace,
}

/// The help on a topic.
pub(crate) const fn text(topic: Topic) -> &'static str {
    match topic {
        Topic::All => ALL,
        Topic::Run => RUN,
        Topic::Check => CHECK,
        Topic::Link => LINK,
        Topic::Open => OPEN,
        Topic::Trace => TRACE,
    }
}

const ALL: &str = "\
Timeslice: what a mix of processes, threads and coroutines does on a simulated machine.

usage: timeslice COMMAND …

  run FILE      simulate it; print who ran, who waited, and a timeline
  check FILE…   say what is wrong with a scenario, and where
  link FILE     print the link that carries it
  open LINK     print the text that a link carries
  trace FILE    write what happened as Chrome trace JSON, which Perfetto opens

  timeslice COMMAND --help    the options of a command
  timeslice --version

Wherever a FILE is wanted, a link, `gallery:NAME` or `-` for standard input do as well.
The exit code is 0, or 1 if something is wrong with the scenario, or 2 for wrong usage.
";

const RUN: &str = "\
usage: timeslice run FILE|LINK|gallery:NAME|- [options]

Simulates a scenario and prints a summary and a timeline.

  --json            print the report as JSON instead
  --set KEY=VALUE   replace a value of the text; may be given several times, as in
                    --set machine.cores=1 --set scheduler.quantum=1ms --set process.0.count=4
  --max-events N    stop after about N trace events (100000000)
  --max-tasks N     allow N threads and N coroutines (1000000)
  --width N         characters in a line (as wide as the terminal, or else 80)

A run that ends in a deadlock or at a limit is a result, too: the exit code is 0.
";

const CHECK: &str = "\
usage: timeslice check FILE|LINK|gallery:NAME|-… [options]

Reads scenarios and says what is wrong with them; runs nothing.

  --json            print the diagnostics as JSON, on standard output
  --set KEY=VALUE   replace a value of the text first
  --max-tasks N     allow N threads and N coroutines (1000000)

The exit code is 1 if one of them has an error; warnings and notes alone leave it 0.
";

const LINK: &str = "\
usage: timeslice link FILE|gallery:NAME|- [options]

Prints the link that carries the text, comments and layout included. Text with errors in it is
carried, too; what is wrong with it is said on standard error.

  --base URL        print a whole address that begins with this one
  --set KEY=VALUE   replace a value of the text first
";

const OPEN: &str = "\
usage: timeslice open LINK

Prints the text that a link carries. A whole address will do, or the part behind the `#`.
Put it in quotes, or the shell may take parts of it for itself.
";

const TRACE: &str = "\
usage: timeslice trace FILE|LINK|gallery:NAME|- [options]

Simulates a scenario and writes what happened as Chrome trace JSON, which ui.perfetto.dev opens:
a track for each hardware thread, and one for each task.

  -o, --output OUT  write to this file (standard output)
  --set KEY=VALUE   replace a value of the text first; may be given several times
  --max-events N    stop after about N trace events (100000000)
  --max-tasks N     allow N threads and N coroutines (1000000)
";
