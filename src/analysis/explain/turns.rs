//! Who runs between two instants, in order of time.

use super::cause::Turn;
use crate::base::Nanos;
use crate::trace::{LaneSpan, TaskId, TaskKind, TaskSpan, TaskState, Trace, Visitor, walk};

/// The stays that begin after one instant and before another: those of the coroutines of `host`, or
/// where that is none, everyone's.
pub(super) fn turns_between(trace: &Trace, host: TaskId, after: Nanos, until: Nanos) -> Vec<Turn> {
    let mut turns = Turns {
        trace,
        host,
        after,
        until,
        found: Vec::new(),
    };
    walk(trace, &mut turns);
    turns
        .found
        .sort_by_key(|turn| (turn.from, turn.lane, turn.task));
    turns.found
}

struct Turns<'a> {
    trace: &'a Trace,
    host: TaskId,
    after: Nanos,
    until: Nanos,
    found: Vec<Turn>,
}

impl Visitor for Turns<'_> {
    fn lane_span(&mut self, _: u8, _: LaneSpan) {}

    fn task_span(&mut self, task: TaskId, span: TaskSpan) {
        let (TaskState::Running(lane) | TaskState::Spinning(lane)) = span.state else {
            return;
        };
        let is_meant = match self.trace.kind(task) {
            TaskKind::EventLoop => false,
            TaskKind::Thread => self.host == TaskId::NONE,
            TaskKind::Coroutine => {
                self.host == TaskId::NONE || self.trace.tasks[task.index()].host == self.host
            }
        };
        if is_meant && span.start > self.after && span.start < self.until {
            self.found.push(Turn {
                task,
                lane,
                from: span.start,
                to: span.end,
            });
        }
    }

    fn task_ended(&mut self, _: TaskId, _: Nanos, _: TaskState) {}
}
