//! Channels between tasks: what `send` and `recv` do, what they cost, and what happens when the other
//! end is gone. What is inside a channel and who goes on is `channel`'s part; who is at which
//! end, `peers`'.
//!
//! Everything but the copying out is computed before it takes effect, as one step: the system call, the
//! copying in, the protocol's work, and the waking of those who go on. Sources of the order: a message
//! queue of Linux (`mq_timedsend` copies before it looks for room, `mq_timedreceive` makes room before
//! it copies).

mod channel;
mod link;
mod peers;

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use channel::{Channel, Move, Waiter};
pub(super) use link::Channels;
use peers::Roles;

use super::cost::MessageCosts;
use super::engine::record;
use super::state::{Kernel, State};
use super::sync::Verdict;
use crate::base::Nanos;
use crate::scenario::ChannelKind;
use crate::trace::{EventKind, TaskId, Trace};

/// All channels.
#[derive(Clone, Debug, Default)]
pub(super) struct Ipc {
    lines: Vec<Line>,
    /// What each `send` and `recv` of all programs does; never changes.
    transfers: Arc<[Transfer]>,
    /// For each group of tasks, which ends it has; never changes.
    roles: Arc<[Roles]>,
    /// Tasks that have paid for what they are about to do.
    paid: BTreeSet<TaskId>,
    /// Channels at one end of which a task has ended at this instant.
    changed: BTreeSet<u16>,
    costs: MessageCosts,
}

/// A channel, what it is made of, and who is at its ends.
#[derive(Clone, Debug)]
struct Line {
    channel: Channel,
    kind: ChannelKind,
    /// How waiting for room, and for a message, are named in the trace.
    room: u16,
    mail: u16,
    /// Tasks that may send or may receive, those yet to come included.
    senders: u32,
    receivers: u32,
    had_senders: bool,
    had_receivers: bool,
}

/// One `send` or `recv` of a program.
#[derive(Clone, Copy, Debug)]
struct Transfer {
    channel: u16,
    /// For a `send`.
    bytes: u64,
    /// For a `send`, how its message is named in the trace.
    message: u16,
    /// Where the program goes on when nobody is left at the other end.
    goes_on_at: u32,
}

impl Line {
    fn is_broken_for_senders(&self) -> bool {
        self.receivers == 0 && self.had_receivers
    }

    fn is_broken_for_receivers(&self) -> bool {
        self.senders == 0 && self.had_senders && self.channel.is_empty()
    }

    /// Whether the kernel copies messages, rather than the tasks writing into memory that they share.
    fn copies_out(&self) -> bool {
        self.kind != ChannelKind::SharedMemory
    }

    /// What has to be computed before a `send` or a `recv` that waits, or that wakes others, takes
    /// effect. Tasks that share memory ask the kernel only then.
    fn cost(&self, costs: &MessageCosts, waits: bool, woken: u32) -> Nanos {
        let woken = if waits { 0 } else { woken };
        let asks = !self.copies_out() && (waits || woken > 0);
        let calls = u32::from(asks);
        Nanos(costs.wake.0 * u64::from(woken) + costs.system_call.0 * u64::from(calls))
    }
}

impl Ipc {
    /// What is on its way, for [`Kernel::fingerprint`].
    pub(super) fn hash_state(&self, into: &mut impl Hasher) {
        for line in &self.lines {
            (&line.channel, line.senders, line.receivers).hash(into);
            (line.had_senders, line.had_receivers).hash(into);
        }
        self.paid.hash(into);
        self.changed.hash(into);
    }
}

impl MessageCosts {
    /// What copying so much costs.
    fn copying(&self, bytes: u64) -> Nanos {
        let cost = (u128::from(bytes) * u128::from(self.copy.0)).div_ceil(1 << 10);
        Nanos(u64::try_from(cost).unwrap_or(u64::MAX))
    }
}

impl Kernel {
    /// A task sends a message, or the next piece of one that is larger than its channel.
    pub(super) fn send(&mut self, trace: &mut Trace, actor: TaskId, number: u32) -> Verdict {
        let transfer = self.ipc.transfers[number as usize];
        let line = &mut self.ipc.lines[usize::from(transfer.channel)];
        if line.is_broken_for_senders() {
            line.channel.give_up(actor);
            let room = line.room;
            return self.finds_it_broken(trace, actor, transfer, room);
        }
        let waits = !line.channel.is_sending(actor) && line.channel.is_full_for(transfer.bytes);
        let before = line.cost(&self.ipc.costs, waits, line.channel.woken_by_sending());
        if let Some(verdict) = self.pays(actor, before) {
            return verdict;
        }
        let sender = Waiter {
            task: actor,
            transfer: number,
            bytes: transfer.bytes,
        };
        let line = &mut self.ipc.lines[usize::from(transfer.channel)];
        let moves = line.channel.send(sender);
        let room = line.room;
        self.after(trace, actor, transfer.channel, &moves, room)
    }

    /// A task receives a message, or the next piece of one.
    pub(super) fn receive(&mut self, trace: &mut Trace, actor: TaskId, number: u32) -> Verdict {
        let transfer = self.ipc.transfers[number as usize];
        let line = &mut self.ipc.lines[usize::from(transfer.channel)];
        if line.is_broken_for_receivers() {
            let mail = line.mail;
            return self.finds_it_broken(trace, actor, transfer, mail);
        }
        let waits = line.channel.has_none_for(actor);
        let before = line.cost(&self.ipc.costs, waits, line.channel.woken_by_receiving());
        if let Some(verdict) = self.pays(actor, before) {
            return verdict;
        }
        let receiver = Waiter {
            task: actor,
            transfer: number,
            bytes: 0,
        };
        let line = &mut self.ipc.lines[usize::from(transfer.channel)];
        let moves = line.channel.receive(receiver);
        let mail = line.mail;
        if line.is_broken_for_receivers() {
            // Others may have waited behind whoever took the last piece of the last message.
            self.ipc.changed.insert(transfer.channel);
        }
        self.after(trace, actor, transfer.channel, &moves, mail)
    }

    /// What has to be computed before the statement takes effect, once.
    fn pays(&mut self, actor: TaskId, cost: Nanos) -> Option<Verdict> {
        if self.ipc.paid.remove(&actor) || cost == Nanos::ZERO {
            return None;
        }
        self.ipc.paid.insert(actor);
        self.task_mut(actor).pc -= 1;
        Some(Verdict::Computes(cost))
    }

    fn finds_it_broken(
        &mut self,
        trace: &mut Trace,
        actor: TaskId,
        transfer: Transfer,
        resource: u16,
    ) -> Verdict {
        self.ipc.paid.remove(&actor);
        self.task_mut(actor).pc = transfer.goes_on_at;
        record(trace, self.now, EventKind::Broken, actor, 0, resource);
        Verdict::GoesOn
    }

    /// What its `send` or `recv` led to for the actor: it waits unless something of its own moved.
    fn after(
        &mut self,
        trace: &mut Trace,
        actor: TaskId,
        channel: u16,
        moves: &[Move],
        waits_for: u16,
    ) -> Verdict {
        match self.moved(trace, actor, channel, moves) {
            None => Verdict::Waits(waits_for),
            Some(Nanos::ZERO) => Verdict::GoesOn,
            Some(cost) => Verdict::Computes(cost),
        }
    }

    /// Tells the trace what went on in a channel, and wakes whoever waited for it. Gives what the actor
    /// has to compute if it was among them.
    fn moved(
        &mut self,
        trace: &mut Trace,
        actor: TaskId,
        channel: u16,
        moves: &[Move],
    ) -> Option<Nanos> {
        let costs = self.ipc.costs;
        let Line { room, mail, .. } = self.ipc.lines[usize::from(channel)];
        let copies_out = self.ipc.lines[usize::from(channel)].copies_out();
        let mut of_actor = None;
        for moved in moves {
            let (task, resource, cost, again) = match *moved {
                Move::Entered { sender } => {
                    let message = self.ipc.transfers[sender.transfer as usize].message;
                    record(trace, self.now, EventKind::Sent, sender.task, 0, message);
                    (sender.task, room, Nanos::ZERO, false)
                }
                Move::Room { sender, bytes } => (sender, room, costs.copying(bytes), true),
                Move::Took {
                    receiver,
                    sent_by,
                    bytes,
                    is_whole,
                } => {
                    if is_whole {
                        let message = self.ipc.transfers[sent_by as usize].message;
                        record(trace, self.now, EventKind::Received, receiver, 0, message);
                    }
                    // For the rest, it asks the kernel again.
                    let call = if is_whole {
                        Nanos::ZERO
                    } else {
                        costs.system_call
                    };
                    let copying = if copies_out {
                        costs.copying(bytes)
                    } else {
                        Nanos::ZERO
                    };
                    (receiver, mail, call.saturating_add(copying), !is_whole)
                }
            };
            if again {
                self.task_mut(task).pc -= 1;
            }
            if task == actor {
                let sum: Nanos = of_actor.unwrap_or(Nanos::ZERO);
                of_actor = Some(sum.saturating_add(cost));
            } else {
                self.task_mut(task).remaining = cost;
                self.wake(trace, task, resource);
            }
        }
        of_actor
    }

    /// Those who wait for someone who will never come find the channel broken; and where a task has
    /// ended that waited, those behind it may go on.
    pub(super) fn tell_of_broken_channels(&mut self, trace: &mut Trace) {
        for channel in std::mem::take(&mut self.ipc.changed) {
            let tasks = &self.tasks;
            let is_alive = |task: TaskId| tasks[task.index()].state != State::Ended;
            let line = &mut self.ipc.lines[usize::from(channel)];
            let moves = line.channel.forget(&is_alive);
            self.moved(trace, TaskId::NONE, channel, &moves);
            let line = &mut self.ipc.lines[usize::from(channel)];
            let mut waiters = Vec::new();
            if line.is_broken_for_receivers() {
                let mail = line.mail;
                waiters.extend(
                    line.channel
                        .take_receivers()
                        .into_iter()
                        .map(|it| (it, mail)),
                );
            }
            if line.is_broken_for_senders() {
                let room = line.room;
                waiters.extend(line.channel.take_senders().into_iter().map(|it| (it, room)));
            }
            for (waiter, resource) in waiters {
                let transfer = self.ipc.transfers[waiter.transfer as usize];
                self.finds_it_broken(trace, waiter.task, transfer, resource);
                self.wake(trace, waiter.task, resource);
            }
        }
    }

    /// Tasks that ended wait for nothing any more.
    pub(super) fn forget_ended_in_channels(&mut self) {
        if self.ipc.lines.is_empty() {
            return;
        }
        let tasks = &self.tasks;
        self.ipc
            .paid
            .retain(|task| tasks[task.index()].state != State::Ended);
        self.ipc.changed.extend(0..self.ipc.lines.len() as u16);
    }
}
