//! Which programs may bring about what, now or through what they spawn. Asked by `ipc` (who could
//! still send?) and by `deadlock` (who could still help?).

use super::code::Instruction;

/// The programs of a run, and which of them make tasks of which.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    /// Where each program begins, in order.
    starts: Vec<u32>,
    /// For each program, those that spawn tasks that run it.
    made_by: Vec<Vec<u32>>,
}

impl Reach {
    /// Of programs that begin at `starts`; `started_by` gives the beginnings of the programs that a
    /// spawn target's tasks run.
    pub(super) fn of(
        starts: &[u32],
        code: &[Instruction],
        started_by: impl Fn(u32) -> Vec<u32>,
    ) -> Reach {
        let mut reach = Reach {
            starts: starts.to_vec(),
            made_by: vec![Vec::new(); starts.len()],
        };
        let mut spawns = Vec::new();
        reach.for_each(code, |program, instruction| {
            if let Instruction::Spawn(target) = instruction {
                spawns.push((program, *target));
            }
        });
        spawns.sort_unstable();
        spawns.dedup();
        for (program, target) in spawns {
            for start in started_by(target) {
                if let Some(made) = reach.program_at(start) {
                    reach.made_by[made as usize].push(program);
                }
            }
        }
        reach
    }

    /// The program that an instruction belongs to.
    pub(super) fn program_at(&self, pc: u32) -> Option<u32> {
        let behind = self.starts.partition_point(|start| *start <= pc);
        behind.checked_sub(1).map(|program| program as u32)
    }

    /// Tells every instruction with its program.
    pub(super) fn for_each(&self, code: &[Instruction], mut tell: impl FnMut(u32, &Instruction)) {
        for (program, start) in self.starts.iter().enumerate() {
            let end = self
                .starts
                .get(program + 1)
                .map_or(code.len(), |next| *next as usize);
            for instruction in &code[*start as usize..end] {
                tell(program as u32, instruction);
            }
        }
    }

    /// For each program, whether it is one of these or may spawn, at any remove, what runs one.
    pub(super) fn may_bring_about(&self, programs: &[u32]) -> Vec<bool> {
        let mut may = vec![false; self.starts.len()];
        let mut open = programs.to_vec();
        while let Some(program) = open.pop() {
            if !std::mem::replace(&mut may[program as usize], true) {
                open.extend(&self.made_by[program as usize]);
            }
        }
        may
    }

    /// For each program, whether it or what it may spawn has such an instruction.
    pub(super) fn may_do(
        &self,
        code: &[Instruction],
        does: impl Fn(&Instruction) -> bool,
    ) -> Vec<bool> {
        let mut programs = Vec::new();
        self.for_each(code, |program, instruction| {
            if does(instruction) {
                programs.push(program);
            }
        });
        self.may_bring_about(&programs)
    }
}
