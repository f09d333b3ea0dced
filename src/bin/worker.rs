//! The plain worker: simulations, and the stand-ins for processes, event loops and the slicer.
fn main() {}
