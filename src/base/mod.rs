//! The ground everything stands on: time, and seeded random numbers. Knows nothing of scenarios,
//! kernels or browsers.

mod random;
mod time;

pub use random::Random;
pub use time::{Nanos, ParseUnitError, format_bytes, parse_bytes};
