//! Timeslice.
