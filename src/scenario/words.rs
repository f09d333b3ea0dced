//! The words that the text has for the choices of the model: one table, used for reading,
//! printing, suggesting and for the lists in the page.

use super::model::{
    AfterIo, Balance, ChannelKind, CostPreset, Events, Policy, Prefer, QueueScope, RunAs, Ties,
};

/// A choice that the text writes as one word.
pub trait Word: Copy + PartialEq + 'static {
    /// The words, in the order of the documentation.
    const WORDS: &'static [&'static str];
    /// What they mean, in the same order.
    const VALUES: &'static [Self];

    /// The word of this choice.
    #[must_use]
    fn word(self) -> &'static str {
        Self::VALUES
            .iter()
            .position(|value| *value == self)
            .map_or("", |at| Self::WORDS[at])
    }

    /// The choice of this word.
    #[must_use]
    fn from_word(word: &str) -> Option<Self> {
        let at = Self::WORDS.iter().position(|known| *known == word)?;
        Some(Self::VALUES[at])
    }
}

macro_rules! words {
    ($($type:ident { $($word:literal => $value:ident),* $(,)? })*) => {
        $(impl Word for $type {
            const WORDS: &'static [&'static str] = &[$($word),*];
            const VALUES: &'static [$type] = &[$($type::$value),*];
        })*

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn every_choice_has_one_word() {
                // Without a wildcard, so that a choice without a word does not compile.
                $(for value in $type::VALUES {
                    let word = match value { $($type::$value => $word),* };
                    assert_eq!(value.word(), word);
                    assert_eq!($type::from_word(word), Some(*value));
                })*
            }
        }
    };
}

words! {
    RunAs {
        "as-written" => AsWritten,
        "processes" => Processes,
        "threads" => Threads,
        "coroutines" => Coroutines,
        "hybrid" => Hybrid,
    }
    Prefer {
        "readers" => Readers,
        "writers" => Writers,
        "fair" => Fair,
    }
    CostPreset {
        "free" => Free,
        "linux" => Linux,
        "windows" => Windows,
        "measured" => Measured,
    }
    Policy {
        "fifo" => Fifo,
        "sjf" => Sjf,
        "srtf" => Srtf,
        "round-robin" => RoundRobin,
        "priority" => Priority,
        "hrrn" => Hrrn,
        "multilevel" => Multilevel,
        "mlfq" => Mlfq,
        "lottery" => Lottery,
        "stride" => Stride,
        "cfs" => Cfs,
        "eevdf" => Eevdf,
        "edf" => Edf,
        "rate-monotonic" => RateMonotonic,
    }
    QueueScope {
        "global" => Global,
        "per-core" => PerCore,
    }
    Ties {
        "arrivals-first" => ArrivalsFirst,
        "preempted-first" => PreemptedFirst,
    }
    Balance {
        "steal" => Steal,
        "none" => None,
    }
    AfterIo {
        "stay" => Stay,
        "sink" => Sink,
    }
    Events {
        "readiness" => Readiness,
        "completion" => Completion,
        "polling" => Polling,
    }
    ChannelKind {
        "pipe" => Pipe,
        "message-queue" => MessageQueue,
        "shared-memory" => SharedMemory,
        "socket" => Socket,
    }
}
