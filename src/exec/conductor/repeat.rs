//! One repeat of a run: all are told to go, what they leave behind is collected, and each is ended
//! that does not end by itself.

use gloo::timers::callback::Timeout;

use super::{Conductor, Happening, Seat, Stopped};
use crate::exec::clock;
use crate::exec::link::Heard;
use crate::exec::measurement::{Part, merge};
use crate::exec::protocol::{FromWorker, ToWorker};
use crate::exec::slicer::End;
use crate::scenario::limits::REAL_TIME;
use crate::trace::{EventKind, Outcome};
use std::rc::Rc;

/// How long after the time limit, or after being asked to stop, a worker is waited for.
const GRACE_MS: u32 = 400;
/// How long after its end a worker's last words may still be on their way.
const LAST_WORDS_MS: u32 = 100;

/// One repeat, while it goes on.
struct Progress {
    parts: Vec<Part>,
    settled: Vec<bool>,
    outcome: Outcome,
    failure: Option<String>,
    timers: Vec<Timeout>,
    is_stopping: bool,
}

impl Conductor {
    pub(super) async fn run_once(&mut self) -> Result<(), Stopped> {
        let part = |seat: &Seat| Part {
            alignment: seat.alignment,
            ..Part::default()
        };
        let mut progress = Progress {
            parts: self.seats.iter().map(part).collect(),
            settled: vec![false; self.seats.len()],
            outcome: Outcome::TimeLimit,
            failure: None,
            timers: Vec::new(),
            is_stopping: false,
        };
        let from = clock::now();
        for (place, seat) in self.seats.iter().enumerate() {
            let until = seat.alignment.to_worker(from + REAL_TIME);
            self.send(
                place,
                &ToWorker::Go {
                    from: seat.alignment.to_worker(from),
                    until,
                },
            );
        }
        let limit_ms = (REAL_TIME.0 / 1_000_000) as u32 + GRACE_MS;
        progress
            .timers
            .push(self.inbox.put_after(limit_ms, Happening::GraceOver));
        let mut asked = None;
        while progress.settled.contains(&false) {
            match self.inbox.next().await {
                Happening::Heard(place, generation, heard) => {
                    if self.is_of_now(place, generation) {
                        self.hear(place, heard, &mut progress);
                    }
                }
                Happening::Silent(place) => self.bury(place, &mut progress),
                Happening::Stop if !progress.is_stopping => {
                    asked = Some(Stopped::Asked);
                    progress.outcome = Outcome::Cancelled;
                    self.ask_to_stop(&mut progress);
                }
                Happening::GraceOver => {
                    for place in 0..self.seats.len() {
                        if !progress.settled[place] {
                            self.seats[place].link = None;
                            progress.settled[place] = true;
                        }
                    }
                }
                Happening::Dropped => return Err(Stopped::Asked),
                Happening::Hidden => return Err(Stopped::Hidden),
                Happening::Stop | Happening::Late => {}
            }
        }
        let until = clock::now();
        let Progress {
            parts,
            outcome,
            failure,
            ..
        } = progress;
        let outcome = match &failure {
            Some(message) => Outcome::Failed {
                message: message.clone(),
            },
            None => outcome,
        };
        let clock_step = self.calibration().clock_step();
        let trace = merge(&self.plan, parts, (from, until), outcome, clock_step);
        self.runs.push(Rc::new(trace));
        match (failure, asked) {
            (Some(message), _) => Err(Stopped::Failed(message)),
            (None, Some(asked)) => Err(asked),
            (None, None) => Ok(()),
        }
    }

    fn ask_to_stop(&self, progress: &mut Progress) {
        progress.is_stopping = true;
        for seat in &self.seats {
            if let Some(link) = &seat.link {
                link.ask_to_stop();
            }
        }
        progress
            .timers
            .push(self.inbox.put_after(GRACE_MS, Happening::GraceOver));
    }

    fn hear(&mut self, place: usize, heard: Heard, progress: &mut Progress) {
        match heard {
            Heard::Message(FromWorker::Left(batch)) => progress.parts[place].batch.append(batch),
            Heard::Message(FromWorker::Over {
                end,
                is_right,
                alignment_error,
            }) => {
                progress.settled[place] = true;
                let alignment = &mut progress.parts[place].alignment;
                alignment.error = alignment.error.saturating_add(alignment_error);
                if !is_right {
                    progress.failure = Some(
                        "The work loop gave a wrong result, so its times mean nothing.".to_owned(),
                    );
                }
                match end {
                    End::TooManyEvents => {
                        progress.outcome = Outcome::Limit {
                            limit: "events".to_owned(),
                        };
                    }
                    // The trap follows, and the pool is of no use any more.
                    End::Crashed | End::Killed => self.dies(place, progress),
                    End::Finished | End::Stopped | End::TimeLimit => {}
                }
            }
            Heard::Message(FromWorker::Panicked { message }) => {
                progress
                    .failure
                    .get_or_insert(format!("A worker failed: {message}"));
                self.falls_silent(place, progress);
            }
            Heard::Trouble(message) => {
                let said_why = progress.parts[place].batch.has(EventKind::Crash);
                if !said_why {
                    progress
                        .failure
                        .get_or_insert(format!("A worker failed: {message}"));
                }
                self.falls_silent(place, progress);
            }
            Heard::Ready | Heard::Message(_) => {}
        }
    }

    /// It has failed; what it said last may still be on its way.
    fn falls_silent(&self, place: usize, progress: &mut Progress) {
        if progress.parts[place].died.is_none() {
            progress.parts[place].died = Some(clock::now());
            progress.timers.push(
                self.inbox
                    .put_after(LAST_WORDS_MS, Happening::Silent(place)),
            );
        }
    }

    fn dies(&mut self, place: usize, progress: &mut Progress) {
        progress.parts[place].died.get_or_insert(clock::now());
        self.seats[place].link = None;
    }

    fn bury(&mut self, place: usize, progress: &mut Progress) {
        self.dies(place, progress);
        progress.settled[place] = true;
    }
}
