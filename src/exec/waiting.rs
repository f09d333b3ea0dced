//! Ways to wait in a browser: for a timer, for the next turn of the event loop, for each other, and
//! (where there is shared memory) by really blocking. And the end of all waiting, a trap. One thin wrapper each; decides nothing.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::{Atomics, Function, Int32Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, JsCast, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

use crate::base::Nanos;

#[wasm_bindgen]
extern "C" {
    // The same function in a page and in every worker, which have no common type for it.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: f64) -> JsValue;
}

/// Waits for the browser's timer: at least this long, in whole milliseconds.
pub async fn sleep(time: Nanos) {
    // A timer's count is a signed 32-bit number; more is treated as zero by browsers.
    let milliseconds = time.0.div_ceil(1_000_000).min(i32::MAX as u64) as f64;
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, milliseconds);
    });
    // A promise that only a timer resolves is never rejected.
    let _ = JsFuture::from(promise).await;
}

/// Blocks this worker until the time is up or the flag is no longer zero.
pub fn block(flag: &Int32Array, index: u32, time: Nanos) {
    let milliseconds = time.0 as f64 / 1e6;
    // It throws only where blocking is not allowed, and no worker of ours runs there.
    let _ = Atomics::wait_with_timeout(flag, index, 0, milliseconds);
}

thread_local! {
    static TURNS: Turns = Turns::new();
}

/// Waits for the next turn of the event loop, so that messages and timers get their turn. A timer
/// of zero would do, but browsers make nested ones wait 4 ms.
pub async fn next_turn() {
    let promise = Promise::new(&mut |resolve, _| TURNS.with(|turns| turns.ask(resolve)));
    let _ = JsFuture::from(promise).await;
}

struct Turns {
    channel: Option<MessageChannel>,
    waiting: Rc<RefCell<VecDeque<Function>>>,
    _on_message: Closure<dyn FnMut()>,
}

impl Turns {
    fn new() -> Turns {
        let waiting = Rc::new(RefCell::new(VecDeque::<Function>::new()));
        let on_message = Closure::new({
            let waiting = Rc::clone(&waiting);
            move || {
                let next = waiting.borrow_mut().pop_front();
                if let Some(resolve) = next {
                    let _ = resolve.call0(&JsValue::UNDEFINED);
                }
            }
        });
        let channel = MessageChannel::new().ok();
        if let Some(channel) = &channel {
            channel
                .port1()
                .set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        }
        Turns {
            channel,
            waiting,
            _on_message: on_message,
        }
    }

    fn ask(&self, resolve: Function) {
        let posted = self
            .channel
            .as_ref()
            .map(|channel| channel.port2().post_message(&JsValue::NULL));
        match posted {
            Some(Ok(())) => self.waiting.borrow_mut().push_back(resolve),
            _ => {
                set_timeout(&resolve, 0.0);
            }
        }
    }
}

/// Something one future waits for and another piece of code opens. Passing it closes it again.
#[derive(Clone, Debug, Default)]
pub struct Gate(Rc<GateState>);

#[derive(Debug, Default)]
struct GateState {
    is_open: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Gate {
    /// Lets the one that waits, or the next one, pass.
    pub fn open(&self) {
        self.0.is_open.set(true);
        let waker = self.0.waker.borrow_mut().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits until it is open.
    pub async fn pass(&self) {
        poll_fn(|context| {
            if self.0.is_open.replace(false) {
                return Poll::Ready(());
            }
            *self.0.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Ends this worker as an operating system ends a process that did what it may not.
pub(super) fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    panic!("a task crashed");
}

/// The same, without an error that the page would hear of: whoever traps has said already why, and
/// an error of a thread that nobody holds on to has no other place to go than the page's console.
#[cfg(feature = "pool")]
pub(super) fn trap_unheard() -> ! {
    let heard = Closure::<dyn FnMut(web_sys::Event)>::new(|event: web_sys::Event| {
        event.prevent_default();
    });
    let scope: web_sys::EventTarget = js_sys::global().unchecked_into();
    // The pool's thread is inside a promise, whose rejection nobody handles.
    let listens = scope
        .add_event_listener_with_callback("unhandledrejection", heard.as_ref().unchecked_ref());
    if listens.is_ok() {
        heard.forget();
    }
    trap();
}
