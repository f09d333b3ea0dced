//! A cause in plain words.

use super::cause::{Cause, LaneWork, MOST_TURNS, Turn};
use super::moment::Stretch;
use crate::trace::{Origin, ResourceKind, SwitchKind, TaskId, Trace};

impl Cause {
    /// One sentence.
    #[must_use]
    pub fn sentence(&self, trace: &Trace) -> String {
        let words = Words { trace };
        let name = |task: &TaskId| words.name(*task);
        match self {
            Cause::RunOver { end } => format!("The run ends at {end}; there it is so:"),
            Cause::NotYet { task, arrival } => {
                format!("{} has not come yet; it comes at {arrival}.", name(task))
            }
            Cause::NeverComes { task, by, at } => format!(
                "{} never comes, because {} of its process crashes at {at}.",
                name(task),
                name(by)
            ),
            Cause::TooLate { task, end } => format!(
                "{} has not come yet, and the run ends at {end} without it.",
                name(task)
            ),
            Cause::Refused { task, resource, at } => {
                let lacking = match trace.resources[usize::from(*resource)].kind {
                    ResourceKind::Processes => "there were as many processes as there may be",
                    _ => "there was no memory left for it",
                };
                format!("{} never came: at {at} {lacking}.", name(task))
            }
            Cause::Finished { task, at } => format!("{} has ended, at {at}.", name(task)),
            Cause::Crashed { task, at } => {
                format!(
                    "{} has crashed, at {at}, and its process with it.",
                    name(task)
                )
            }
            Cause::Killed {
                task,
                at,
                by: Some(by),
            } => format!(
                "{} was killed at {at}, when {} of its process crashed.",
                name(task),
                name(by)
            ),
            Cause::Killed { task, at, by: None } => {
                format!("{} was killed at {at}.", name(task))
            }
            Cause::Runs {
                task,
                inside,
                lane,
                when,
            } => {
                let lane = words.lane(*lane);
                let what = inside.map_or_else(String::new, |inside| words.name(inside) + " ");
                format!("{} runs {what}on {lane} {}.", name(task), stretch(when))
            }
            Cause::Spins {
                task,
                resource,
                lane,
                when,
            } => format!(
                "{} tries to get {}, spinning on {} {}.",
                name(task),
                words.resource(*resource),
                words.lane(*lane),
                stretch(when)
            ),
            Cause::SwitchedTo {
                task,
                lane,
                kind,
                when,
            } => {
                let lane = words.lane(*lane);
                let kind = switch(*kind);
                let lane = capital(&lane);
                format!(
                    "{lane} is being switched to {} {}{kind}.",
                    name(task),
                    stretch(when)
                )
            }
            Cause::TakenAway { task, lane, when } => format!(
                "{} has {}, but the real operating system took it away {}.",
                name(task),
                words.lane(*lane),
                stretch(when)
            ),
            Cause::Ready { task, when } => {
                format!(
                    "{} is ready {}, but does not run.",
                    name(task),
                    stretch(when)
                )
            }
            Cause::SharesCore { task, others } => format!(
                "{} shares what its core does with {}.",
                name(task),
                words.names(others)
            ),
            Cause::Core { lane, work, when } => words.work(&words.lane(*lane), work, when.as_ref()),
            Cause::MoreCores { more } => format!("{more} more cores are not listed here."),
            Cause::EventLoop { host, work, when } => {
                words.work(&format!("its event loop {}", name(host)), work, Some(when))
            }
            Cause::EventLoopStopped { host, by, resource } => format!(
                "Its event loop {} stands still, because {} blocks it while it waits for {}.",
                name(host),
                name(by),
                words.resource(*resource)
            ),
            Cause::Before { task, turns, more } => words.before(*task, turns, *more),
            Cause::NextJob { task, when } => format!(
                "{} waits for the release of its next job {}.",
                name(task),
                stretch(when)
            ),
            Cause::Throttled {
                task,
                container,
                when,
            } => format!(
                "{} waits for the next period of the container {}, which has used up its quota, {}.",
                name(task),
                words.named(*container),
                stretch(when)
            ),
            Cause::Sleeps { task, when } => format!("{} sleeps {}.", name(task), stretch(when)),
            Cause::Joins {
                task,
                when,
                left,
                last,
            } => {
                let first = format!("{} waits for its children {}", name(task), stretch(when));
                match last {
                    None => format!("{first}: {} has not ended.", words.names(left)),
                    Some((last, end)) => {
                        let end = match end {
                            Some(end) => format!("is the last to end, at {end}"),
                            None => "does not end".to_owned(),
                        };
                        let left = words.names(left);
                        format!("{first}: {left} have not ended; {} {end}.", name(last))
                    }
                }
            }
            Cause::EventLoopWaits { task, when, first } => {
                let rest = first.map_or_else(String::new, |first| {
                    format!("; {} is the first that can", words.name(first))
                });
                format!(
                    "{} waits {} until one of its coroutines can go on{rest}.",
                    name(task),
                    stretch(when)
                )
            }
            Cause::Waits {
                task,
                resource,
                when,
            } => format!(
                "{} waits for {} {}.",
                name(task),
                words.resource(*resource),
                stretch(when)
            ),
            Cause::Served {
                task,
                resource,
                since,
            } => {
                let verb = match trace.resources[usize::from(*resource)].kind {
                    ResourceKind::Device => "works for",
                    ResourceKind::Reading => "is held for reading by",
                    ResourceKind::Writing => "is held for writing by",
                    _ => "is held by",
                };
                format!(
                    "{} {verb} {} since {since}.",
                    capital(&words.queue(*resource)),
                    name(task)
                )
            }
            Cause::Abandoned { task, resource } => format!(
                "{} has ended without giving {} back.",
                name(task),
                words.queue(*resource)
            ),
            Cause::Unanswered { resource } => {
                let what = words.resource(*resource);
                match trace.resources[usize::from(*resource)].kind {
                    ResourceKind::Semaphore => {
                        format!("{} is at zero until someone posts to it.", capital(&what))
                    }
                    ResourceKind::Condition => format!("Nobody has signalled {what} since."),
                    ResourceKind::Mail => {
                        format!(
                            "{} is empty until someone sends to it.",
                            words.named(*resource)
                        )
                    }
                    ResourceKind::Room => format!(
                        "{} is full until someone receives from it.",
                        words.named(*resource)
                    ),
                    _ => format!("Nobody has given {what} yet."),
                }
            }
            Cause::Answers { task, resource, at } => {
                let (who, channel) = (name(task), words.named(*resource));
                match trace.resources[usize::from(*resource)].kind {
                    ResourceKind::Mail => format!("{who} sends to {channel} at {at}."),
                    _ => format!("{who} receives from {channel} at {at}, which makes room."),
                }
            }
            Cause::LeftAlone { resource, at } => {
                let does = match trace.resources[usize::from(*resource)].kind {
                    ResourceKind::Mail => "send to",
                    _ => "receive from",
                };
                let channel = words.named(*resource);
                format!("From {at} on, nobody is left who could {does} {channel}.")
            }
            Cause::Gathered { resource, come } if come.is_empty() => {
                format!("Nobody else has come to {} yet.", words.resource(*resource))
            }
            Cause::Gathered { resource, come } => format!(
                "{} {} come to {}, too.",
                words.names(come),
                if come.len() == 1 { "has" } else { "have" },
                words.resource(*resource)
            ),
            Cause::StillBusy { resource } => format!(
                "{} still works for a task that was killed.",
                capital(&words.resource(*resource))
            ),
            Cause::Ahead {
                task,
                resource,
                ahead,
            } => format!(
                "{} {} before {} in the queue of {}.",
                words.names(ahead),
                if ahead.len() == 1 { "is" } else { "are" },
                name(task),
                words.queue(*resource)
            ),
            Cause::Circle { task } => {
                format!(
                    "That is where this began: a circle that leads back to {}.",
                    name(task)
                )
            }
        }
    }
}

struct Words<'a> {
    trace: &'a Trace,
}

impl Words<'_> {
    fn name(&self, task: TaskId) -> String {
        format!("`{}`", self.trace.task_name(task))
    }

    fn resource(&self, resource: u16) -> String {
        match self.trace.resources[usize::from(resource)].kind {
            ResourceKind::Room => format!("room in {}", self.named(resource)),
            ResourceKind::Mail => format!("a message from {}", self.named(resource)),
            ResourceKind::Reading => format!("{} for reading", self.named(resource)),
            ResourceKind::Writing => format!("{} for writing", self.named(resource)),
            ResourceKind::InterpreterLock => {
                format!("the interpreter lock of {}", self.named(resource))
            }
            _ => format!("`{}`", self.trace.resource_name(resource)),
        }
    }

    /// What tasks queue for.
    fn queue(&self, resource: u16) -> String {
        match self.trace.resources[usize::from(resource)].kind {
            ResourceKind::Room
            | ResourceKind::Mail
            | ResourceKind::Reading
            | ResourceKind::Writing => self.named(resource),
            _ => self.resource(resource),
        }
    }

    /// The channel or the lock that something is waited for of.
    fn named(&self, resource: u16) -> String {
        format!("`{}`", self.trace.resources[usize::from(resource)].name)
    }

    fn lane(&self, lane: u8) -> String {
        let info = self.trace.lanes[usize::from(lane)];
        match self.trace.origin {
            Origin::Measured { .. } => format!("worker {}", info.core),
            Origin::Simulated if self.trace.lanes.iter().any(|lane| lane.sibling > 0) => {
                format!("core {}.{}", info.core, info.sibling)
            }
            Origin::Simulated => format!("core {}", info.core),
        }
    }

    /// `a`, `b` and `c`; of very many, the first few.
    fn names(&self, tasks: &[TaskId]) -> String {
        let shown = tasks.iter().take(MOST_TURNS);
        let shown: Vec<String> = shown.map(|task| self.name(*task)).collect();
        listed(shown, tasks.len().saturating_sub(MOST_TURNS))
    }

    fn work(&self, who: &str, work: &LaneWork, when: Option<&Stretch>) -> String {
        let who = capital(who);
        let when = when.map_or_else(String::new, |when| format!(" {}", stretch(when)));
        match work {
            LaneWork::Runs(task) => format!("{who} runs {}{when}.", self.name(*task)),
            LaneWork::Switches(task) => {
                format!("{who} is being switched to {}{when}.", self.name(*task))
            }
            LaneWork::Idles => format!("{who} has nothing to run."),
        }
    }

    fn before(&self, task: TaskId, turns: &[Turn], more: usize) -> String {
        let one = |turn: &Turn| {
            format!(
                "{} on {} from {} to {}",
                self.name(turn.task),
                self.lane(turn.lane),
                turn.from,
                turn.to
            )
        };
        let verb = if turns.len() == 1 && more == 0 {
            "runs"
        } else {
            "run"
        };
        let turns = listed(turns.iter().map(one).collect(), more);
        format!("Before {} {verb} {turns}.", self.name(task))
    }
}

fn listed(mut parts: Vec<String>, more: usize) -> String {
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

fn stretch(when: &Stretch) -> String {
    match when.to {
        Some(to) => format!("from {} to {to}", when.from),
        None => format!("since {}", when.from),
    }
}

/// Between what a switch is.
fn switch(kind: SwitchKind) -> &'static str {
    match kind {
        SwitchKind::None => "",
        SwitchKind::Coroutine => ", from another coroutine",
        SwitchKind::Thread => ", from another thread of its process",
        SwitchKind::Process => ", from another process",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
