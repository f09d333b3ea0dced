//! The page (feature `web`). Its pure parts are built without the feature too where they need no web
//! crate, so that native tests reach them; nothing outside this room calls them.
//!
//! - `state`: what the page shows and the one reducer that changes it; pure.
//! - `panels`, `words`, `format`, `steps`, `outline`, `text_units`: words and numbers; pure.
//! - `components`: what is shown, and `timeline`, which draws.
//! - `effects`: the browser, one thin file for each of its parts.
//! - `app`: all of it put together.

pub mod timeline;

#[cfg(feature = "web")]
mod app;
#[cfg(feature = "web")]
pub mod components;
#[cfg(feature = "web")]
pub mod effects;
#[cfg(feature = "web")]
pub mod format;
#[cfg(feature = "web")]
pub mod kept;
#[cfg(feature = "web")]
pub mod outline;
#[cfg(feature = "web")]
pub mod panels;
#[cfg(feature = "web")]
pub mod state;
#[cfg(feature = "web")]
pub mod steps;
#[cfg(feature = "web")]
pub mod text_units;
#[cfg(feature = "web")]
pub mod words;

#[cfg(feature = "web")]
pub use app::App;
