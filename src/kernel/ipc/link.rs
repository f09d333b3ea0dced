//! What the names in `send` and `recv` mean: channels numbered, each statement an entry of the list of
//! transfers. Nothing here runs.

use super::channel::Channel;
use super::{Ipc, Line, Transfer};
use crate::base::Nanos;
use crate::kernel::cost::MessageCosts;
use crate::scenario::{self, ChannelKind};

/// Channels and transfers while names are being resolved.
#[derive(Default)]
pub(in crate::kernel) struct Channels {
    names: Vec<String>,
    lines: Vec<Line>,
    transfers: Vec<Transfer>,
}

impl Channels {
    /// Adds a channel; waiting for room in it and for messages from it are named so in the trace.
    pub(in crate::kernel) fn add(&mut self, channel: &scenario::Channel, room: u16, mail: u16) {
        self.names.push(channel.name.clone());
        self.lines.push(Line {
            channel: Channel::new(channel.capacity_bytes),
            kind: channel.kind,
            room,
            mail,
            senders: 0,
            receivers: 0,
            had_senders: false,
            had_receivers: false,
        });
    }

    /// Adds a `send` of so many bytes, or a `recv`; gives its number, and what has to be computed
    /// before it whatever happens.
    pub(in crate::kernel) fn transfer(
        &mut self,
        channel: &str,
        send: Option<(u64, u16)>,
        costs: &MessageCosts,
    ) -> (u32, Nanos) {
        let found = self.names.iter().position(|known| known == channel);
        let channel = found.expect("the reader asks for channels to be declared");
        let line = &self.lines[channel];
        let kind = line.kind;
        let call = match kind {
            ChannelKind::SharedMemory => Nanos::ZERO,
            ChannelKind::Pipe | ChannelKind::MessageQueue | ChannelKind::Socket => {
                costs.system_call
            }
        };
        let protocol = match (kind, send) {
            (ChannelKind::Socket, Some(_)) => costs.protocol,
            _ => Nanos::ZERO,
        };
        let (bytes, message) = send.unwrap_or_default();
        // Of a message that is larger than the channel, the first piece.
        let copying = costs.copying(bytes.min(line.channel.capacity()));
        self.transfers.push(Transfer {
            channel: channel as u16,
            bytes,
            message,
            goes_on_at: 0,
        });
        let cost = call.saturating_add(protocol).saturating_add(copying);
        ((self.transfers.len() - 1) as u32, cost)
    }

    /// Says where the program goes on when nobody is left at the other end.
    pub(in crate::kernel) fn goes_on_at(&mut self, transfer: u32, target: u32) {
        self.transfers[transfer as usize].goes_on_at = target;
    }

    /// Everything has been named.
    pub(in crate::kernel) fn finish(self, costs: MessageCosts) -> Ipc {
        Ipc {
            lines: self.lines,
            transfers: self.transfers.into(),
            costs,
            ..Ipc::default()
        }
    }
}
