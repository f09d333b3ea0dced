//! The coordinator of a shared-memory pool: builds a `wasm-bindgen-rayon` pool and runs threads on it.
//!
//! Started by `static/boot/pool.js`; says `ready` once its handlers are in place.

pub use wasm_bindgen_rayon::init_thread_pool;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    if let Err(error) = scope.post_message(&JsValue::from_str("ready")) {
        web_sys::console::error_1(&error);
    }
}
