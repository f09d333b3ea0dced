//! A channel as a plain state machine: what is inside, who waits, and who goes on when something
//! changes. It knows no costs and wakes nobody; that is `ipc`'s part.
//!
//! 1. Messages leave in the order in which they came in, and so do those who wait for room or for
//!    messages.
//! 2. A message comes in when it fits, all at once, unless others wait before it.
//! 3. A message that is larger than the whole channel comes in piece by piece, each as large as the
//!    channel; nothing else comes in before it is out.
//! 4. A message that comes in while someone waits for one goes to the one that has waited longest.

use std::collections::VecDeque;

use crate::trace::TaskId;

/// A task that waits, and the statement it is at: a position in the list of transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Waiter {
    pub task: TaskId,
    pub transfer: u32,
    /// How large its message is, if it sends one.
    pub bytes: u64,
}

/// What went on when something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// A sender's whole message is in.
    Entered { sender: Waiter },
    /// There is room for so much more of a sender's message.
    Room { sender: TaskId, bytes: u64 },
    /// A receiver has a message, or a part of one: the statement that sent it, and so many bytes.
    Took {
        receiver: TaskId,
        sent_by: u32,
        bytes: u64,
        is_whole: bool,
    },
}

/// A message that is larger than the channel, on its way through it.
#[derive(Clone, Debug, Hash)]
struct Stream {
    sender: Waiter,
    /// How much of it has not come in.
    outside: u64,
    /// How much of it is inside.
    inside: u64,
    sender_waits: bool,
    /// Who takes it, as far as that is known.
    receiver: Option<Waiter>,
    receiver_waits: bool,
}

/// One channel.
#[derive(Clone, Debug, Hash)]
pub(super) struct Channel {
    capacity: u64,
    used: u64,
    inside: VecDeque<Waiter>,
    senders: VecDeque<Waiter>,
    receivers: VecDeque<Waiter>,
    stream: Option<Stream>,
}

impl Channel {
    pub(super) fn new(capacity: u64) -> Channel {
        Channel {
            capacity,
            used: 0,
            inside: VecDeque::new(),
            senders: VecDeque::new(),
            receivers: VecDeque::new(),
            stream: None,
        }
    }

    pub(super) fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Whether a sender is in the middle of a message that comes in piece by piece.
    pub(super) fn is_sending(&self, task: TaskId) -> bool {
        let of_task = |stream: &Stream| stream.sender.task == task && stream.outside > 0;
        self.stream.as_ref().is_some_and(of_task)
    }

    /// Whether there is nothing in it to take.
    pub(super) fn is_empty(&self) -> bool {
        self.used == 0 && self.inside.is_empty()
    }

    /// Whether a message that is sent now would have to wait for room.
    pub(super) fn is_full_for(&self, bytes: u64) -> bool {
        let waits_behind = self.stream.is_some() || !self.senders.is_empty();
        waits_behind
            || match bytes > self.capacity {
                true => !self.is_empty(),
                false => bytes > self.capacity - self.used,
            }
    }

    /// Whether a message that is received now would have to be waited for.
    pub(super) fn has_none_for(&self, task: TaskId) -> bool {
        match &self.stream {
            Some(stream) if self.inside.is_empty() => {
                let others = stream
                    .receiver
                    .is_some_and(|receiver| receiver.task != task);
                others || stream.inside == 0
            }
            _ => self.inside.is_empty(),
        }
    }

    /// How many others a message that comes in wakes.
    pub(super) fn woken_by_sending(&self) -> u32 {
        let mid_way = self
            .stream
            .as_ref()
            .is_some_and(|stream| stream.receiver_waits);
        u32::from(mid_way || !self.receivers.is_empty())
    }

    /// How many others are woken by a message that is taken out.
    pub(super) fn woken_by_receiving(&self) -> u32 {
        let taken = match &self.stream {
            Some(stream) if stream.outside > 0 => return u32::from(stream.sender_waits),
            Some(stream) => stream.inside,
            None => self.inside.front().map_or(0, |message| message.bytes),
        };
        let mut used = self.used - taken;
        let fits = |sender: &&Waiter| {
            used = used.saturating_add(sender.bytes);
            used <= self.capacity
        };
        self.senders.iter().take_while(fits).count() as u32
    }

    /// A task sends a message, or the next piece of one.
    pub(super) fn send(&mut self, sender: Waiter) -> Vec<Move> {
        match &mut self.stream {
            Some(stream) if stream.sender.task == sender.task && stream.outside > 0 => {
                stream.inside = stream.outside.min(self.capacity);
                stream.outside -= stream.inside;
                self.used = stream.inside;
                stream.sender_waits = stream.outside > 0;
                let mut moves = Vec::new();
                if stream.outside == 0 {
                    moves.push(Move::Entered { sender });
                }
                self.go_on(moves)
            }
            _ => {
                self.senders.push_back(sender);
                self.go_on(Vec::new())
            }
        }
    }

    /// A task asks for a message, or for the next piece of one.
    pub(super) fn receive(&mut self, receiver: Waiter) -> Vec<Move> {
        match &mut self.stream {
            Some(stream) if stream.receiver.is_some_and(|it| it.task == receiver.task) => {
                stream.receiver_waits = true;
            }
            _ => self.receivers.push_back(receiver),
        }
        self.go_on(Vec::new())
    }

    /// Whatever can move, moves.
    fn go_on(&mut self, mut moves: Vec<Move>) -> Vec<Move> {
        while let Some(moved) = self.give().or_else(|| self.let_in()) {
            moves.push(moved);
        }
        moves
    }

    /// A receiver gets what is inside.
    fn give(&mut self) -> Option<Move> {
        if let Some(message) = self.inside.front().copied() {
            let receiver = self.receivers.pop_front()?;
            self.inside.pop_front();
            self.used -= message.bytes;
            return Some(Move::Took {
                receiver: receiver.task,
                sent_by: message.transfer,
                bytes: message.bytes,
                is_whole: true,
            });
        }
        let stream = self.stream.as_mut()?;
        if stream.receiver.is_none() {
            stream.receiver = self.receivers.pop_front();
            stream.receiver_waits = stream.receiver.is_some();
        }
        if !stream.receiver_waits || stream.inside == 0 {
            return None;
        }
        stream.receiver_waits = false;
        let bytes = std::mem::take(&mut stream.inside);
        self.used = 0;
        let moved = Move::Took {
            receiver: stream.receiver?.task,
            sent_by: stream.sender.transfer,
            bytes,
            is_whole: stream.outside == 0,
        };
        if stream.outside == 0 {
            self.stream = None;
        }
        Some(moved)
    }

    /// A sender's message, or a piece of it, comes in.
    fn let_in(&mut self) -> Option<Move> {
        if let Some(stream) = &mut self.stream {
            if !stream.sender_waits || stream.inside > 0 {
                return None;
            }
            stream.sender_waits = false;
            return Some(Move::Room {
                sender: stream.sender.task,
                bytes: stream.outside.min(self.capacity),
            });
        }
        let sender = self.senders.front().copied()?;
        if sender.bytes <= self.capacity - self.used {
            self.senders.pop_front();
            self.used += sender.bytes;
            self.inside.push_back(sender);
            return Some(Move::Entered { sender });
        }
        if sender.bytes > self.capacity && self.is_empty() {
            self.senders.pop_front();
            self.used = self.capacity;
            self.stream = Some(Stream {
                sender,
                outside: sender.bytes - self.capacity,
                inside: self.capacity,
                sender_waits: true,
                receiver: None,
                receiver_waits: false,
            });
            return self.give();
        }
        None
    }

    /// Tasks have ended that waited here or were in the middle of a message: what a dead sender has
    /// put in of a message that is not whole is thrown away; what a dead receiver has left of one is
    /// for the next.
    pub(super) fn forget(&mut self, is_alive: &dyn Fn(TaskId) -> bool) -> Vec<Move> {
        self.senders.retain(|waiter| is_alive(waiter.task));
        self.receivers.retain(|waiter| is_alive(waiter.task));
        if let Some(stream) = &mut self.stream {
            if stream
                .receiver
                .is_some_and(|receiver| !is_alive(receiver.task))
            {
                stream.receiver = None;
                stream.receiver_waits = false;
            }
            if stream.outside > 0 && !is_alive(stream.sender.task) {
                self.drop_stream();
            }
        }
        self.go_on(Vec::new())
    }

    fn drop_stream(&mut self) {
        let Some(stream) = self.stream.take() else {
            return;
        };
        self.used -= stream.inside;
        if let Some(receiver) = stream.receiver.filter(|_| stream.receiver_waits) {
            self.receivers.push_front(receiver);
        }
    }

    /// Nobody will ever send again: those who wait for messages.
    pub(super) fn take_receivers(&mut self) -> Vec<Waiter> {
        std::mem::take(&mut self.receivers).into()
    }

    /// Nobody will ever receive again: those who wait for room.
    pub(super) fn take_senders(&mut self) -> Vec<Waiter> {
        let mid_way = self.stream.as_ref().filter(|stream| stream.sender_waits);
        let mut senders: Vec<Waiter> = mid_way.map(|stream| stream.sender).into_iter().collect();
        if !senders.is_empty() {
            self.drop_stream();
        }
        senders.extend(std::mem::take(&mut self.senders));
        senders
    }

    /// A sender in the middle of a message gives up.
    pub(super) fn give_up(&mut self, task: TaskId) {
        if self.is_sending(task) {
            self.drop_stream();
        }
    }

    /// Those who wait for room, and those who wait for messages.
    pub(super) fn waiters(&self) -> (Vec<TaskId>, Vec<TaskId>) {
        let stream = self.stream.as_ref();
        let sender = stream
            .filter(|stream| stream.sender_waits)
            .map(|stream| stream.sender);
        let receiver = stream
            .filter(|stream| stream.receiver_waits)
            .and_then(|stream| stream.receiver);
        let tasks = |first: Option<Waiter>, rest: &VecDeque<Waiter>| {
            first.iter().chain(rest).map(|waiter| waiter.task).collect()
        };
        (
            tasks(sender, &self.senders),
            tasks(receiver, &self.receivers),
        )
    }
}
