//! The page's end of the line to one worker. Dropping it ends the worker and lets go of everything
//! that belonged to it. It knows the protocol's bytes, not what they are about.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Atomics, Int32Array, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::protocol::{FromWorker, READY, ToWorker, decode, encode};

/// Which worker to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// The plain one.
    Plain,
    /// The coordinator of a pool.
    Pool,
}

impl Entry {
    /// Its script, from the page's own address.
    fn script(self) -> &'static str {
        match self {
            Entry::Plain => "static/boot/worker.js",
            Entry::Pool => "static/boot/pool.js",
        }
    }
}

/// What the page hears.
#[derive(Debug)]
pub(super) enum Heard {
    /// It can be talked to.
    Ready,
    /// It said something.
    Message(FromWorker),
    /// It could not be started, or ended by an error nobody caught.
    Trouble(String),
}

type Listener = Rc<RefCell<dyn FnMut(Heard)>>;

/// A running worker.
#[derive(Debug)]
pub(super) struct WorkerLink {
    worker: Worker,
    /// Memory shared with the worker: anything but zero in it means that it should stop.
    stop: Rc<RefCell<Option<Int32Array>>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl WorkerLink {
    /// Starts a worker. `listener` is told everything about it, never before this returns.
    pub(super) fn start(
        entry: Entry,
        listener: impl FnMut(Heard) + 'static,
    ) -> Result<WorkerLink, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(entry.script(), &options).map_err(|error| {
            format!("the browser refused to start a worker: {}", text_of(&error))
        })?;
        let listener: Listener = Rc::new(RefCell::new(listener));
        let stop = Rc::new(RefCell::new(None));
        let on_message = Closure::new({
            let (listener, stop) = (Rc::clone(&listener), Rc::clone(&stop));
            move |event: MessageEvent| hear(&event.data(), &listener, &stop)
        });
        let on_error = Closure::new(move |event: ErrorEvent| {
            // It is told where it belongs; the console would only repeat it.
            event.prevent_default();
            let message = match event.message() {
                message if message.is_empty() => {
                    "the worker's script could not be loaded".to_owned()
                }
                message => message,
            };
            tell(&listener, Heard::Trouble(message));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(WorkerLink {
            worker,
            stop,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    pub(super) fn send(&self, message: &ToWorker) {
        self.post(&Uint8Array::from(&encode(message)[..]));
    }

    /// Gives the worker memory by which it can be stopped in the middle of its work. Only where the
    /// page is isolated; elsewhere a message has to do.
    pub(super) fn share_stop_flag(&self) {
        let memory = js_sys::SharedArrayBuffer::new(4);
        let flag = Int32Array::new(&memory);
        self.post(&flag);
        *self.stop.borrow_mut() = Some(flag);
    }

    /// Asks it to stop.
    pub(super) fn ask_to_stop(&self) {
        self.set_flag(1);
        self.send(&ToWorker::Stop);
    }

    /// Takes the request to stop back, before another run.
    pub(super) fn clear_stop(&self) {
        self.set_flag(0);
    }

    fn set_flag(&self, value: i32) {
        if let Some(flag) = &*self.stop.borrow() {
            // Neither throws on an array over shared memory, which this is.
            let _ = Atomics::store(flag, 0, value);
            let _ = Atomics::notify(flag, 0);
        }
    }

    fn post(&self, value: &JsValue) {
        if let Err(error) = self.worker.post_message(value) {
            web_sys::console::error_1(&error);
        }
    }
}

impl Drop for WorkerLink {
    fn drop(&mut self) {
        // A browser gives a worker that it terminates seconds to finish what it is at.
        self.set_flag(1);
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn hear(data: &JsValue, listener: &Listener, stop: &RefCell<Option<Int32Array>>) {
    if let Some(flag) = data.dyn_ref::<Int32Array>() {
        *stop.borrow_mut() = Some(flag.clone());
    } else if let Some(bytes) = data.dyn_ref::<Uint8Array>() {
        tell(
            listener,
            match decode(&bytes.to_vec()) {
                Ok(message) => Heard::Message(message),
                Err(message) => Heard::Trouble(message),
            },
        );
    } else if data.as_string().as_deref() == Some(READY) {
        tell(listener, Heard::Ready);
    }
}

fn tell(listener: &Listener, heard: Heard) {
    // A listener that is told something while it listens would be a loop of ours.
    if let Ok(mut listener) = listener.try_borrow_mut() {
        listener(heard);
    }
}

/// What a thrown value says.
fn text_of(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| "no reason given".to_owned())
}
