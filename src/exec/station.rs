//! A plain worker's end of the line: hears what the page says about real runs, answers, and starts
//! the part that was prepared. What concerns simulations is handed to the binary, which knows the
//! kernel.

use std::cell::RefCell;

use js_sys::{Int32Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::DedicatedWorkerGlobalScope;

use super::calibration::{QuietCore, calibrate, warm_up};
use super::job::{Driver, Job};
use super::processes::{StopFlag, WorkerCpu};
use super::protocol::{FromWorker, ToWorker, decode, encode};
use super::recorder::Batch;
use super::slicer::{End, Slicer, Terms};
use super::{clock, event_loop, processes};
use crate::base::Nanos;
use crate::work::Rate;

/// How long a worker runs the work loop before a run, so that it is compiled well.
const WARM_UP: Nanos = Nanos::from_ms(10);

#[derive(Default)]
struct Station {
    stop: StopFlag,
    prepared: Option<(Job, Rate)>,
}

thread_local! {
    static STATION: RefCell<Station> = RefCell::default();
}

/// Tells the page.
pub fn post(message: &FromWorker) {
    let bytes = Uint8Array::from(&encode(message)[..]);
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    if let Err(error) = scope.post_message(&bytes) {
        web_sys::console::error_1(&error);
    }
}

/// Sends records, if there are any.
fn send(batch: Batch) {
    if !batch.is_empty() {
        post(&FromWorker::Left(batch));
    }
}

/// Hears what the page posted. Gives back what concerns simulations.
///
/// # Errors
/// When it is no message of this build.
pub fn receive(data: &JsValue) -> Result<Option<ToWorker>, String> {
    if let Some(flag) = data.dyn_ref::<Int32Array>() {
        STATION.with_borrow_mut(|station| station.stop.shared = Some(flag.clone()));
        return Ok(None);
    }
    let bytes = data
        .dyn_ref::<Uint8Array>()
        .ok_or("a message that is no bytes")?;
    match decode(&bytes.to_vec())? {
        simulation @ (ToWorker::Simulate { .. } | ToWorker::Cancel { .. }) => {
            return Ok(Some(simulation));
        }
        ToWorker::Calibrate => {
            post(&FromWorker::Calibrated(calibrate_here()));
        }
        ToWorker::Prepare { job, core } => {
            let rate = core.rate;
            warm_up(&mut WorkerCpu::new(StopFlag::default()), rate, WARM_UP);
            STATION.with_borrow_mut(|station| {
                station.stop.told.set(false);
                station.prepared = Some((job, rate));
            });
            post(&FromWorker::Prepared);
        }
        ToWorker::Ping { token } => answer(token),
        ToWorker::Go { from, until } => {
            let ready = STATION.with_borrow_mut(|station| {
                station
                    .prepared
                    .take()
                    .map(|prepared| (prepared, station.stop.clone()))
            });
            if let Some(((job, rate), stop)) = ready {
                spawn_local(async move {
                    let (end, is_right) = run(job, rate, (from, until), stop, send).await;
                    let alignment_error = Nanos::ZERO;
                    post(&FromWorker::Over {
                        end,
                        is_right,
                        alignment_error,
                    });
                });
            }
        }
        ToWorker::Stop => STATION.with_borrow(|station| station.stop.told.set(true)),
    }
    Ok(None)
}

/// Says what time it is here.
fn answer(token: u32) {
    let (at, time_origin_ns) = (clock::now(), clock::time_origin_ns());
    post(&FromWorker::Pong {
        token,
        at,
        time_origin_ns,
    });
}

/// Runs one worker's part to its end, outside of a station: for tests of what a worker does.
/// `leave` gets the records; the answer is how it ended and whether the work loop was right.
pub async fn run_part(
    job: Job,
    rate: Rate,
    (from, until): (Nanos, Nanos),
    stop: Option<Int32Array>,
    leave: impl Fn(Batch) + 'static,
) -> (End, bool) {
    let stop = StopFlag {
        shared: stop,
        ..StopFlag::default()
    };
    run(job, rate, (from, until), stop, leave).await
}

async fn run(
    job: Job,
    rate: Rate,
    (from, until): (Nanos, Nanos),
    stop: StopFlag,
    leave: impl Fn(Batch) + 'static,
) -> (End, bool) {
    let terms = |quantum, traps| Terms {
        code: job.code.as_slice().into(),
        templates: job.templates.as_slice().into(),
        rate,
        quantum,
        traps,
        from,
        until,
    };
    let cpu = WorkerCpu::new(stop);
    match job.driver {
        Driver::Turns { quantum, traps } => {
            let terms = terms(quantum, traps);
            let slicer = Slicer::new(cpu, terms, job.first_lane, &job.threads, job.spawn_numbers);
            processes::run(slicer, leave).await
        }
        Driver::Futures => event_loop::run(cpu, terms(Nanos::NEVER, true), &job, leave).await,
        Driver::Pool { .. } => unreachable!("the page gives a pool's part to a coordinator"),
    }
}

/// How fast this worker is, as [`ToWorker::Calibrate`] finds it.
#[must_use]
pub fn calibrate_here() -> QuietCore {
    calibrate(&mut WorkerCpu::new(StopFlag::default()))
}
