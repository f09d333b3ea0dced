//! How a real run goes: workers started, calibrated, given their parts, their clocks compared, all
//! told to go, what they leave behind collected, and each ended that does not end by itself. Every
//! wait has a limit. It measures nothing itself: `measurement` makes the trace.

mod repeat;

use std::cell::Cell;
use std::rc::Rc;

use super::calibration::{Calibration, QuietCore};
use super::clock::{self, Alignment, Ping};
use super::inbox::Inbox;
use super::job::Driver;
use super::link::{Entry, Heard, WorkerLink};
use super::plan::RealPlan;
use super::protocol::{FromWorker, ToWorker};
use super::real::{Measured, RealEvent, WorkerStart};
use crate::trace::Trace;

/// The longest that starting, calibrating or preparing may take.
const PREPARE_MS: u32 = 15_000;
/// Questions about the time that each worker is asked.
const PINGS: u32 = 6;

/// One thing that happens to a run.
#[derive(Debug)]
pub(super) enum Happening {
    /// A worker is heard of; the second number tells a worker from the one it replaced.
    Heard(usize, u32, Heard),
    /// A wait has lasted too long.
    Late,
    /// The run should be over, or should have stopped.
    GraceOver,
    /// A dead worker has had its last words.
    Silent(usize),
    /// Someone stops the run.
    Stop,
    /// Nobody wants it any more.
    Dropped,
    /// The page was hidden.
    Hidden,
}

/// Why a run ended before its end.
#[derive(Debug)]
pub(super) enum Stopped {
    Asked,
    Hidden,
    Failed(String),
}

thread_local! {
    /// Found once a session: the machine does not change.
    static CALIBRATION: Cell<Calibration> = const { Cell::new(Calibration { plain: None, shared: None }) };
}

/// A worker's place in the run, and the worker that has it now.
struct Seat {
    entry: Entry,
    link: Option<WorkerLink>,
    /// How many workers have had this place.
    generation: u32,
    alignment: Alignment,
    start: WorkerStart,
}

pub(super) struct Conductor {
    plan: RealPlan,
    inbox: Inbox<Happening>,
    is_isolated: bool,
    seats: Vec<Seat>,
    runs: Vec<Rc<Trace>>,
}

impl Conductor {
    pub(super) fn new(plan: RealPlan, inbox: Inbox<Happening>, is_isolated: bool) -> Conductor {
        let seats = plan
            .jobs
            .iter()
            .map(|job| {
                let is_pool = matches!(job.driver, Driver::Pool { .. });
                Seat {
                    entry: if is_pool { Entry::Pool } else { Entry::Plain },
                    link: None,
                    generation: 0,
                    alignment: Alignment::default(),
                    start: WorkerStart {
                        is_pool,
                        ..WorkerStart::default()
                    },
                }
            })
            .collect();
        Conductor {
            plan,
            inbox,
            is_isolated,
            seats,
            runs: Vec::new(),
        }
    }

    /// What was measured so far.
    pub(super) fn measured(&self) -> Measured {
        let calibration = self.calibration();
        Measured {
            model: self.plan.model,
            runs: self.runs.clone(),
            clock_step: calibration.clock_step(),
            calibration,
            starts: self.seats.iter().map(|seat| seat.start).collect(),
        }
    }

    /// The calibration of the builds that this run uses.
    fn calibration(&self) -> Calibration {
        let all = CALIBRATION.get();
        let uses = |entry| self.seats.iter().any(|seat| seat.entry == entry);
        Calibration {
            plain: all.plain.filter(|_| uses(Entry::Plain)),
            shared: all.shared.filter(|_| uses(Entry::Pool)),
        }
    }

    /// Starts the workers and calibrates.
    pub(super) async fn prepare(
        &mut self,
        tell: &mut impl FnMut(RealEvent),
    ) -> Result<(), Stopped> {
        let count = self.seats.len();
        let workers = if count == 1 {
            "a worker".to_owned()
        } else {
            format!("{count} workers")
        };
        tell(RealEvent::Preparing {
            what: format!("Starting {workers}."),
        });
        self.start_missing().await?;
        for entry in [Entry::Plain, Entry::Pool] {
            let known = CALIBRATION.get();
            let is_known = match entry {
                Entry::Plain => known.plain.is_some(),
                Entry::Pool => known.shared.is_some(),
            };
            let Some(seat) = self.seats.iter().position(|seat| seat.entry == entry) else {
                continue;
            };
            if is_known {
                continue;
            }
            tell(RealEvent::Preparing {
                what: "Measuring how fast one quiet core is.".to_owned(),
            });
            let core = self.calibrate(seat).await?;
            CALIBRATION.set(match entry {
                Entry::Plain => Calibration {
                    plain: Some(core),
                    ..known
                },
                Entry::Pool => Calibration {
                    shared: Some(core),
                    ..known
                },
            });
        }
        Ok(())
    }

    /// Runs that often.
    pub(super) async fn repeat(
        &mut self,
        repeats: u32,
        tell: &mut impl FnMut(RealEvent),
    ) -> Result<(), Stopped> {
        for repeat in 0..repeats {
            // A crash of the last repeat took its worker with it.
            self.start_missing().await?;
            self.hand_out().await?;
            self.compare_clocks().await?;
            tell(RealEvent::Running { repeat });
            self.run_once().await?;
        }
        Ok(())
    }

    async fn start_missing(&mut self) -> Result<(), Stopped> {
        let begun = clock::now();
        let mut missing = Vec::new();
        for (place, seat) in self.seats.iter_mut().enumerate() {
            if seat.link.is_some() {
                continue;
            }
            seat.generation += 1;
            let (inbox, generation) = (self.inbox.clone(), seat.generation);
            let listener = move |heard| inbox.put(Happening::Heard(place, generation, heard));
            seat.link = Some(WorkerLink::start(seat.entry, listener).map_err(Stopped::Failed)?);
            missing.push(place);
        }
        let count = missing.len();
        self.wait_for("a worker did not start", count, |seats, place, heard| {
            let is_ready = matches!(heard, Heard::Ready);
            if is_ready {
                seats[place].start.ready = clock::now().saturating_sub(begun);
            }
            is_ready
        })
        .await?;
        for place in missing {
            if self.is_isolated
                && self.seats[place].entry == Entry::Plain
                && let Some(link) = &self.seats[place].link
            {
                link.share_stop_flag();
            }
        }
        Ok(())
    }

    async fn calibrate(&mut self, place: usize) -> Result<QuietCore, Stopped> {
        self.send(place, &ToWorker::Calibrate);
        let mut found = None;
        self.wait_for(
            "the calibration did not end",
            1,
            |_, _, heard| match heard {
                Heard::Message(FromWorker::Calibrated(core)) => {
                    found = Some(*core);
                    true
                }
                _ => false,
            },
        )
        .await?;
        found.ok_or_else(|| Stopped::Failed("The calibration found nothing.".to_owned()))
    }

    async fn hand_out(&mut self) -> Result<(), Stopped> {
        let begun = clock::now();
        let calibration = CALIBRATION.get();
        for (place, job) in self.plan.jobs.iter().enumerate() {
            let core = match self.seats[place].entry {
                Entry::Plain => calibration.plain,
                Entry::Pool => calibration.shared,
            };
            let Some(core) = core else {
                return Err(Stopped::Failed("There is no calibration.".to_owned()));
            };
            if let Some(link) = &self.seats[place].link {
                link.clear_stop();
            }
            self.send(
                place,
                &ToWorker::Prepare {
                    job: job.clone(),
                    core,
                },
            );
        }
        let is_first = self.runs.is_empty();
        self.wait_for(
            "a worker was not ready",
            self.seats.len(),
            |seats, place, heard| {
                let is_ready = matches!(heard, Heard::Message(FromWorker::Prepared));
                if is_ready && is_first {
                    seats[place].start.prepared = clock::now().saturating_sub(begun);
                }
                is_ready
            },
        )
        .await
    }

    /// One worker after the other, so that they do not wait for each other.
    async fn compare_clocks(&mut self) -> Result<(), Stopped> {
        let page_origin_ns = clock::time_origin_ns();
        let clock_step = self.calibration().clock_step();
        for place in 0..self.seats.len() {
            let mut pings = Vec::new();
            let mut origins_ahead_ns = 0;
            for token in 0..PINGS {
                let asked = clock::now();
                self.send(place, &ToWorker::Ping { token });
                self.wait_for(
                    "a worker did not say its time",
                    1,
                    |_, _, heard| match heard {
                        Heard::Message(FromWorker::Pong {
                            token: of,
                            at,
                            time_origin_ns,
                        }) if *of == token => {
                            // A worker that started later shows less.
                            origins_ahead_ns = page_origin_ns - time_origin_ns;
                            pings.push(Ping {
                                asked,
                                answered: *at,
                                heard: clock::now(),
                            });
                            true
                        }
                        _ => false,
                    },
                )
                .await?;
            }
            self.seats[place].alignment =
                Alignment::of(&pings, origins_ahead_ns, clock_step).unwrap_or_default();
        }
        Ok(())
    }

    fn send(&self, place: usize, message: &ToWorker) {
        if let Some(link) = &self.seats[place].link {
            link.send(message);
        }
    }

    /// Whether what was heard is of the worker that has the place now.
    fn is_of_now(&self, place: usize, generation: u32) -> bool {
        self.seats[place].generation == generation && self.seats[place].link.is_some()
    }

    /// Waits until `is_it` has said yes so many times.
    async fn wait_for(
        &mut self,
        too_late: &str,
        mut count: usize,
        mut is_it: impl FnMut(&mut [Seat], usize, &Heard) -> bool,
    ) -> Result<(), Stopped> {
        let _limit = self.inbox.put_after(PREPARE_MS, Happening::Late);
        while count > 0 {
            match self.inbox.next().await {
                Happening::Heard(place, generation, heard) => {
                    if !self.is_of_now(place, generation) {
                        continue;
                    }
                    if is_it(&mut self.seats, place, &heard) {
                        count -= 1;
                    } else if let Heard::Trouble(message)
                    | Heard::Message(FromWorker::Panicked { message }) = heard
                    {
                        return Err(Stopped::Failed(format!("A worker failed: {message}")));
                    }
                }
                Happening::Late => {
                    let seconds = PREPARE_MS / 1_000;
                    return Err(Stopped::Failed(format!("After {seconds} s {too_late}.")));
                }
                Happening::Stop | Happening::Dropped => return Err(Stopped::Asked),
                Happening::Hidden => return Err(Stopped::Hidden),
                Happening::GraceOver | Happening::Silent(_) => {}
            }
        }
        Ok(())
    }
}
