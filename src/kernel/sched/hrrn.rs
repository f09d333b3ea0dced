//! Highest response ratio next.
//!
//! 1. The ready task runs whose (waiting + service) / service is the largest, service being its next
//!    stretch of computing up to where it waits or ends; of equals the one that came first.
//! 2. It runs until it blocks, yields or ends; nothing takes the core from it.
//!
//! Source: Stallings, *Operating Systems*, section on scheduling policies, after Brinch Hansen. A
//! task that waits gains on every other, so none starves.

use std::collections::{BTreeMap, VecDeque};

use super::{Entities, Entry, Rules};
use crate::base::Nanos;
use crate::trace::TaskId;

/// Ready tasks of one service time, in the order in which they came: the first has always waited
/// the longest, so only the firsts have to be compared.
type Alike = VecDeque<Waiting>;

#[derive(Clone, Copy, Debug)]
struct Waiting {
    since: Nanos,
    entered: u64,
    task: TaskId,
}

/// The queue of a highest-response-ratio-next scheduler.
#[derive(Clone, Debug, Default)]
pub(in crate::kernel) struct Hrrn {
    ready: BTreeMap<Nanos, Alike>,
    entered: u64,
}

/// Waiting ÷ service, as a fraction; one more than that is the response ratio.
#[derive(Clone, Copy)]
struct Ratio {
    waited: Nanos,
    service: Nanos,
    entered: u64,
}

impl Ratio {
    /// Rule 1: whether it goes before the other.
    fn precedes(&self, other: &Ratio) -> bool {
        let [left, right] = [(self, other), (other, self)]
            .map(|(a, b)| u128::from(a.waited.0) * u128::from(b.service.0));
        left > right || left == right && self.entered < other.entered
    }
}

impl Hrrn {
    /// The service time of the group whose first runs next.
    fn best(&self, now: Nanos) -> Option<Nanos> {
        let mut best: Option<Ratio> = None;
        for (service, alike) in &self.ready {
            let Some(first) = alike.front() else { continue };
            let ratio = ratio(*service, first, now);
            if best.is_none_or(|best| ratio.precedes(&best)) {
                best = Some(ratio);
            }
        }
        best.map(|best| best.service)
    }

    /// All in the order in which they would run if no time passed.
    fn in_order(&self, now: Nanos) -> Vec<(Nanos, TaskId)> {
        let mut rest = self.clone();
        let mut order = Vec::new();
        while let Some(service) = rest.best(now) {
            order.extend(rest.take_first(service).map(|task| (service, task)));
        }
        order
    }

    fn take_first(&mut self, service: Nanos) -> Option<TaskId> {
        let alike = self.ready.get_mut(&service)?;
        let first = alike.pop_front();
        if alike.is_empty() {
            self.ready.remove(&service);
        }
        first.map(|first| first.task)
    }
}

fn ratio(service: Nanos, waiting: &Waiting, now: Nanos) -> Ratio {
    Ratio {
        waited: now.saturating_sub(waiting.since),
        service,
        entered: waiting.entered,
    }
}

impl Rules for Hrrn {
    fn enqueue(&mut self, task: TaskId, _: Entry, entities: &mut Entities, now: Nanos) {
        // A task that needs nothing counts as if it needed a nanosecond.
        let service = entities.of(task).burst.max(Nanos(1));
        self.ready.entry(service).or_default().push_back(Waiting {
            since: now,
            entered: self.entered,
            task,
        });
        self.entered += 1;
    }

    // Rule 1.
    fn dequeue(&mut self, _: &mut Entities, now: Nanos) -> Option<TaskId> {
        let service = self.best(now)?;
        self.take_first(service)
    }

    fn peek_nth(&self, ahead: usize, _: &Entities, now: Nanos) -> Option<TaskId> {
        if ahead > 0 {
            return self.in_order(now).get(ahead).map(|(_, task)| *task);
        }
        let alike = self.ready.get(&self.best(now)?)?;
        alike.front().map(|first| first.task)
    }

    fn dequeue_nth(&mut self, ahead: usize, _: &mut Entities, now: Nanos) {
        let Some((service, task)) = self.in_order(now).get(ahead).copied() else {
            return;
        };
        if let Some(alike) = self.ready.get_mut(&service) {
            alike.retain(|waiting| waiting.task != task);
            if alike.is_empty() {
                self.ready.remove(&service);
            }
        }
    }

    fn retain(&mut self, _: &mut Entities, is_alive: &dyn Fn(TaskId) -> bool) {
        self.ready.retain(|_, alike| {
            alike.retain(|waiting| is_alive(waiting.task));
            !alike.is_empty()
        });
    }

    // Rule 2.
    fn slice(&self, _: TaskId, _: &Entities) -> Nanos {
        Nanos::NEVER
    }
}
