//! Timeslice: one task mix, run on a simulated kernel and on real Web Workers, on one time axis.
//!
//! The rooms, in reading order; each imports only from rooms above it in this list (and never
//! `kernel` from `exec` or `exec` from `kernel`). `tests/tidy.rs` holds the arrows.
//!
//! - [`base`]: ids, time, seeded random numbers.
//! - [`scenario`]: what is asked: the model, its text, its links, its limits.
//! - [`trace`]: what happened, simulated or measured.
//! - `kernel`: the simulated operating system.
//! - [`benchmark`]: how fast the kernel is.
//! - [`explore`]: all schedules of a small program.
//! - [`analysis`]: numbers and sentences made from a trace.
//! - `work`: what real tasks compute.
//! - `exec`: real runs on Web Workers (what touches a browser: features `web` and `pool` only).
//! - `content`: the gallery and the lessons.
//! - `ui`: the page (feature `web` only).

pub mod analysis;
pub mod base;
pub mod benchmark;
pub mod content;
pub mod exec;
pub mod explore;
pub mod kernel;
pub mod scenario;
pub mod trace;
pub mod ui;
pub mod work;
