//! The timeline: what happened on every core or to every task of up to four runs, over one axis of
//! time, on canvas. It shows traces and nothing else: no scenario, no kernel, no worker.
//!
//! The parts without a browser are pure and tested natively: [`scale`] and [`ticks`] (time and
//! pixels), [`data`], [`palette`] and [`summary`] (a trace made ready), [`layout`] (rows), [`raster`] and [`picture`]
//! (pixels), [`hover`] (words), [`gesture`] (what pointers and keys ask for). The page uses
//! [`Timeline`], [`TraceTable`] and what they take.

mod collect;
pub mod data;
pub mod gesture;
pub mod hover;
pub mod layout;
pub mod palette;
pub mod picture;
pub mod raster;
pub mod scale;
pub mod summary;
pub mod ticks;

#[cfg(feature = "web")]
mod card;
#[cfg(feature = "web")]
mod component;
#[cfg(feature = "web")]
mod legend;
#[cfg(feature = "web")]
mod lettering;
#[cfg(feature = "web")]
mod paint;
#[cfg(feature = "web")]
mod panel;
#[cfg(feature = "web")]
mod place;
#[cfg(feature = "web")]
mod stage;
#[cfg(feature = "web")]
mod table;
#[cfg(feature = "web")]
mod theme;
#[cfg(feature = "web")]
mod view;

#[cfg(test)]
mod sample;

pub use data::TimelineData;
pub use layout::Grouping;
pub use scale::Window;

#[cfg(feature = "web")]
pub use component::{Panel, PanelState, Timeline, TimelineProps};
#[cfg(feature = "web")]
pub use table::{TraceTable, TraceTableProps};
