//! What real tasks compute: a work loop whose result can be checked, and programs as flat
//! instructions that any kind of worker can follow. It knows no browser, no clock and no trace.
//!
//! Called by `exec`, in the page (to plan) and in every kind of worker (to run).

mod instruction;
mod spin;

pub use instruction::{Cursor, Instruction, Step};
pub use spin::{Rate, Spin};
