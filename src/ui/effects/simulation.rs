//! Simulates the text on one core and on several whenever it changes, one after the other in one
//! worker. While a slider is dragged, a simulation that is nearly done is let finish and the newest
//! text follows it; one that takes long is cancelled for the newest.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::clock;
use crate::exec::{self, Simulating, SimulationEvent, SimulationRequest};
use crate::ui::state::{Action, Column, Phase, State, overrides};

/// How long a simulation may run before a newer text cancels it.
const PATIENCE_MS: f64 = 120.0;

/// What the worker is asked for one column.
struct Order {
    column: Column,
    text: String,
    overrides: Vec<(String, String)>,
}

/// The simulation under way.
struct UnderWay {
    column: Column,
    since_ms: f64,
    /// Dropping it cancels it.
    _simulating: Simulating,
}

/// The simulation under way and those that follow it.
#[derive(Default)]
struct Desk {
    /// Counts the simulations; what an earlier one says counts for nothing.
    serial: u64,
    under_way: Option<UnderWay>,
    queue: VecDeque<Order>,
    timer: Option<Timeout>,
}

type SharedDesk = Rc<RefCell<Desk>>;

/// Keeps the two simulated panels in step with the text.
#[hook]
pub fn use_simulation(state: &UseReducerHandle<State>) {
    let desk: SharedDesk = (*use_memo((), |()| SharedDesk::default())).clone();
    {
        let (state, desk) = (state.clone(), desk.clone());
        let key = (state.document.revision(), state.attempt);
        use_effect_with(key, move |_| {
            let dispatcher = state.dispatcher();
            if state.document.is_broken() {
                clear(&desk);
                dispatcher.dispatch(Action::SimulationIdle);
                return;
            }
            let Some(scenario) = state.document.good() else {
                return;
            };
            let hardware = state.capabilities.hardware_concurrency;
            let orders = Column::BOTH.map(|column| Order {
                column,
                text: state.document.text().to_string(),
                overrides: overrides(column, scenario, hardware),
            });
            take(&desk, &dispatcher, orders);
        });
    }
    // Stopping by hand: the reducer has said so, the worker has not heard it yet.
    let stopped = state
        .simulated
        .iter()
        .any(|panel| panel.phase == Phase::Stopped);
    use_effect_with(stopped, move |stopped| {
        if *stopped {
            clear(&desk);
        }
    });
}

/// Cancels what the worker does, and what would follow.
fn clear(desk: &SharedDesk) {
    let mut desk = desk.borrow_mut();
    let serial = desk.serial + 1;
    let old = std::mem::replace(
        &mut *desk,
        Desk {
            serial,
            ..Desk::default()
        },
    );
    drop(desk);
    drop(old);
}

/// Takes new orders in place of those that wait.
fn take(desk: &SharedDesk, dispatcher: &UseReducerDispatcher<State>, orders: [Order; 2]) {
    let mut now = desk.borrow_mut();
    now.queue = VecDeque::from(orders);
    let Some(under_way) = &now.under_way else {
        drop(now);
        start_next(desk, dispatcher);
        return;
    };
    // The columns take turns, so that neither stands still while a slider moves.
    if under_way.column == Column::Slicing {
        now.queue.rotate_left(1);
    }
    let wait_ms = PATIENCE_MS - (clock::now_ms() - now.under_way_since_ms());
    let (later_desk, later_dispatcher) = (desk.clone(), dispatcher.clone());
    now.timer = Some(Timeout::new(wait_ms.max(0.0) as u32, move || {
        start_next(&later_desk, &later_dispatcher);
    }));
}

impl Desk {
    fn under_way_since_ms(&self) -> f64 {
        self.under_way
            .as_ref()
            .map_or(0.0, |under_way| under_way.since_ms)
    }
}

/// Starts the next simulation; the one under way is cancelled.
fn start_next(desk: &SharedDesk, dispatcher: &UseReducerDispatcher<State>) {
    let (order, serial, old) = {
        let mut desk = desk.borrow_mut();
        let Some(order) = desk.queue.pop_front() else {
            return;
        };
        desk.serial += 1;
        (
            order,
            desk.serial,
            (desk.under_way.take(), desk.timer.take()),
        )
    };
    drop(old);
    let column = order.column;
    let request = SimulationRequest {
        text: order.text,
        overrides: order.overrides,
    };
    let on_event = {
        let (desk, dispatcher) = (desk.clone(), dispatcher.clone());
        move |event: SimulationEvent| {
            if desk.borrow().serial != serial {
                return;
            }
            let over = !matches!(event, SimulationEvent::Progress { .. });
            dispatcher.dispatch(action_of(column, event));
            if over {
                // The handle owns this very closure, so it is dropped a moment later.
                let (desk, dispatcher) = (desk.clone(), dispatcher.clone());
                Timeout::new(0, move || finish(&desk, &dispatcher, serial)).forget();
            }
        }
    };
    let simulating = exec::simulate(request, on_event);
    desk.borrow_mut().under_way = Some(UnderWay {
        column,
        since_ms: clock::now_ms(),
        _simulating: simulating,
    });
}

/// A simulation is over: the one that waits for it starts.
fn finish(desk: &SharedDesk, dispatcher: &UseReducerDispatcher<State>, serial: u64) {
    let done = {
        let mut desk = desk.borrow_mut();
        if desk.serial != serial {
            return;
        }
        (desk.under_way.take(), desk.timer.take())
    };
    drop(done);
    start_next(desk, dispatcher);
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
