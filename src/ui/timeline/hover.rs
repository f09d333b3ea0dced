//! What the card beside the pointer says: exact figures of one span, or the shares of a column where
//! spans are finer than pixels. Pure.
//!
//! Called by `view`; `card` shows it.

use super::data::TimelineData;
use super::layout::{RowKey, lane_name};
use super::summary::{Channel, Shares, Span, Stop, Track};
use super::ticks::{exact, rounded};
use crate::base::Nanos;
use crate::trace::{Origin, Outcome, SwitchKind, TaskId, TaskState};

/// What a card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The colour beside the title.
    pub hue: Option<u8>,
    /// What it is about.
    pub title: String,
    /// Names and values, in order.
    pub lines: Vec<(String, String)>,
}

impl Card {
    fn new(hue: Option<u8>, title: impl Into<String>) -> Card {
        Card {
            hue,
            title: title.into(),
            lines: Vec::new(),
        }
    }

    fn line(&mut self, name: &str, value: impl Into<String>) {
        self.lines.push((name.to_owned(), value.into()));
    }

    fn interval(&mut self, from_ns: u64, to_ns: u64) {
        self.line("from", exact(Nanos(from_ns)));
        self.line("to", exact(Nanos(to_ns)));
        self.line("length", exact(Nanos(to_ns - from_ns)));
    }
}

/// What to say about a row at an instant, when a pixel is `pixel_ns` wide.
#[must_use]
pub fn card(data: &TimelineData, row: RowKey, at_ns: u64, pixel_ns: u64) -> Option<Card> {
    let (track, task) = match row {
        RowKey::Lane(lane) => (&data.lanes()[usize::from(lane)], None),
        RowKey::Task(task) => (&data.tasks()[task.index()].track, Some(task)),
        RowKey::Process(_) => return None,
    };
    let index = track.index_at(at_ns)?;
    let span = track.spans()[index];
    let end_ns = track.end_of(index);
    if end_ns - span.start_ns < pixel_ns {
        return Some(shares_card(data, row, track, at_ns, pixel_ns));
    }
    let mut card = match span.channel {
        Channel::IDLE => idle_card(data, row),
        Channel::SWITCH => switch_card(data, row, &span),
        Channel::GAP => gap_card(data, row, &span),
        Channel::READY => ready_card(data, span.task, at_ns),
        Channel::BLOCKED => {
            let title = format!("{} is blocked", data.name(span.task).full);
            let mut card = Card::new(Some(data.tint(span.task).hue), title);
            card.line("waits for", data.trace().resource_name(span.detail));
            card
        }
        Channel::ABSENT => return task.map(|task| absent_card(data, task, at_ns)),
        _ => work_card(data, row, &span, end_ns),
    };
    card.interval(span.start_ns, end_ns);
    Some(card)
}

fn work_card(data: &TimelineData, row: RowKey, span: &Span, end_ns: u64) -> Card {
    let name = &data.name(span.task).full;
    let title = match span.channel {
        Channel::SPIN => format!("{name} spins"),
        _ => name.clone(),
    };
    let mut card = Card::new(Some(data.tint(span.task).hue), title);
    let lane = match row {
        RowKey::Lane(lane) => lane,
        _ => span.detail as u8,
    };
    card.line("runs on", lane_name(data.trace(), lane));
    card.line("then", why_it_ended(data, row, span, end_ns));
    card
}

/// Why a span of work ended, in words.
#[must_use]
pub fn why_it_ended(data: &TimelineData, row: RowKey, span: &Span, end_ns: u64) -> String {
    let stop = match row {
        RowKey::Lane(_) => Some((span.stop, span.detail)),
        _ => lane_stop(data, span, end_ns),
    };
    match stop {
        Some((Stop::Preempted, _)) => "preempted".to_owned(),
        Some((Stop::Yielded, _)) => "yielded".to_owned(),
        Some((Stop::Blocked, resource)) => {
            format!("blocked on {}", data.trace().resource_name(resource))
        }
        Some((Stop::Finished, _)) => "finished".to_owned(),
        Some((Stop::Crashed, _)) => "crashed".to_owned(),
        Some((Stop::Killed, _)) => "killed, because its process ended".to_owned(),
        Some((Stop::RunEnded, _)) => "the run ended".to_owned(),
        Some((Stop::Continues, _)) | None => "goes on".to_owned(),
    }
}

/// A task's row does not keep why its work ended; the lane it ran on does.
fn lane_stop(data: &TimelineData, span: &Span, end_ns: u64) -> Option<(Stop, u16)> {
    let track = data.lanes().get(usize::from(span.detail))?;
    let index = track.index_at(end_ns.checked_sub(1)?)?;
    let lane_span = track.spans()[index];
    (lane_span.task == span.task).then_some((lane_span.stop, lane_span.detail))
}

fn idle_card(data: &TimelineData, row: RowKey) -> Card {
    let mut card = Card::new(None, "Idle");
    if let RowKey::Lane(lane) = row {
        card.line("on", lane_name(data.trace(), lane));
    }
    card
}

fn switch_card(data: &TimelineData, row: RowKey, span: &Span) -> Card {
    let hue = data.tint(span.task).hue;
    let title = format!("Switch to {}", data.name(span.task).full);
    let mut card = Card::new(Some(hue), title);
    if let RowKey::Lane(lane) = row {
        card.line("on", lane_name(data.trace(), lane));
    }
    let Some(cost) = data.trace().costs.get(usize::from(span.detail)) else {
        return card;
    };
    match cost.kind {
        SwitchKind::None => {}
        SwitchKind::Coroutine => card.line("between", "two coroutines of one thread"),
        SwitchKind::Thread => card.line("between", "two threads of one process"),
        SwitchKind::Process => card.line("between", "threads of two processes"),
    }
    let parts = [
        ("registers", cost.save_restore),
        ("choose next", cost.choose),
        ("address space", cost.address_space),
        ("cache refill", cost.cache_refill),
    ];
    for (name, part) in parts.into_iter().filter(|(_, part)| part.0 > 0) {
        card.line(name, exact(part));
    }
    card
}

fn gap_card(data: &TimelineData, row: RowKey, span: &Span) -> Card {
    let mut card = Card::new(None, "Core taken away");
    card.line("from task", data.name(span.task).full.clone());
    if let RowKey::Lane(lane) = row {
        card.line("on", lane_name(data.trace(), lane));
    }
    card.line("by", "the real operating system");
    card
}

fn ready_card(data: &TimelineData, task: TaskId, at_ns: u64) -> Card {
    let title = format!("{} is ready, but queued", data.name(task).full);
    let mut card = Card::new(Some(data.tint(task).hue), title);
    for (lane, track) in (0..).zip(data.lanes()).take(4) {
        let Some(index) = track.index_at(at_ns) else {
            continue;
        };
        let span = track.spans()[index];
        let doing = match span.channel {
            Channel::IDLE | Channel::ABSENT => "idle".to_owned(),
            Channel::SWITCH => format!("switches to {}", data.name(span.task).full),
            _ => format!("runs {}", data.name(span.task).full),
        };
        card.line(&lane_name(data.trace(), lane), doing);
    }
    card
}

fn absent_card(data: &TimelineData, task: TaskId, at_ns: u64) -> Card {
    let name = &data.name(task).full;
    let row = &data.tasks()[task.index()];
    let hue = Some(data.tint(task).hue);
    if at_ns < row.until.0 {
        let mut card = Card::new(hue, format!("{name} has not come yet"));
        let arrival = data.trace().tasks[task.index()].arrival;
        card.line("comes at", exact(arrival));
        return card;
    }
    let word = match row.state {
        TaskState::Finished => "has finished",
        TaskState::Crashed => "has crashed",
        TaskState::Killed => "was killed with its process",
        _ => "never came",
    };
    let mut card = Card::new(hue, format!("{name} {word}"));
    if row.state != TaskState::Absent {
        card.line("at", exact(row.until));
    }
    card
}

/// Shares of a column and of a few pixels around it: fine spans are only seen as shares.
fn shares_card(data: &TimelineData, row: RowKey, track: &Track, at_ns: u64, pixel_ns: u64) -> Card {
    let from_ns = at_ns.saturating_sub(2 * pixel_ns);
    let to_ns = (at_ns + 2 * pixel_ns).min(track.end_ns());
    let shares = track.shares_between(from_ns, to_ns);
    let count = track.index_at(to_ns.saturating_sub(1)).unwrap_or(0)
        - track.index_at(from_ns).unwrap_or(0)
        + 1;
    let whose = match row {
        RowKey::Lane(lane) => lane_name(data.trace(), lane),
        RowKey::Task(task) | RowKey::Process(task) => data.name(task).full.clone(),
    };
    let length = rounded(Nanos(to_ns - from_ns));
    let mut card = Card::new(None, format!("{whose}: {count} spans in {length}"));
    card.line("around", exact(Nanos(at_ns)));
    let mut works: Vec<(u8, u64)> = (0..Channel::SWITCH.0)
        .map(|hue| (hue, shares.0[usize::from(hue)]))
        .filter(|(_, share)| *share > 0)
        .collect();
    works.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    let rest: u64 = works.iter().skip(4).map(|(_, share)| share).sum();
    for (hue, share) in works.into_iter().take(4) {
        let names: Vec<&str> = data
            .palette()
            .legend()
            .iter()
            .filter(|entry| entry.hue == hue)
            .map(|entry| entry.name.as_str())
            .collect();
        let name = match names[..] {
            [name] => name.to_owned(),
            [name, ..] => format!("{name} and {} more", names.len() - 1),
            [] => "event loop".to_owned(),
        };
        card.line(&name, percent(&shares, share));
    }
    if rest > 0 {
        card.line("others", percent(&shares, rest));
    }
    for (channel, name) in [
        (Channel::SWITCH, "switches"),
        (Channel::GAP, "taken away"),
        (Channel::SPIN, "spins"),
        (Channel::READY, "ready, queued"),
        (Channel::BLOCKED, "blocked"),
        (Channel::IDLE, "idle"),
    ] {
        if shares.of(channel) > 0 {
            card.line(name, percent(&shares, shares.of(channel)));
        }
    }
    card
}

fn percent(shares: &Shares, part: u64) -> String {
    let share = part as f64 * 100.0 / shares.total().max(1) as f64;
    if share > 0.0 && share < 0.1 {
        "< 0.1 %".to_owned()
    } else {
        format!("{share:.1} %")
    }
}

/// The nearest instant after (or before) `at_ns` at which any lane changes what it does.
#[must_use]
pub fn neighbouring_edge(data: &TimelineData, at_ns: u64, later: bool) -> Option<u64> {
    let edges = data.lanes().iter().filter_map(|track| {
        if later {
            let index = track.index_at(at_ns)?;
            Some(track.end_of(index))
        } else {
            let before = at_ns.min(track.end_ns()).checked_sub(1)?;
            track
                .index_at(before)
                .map(|index| track.spans()[index].start_ns)
        }
    });
    if later { edges.min() } else { edges.max() }
}

/// One sentence about a whole run, for those who can't see it.
#[must_use]
pub fn sentence(data: &TimelineData) -> String {
    let trace = data.trace();
    let totals = data.totals();
    let (kind, noun) = match trace.origin {
        Origin::Simulated => ("Simulated run", "core"),
        Origin::Measured { .. } => ("Real run", "worker"),
    };
    let plural = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    };
    let crashes = data.crashes().iter().filter(|mark| mark.own).count();
    let crashed = match crashes {
        0 => String::new(),
        _ => format!(" {} crashed.", plural(crashes, "task")),
    };
    let outcome = match &trace.outcome {
        Outcome::Finished => "",
        Outcome::Deadlock { .. } => " It ended in a deadlock.",
        Outcome::Stuck => " It got stuck: tasks wait for what nobody will give.",
        Outcome::Livelock => " It was stopped: a livelock is suspected.",
        Outcome::Limit { .. } => " It reached a limit.",
        Outcome::TimeLimit => " It reached its time limit.",
        Outcome::Cancelled => " It was stopped.",
        Outcome::Failed { .. } => " A worker failed.",
    };
    format!(
        "{kind} of {} on {}, {} long: {} useful, {} switches, {} idle, {}.{crashed}{outcome}",
        plural(data.tasks_in_order().len(), "task"),
        plural(trace.lanes.len(), noun),
        rounded(Nanos(data.end_ns())),
        percent(totals, totals.work()),
        percent(totals, totals.of(Channel::SWITCH)),
        percent(totals, totals.of(Channel::IDLE)),
        plural(data.slices() as usize, "slice"),
    )
}

#[cfg(test)]
mod tests;
