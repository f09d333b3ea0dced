//! Programs as flat instructions, compiled once from the statements' tree. All programs of a run
//! stand in one list; a task's program counter points into it.

use crate::base::Nanos;
use crate::scenario::{Statement, StatementKind};

/// What a task does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instruction {
    /// Needs a hardware thread for this long.
    Compute(Nanos),
    /// Blocks the thread while the device works.
    Io { device: u16, duration: Nanos },
    /// Suspends the coroutine while the device works; in a plain thread the same as `Io`.
    Await { device: u16, duration: Nanos },
    /// Waits for this long.
    Sleep(Nanos),
    /// Lets others go first.
    Yield,
    /// Sets loop counter `counter` of the task.
    SetCounter { counter: u16, times: u32 },
    /// Counts down, and jumps back unless it is done.
    LoopBack { counter: u16, target: u32 },
    /// Goes on elsewhere.
    Jump(u32),
    /// Makes one more of a task; its cost has been computed before.
    Spawn(u32),
    /// Waits for all that this task spawned.
    Join,
    /// Leaves a mark; the text is this resource.
    Log(u16),
    /// Takes down the process.
    Crash,
    /// Ends the task; also stands at the end of every program.
    Exit,
}

/// What names mean in the program that is being compiled.
pub(super) trait Names {
    /// The device of this name.
    fn device(&mut self, name: &str) -> u16;
    /// The spawn target of this name and what making one costs; none if there is no such task.
    fn spawn(&mut self, name: &str) -> Option<(u32, Nanos)>;
    /// The resource that holds this text.
    fn text(&mut self, text: &str) -> u16;
}

/// Appends a program to `code`, and gives where it starts and how many loop counters it needs.
pub(super) fn compile(
    statements: &[Statement],
    names: &mut impl Names,
    code: &mut Vec<Instruction>,
) -> (u32, u16) {
    let start = code.len() as u32;
    let mut compiler = Compiler {
        names,
        code,
        counters: 0,
    };
    compiler.block(statements, 0);
    compiler.code.push(Instruction::Exit);
    (start, compiler.counters)
}

struct Compiler<'a, N> {
    names: &'a mut N,
    code: &'a mut Vec<Instruction>,
    counters: u16,
}

impl<N: Names> Compiler<'_, N> {
    fn block(&mut self, statements: &[Statement], depth: u16) {
        for statement in statements {
            self.statement(&statement.kind, depth);
        }
    }

    fn statement(&mut self, kind: &StatementKind, depth: u16) {
        match kind {
            StatementKind::Compute(duration) => self.code.push(Instruction::Compute(*duration)),
            StatementKind::Io { device, duration } => {
                let device = self.names.device(device);
                self.code.push(Instruction::Io {
                    device,
                    duration: *duration,
                });
            }
            StatementKind::Await { device, duration } => {
                let device = self.names.device(device);
                self.code.push(Instruction::Await {
                    device,
                    duration: *duration,
                });
            }
            StatementKind::Sleep(duration) => self.code.push(Instruction::Sleep(*duration)),
            StatementKind::Yield => self.code.push(Instruction::Yield),
            StatementKind::Repeat { times: 0, .. } => {}
            StatementKind::Repeat { times, body } => {
                self.counters = self.counters.max(depth + 1);
                self.code.push(Instruction::SetCounter {
                    counter: depth,
                    times: *times,
                });
                let target = self.code.len() as u32;
                self.block(body, depth + 1);
                self.code.push(Instruction::LoopBack {
                    counter: depth,
                    target,
                });
            }
            StatementKind::Forever { body } => {
                let target = self.code.len() as u32;
                self.block(body, depth);
                self.code.push(Instruction::Jump(target));
            }
            StatementKind::Spawn(name) => {
                if let Some((target, cost)) = self.names.spawn(name) {
                    self.code.push(Instruction::Compute(cost));
                    self.code.push(Instruction::Spawn(target));
                }
            }
            StatementKind::Join => self.code.push(Instruction::Join),
            StatementKind::Log(text) => {
                let text = self.names.text(text);
                self.code.push(Instruction::Log(text));
            }
            StatementKind::Crash => self.code.push(Instruction::Crash),
            StatementKind::Exit => self.code.push(Instruction::Exit),
            unsupported => {
                unreachable!("the reader refuses what is not simulated: {unsupported:?}")
            }
        }
    }
}
