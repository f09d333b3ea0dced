//! Who is at which end of each channel: the tasks whose programs send to it or receive from it,
//! directly or through what they may spawn, from when they are known to come until they end.

use super::Ipc;
use crate::kernel::code::Instruction;
use crate::kernel::reach::Reach;
use crate::trace::TaskId;

/// The channels that one group's tasks may send to and receive from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::kernel) struct Roles {
    sends: Vec<u16>,
    receives: Vec<u16>,
}

impl Ipc {
    /// Whether there are any channels.
    pub(in crate::kernel) fn is_used(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Whether a task has ended at this instant that was at an end of one.
    #[inline]
    pub(in crate::kernel) fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Finds out who may be at which end. `programs` has the program of each group, if it has one.
    pub(in crate::kernel) fn find_roles(
        &mut self,
        reach: &Reach,
        code: &[Instruction],
        programs: &[Option<u32>],
    ) {
        if !self.is_used() {
            return;
        }
        let mut senders = vec![Vec::new(); self.lines.len()];
        let mut receivers = senders.clone();
        reach.for_each(code, |program, instruction| {
            let (ends, number) = match instruction {
                Instruction::Send(number) => (&mut senders, number),
                Instruction::Receive(number) => (&mut receivers, number),
                _ => return,
            };
            let channel = self.transfers[*number as usize].channel;
            ends[usize::from(channel)].push(program);
        });
        let mut roles = vec![Roles::default(); programs.len()];
        for channel in 0..self.lines.len() {
            let may_send = reach.may_bring_about(&senders[channel]);
            let may_receive = reach.may_bring_about(&receivers[channel]);
            for (roles, program) in roles.iter_mut().zip(programs) {
                let Some(program) = program else { continue };
                if may_send[*program as usize] {
                    roles.sends.push(channel as u16);
                }
                if may_receive[*program as usize] {
                    roles.receives.push(channel as u16);
                }
            }
        }
        self.roles = roles.into();
    }

    /// A task of this group will come, or is here.
    pub(in crate::kernel) fn comes(&mut self, group: u32) {
        let Some(roles) = self.roles.get(group as usize) else {
            return;
        };
        for channel in &roles.sends {
            let line = &mut self.lines[usize::from(*channel)];
            line.senders += 1;
            line.had_senders = true;
        }
        for channel in &roles.receives {
            let line = &mut self.lines[usize::from(*channel)];
            line.receivers += 1;
            line.had_receivers = true;
        }
    }

    /// A task of this group has ended, or never comes.
    pub(in crate::kernel) fn goes(&mut self, group: u32) {
        let Some(roles) = self.roles.get(group as usize) else {
            return;
        };
        for channel in &roles.sends {
            let line = &mut self.lines[usize::from(*channel)];
            line.senders -= 1;
            if line.senders == 0 {
                self.changed.insert(*channel);
            }
        }
        for channel in &roles.receives {
            let line = &mut self.lines[usize::from(*channel)];
            line.receivers -= 1;
            if line.receivers == 0 {
                self.changed.insert(*channel);
            }
        }
    }

    /// For each channel, who waits for room and who for messages, and how that is named in the trace.
    pub(in crate::kernel) fn waiting(&self) -> impl Iterator<Item = (Waiting, Waiting)> {
        self.lines.iter().map(|line| {
            let (senders, receivers) = line.channel.waiters();
            ((senders, line.room), (receivers, line.mail))
        })
    }

    /// Whether an instruction takes from this channel.
    pub(in crate::kernel) fn receives_from(
        &self,
        instruction: &Instruction,
        channel: usize,
    ) -> bool {
        matches!(instruction, Instruction::Receive(number)
            if usize::from(self.transfers[*number as usize].channel) == channel)
    }

    /// Whether an instruction puts into this channel.
    pub(in crate::kernel) fn sends_to(&self, instruction: &Instruction, channel: usize) -> bool {
        matches!(instruction, Instruction::Send(number)
            if usize::from(self.transfers[*number as usize].channel) == channel)
    }
}

/// Tasks that wait, and for what.
type Waiting = (Vec<TaskId>, u16);
