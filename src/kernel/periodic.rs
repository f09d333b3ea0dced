//! Periodic tasks: jobs that are released, done, and late or not. Which task runs is the policy's part.
//!
//! 1. The jobs of a task are released at its arrival and then once a period, whether or not the one
//!    before is done. A task runs its program once for each job, in order; a job that overruns
//!    delays the next.
//! 2. A job's deadline is counted from its release. A job that is done at the very instant of its
//!    deadline is in time.
//!
//! Source: Liu and Layland, *Scheduling Algorithms for Multiprogramming in a Hard-Real-Time
//! Environment* (1973); Buttazzo, *Hard Real-Time Computing Systems*.

use std::collections::{BTreeMap, BTreeSet};

use super::engine::record;
use super::setup::PERIOD;
use super::state::{Kernel, State};
use crate::base::Nanos;
use crate::scenario::Process;
use crate::trace::{EventKind, JobTiming, TaskId, Trace};

/// The jobs of all tasks that have any.
#[derive(Clone, Debug, Default)]
pub(super) struct Periodic {
    jobs: BTreeMap<TaskId, Jobs>,
    /// What is released when.
    releases: BTreeSet<(Nanos, TaskId)>,
    /// The deadlines of jobs that are not done, and their numbers.
    deadlines: BTreeSet<(Nanos, TaskId, u32)>,
}

/// The jobs of one task.
#[derive(Clone, Copy, Debug)]
struct Jobs {
    first_release: Nanos,
    timing: JobTiming,
    count: u32,
    released: u32,
    done: u32,
    /// Whether it waits for the next release.
    waits: bool,
}

impl Jobs {
    fn release(&self, job: u32) -> Nanos {
        let periods = self.timing.period.0.saturating_mul(u64::from(job));
        self.first_release.saturating_add(Nanos(periods))
    }

    fn deadline(&self, job: u32) -> Nanos {
        self.release(job).saturating_add(self.timing.deadline)
    }
}

impl Periodic {
    /// When next a job is released or due, after `now` has been seen to.
    pub(super) fn next(&self, now: Nanos) -> Nanos {
        if self.jobs.is_empty() {
            return Nanos::NEVER;
        }
        let release = self.releases.first().map_or(Nanos::NEVER, |(at, _)| *at);
        // What is due at this instant is looked at when the instant is over.
        let after = (Nanos(now.0 + 1), TaskId(0), 0);
        let deadline = self.deadlines.range(after..).next();
        deadline.map_or(release, |(at, ..)| release.min(*at))
    }

    /// Whether no task has jobs.
    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// A task has ended, and its jobs with it.
    pub(super) fn forget(&mut self, task: TaskId) {
        if self.jobs.remove(&task).is_some() {
            self.releases.retain(|(_, other)| *other != task);
            self.deadlines.retain(|(_, other, _)| *other != task);
        }
    }
}

impl Kernel {
    /// A task that has jobs comes into being: its first is released.
    pub(super) fn begin_jobs(&mut self, trace: &mut Trace, task: TaskId) {
        let Some(timing) = trace.group(task).timing else {
            return;
        };
        let claim = &self.claims[trace.tasks[task.index()].group as usize];
        let jobs = Jobs {
            first_release: self.now,
            timing,
            count: number_of_jobs(claim),
            released: 0,
            done: 0,
            waits: false,
        };
        self.periodic.jobs.insert(task, jobs);
        self.release_job(trace, task);
        self.aim_at(task, jobs.deadline(0));
    }

    /// Releases the jobs whose time has come.
    pub(super) fn release_jobs(&mut self, trace: &mut Trace) {
        while let Some((at, task)) = self.periodic.releases.first().copied()
            && at <= self.now
        {
            self.periodic.releases.pop_first();
            self.release_job(trace, task);
            let Some(jobs) = self.periodic.jobs.get_mut(&task) else {
                continue;
            };
            if std::mem::take(&mut jobs.waits) {
                let deadline = jobs.deadline(jobs.done);
                self.aim_at(task, deadline);
                self.wake(trace, task, PERIOD);
            }
        }
    }

    fn release_job(&mut self, trace: &mut Trace, task: TaskId) {
        let Some(jobs) = self.periodic.jobs.get_mut(&task) else {
            return;
        };
        let job = jobs.released;
        jobs.released += 1;
        record(trace, self.now, EventKind::JobRelease, task, 0, job as u16);
        self.periodic
            .deadlines
            .insert((jobs.deadline(job), task, job));
        if jobs.released < jobs.count {
            let next = jobs.release(jobs.released);
            self.periodic.releases.insert((next, task));
        }
    }

    /// A task has done a job. True if it has to wait for the release of the next.
    pub(super) fn job_is_done(&mut self, trace: &mut Trace, lane: usize, task: TaskId) -> bool {
        let Some(jobs) = self.periodic.jobs.get_mut(&task) else {
            return false;
        };
        let job = jobs.done;
        jobs.done += 1;
        record(trace, self.now, EventKind::JobDone, task, lane, job as u16);
        let next_deadline = jobs.deadline(jobs.done);
        let has_next = jobs.done < jobs.count;
        jobs.waits = has_next && jobs.released == jobs.done;
        let waits = jobs.waits;
        self.periodic
            .deadlines
            .remove(&(jobs.deadline(job), task, job));
        if has_next && !waits {
            self.aim_at(task, next_deadline);
            self.look_for_better = true;
        }
        waits
    }

    /// The instant is over: whoever should have been done by now is late.
    pub(super) fn deadlines_pass(&mut self, trace: &mut Trace) {
        while let Some((at, task, job)) = self.periodic.deadlines.first().copied()
            && at <= self.now
        {
            self.periodic.deadlines.pop_first();
            if self.task(task).state != State::Ended {
                record(
                    trace,
                    self.now,
                    EventKind::DeadlineMiss,
                    task,
                    0,
                    job as u16,
                );
            }
        }
    }

    /// The policy is told by when the task's current job should be done.
    fn aim_at(&mut self, task: TaskId, deadline: Nanos) {
        if self.entities.are_known() {
            self.entities.of_mut(task).deadline = deadline;
        }
    }
}

/// How many times a task with this claim runs its program.
pub(super) fn number_of_jobs(claim: &Process) -> u32 {
    if claim.period.is_some() {
        claim.jobs.max(1)
    } else {
        1
    }
}
