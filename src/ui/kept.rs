//! A shared value that counts as equal to itself only. Traces are too large to compare; what the
//! page needs to know is whether it is still the same one.

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// A shared value, compared by identity.
pub struct Kept<T>(Rc<T>);

impl<T> Kept<T> {
    /// Keeps `value`.
    pub fn new(value: T) -> Kept<T> {
        Kept(Rc::new(value))
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Kept<T> {
        Kept(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Kept<T> {
    fn eq(&self, other: &Kept<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Kept")
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
