//! The command line of Timeslice.
fn main() {}
