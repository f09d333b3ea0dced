//! What happens to a run, one thing after the other: whatever the page hears from workers, timers
//! and people goes into one queue, which one future empties.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use gloo::timers::callback::Timeout;

use super::waiting::Gate;

/// A queue with one reader. Clones are the same queue.
#[derive(Debug)]
pub(super) struct Inbox<T>(Rc<Queue<T>>);

#[derive(Debug)]
struct Queue<T> {
    waiting: RefCell<VecDeque<T>>,
    gate: Gate,
}

impl<T> Clone for Inbox<T> {
    fn clone(&self) -> Inbox<T> {
        Inbox(Rc::clone(&self.0))
    }
}

impl<T: 'static> Inbox<T> {
    pub(super) fn new() -> Inbox<T> {
        let waiting = RefCell::new(VecDeque::new());
        Inbox(Rc::new(Queue {
            waiting,
            gate: Gate::default(),
        }))
    }

    pub(super) fn put(&self, item: T) {
        self.0.waiting.borrow_mut().push_back(item);
        self.0.gate.open();
    }

    /// Puts it there when the time has passed; not if what this returns is dropped before.
    pub(super) fn put_after(&self, milliseconds: u32, item: T) -> Timeout {
        let inbox = self.clone();
        Timeout::new(milliseconds, move || inbox.put(item))
    }

    pub(super) async fn next(&self) -> T {
        loop {
            let item = self.0.waiting.borrow_mut().pop_front();
            if let Some(item) = item {
                return item;
            }
            self.0.gate.pass().await;
        }
    }
}
