//! Tests of the scenario room from outside: texts, programs, edits and links, as the page and the
//! command line use them.

#![cfg(not(target_arch = "wasm32"))]

mod diagnostics;
mod documentation;
mod edits;
mod links;
mod properties;
mod reading;
mod strategies;
