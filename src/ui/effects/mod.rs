//! The browser, one thin file for each of its parts. Each hears of changes by looking at the state
//! and reports back by an `Action`; none decides anything that the reducer could.

pub mod address;
pub mod clipboard;
pub mod clock;
pub mod dialog;
pub mod focus;
pub mod real_run;
pub mod simulation;
pub mod storage;
pub mod textarea;
pub mod theme;
