//! From statements to source: one statement a line, blocks indented by two.

use std::fmt::Write;

use crate::base::format_bytes;
use crate::scenario::program::{Program, Statement, StatementKind};

/// The source of a program; without a newline at its end.
pub(crate) fn print(program: &Program) -> String {
    let mut source = String::new();
    for statement in &program.statements {
        print_statement(&mut source, statement, 0);
    }
    source.truncate(source.trim_end().len());
    source
}

fn print_statement(out: &mut String, statement: &Statement, depth: usize) {
    indent(out, depth);
    match &statement.kind {
        StatementKind::Compute(duration) => put(out, format_args!("compute {duration}")),
        StatementKind::Io { device, duration } => put(out, format_args!("io {device} {duration}")),
        StatementKind::Await { device, duration } => {
            put(out, format_args!("await {device} {duration}"));
        }
        StatementKind::Poll {
            device,
            duration,
            every,
        } => put(out, format_args!("poll {device} {duration} every {every}")),
        StatementKind::Sleep(duration) => put(out, format_args!("sleep {duration}")),
        StatementKind::Yield => out.push_str("yield"),
        StatementKind::Repeat { times, body } => {
            put(out, format_args!("repeat {times} "));
            print_block(out, body, depth);
        }
        StatementKind::Forever { body } => {
            out.push_str("forever ");
            print_block(out, body, depth);
        }
        StatementKind::Lock {
            mutex,
            attempt: None,
        } => put(out, format_args!("lock {mutex}")),
        StatementKind::Lock {
            mutex,
            attempt: Some(attempt),
        } => {
            put(out, format_args!("lock {mutex} for {} ", attempt.limit));
            print_block(out, &attempt.locked, depth);
            out.push_str(" else ");
            print_block(out, &attempt.timed_out, depth);
        }
        StatementKind::ReadLock(lock) => put(out, format_args!("read-lock {lock}")),
        StatementKind::WriteLock(lock) => put(out, format_args!("write-lock {lock}")),
        StatementKind::Unlock(mutex) => put(out, format_args!("unlock {mutex}")),
        StatementKind::Wait(semaphore) => put(out, format_args!("wait {semaphore}")),
        StatementKind::Post(semaphore) => put(out, format_args!("post {semaphore}")),
        StatementKind::WaitCondition { condition, mutex } => {
            put(out, format_args!("wait {condition} with {mutex}"));
        }
        StatementKind::Signal(condition) => put(out, format_args!("signal {condition}")),
        StatementKind::Broadcast(condition) => put(out, format_args!("broadcast {condition}")),
        StatementKind::Barrier(barrier) => put(out, format_args!("barrier {barrier}")),
        StatementKind::Send {
            channel,
            size_bytes,
        } => put(
            out,
            format_args!("send {channel} {}", format_bytes(*size_bytes)),
        ),
        StatementKind::Receive(channel) => put(out, format_args!("recv {channel}")),
        StatementKind::Load(variable) => put(out, format_args!("load {variable}")),
        StatementKind::Add(amount) => put(out, format_args!("add {amount}")),
        StatementKind::Store(variable) => put(out, format_args!("store {variable}")),
        StatementKind::AtomicAdd { variable, amount } => {
            put(out, format_args!("atomic {variable} += {amount}"));
        }
        StatementKind::Spawn(name) => put(out, format_args!("spawn {name}")),
        StatementKind::Join => out.push_str("join"),
        StatementKind::WithoutGil { body } => {
            out.push_str("without-gil ");
            print_block(out, body, depth);
        }
        StatementKind::Log(text) => put(out, format_args!("log {text}")),
        StatementKind::Crash => out.push_str("crash"),
        StatementKind::Exit => out.push_str("exit"),
    }
    out.push('\n');
}

fn print_block(out: &mut String, body: &[Statement], depth: usize) {
    out.push_str("{\n");
    for statement in body {
        print_statement(out, statement, depth + 1);
    }
    indent(out, depth);
    out.push('}');
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "writing into memory does not fail");
}
