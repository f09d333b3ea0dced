//! Devices: things that work for tasks without a core. A device serves as many requests at once as
//! it has channels and queues the rest in the order they came.

use std::collections::VecDeque;

use crate::base::Nanos;
use crate::trace::TaskId;

/// A request that waits for a channel.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Request {
    /// Who asks.
    pub task: TaskId,
    /// How long it will take.
    pub duration: Nanos,
}

/// One device.
#[derive(Clone, Debug, Hash)]
pub(super) struct Device {
    /// How it is named in the trace.
    pub resource: u16,
    /// Channels that serve nobody; none means there are always enough.
    free: Option<u32>,
    queue: VecDeque<Request>,
}

impl Device {
    /// A device of `channels`, or one that serves everyone at once.
    pub(super) fn new(resource: u16, channels: Option<u32>) -> Device {
        Device {
            resource,
            free: channels,
            queue: VecDeque::new(),
        }
    }

    /// Takes a request; true if it is served at once, false if it queues.
    pub(super) fn request(&mut self, request: Request) -> bool {
        match &mut self.free {
            None => true,
            Some(0) => {
                self.queue.push_back(request);
                false
            }
            Some(free) => {
                *free -= 1;
                true
            }
        }
    }

    /// A channel has finished; gives the request it goes on with, skipping those whose task is
    /// gone.
    pub(super) fn finish(&mut self, is_alive: impl Fn(TaskId) -> bool) -> Option<Request> {
        let free = self.free.as_mut()?;
        while let Some(request) = self.queue.pop_front() {
            if is_alive(request.task) {
                return Some(request);
            }
        }
        *free += 1;
        None
    }
}
