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
    Explain,
    Explore,
    Compare,
    Export,
    Bench,
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
        Topic::Explain => EXPLAIN,
        Topic::Explore => EXPLORE,
        Topic::Compare => COMPARE,
        Topic::Export => EXPORT,
        Topic::Bench => BENCH,
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
  explain FILE  say why a task does not run at an instant, or who ran while it waited
  explore FILE  say everything that can happen, in whatever order statements follow each other
  compare FILE  simulate it under several policies, models, numbers of cores or quanta
  export FILE   write a table of tasks or slices as CSV, or the timeline as SVG
  bench [FILE]  time the simulation itself

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

const EXPLAIN: &str = "\
usage: timeslice explain FILE|LINK|gallery:NAME|- --task NAME [--at TIME] [options]

Simulates a scenario and says why a task does not run at an instant: who has what it waits for,
what that one does, and so on. Without --at, says who ran while it waited, in all.

  --task NAME       the task, as `timeslice run` and the timeline call it: `encoder/worker 3`
  --at TIME         the instant, such as 12ms or 1.5s; what happens at it has happened
  --set KEY=VALUE   replace a value of the text first; may be given several times
  --max-events N    stop after about N trace events (100000000)
  --max-tasks N     allow N threads and N coroutines (1000000)
";

const EXPLORE: &str = "\
usage: timeslice explore FILE|LINK|gallery:NAME|- [options]

Tries every order in which the statements of the tasks can follow each other, and says how it can end: what
the shared variables can hold, whether there can be a deadlock. How long things take does not count. What
is not found cannot happen, if all states have been seen.

  --schedules       print a shortest schedule for each ending
  --json            print the endings and their schedules as JSON instead
  --max-states N    give up after N states (1000000)
  --set KEY=VALUE   replace a value of the text first; may be given several times
  --max-tasks N     allow N threads and N coroutines (1000000)
";

const COMPARE: &str = "\
usage: timeslice compare FILE|LINK|gallery:NAME|- --by WHAT [options]

Simulates a scenario several times and prints the totals side by side.

  --by WHAT         policy, model, cores or quantum
  --values A,B,C    these values; else all policies, all models, 1 to 16 cores, 1 to 100 ms
  --json            print the totals as JSON instead
  --set KEY=VALUE   replace a value of the text first; may be given several times
  --max-events N    stop each run after about N trace events (100000000)
  --max-tasks N     allow N threads and N coroutines (1000000)

Percentiles are by nearest rank, over the tasks that the means are over.
";

const EXPORT: &str = "\
usage: timeslice export FILE|LINK|gallery:NAME|- --csv tasks|--csv slices|--svg [options]

Simulates a scenario and writes what happened, for a spreadsheet or for a page.

  --csv tasks       a line for each task, with the numbers of `timeslice run --json`
  --csv slices      a line for each stretch of a hardware thread's time; idle time is left out
  --svg             the timeline as a picture
  -o, --output OUT  write to this file (standard output)
  --set KEY=VALUE   replace a value of the text first; may be given several times
  --max-events N    stop after about N trace events (100000000)
  --max-tasks N     allow N threads and N coroutines (1000000)
";

const BENCH: &str = "\
usage: timeslice bench [FILE|LINK|gallery:NAME|-] [options]

Times the simulation itself, on this machine. Without a FILE: round robin on 4 and 64 cores, beside a
bare loop that does nothing but scan the cores, timed in the same run. With one: that scenario.

  --tries N         time each N times (9); the shortest counts
  --json            print the numbers as JSON instead
  --set KEY=VALUE   replace a value of the text first; may be given several times
  --max-events N    stop each run after about N trace events (100000000)
  --max-tasks N     allow N threads and N coroutines (1000000)
";
