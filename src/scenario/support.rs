//! What of format 1 the kernel of this version runs. Whatever the format has and the kernel does
//! not is an error of the text, because running it as something else would give wrong numbers.
//!
//! The one table of its kind: as the kernel grows, this file shrinks.

use super::program::StatementKind;

/// Whether the kernel runs this kind of statement; blocks are judged by what is in them as well.
#[must_use]
pub const fn statement(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::Compute(_)
        | StatementKind::Io { .. }
        | StatementKind::Await { .. }
        | StatementKind::Poll { .. }
        | StatementKind::Sleep(_)
        | StatementKind::Yield
        | StatementKind::Repeat { .. }
        | StatementKind::Forever { .. }
        | StatementKind::Spawn(_)
        | StatementKind::Join
        | StatementKind::Log(_)
        | StatementKind::Crash
        | StatementKind::Exit
        | StatementKind::Lock { .. }
        | StatementKind::ReadLock(_)
        | StatementKind::WriteLock(_)
        | StatementKind::Unlock(_)
        | StatementKind::Wait(_)
        | StatementKind::Post(_)
        | StatementKind::WaitCondition { .. }
        | StatementKind::Signal(_)
        | StatementKind::Broadcast(_)
        | StatementKind::Barrier(_)
        | StatementKind::Load(_)
        | StatementKind::Add(_)
        | StatementKind::Store(_)
        | StatementKind::AtomicAdd { .. }
        | StatementKind::Send { .. }
        | StatementKind::Receive(_)
        | StatementKind::WithoutGil { .. } => true,
    }
}
