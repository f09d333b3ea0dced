//! A row's spans with running sums, so that any interval's shares are exact and cost the same
//! whether it holds one span or a million. Pure.
//!
//! It keeps, for every [`BLOCK`] spans, the time each channel had got before them: the difference of
//! two such sums is what happened between them, and only the spans at the two edges are looked at
//! one by one. (A pyramid of maxima would be as fast but could only tell who dominates, not how
//! much everyone got.)
//!
//! Made by `data`, read by `picture` and `hover`.

use std::rc::Rc;

use crate::trace::TaskId;

/// How many spans share one set of running sums.
const BLOCK: usize = 8;
/// How many channels there are.
pub const CHANNELS: usize = 17;

/// What an interval of a row's time goes to: a task's own work, by the hue of the task, or one of
/// the others. In the order they are stacked where spans are finer than pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(pub u8);

impl Channel {
    /// A lane's time that a context switch takes, or a task's time of being switched to.
    pub const SWITCH: Channel = Channel(10);
    /// The real operating system had taken the core away.
    pub const GAP: Channel = Channel(11);
    /// A task tries to get a spin lock.
    pub const SPIN: Channel = Channel(12);
    /// A task is ready, but queued.
    pub const READY: Channel = Channel(13);
    /// A task waits for something else than a core.
    pub const BLOCKED: Channel = Channel(14);
    /// A lane has nothing to do.
    pub const IDLE: Channel = Channel(15);
    /// A task has not come yet, or has ended; a lane's run is over.
    pub const ABSENT: Channel = Channel(16);

    /// Work of a task of this hue.
    #[must_use]
    pub fn work(hue: u8) -> Channel {
        debug_assert!(hue < Channel::SWITCH.0);
        Channel(hue)
    }

    /// The hue, for work.
    #[must_use]
    pub fn hue(self) -> Option<u8> {
        (self.0 < Channel::SWITCH.0).then_some(self.0)
    }
}

/// Why an interval ended, without what it went to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of `trace::StopReason`")]
#[repr(u8)]
pub enum Stop {
    Continues,
    Preempted,
    Yielded,
    Blocked,
    Finished,
    Crashed,
    Killed,
    RunEnded,
}

/// One interval of a row; it ends where the next one starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// From.
    pub start_ns: u64,
    /// Whose; [`TaskId::NONE`] where it is nobody's.
    pub task: TaskId,
    /// Switch: an index into [`crate::trace::Trace::costs`]. Blocked: an index into
    /// [`crate::trace::Trace::resources`], also for work that ended by blocking on a lane. Work
    /// in a task's row: the lane.
    pub detail: u16,
    /// What the time goes to.
    pub channel: Channel,
    /// Why it ended.
    pub stop: Stop,
}

const _: () = assert!(size_of::<Span>() == 16);

/// How much of an interval each channel got, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares(pub [u64; CHANNELS]);

impl Shares {
    /// Nothing yet.
    pub const NONE: Shares = Shares([0; CHANNELS]);

    /// What one channel got.
    #[must_use]
    pub fn of(&self, channel: Channel) -> u64 {
        self.0[usize::from(channel.0)]
    }

    /// What all tasks' own work got.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.0[..usize::from(Channel::SWITCH.0)].iter().sum()
    }

    /// All of it.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// The channels that the spans of a kind of row can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channels {
    present: Vec<Channel>,
    /// Where each channel is in `present`.
    slots: [u8; CHANNELS],
}

impl Channels {
    /// These channels, in their order.
    #[must_use]
    pub fn new(mut present: Vec<Channel>) -> Channels {
        present.sort_unstable();
        present.dedup();
        let mut slots = [0; CHANNELS];
        for (slot, channel) in present.iter().enumerate() {
            slots[usize::from(channel.0)] = slot as u8;
        }
        Channels { present, slots }
    }
}

/// The spans of one row, without holes from zero to the end, and their running sums. Spans are added
/// at the end, so that a long trace can be taken in piece by piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    channels: Rc<Channels>,
    spans: Vec<Span>,
    end_ns: u64,
    /// For every block of spans, what each channel had got before it.
    sums: Vec<u64>,
    /// For every block of spans, where it starts: what is searched, so that it stays in the cache.
    starts: Vec<u64>,
}

impl Track {
    /// A track without spans.
    #[must_use]
    pub fn new(channels: Rc<Channels>) -> Track {
        Track {
            channels,
            spans: Vec::new(),
            end_ns: 0,
            sums: Vec::new(),
            starts: Vec::new(),
        }
    }

    /// Adds a span, which starts where the last one ends. Its channel is one of the track's.
    pub fn push(&mut self, span: Span) {
        debug_assert!(
            self.spans
                .last()
                .is_none_or(|last| last.start_ns < span.start_ns)
        );
        debug_assert!(self.channels.present.contains(&span.channel));
        if self.spans.len().is_multiple_of(BLOCK) {
            self.starts.push(span.start_ns);
            let mut sums = std::mem::take(&mut self.sums);
            match self.spans.len().checked_sub(1) {
                Some(last) => self.add_sums(&mut sums, last, span.start_ns),
                None => sums.resize(self.channels.present.len(), 0),
            }
            self.sums = sums;
        }
        self.spans.push(span);
    }

    /// Adds to `sums` itself the sums up to `at_ns`, which the last span ends at.
    fn add_sums(&self, sums: &mut Vec<u64>, last: usize, at_ns: u64) {
        let width = self.channels.present.len();
        let before = sums.len() - width;
        sums.extend_from_within(before..);
        self.add_block(&mut sums[before + width..], last, at_ns);
    }

    /// Adds to `own` what the block of the span `index` has got up to `at_ns`.
    fn add_block(&self, own: &mut [u64], index: usize, at_ns: u64) {
        let spans = &self.spans[index / BLOCK * BLOCK..=index];
        let ends = spans[1..].iter().map(|next| next.start_ns).chain([at_ns]);
        for (span, end_ns) in spans.iter().zip(ends) {
            let slot = self.channels.slots[usize::from(span.channel.0)];
            own[usize::from(slot)] += end_ns - span.start_ns;
        }
    }

    /// Takes the last span away.
    pub fn pop(&mut self) {
        self.spans.pop();
        if self.spans.len().is_multiple_of(BLOCK) {
            let blocks = self.spans.len() / BLOCK;
            self.starts.truncate(blocks);
            self.sums.truncate(blocks * self.channels.present.len());
        }
    }

    /// The last span, which may still become another from the same start on.
    pub fn last_mut(&mut self) -> Option<&mut Span> {
        self.spans.last_mut()
    }

    /// Ends the last span.
    pub fn finish(&mut self, end_ns: u64) {
        self.spans.shrink_to_fit();
        self.end_ns = end_ns;
    }

    /// The spans.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Where the last span ends.
    #[must_use]
    pub fn end_ns(&self) -> u64 {
        self.end_ns
    }

    /// The channels that occur, in their order.
    #[must_use]
    pub fn present(&self) -> &[Channel] {
        &self.channels.present
    }

    /// Where a span ends.
    #[must_use]
    pub fn end_of(&self, index: usize) -> u64 {
        self.spans
            .get(index + 1)
            .map_or(self.end_ns, |next| next.start_ns)
    }

    /// The span that holds an instant, if the track reaches so far.
    #[must_use]
    pub fn index_at(&self, at_ns: u64) -> Option<usize> {
        if at_ns >= self.end_ns {
            return None;
        }
        let blocks = self.starts.partition_point(|start_ns| *start_ns <= at_ns);
        Some(self.index_in(blocks.checked_sub(1)?, at_ns))
    }

    /// As [`Track::index_at`] for an instant not before `from`'s start, quick where it is near.
    #[must_use]
    pub fn index_after(&self, from: usize, at_ns: u64) -> Option<usize> {
        if at_ns >= self.end_ns {
            return None;
        }
        let (mut low, mut stride) = (from / BLOCK, 1);
        while low + stride < self.starts.len() && self.starts[low + stride] <= at_ns {
            low += stride;
            stride *= 2;
        }
        let high = (low + stride).min(self.starts.len());
        let within = self.starts[low + 1..high].partition_point(|start_ns| *start_ns <= at_ns);
        Some(self.index_in(low + within, at_ns))
    }

    fn index_in(&self, block: usize, at_ns: u64) -> usize {
        let first = block * BLOCK;
        let spans = &self.spans[first + 1..self.spans.len().min(first + BLOCK)];
        first + spans.partition_point(|span| span.start_ns <= at_ns)
    }

    /// Adds to `sums` what each of [`Track::present`] has got up to `at_ns`, which the span `index`
    /// holds or ends at.
    pub fn push_sums(&self, at_ns: u64, index: usize, sums: &mut Vec<u64>) {
        let (block, width) = (index / BLOCK, self.channels.present.len());
        let own = sums.len();
        sums.extend_from_slice(&self.sums[block * width..(block + 1) * width]);
        self.add_block(&mut sums[own..], index, at_ns);
    }

    /// What happened between two of [`Track::push_sums`]' sums.
    #[must_use]
    pub fn shares(&self, before: &[u64], after: &[u64]) -> Shares {
        let mut shares = Shares::NONE;
        for (channel, (before, after)) in self.channels.present.iter().zip(before.iter().zip(after))
        {
            shares.0[usize::from(channel.0)] = after - before;
        }
        shares
    }

    /// Exactly how much of an interval each channel got.
    #[must_use]
    pub fn shares_between(&self, from_ns: u64, to_ns: u64) -> Shares {
        let to_ns = to_ns.min(self.end_ns);
        match self.index_at(from_ns) {
            Some(first) if from_ns < to_ns => {
                let last = self.index_after(first, to_ns - 1).unwrap_or(first);
                let mut sums = Vec::with_capacity(2 * self.channels.present.len());
                self.push_sums(from_ns, first, &mut sums);
                self.push_sums(to_ns, last, &mut sums);
                let (before, after) = sums.split_at(self.channels.present.len());
                self.shares(before, after)
            }
            _ => Shares::NONE,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn track(lengths: &[(u64, u8)]) -> Track {
        let all = (0..CHANNELS as u8).map(Channel).collect();
        let mut track = Track::new(Rc::new(Channels::new(all)));
        let mut at = 0;
        for (length_ns, channel) in lengths {
            let span = Span {
                start_ns: at,
                task: TaskId(0),
                detail: 0,
                channel: Channel(*channel),
                stop: Stop::Continues,
            };
            // A span that was taken back leaves no trace.
            track.push(span);
            track.pop();
            track.push(span);
            at += length_ns;
        }
        track.finish(at);
        track
    }

    proptest! {
        #[test]
        fn shares_are_exact(
            lengths in prop::collection::vec((1_u64..50, 0_u8..16), 1..400),
            from in 0_u64..12_000, length in 0_u64..12_000,
        ) {
            let track = track(&lengths);
            let to = (from + length).min(track.end_ns());
            let mut expected = Shares::NONE;
            for (index, span) in track.spans().iter().enumerate() {
                let time = track.end_of(index).min(to).saturating_sub(span.start_ns.max(from));
                expected.0[usize::from(span.channel.0)] += time;
            }
            let shares = track.shares_between(from, to);
            prop_assert_eq!(shares, expected);
            prop_assert_eq!(shares.total(), to.saturating_sub(from));
        }

        #[test]
        fn the_span_at_an_instant_holds_it(
            lengths in prop::collection::vec((1_u64..50, 0_u8..16), 1..400), at in 0_u64..12_000, from in 0_usize..400,
        ) {
            let track = track(&lengths);
            match track.index_at(at) {
                None => prop_assert!(at >= track.end_ns()),
                Some(index) => {
                    prop_assert!(track.spans()[index].start_ns <= at && at < track.end_of(index));
                    let from = from.min(index);
                    prop_assert_eq!(track.index_after(from, at), Some(index));
                }
            }
        }
    }
}
