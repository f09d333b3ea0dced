//! The coordinator of a shared-memory pool.
fn main() {}
