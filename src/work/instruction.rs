//! Programs as flat instructions, and a cursor that follows one. What an instruction costs and
//! leaves in a trace is the part of whoever runs it.

use serde::{Deserialize, Serialize};

use crate::base::Nanos;

/// One instruction of a real task. Positions count from the start of the run's whole code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Instruction {
    /// Does work that takes this long on one quiet core.
    Compute(Nanos),
    /// Waits.
    Wait {
        /// For what; an index into the trace's resources.
        resource: u16,
        /// How long.
        duration: Nanos,
        /// Whether a coroutine's whole thread waits with it.
        blocks_thread: bool,
    },
    /// Lets others go first.
    Yield,
    /// Sets a loop counter.
    SetCounter {
        /// Which; loops nested deeper have higher ones.
        counter: u16,
        /// To what.
        times: u32,
    },
    /// Counts down, and jumps back unless that was the last round.
    LoopBack {
        /// Which counter.
        counter: u16,
        /// Where the loop's body starts.
        target: u32,
    },
    /// Goes on elsewhere.
    Jump(u32),
    /// Starts one more of a task: a position among the run's templates.
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

/// What a task does next, with loops already followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// See [`Instruction::Compute`].
    Compute(Nanos),
    /// See [`Instruction::Wait`].
    #[expect(missing_docs, reason = "the fields are those of the instruction")]
    Wait {
        resource: u16,
        duration: Nanos,
        blocks_thread: bool,
    },
    /// See [`Instruction::Yield`].
    Yield,
    /// See [`Instruction::Spawn`].
    Spawn(u32),
    /// See [`Instruction::Join`].
    Join,
    /// See [`Instruction::Log`].
    Log(u16),
    /// See [`Instruction::Crash`].
    Crash,
    /// See [`Instruction::Exit`].
    Exit,
    /// Nothing but loops for a while: time to look at the clock.
    Looping,
}

/// How many turns of empty loops a cursor follows before it says [`Step::Looping`].
const LOOPS_BEFORE_A_LOOK: u32 = 1_000;

/// Where a task is in its program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    position: u32,
    counters: Vec<u32>,
}

impl Cursor {
    /// At the instruction with this position.
    #[must_use]
    pub fn new(start: u32) -> Cursor {
        Cursor {
            position: start,
            counters: Vec::new(),
        }
    }

    /// Takes the next step. Outside of the code there is only [`Step::Exit`].
    pub fn next(&mut self, code: &[Instruction]) -> Step {
        for _ in 0..LOOPS_BEFORE_A_LOOK {
            let Some(instruction) = code.get(self.position as usize) else {
                return Step::Exit;
            };
            self.position += 1;
            match *instruction {
                Instruction::SetCounter { counter, times } => *self.counter(counter) = times,
                Instruction::LoopBack { counter, target } => {
                    let left = self.counter(counter);
                    *left = left.saturating_sub(1);
                    if *left > 0 {
                        self.position = target;
                    }
                }
                Instruction::Jump(target) => self.position = target,
                Instruction::Compute(duration) => return Step::Compute(duration),
                Instruction::Wait {
                    resource,
                    duration,
                    blocks_thread,
                } => {
                    return Step::Wait {
                        resource,
                        duration,
                        blocks_thread,
                    };
                }
                Instruction::Yield => return Step::Yield,
                Instruction::Spawn(template) => return Step::Spawn(template),
                Instruction::Join => return Step::Join,
                Instruction::Log(text) => return Step::Log(text),
                Instruction::Crash => return Step::Crash,
                Instruction::Exit => return Step::Exit,
            }
        }
        Step::Looping
    }

    fn counter(&mut self, counter: u16) -> &mut u32 {
        let index = usize::from(counter);
        if self.counters.len() <= index {
            self.counters.resize(index + 1, 0);
        }
        &mut self.counters[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_loops_come_to_an_end() {
        // repeat 2 { compute 1ns; repeat 3 { yield } }
        let code = [
            Instruction::SetCounter {
                counter: 0,
                times: 2,
            },
            Instruction::Compute(Nanos(1)),
            Instruction::SetCounter {
                counter: 1,
                times: 3,
            },
            Instruction::Yield,
            Instruction::LoopBack {
                counter: 1,
                target: 3,
            },
            Instruction::LoopBack {
                counter: 0,
                target: 1,
            },
            Instruction::Exit,
        ];
        let mut cursor = Cursor::new(0);
        let steps: Vec<Step> = std::iter::from_fn(|| Some(cursor.next(&code)))
            .take_while(|step| *step != Step::Exit)
            .collect();
        let round = [
            Step::Compute(Nanos(1)),
            Step::Yield,
            Step::Yield,
            Step::Yield,
        ];
        assert_eq!(steps, [round, round].concat());
    }

    #[test]
    fn an_empty_loop_lets_its_caller_look_at_the_clock() {
        let mut cursor = Cursor::new(0);
        assert_eq!(cursor.next(&[Instruction::Jump(0)]), Step::Looping);
        assert_eq!(Cursor::new(9).next(&[Instruction::Jump(0)]), Step::Exit);
    }
}
