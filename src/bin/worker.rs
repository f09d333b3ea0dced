//! The plain worker: simulations, and the stand-ins for processes, event loops and the slicer. It is
//! the one place where the kernel and the real runs are in one binary; what is real is all in
//! `timeslice::exec::station`.
//!
//! Started by `static/boot/worker.js`; says `ready` once its handlers are in place.

use std::cell::{Cell, RefCell};

use timeslice::base::Nanos;
use timeslice::exec::protocol::{Bytes, FromWorker, READY, Simulated, ToWorker};
use timeslice::exec::station::{post, receive};
use timeslice::exec::waiting::next_turn;
use timeslice::exec::{SimulationRequest, apply, clock};
use timeslice::kernel::Simulation;
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::text;
use timeslice::trace::{Event, wire};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Events between two looks whether the simulation is still wanted: a few milliseconds' worth.
const BUDGET: u64 = 200_000;
/// How often the page hears how far a simulation has come.
const TELL_EVERY: Nanos = Nanos::from_ms(100);
/// How much of a trace is sent at once: what the page reads well within a frame.
const PIECE: usize = 1 << 20;

thread_local! {
    /// The request that is wanted now.
    static WANTED: Cell<Option<u32>> = const { Cell::new(None) };
    /// The memory of an earlier run's events, for the next one.
    static SPARE: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
}

fn main() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        post(&FromWorker::Panicked {
            message: info.to_string(),
        });
    }));
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        match receive(&event.data()) {
            Ok(Some(ToWorker::Simulate {
                id,
                text,
                overrides,
            })) => {
                WANTED.set(Some(id));
                spawn_local(simulate(id, SimulationRequest { text, overrides }));
            }
            Ok(Some(ToWorker::Cancel { id })) => {
                if WANTED.get() == Some(id) {
                    WANTED.set(None);
                }
            }
            Ok(_) => {}
            Err(message) => post(&FromWorker::Panicked { message }),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    on_message.forget();
    if let Err(error) = scope.post_message(&JsValue::from_str(READY)) {
        web_sys::console::error_1(&error);
    }
}

async fn simulate(id: u32, request: SimulationRequest) {
    let tell = |told| post(&FromWorker::Simulation { id, told });
    let text = match apply(&request) {
        Ok(text) => text,
        Err(message) => return tell(Simulated::Unsettable { message }),
    };
    let parsed = text::parse(&text);
    if parsed.has_errors() {
        return tell(Simulated::Invalid);
    }
    let spare = SPARE.take();
    let mut simulation = Simulation::reusing(&parsed.scenario, RunLimits::PAGE, spare);
    let mut told = clock::now();
    while !simulation.run(BUDGET) {
        next_turn().await;
        if WANTED.get() != Some(id) {
            SPARE.set(simulation.into_trace().events);
            return;
        }
        let now = clock::now();
        if now.saturating_sub(told) >= TELL_EVERY {
            told = now;
            tell(Simulated::Progress {
                events: simulation.events(),
                now: simulation.now(),
            });
        }
    }
    let mut trace = simulation.into_trace();
    let bytes = wire::encode(&trace);
    SPARE.set(std::mem::take(&mut trace.events));
    let mut pieces = bytes.chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        tell(Simulated::Piece {
            bytes: Bytes(piece.to_vec()),
            is_last,
        });
    }
}
