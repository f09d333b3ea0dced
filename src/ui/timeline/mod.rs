//! The timeline: what happened on every core or to every task of up to four runs, over one axis of
//! time, on canvas. It shows traces and nothing else: no scenario, no kernel, no worker.
//!
//! The parts without a browser are pure and tested natively: [`scale`] (time and pixels), [`data`],
//! [`palette`] and [`summary`] (a trace made ready), [`layout`] (rows), [`raster`] and [`picture`]
//! (pixels).

pub mod data;
pub mod layout;
pub mod palette;
pub mod picture;
pub mod raster;
pub mod scale;
pub mod summary;

#[cfg(test)]
mod sample;
