//! Containers: all threads of their processes together run for at most a quota in each period.
//!
//! 1. Periods are a fixed grid that begins with the run. At the start of each the quota is full again,
//!    less what was run beyond the last one.
//! 2. What counts is the time that threads have hardware threads, switches excepted.
//! 3. When the quota is used up, all threads of the container leave their hardware threads and run
//!    queues at once, and wait for the next period. Who becomes ready meanwhile waits with them.
//!
//! Several threads may use up the last nanosecond together: then they have run a few nanoseconds
//! beyond the quota, and the next period has so much less, as in Linux.
//!
//! Source: Linux, `cpu.max` of control groups (Documentation/scheduler/sched-bwc.rst), without the
//! slices of 5 ms that it hands to each processor: ours is exact.

use super::engine::record;
use super::sched::Entry;
use super::state::{Kernel, State};
use crate::base::Nanos;
use crate::scenario::Container;
use crate::trace::{EventKind, TaskId, Trace};

/// All containers of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Quotas {
    list: Vec<Quota>,
    /// For each hardware thread, from when on its thread's time counts.
    counts_from: Vec<Nanos>,
    /// Up to when all have been charged.
    charged: Nanos,
}

/// One container.
#[derive(Clone, Debug)]
struct Quota {
    /// How it is named in the trace.
    resource: u16,
    quota: Nanos,
    period: Nanos,
    /// What is left of this period's; below zero if it was overrun.
    left: i64,
    /// When this period ends.
    ends: Nanos,
    /// Those who wait for that, if the quota is used up.
    throttled: Option<Vec<TaskId>>,
}

impl Quotas {
    /// Those of a scenario on so many hardware threads; their resources follow each other.
    pub(super) fn new(containers: &[Container], first_resource: u16, lanes: usize) -> Quotas {
        let list = containers.iter().zip(first_resource..);
        let list = list.map(|(container, resource)| Quota {
            resource,
            quota: container.quota,
            period: container.period,
            left: container.quota.0.cast_signed(),
            ends: container.period,
            throttled: None,
        });
        Quotas {
            list: list.collect(),
            counts_from: vec![Nanos::ZERO; lanes],
            charged: Nanos::ZERO,
        }
    }

    /// Whether there is any container.
    #[inline]
    pub(super) fn are_used(&self) -> bool {
        !self.list.is_empty()
    }

    /// Threads that wait for a period.
    pub(super) fn throttled(&self) -> impl Iterator<Item = TaskId> {
        let of_quota = |quota: &Quota| quota.throttled.clone().unwrap_or_default();
        self.list.iter().flat_map(of_quota)
    }

    /// Whether this is the resource of a container.
    pub(super) fn is_container(&self, resource: u16) -> bool {
        self.list.iter().any(|quota| quota.resource == resource)
    }

    /// A hardware thread's new thread counts from here on.
    pub(super) fn counts_from(&mut self, lane: usize, at: Nanos) {
        self.counts_from[lane] = at;
    }
}

impl Kernel {
    /// The container of a task.
    fn container_of(&self, task: TaskId) -> Option<usize> {
        let process = self.task(task).process;
        self.processes[process as usize].container.map(usize::from)
    }

    /// From when on the running threads of a container use its quota, from now on.
    fn users(&self, container: usize) -> impl Iterator<Item = Nanos> {
        let lanes = self.lanes.iter().zip(&self.quotas.counts_from);
        lanes.filter_map(move |(on, from)| {
            let is_its = on.task != TaskId::NONE && self.container_of(on.task) == Some(container);
            is_its.then_some((*from).max(self.quotas.charged))
        })
    }

    /// When next a quota is used up, or a period begins that someone waits for or runs into.
    pub(super) fn next_of_containers(&self) -> Nanos {
        let next = (0..self.quotas.list.len()).map(|container| {
            let quota = &self.quotas.list[container];
            if let Some(waiting) = &quota.throttled {
                return if waiting.is_empty() {
                    Nanos::NEVER
                } else {
                    quota.ends
                };
            }
            let mut users: Vec<Nanos> = self.users(container).collect();
            users.sort_unstable();
            match used_up_at(&users, quota.left.max(0).cast_unsigned()) {
                Some(at) => at.min(quota.ends),
                None => Nanos::NEVER,
            }
        });
        next.min().unwrap_or(Nanos::NEVER)
    }

    /// Charges the containers for what their threads have run up to now. Those whose next period
    /// has begun have their quota again, and their threads go on.
    pub(super) fn charge_containers(&mut self, trace: &mut Trace) {
        for container in 0..self.quotas.list.len() {
            let used: Nanos = self
                .users(container)
                .map(|from| self.now.saturating_sub(from))
                .sum();
            let now = self.now;
            let quota = &mut self.quotas.list[container];
            quota.left -= used.0.cast_signed();
            if quota.ends > now {
                continue;
            }
            quota.ends = Nanos((now.0 / quota.period.0 + 1).saturating_mul(quota.period.0));
            quota.left = quota.left.min(0) + quota.quota.0.cast_signed();
            let resource = quota.resource;
            for task in quota.throttled.take().unwrap_or_default() {
                if self.task(task).state == State::Throttled {
                    record(trace, now, EventKind::Wake, task, 0, resource);
                    self.thread_is_ready(trace, task, Entry::Woke);
                }
            }
        }
        self.quotas.charged = self.now;
    }

    /// Containers whose quota is used up are throttled.
    pub(super) fn throttle(&mut self, trace: &mut Trace) {
        for container in 0..self.quotas.list.len() {
            let quota = &mut self.quotas.list[container];
            if quota.left > 0 || quota.throttled.is_some() {
                continue;
            }
            quota.throttled = Some(Vec::new());
            let resource = quota.resource;
            for lane in 0..self.lanes.len() {
                let task = self.lanes[lane].task;
                if task != TaskId::NONE && self.container_of(task) == Some(container) {
                    self.settle(lane);
                    record(trace, self.now, EventKind::Block, task, lane, resource);
                    self.task_mut(task).state = State::Throttled;
                    self.free(lane);
                    self.is_throttled(container, task);
                }
            }
            for queue in 0..self.queues.len() {
                self.leave_queue(trace, container, queue);
            }
        }
    }

    /// All threads of a container leave a run queue.
    fn leave_queue(&mut self, trace: &mut Trace, container: usize, queue: usize) {
        let waiting = 0..self.waiting[queue] as usize;
        let nth = |ahead| self.queues[queue].peek_nth(ahead, &self.entities, self.now);
        let is_its = |task: &TaskId| self.container_of(*task) == Some(container);
        let leaving: Vec<TaskId> = waiting.filter_map(nth).filter(is_its).collect();
        if leaving.is_empty() {
            return;
        }
        if self.entities.are_known() {
            self.charge_running(queue);
        }
        let stays = |task: TaskId| !leaving.contains(&task);
        self.queues[queue].retain(&mut self.entities, &stays);
        self.waiting[queue] -= leaving.len() as u32;
        self.waiting_in_all -= leaving.len() as u32;
        for task in leaving {
            self.wait_for_period(trace, container, task);
        }
        if self.entities.are_known() && self.queues[queue].changes_slices() {
            self.change_slices(queue);
        }
    }

    /// Whether a thread that has become ready has to wait for its container's next period; it does
    /// then.
    pub(super) fn waits_for_period(&mut self, trace: &mut Trace, task: TaskId) -> bool {
        let Some(container) = self.container_of(task) else {
            return false;
        };
        let waits = self.quotas.list[container].throttled.is_some();
        if waits {
            self.wait_for_period(trace, container, task);
        }
        waits
    }

    fn wait_for_period(&mut self, trace: &mut Trace, container: usize, task: TaskId) {
        let resource = self.quotas.list[container].resource;
        record(trace, self.now, EventKind::Throttle, task, 0, resource);
        self.task_mut(task).state = State::Throttled;
        self.is_throttled(container, task);
    }

    fn is_throttled(&mut self, container: usize, task: TaskId) {
        if let Some(throttled) = &mut self.quotas.list[container].throttled {
            throttled.push(task);
        }
    }
}

/// When those who use a quota from these times on, in their order, have used up `left` of it.
fn used_up_at(users: &[Nanos], mut left: u64) -> Option<Nanos> {
    for (before, from) in users.iter().enumerate() {
        let next = users.get(before + 1).copied().unwrap_or(Nanos::NEVER);
        let running = before as u64 + 1;
        let until = from.saturating_add(Nanos(left.div_ceil(running)));
        if until <= next {
            return Some(until);
        }
        left -= (next - *from).0 * running;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(users: &[u64], left: u64, at: Option<u64>) {
        let users: Vec<Nanos> = users.iter().copied().map(Nanos).collect();
        assert_eq!(used_up_at(&users, left), at.map(Nanos));
    }

    #[test]
    fn a_quota_is_used_up_by_all_together() {
        check(&[], 10, None);
        check(&[5], 10, Some(15));
        check(&[5, 5], 10, Some(10));
        // The first alone to 8, then both.
        check(&[5, 8], 10, Some(12));
        check(&[5, 20], 10, Some(15));
        // The last nanosecond is run by three.
        check(&[0, 0, 0], 10, Some(4));
        check(&[7], 0, Some(7));
    }
}
