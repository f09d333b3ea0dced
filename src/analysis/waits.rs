//! Who ran while a task waited: everything the hardware threads did in the times in which it was
//! ready but did not run. Made from the trace alone, simulated or measured.

use crate::base::Nanos;
use crate::trace::{
    LaneSpan, SpanKind, TaskId, TaskSpan, TaskState, Trace, Visitor, task_spans_of, walk,
};

/// What happened while one task was ready but did not run. The times of `ran`, `switching` and
/// `idle` add up to `ready` once for each hardware thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// How long it was ready but did not run.
    pub ready: Nanos,
    /// Who ran meanwhile, and for how long: the longest first, those of equal time in the order of
    /// their numbers. Of an event loop, the coroutine.
    pub ran: Vec<(TaskId, Nanos)>,
    /// How long hardware threads changed from one task to another.
    pub switching: Nanos,
    /// How long hardware threads had nothing to do, or were taken by the real operating system.
    pub idle: Nanos,
}

/// Who ran while `task` waited.
#[must_use]
pub fn waits(trace: &Trace, task: TaskId) -> Waits {
    let ready: Vec<(Nanos, Nanos)> = task_spans_of(trace, task)
        .into_iter()
        .filter(|span| span.state == TaskState::Ready)
        .map(|span| (span.start, span.end))
        .collect();
    let length = ready.iter().map(|(start, end)| *end - *start).sum();
    let mut tally = Tally {
        ready: &ready,
        next: vec![0; trace.lanes.len()],
        ran: vec![Nanos::ZERO; trace.tasks.len()],
        switching: Nanos::ZERO,
    };
    walk(trace, &mut tally);
    let Tally { ran, switching, .. } = tally;
    let mut ran: Vec<(TaskId, Nanos)> = (0..)
        .map(TaskId)
        .zip(ran)
        .filter(|(_, time)| *time > Nanos::ZERO)
        .collect();
    ran.sort_by_key(|(task, time)| (std::cmp::Reverse(*time), *task));
    let busy: Nanos = ran.iter().map(|(_, time)| *time).sum();
    Waits {
        ready: length,
        idle: Nanos(length.0 * trace.lanes.len() as u64) - busy - switching,
        ran,
        switching,
    }
}

struct Tally<'a> {
    ready: &'a [(Nanos, Nanos)],
    /// For each lane, the first time of waiting that its next span may touch.
    next: Vec<usize>,
    ran: Vec<Nanos>,
    switching: Nanos,
}

impl Visitor for Tally<'_> {
    fn lane_span(&mut self, lane: u8, span: LaneSpan) {
        let next = &mut self.next[usize::from(lane)];
        while self
            .ready
            .get(*next)
            .is_some_and(|(_, end)| *end <= span.start)
        {
            *next += 1;
        }
        let touched = self.ready[*next..]
            .iter()
            .take_while(|(start, _)| *start < span.end);
        let overlap: Nanos = touched
            .map(|(start, end)| (*end).min(span.end) - (*start).max(span.start))
            .sum();
        match span.kind {
            SpanKind::Switch => self.switching += overlap,
            SpanKind::Gap => {}
            SpanKind::Useful | SpanKind::Spin if span.coroutine == TaskId::NONE => {
                self.ran[span.task.index()] += overlap;
            }
            SpanKind::Useful | SpanKind::Spin => self.ran[span.coroutine.index()] += overlap,
        }
    }

    fn task_span(&mut self, _: TaskId, _: TaskSpan) {}

    fn task_ended(&mut self, _: TaskId, _: Nanos, _: TaskState) {}
}
