//! The coordinator of a shared-memory pool: builds a `wasm-bindgen-rayon` pool and runs threads on it.
//! Speaks the same protocol as the plain worker, as far as threads are concerned.
//!
//! Started by `static/boot/pool.js`; says `ready` once its handlers are in place.

pub use wasm_bindgen_rayon::init_thread_pool;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Uint8Array;
use timeslice::base::Nanos;
use timeslice::exec::protocol::{FromWorker, READY, ToWorker, decode, encode};
use timeslice::exec::threads::{Pool, Run, calibrate_here, stop, word_for_the_page};
use timeslice::exec::waiting::sleep;
use timeslice::exec::{Driver, Job, QuietCore, clock};
use timeslice::work::Rate;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// How often the coordinator looks what its threads left behind.
const LOOK_EVERY: Nanos = Nanos::from_ms(10);

/// What the coordinator has ready.
#[derive(Default)]
struct Coordinator {
    threads: Option<usize>,
    prepared: Option<(Pool, Job, Rate)>,
}

fn main() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        post(&FromWorker::Panicked {
            message: info.to_string(),
        });
    }));
    let coordinator = Rc::new(RefCell::new(Coordinator::default()));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(bytes) = event.data().dyn_ref::<Uint8Array>().map(Uint8Array::to_vec) else {
            return;
        };
        match decode(&bytes) {
            Ok(message) => hear(message, &coordinator),
            Err(message) => post(&FromWorker::Panicked { message }),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    on_message.forget();
    share(&word_for_the_page());
    share(&JsValue::from_str(READY));
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn share(value: &JsValue) {
    if let Err(error) = scope().post_message(value) {
        web_sys::console::error_1(&error);
    }
}

fn post(message: &FromWorker) {
    share(&Uint8Array::from(&encode(message)[..]));
}

fn hear(message: ToWorker, coordinator: &Rc<RefCell<Coordinator>>) {
    match message {
        ToWorker::Calibrate => post(&FromWorker::Calibrated(calibrate_here())),
        ToWorker::Prepare { job, core } => {
            let coordinator = Rc::clone(coordinator);
            spawn_local(async move {
                match prepare(&coordinator, job, core).await {
                    Ok(()) => post(&FromWorker::Prepared),
                    Err(message) => post(&FromWorker::Panicked { message }),
                }
            });
        }
        ToWorker::Ping { token } => {
            let (at, time_origin_ns) = (clock::now(), clock::time_origin_ns());
            post(&FromWorker::Pong {
                token,
                at,
                time_origin_ns,
            });
        }
        ToWorker::Go { from, until } => {
            let prepared = coordinator.borrow_mut().prepared.take();
            if let Some((pool, job, rate)) = prepared {
                spawn_local(attend(
                    pool.run(job, rate, from, until),
                    pool.alignment_error(),
                ));
            }
        }
        ToWorker::Stop => stop(),
        // Simulations are the plain worker's.
        ToWorker::Simulate { .. } | ToWorker::Cancel { .. } => {}
    }
}

/// Builds the pool, which can be done once, and brings its clocks together.
async fn prepare(
    coordinator: &Rc<RefCell<Coordinator>>,
    job: Job,
    core: QuietCore,
) -> Result<(), String> {
    let Driver::Pool { threads } = job.driver else {
        return Err("a coordinator was given another worker's part".to_owned());
    };
    let threads = usize::from(threads);
    let built = coordinator.borrow().threads;
    match built {
        Some(built) if built == threads => {}
        Some(built) => {
            return Err(format!(
                "a pool of {built} threads cannot become one of {threads}"
            ));
        }
        None => {
            JsFuture::from(init_thread_pool(threads))
                .await
                .map_err(|error| format!("the pool could not be built: {error:?}"))?;
            coordinator.borrow_mut().threads = Some(threads);
        }
    }
    let pool = Pool::align(threads, core)?;
    coordinator.borrow_mut().prepared = Some((pool, job, core.rate));
    Ok(())
}

/// Starts threads when they come and sends what they leave behind, until all have ended.
async fn attend(mut run: Run, alignment_error: Nanos) {
    loop {
        let next_due = run.start_due().unwrap_or(Nanos::NEVER);
        let end = run.end();
        let batch = run.take();
        if !batch.is_empty() {
            post(&FromWorker::Left(batch));
        }
        if let Some(end) = end {
            post(&FromWorker::Over {
                end,
                is_right: run.is_right(),
                alignment_error,
            });
            return;
        }
        sleep(next_due.saturating_sub(clock::now()).min(LOOK_EVERY)).await;
    }
}
