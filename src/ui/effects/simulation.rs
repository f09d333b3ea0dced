//! Simulates the text on one core and on several, in workers, whenever it changes. While a slider is
//! dragged, a simulation that is nearly done is let finish and the newest text follows it; one that
//! takes long is cancelled for the newest.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::clock;
use crate::exec::{self, Simulating, SimulationEvent, SimulationRequest};
use crate::ui::state::{Action, Column, Phase, State, overrides};

/// How long a simulation may run before a newer text cancels it.
const PATIENCE_MS: f64 = 120.0;

/// What one column's worker is asked.
#[derive(Clone)]
struct Order {
    column: Column,
    text: String,
    overrides: Vec<(String, String)>,
}

/// One column's simulation under way and the one that follows it.
#[derive(Default)]
struct Desk {
    /// Counts the simulations; what an earlier one says counts for nothing.
    serial: u64,
    under_way: Option<(Simulating, f64)>,
    next: Option<Order>,
    timer: Option<Timeout>,
}

type Desks = Rc<[RefCell<Desk>; 2]>;

/// Keeps the two simulated panels in step with the text.
#[hook]
pub fn use_simulation(state: &UseReducerHandle<State>) {
    let desks: Desks = (*use_memo((), |()| Desks::default())).clone();
    {
        let (state, desks) = (state.clone(), desks.clone());
        let key = (state.document.revision(), state.attempt);
        use_effect_with(key, move |_| {
            let dispatcher = state.dispatcher();
            if state.document.is_broken() {
                for column in Column::BOTH {
                    clear(&desks, column);
                }
                dispatcher.dispatch(Action::SimulationIdle);
                return;
            }
            let Some(scenario) = state.document.good() else {
                return;
            };
            let hardware = state.capabilities.hardware_concurrency;
            for column in Column::BOTH {
                let order = Order {
                    column,
                    text: state.document.text().to_string(),
                    overrides: overrides(column, scenario, hardware),
                };
                take(&desks, &dispatcher, order);
            }
        });
    }
    // Stopping by hand: the reducer has said so, the worker has not heard it yet.
    let stopped =
        Column::BOTH.map(|column| state.simulated[column.index()].phase == Phase::Stopped);
    use_effect_with(stopped, move |stopped| {
        for column in Column::BOTH {
            if stopped[column.index()] {
                clear(&desks, column);
            }
        }
    });
}

/// Cancels what a column's worker does, and what would follow.
fn clear(desks: &Desks, column: Column) {
    let mut desk = desks[column.index()].borrow_mut();
    let old = std::mem::take(&mut *desk);
    desk.serial = old.serial + 1;
    drop(desk);
    drop(old);
}

fn take(desks: &Desks, dispatcher: &UseReducerDispatcher<State>, order: Order) {
    let waits = {
        let mut desk = desks[order.column.index()].borrow_mut();
        let wait_ms = desk
            .under_way
            .as_ref()
            .map(|(_, since_ms)| PATIENCE_MS - (clock::now_ms() - since_ms));
        match wait_ms {
            Some(wait_ms) if wait_ms > 0.0 => {
                desk.next = Some(order.clone());
                let (desks, dispatcher, column) = (desks.clone(), dispatcher.clone(), order.column);
                desk.timer = Some(Timeout::new(wait_ms as u32 + 1, move || {
                    let next = desks[column.index()].borrow_mut().next.take();
                    if let Some(next) = next {
                        start(&desks, &dispatcher, next);
                    }
                }));
                true
            }
            _ => false,
        }
    };
    if !waits {
        start(desks, dispatcher, order);
    }
}

/// Starts a simulation; the one under way is cancelled.
fn start(desks: &Desks, dispatcher: &UseReducerDispatcher<State>, order: Order) {
    let column = order.column;
    clear(desks, column);
    let serial = desks[column.index()].borrow().serial;
    let request = SimulationRequest {
        text: order.text,
        overrides: order.overrides,
    };
    let on_event = {
        let (desks, dispatcher) = (desks.clone(), dispatcher.clone());
        move |event: SimulationEvent| {
            if desks[column.index()].borrow().serial != serial {
                return;
            }
            let over = !matches!(event, SimulationEvent::Progress { .. });
            dispatcher.dispatch(action_of(column, event));
            if over {
                // The handle owns this very closure, so it is dropped a moment later.
                let (desks, dispatcher) = (desks.clone(), dispatcher.clone());
                Timeout::new(0, move || finish(&desks, &dispatcher, column, serial)).forget();
            }
        }
    };
    let simulating = exec::simulate(request, on_event);
    desks[column.index()].borrow_mut().under_way = Some((simulating, clock::now_ms()));
}

/// A simulation is over: the one that waits for it starts.
fn finish(desks: &Desks, dispatcher: &UseReducerDispatcher<State>, column: Column, serial: u64) {
    let (done, next) = {
        let mut desk = desks[column.index()].borrow_mut();
        if desk.serial != serial {
            return;
        }
        (desk.under_way.take(), desk.next.take())
    };
    drop(done);
    if let Some(next) = next {
        start(desks, dispatcher, next);
    }
}

fn action_of(column: Column, event: SimulationEvent) -> Action {
    match event {
        SimulationEvent::Progress { events, now } => Action::SimulationBusy {
            column,
            events,
            now,
        },
        SimulationEvent::Done(trace) => Action::SimulationDone { column, trace },
        SimulationEvent::Invalid(complaints) => {
            let first = complaints.first();
            Action::SimulationFailed {
                column,
                message: first.map_or_else(String::new, |complaint| complaint.message.clone()),
            }
        }
        SimulationEvent::Failed { message } => Action::SimulationFailed { column, message },
    }
}
