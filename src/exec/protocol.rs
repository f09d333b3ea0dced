//! What the page and its workers tell each other: one enum each way, as bytes. Both ends are of one
//! build, so this is no format for keeping. The plain worker and the pool's coordinator speak the
//! same; each answers what concerns it.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::calibration::QuietCore;
use super::job::Job;
use super::recorder::Batch;
use super::slicer::End;
use crate::base::Nanos;

/// What a worker posts as a bare string once its handlers are in place.
pub const READY: &str = "ready";

/// From the page to a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Simulate this text, with these keys set first.
    Simulate {
        /// Comes back with every answer.
        id: u32,
        /// The scenario.
        text: String,
        /// Keys and values, as the command line's `--set` takes them.
        overrides: Vec<(String, String)>,
    },
    /// Stop simulating; nothing more is wanted of it.
    Cancel {
        /// The request's.
        id: u32,
    },
    /// Find out how fast this core is while nothing else runs.
    Calibrate,
    /// Make everything ready for this part of a run.
    Prepare {
        /// The part.
        job: Job,
        /// What a quiet core does in this build.
        core: QuietCore,
    },
    /// Say what time it is.
    Ping {
        /// Comes back with the answer.
        token: u32,
    },
    /// Run what was prepared.
    Go {
        /// When the run began, by the worker's clock.
        from: Nanos,
        /// When it has to end, by the worker's clock.
        until: Nanos,
    },
    /// Stop running. Heard only when the worker's event loop turns; the shared flag is quicker.
    Stop,
}

/// From a worker to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromWorker {
    /// About a simulation.
    Simulation {
        /// The request's.
        id: u32,
        /// What.
        told: Simulated,
    },
    /// How fast this core is.
    Calibrated(QuietCore),
    /// Everything is ready.
    Prepared,
    /// What time it is.
    Pong {
        /// The ping's.
        token: u32,
        /// Since the worker's time origin.
        at: Nanos,
        /// The worker's time origin, in nanoseconds since 1970.
        time_origin_ns: i64,
    },
    /// What has been left behind so far.
    Left(Batch),
    /// This part of the run is over; nothing more will come of it.
    Over {
        /// How.
        end: End,
        /// Whether the work loop's results are what that much work gives.
        is_right: bool,
        /// How far the clocks of a pool's threads may be apart.
        alignment_error: Nanos,
    },
    /// Something that should not happen did, and the worker goes no further.
    Panicked {
        /// What the panic said.
        message: String,
    },
}

/// What a worker tells about a simulation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Simulated {
    /// It goes on.
    Progress {
        /// How many events there are.
        events: u64,
        /// How far simulated time has come.
        now: Nanos,
    },
    /// The text has errors; the page finds the same ones.
    Invalid,
    /// A key could not be set.
    Unsettable {
        /// Why.
        message: String,
    },
    /// A piece of the trace's bytes, in order: each small enough to be read within a frame.
    Piece {
        /// The bytes.
        bytes: Bytes,
        /// Whether there are no more.
        is_last: bool,
    },
}

/// Bytes that are copied as a whole; a plain vector would be copied one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Bytes;
            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("bytes")
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Read)
    }
}

/// A message as bytes.
#[must_use]
pub fn encode(message: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(message).expect("plain data always serialises")
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// When the bytes are something else: then the two ends are not of one build.
pub fn decode<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, String> {
    postcard::from_bytes(bytes)
        .map_err(|error| format!("a message of another version of Timeslice ({error})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::capabilities::Capabilities;
    use crate::exec::recorder::Recorder;
    use crate::exec::{RealModel, plan, samples};
    use crate::trace::{EventKind, TaskId};
    use crate::work::Rate;

    #[test]
    fn messages_come_through_whole() {
        let capabilities = Capabilities::from_facts(true, true, 2);
        for model in [
            RealModel::Sliced,
            RealModel::Processes,
            RealModel::Threads,
            RealModel::Hybrid,
        ] {
            for job in plan(&samples::server_and_encoder(), model, &capabilities)
                .unwrap()
                .jobs
            {
                let core = QuietCore {
                    rate: Rate::measured(3, Nanos(2)),
                    spread_permille: 4,
                    clock_step: Nanos(5_000),
                };
                let message = ToWorker::Prepare { job, core };
                assert_eq!(decode(&encode(&message)), Ok(message));
            }
        }
        let mut recorder = Recorder::new(3);
        recorder.note(Nanos(5), EventKind::Block, TaskId(7), 2);
        let message = FromWorker::Left(recorder.take());
        assert_eq!(decode(&encode(&message)), Ok(message));
        let told = Simulated::Piece {
            bytes: Bytes((0..=255).collect()),
            is_last: true,
        };
        let message = FromWorker::Simulation { id: 1, told };
        assert_eq!(decode(&encode(&message)), Ok(message));
    }

    #[test]
    fn a_message_of_another_build_is_an_error() {
        assert!(decode::<FromWorker>(&[250, 1, 2]).is_err());
        assert!(decode::<ToWorker>(&[]).is_err());
    }
}
