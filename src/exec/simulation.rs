//! Simulations in a worker, seen from the page: one at a time, cancellable, with one worker kept
//! warm. The kernel itself is in the worker's binary.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;

use super::link::{Entry, Heard, WorkerLink};
use super::protocol::{FromWorker, Simulated, ToWorker};
use crate::base::Nanos;
use crate::scenario::{Diagnostic, edit, text};
use crate::trace::Trace;
use crate::trace::wire::Decoder;

/// How long a worker may be silent before it is given up: it says something several times a second.
const SILENCE_MS: u32 = 10_000;
/// How long a worker may go on with what was cancelled.
const CANCEL_MS: u32 = 300;

/// What to simulate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulationRequest {
    /// The scenario.
    pub text: String,
    /// Keys of the text to set first, and to what, as the command line's `--set` takes them.
    pub overrides: Vec<(String, String)>,
}

/// What becomes of it. After anything but `Progress` there is nothing more.
#[derive(Clone, Debug)]
pub enum SimulationEvent {
    /// It goes on.
    Progress {
        /// How many events there are.
        events: u64,
        /// How far simulated time has come.
        now: Nanos,
    },
    /// It is over.
    Done(Rc<Trace>),
    /// The text has errors.
    Invalid(Vec<Diagnostic>),
    /// It could not be simulated.
    Failed {
        /// Why, in words for a person.
        message: String,
    },
}

/// A simulation that is wanted. Dropping it cancels.
#[derive(Debug)]
pub struct Simulating {
    id: u32,
}

impl Drop for Simulating {
    fn drop(&mut self) {
        // Whoever drops it may be in the middle of hearing from it, or the page is going away.
        let _ = DESK.try_with(|desk| {
            if let Ok(mut desk) = desk.try_borrow_mut() {
                desk.cancel(self.id);
            }
        });
    }
}

/// Simulates in a worker; replaces whatever is being simulated.
pub fn simulate(
    request: SimulationRequest,
    on: impl FnMut(SimulationEvent) + 'static,
) -> Simulating {
    DESK.with_borrow_mut(|desk| {
        if let Some(current) = &desk.current {
            let id = current.id;
            desk.cancel(id);
        }
        desk.last_id = desk.last_id.wrapping_add(1);
        let id = desk.last_id;
        desk.current = Some(Current {
            id,
            request,
            on: Box::new(on),
            decoder: Decoder::default(),
        });
        desk.begin();
        Simulating { id }
    })
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// The one worker, and what is asked of it.
#[derive(Default)]
struct Desk {
    link: Option<WorkerLink>,
    is_ready: bool,
    /// Tells apart what a worker that was given up still had to say.
    generation: u32,
    last_id: u32,
    current: Option<Current>,
    /// The last one that was cancelled, which may be the one that is being told something.
    last_cancelled: u32,
    watch: Option<Timeout>,
    /// Whether the worker may still be busy with something cancelled.
    may_be_busy: bool,
}

struct Current {
    id: u32,
    request: SimulationRequest,
    on: Box<dyn FnMut(SimulationEvent)>,
    decoder: Decoder,
}

impl Desk {
    fn cancel(&mut self, id: u32) {
        let was_current = self.current.take_if(|current| current.id == id).is_some();
        if !was_current && id != self.last_id {
            return;
        }
        self.last_cancelled = id;
        self.watch = None;
        self.may_be_busy = true;
        if let Some(link) = &self.link {
            link.send(&ToWorker::Cancel { id });
        }
    }

    /// Asks the worker for what is wanted now, starting one if there is none.
    fn begin(&mut self) {
        if self.link.is_none() {
            self.generation = self.generation.wrapping_add(1);
            let generation = self.generation;
            self.is_ready = false;
            self.may_be_busy = false;
            match WorkerLink::start(Entry::Plain, move |heard| hear(generation, heard)) {
                Ok(link) => self.link = Some(link),
                Err(message) => {
                    // Not from inside the call that asked.
                    self.watch = Some(Timeout::new(0, move || fail(generation, message)));
                    return;
                }
            }
        }
        let Some(current) = &self.current else { return };
        let patience = if self.may_be_busy {
            CANCEL_MS
        } else {
            SILENCE_MS
        };
        if self.is_ready
            && let Some(link) = &self.link
        {
            let SimulationRequest { text, overrides } = current.request.clone();
            link.send(&ToWorker::Simulate {
                id: current.id,
                text,
                overrides,
            });
        }
        self.watch_for(patience);
    }

    fn watch_for(&mut self, milliseconds: u32) {
        let generation = self.generation;
        self.watch = Some(Timeout::new(milliseconds, move || stalled(generation)));
    }
}

/// The worker has been silent for too long.
fn stalled(generation: u32) {
    let was_busy = DESK.with_borrow_mut(|desk| {
        if desk.generation != generation {
            return false;
        }
        let was_busy = desk.may_be_busy;
        if was_busy {
            // It is still at something that nobody wants: another worker begins at once.
            desk.link = None;
            desk.begin();
        }
        was_busy
    });
    if !was_busy {
        fail(
            generation,
            "The simulation said nothing for 10 s, and was ended.".to_owned(),
        );
    }
}

/// Gives the worker up, and tells whoever waits.
fn fail(generation: u32, message: String) {
    let current = DESK.with_borrow_mut(|desk| {
        if desk.generation != generation {
            return None;
        }
        desk.link = None;
        desk.watch = None;
        desk.current.take()
    });
    if let Some(mut current) = current {
        (current.on)(SimulationEvent::Failed { message });
    }
}

fn hear(generation: u32, heard: Heard) {
    let is_current = DESK.with_borrow(|desk| desk.generation == generation);
    match heard {
        _ if !is_current => {}
        Heard::Ready => DESK.with_borrow_mut(|desk| {
            desk.is_ready = true;
            desk.begin();
        }),
        Heard::Message(FromWorker::Simulation { id, told }) => told_about(id, told),
        Heard::Message(FromWorker::Panicked { message }) => {
            fail(generation, format!("The simulation failed: {message}"));
        }
        Heard::Message(_) => {}
        Heard::Trouble(message) => {
            fail(
                generation,
                format!("The simulation's worker failed: {message}"),
            );
        }
    }
}

fn told_about(id: u32, told: Simulated) {
    // Taken out while it is told, as it may well ask for the next simulation.
    let Some(mut current) = DESK.with_borrow_mut(|desk| {
        let current = desk.current.take_if(|current| current.id == id);
        if current.is_some() {
            desk.may_be_busy = false;
            desk.watch_for(SILENCE_MS);
        }
        current
    }) else {
        return;
    };
    let event = match told {
        Simulated::Progress { events, now } => SimulationEvent::Progress { events, now },
        Simulated::Piece {
            bytes,
            is_last: false,
        } => {
            current.decoder.push(&bytes.0);
            DESK.with_borrow_mut(|desk| desk.current = Some(current));
            return;
        }
        Simulated::Piece {
            bytes,
            is_last: true,
        } => {
            current.decoder.push(&bytes.0);
            match std::mem::take(&mut current.decoder).finish() {
                Some(trace) => SimulationEvent::Done(Rc::new(trace)),
                None => SimulationEvent::Failed {
                    message: "The simulation's trace could not be read.".to_owned(),
                },
            }
        }
        Simulated::Invalid => match complaints(&current.request) {
            Ok(diagnostics) => SimulationEvent::Invalid(diagnostics),
            Err(message) => SimulationEvent::Failed { message },
        },
        Simulated::Unsettable { message } => SimulationEvent::Failed { message },
    };
    let goes_on = matches!(event, SimulationEvent::Progress { .. });
    if !goes_on {
        DESK.with_borrow_mut(|desk| desk.watch = None);
    }
    (current.on)(event);
    if goes_on {
        DESK.with_borrow_mut(|desk| {
            // Unless it asked for another meanwhile, or wants no more.
            if desk.current.is_none() && desk.last_id == id && desk.last_cancelled != id {
                desk.current = Some(current);
            }
        });
    }
}

/// The text with its keys set.
///
/// # Errors
/// Which key could not be set, and why.
pub fn apply(request: &SimulationRequest) -> Result<String, String> {
    request
        .overrides
        .iter()
        .try_fold(request.text.clone(), |text, (key, value)| {
            edit::set(&text, key, value).map_err(|error| format!("`{key}` cannot be set: {error}"))
        })
}

/// What is wrong with the text, found as the worker found it.
fn complaints(request: &SimulationRequest) -> Result<Vec<Diagnostic>, String> {
    Ok(text::parse(&apply(request)?).diagnostics)
}
