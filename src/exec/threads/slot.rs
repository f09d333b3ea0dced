//! How the clock of a pool's thread is compared with its coordinator's: questions and answers over
//! shared memory.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::locked;
use crate::base::Nanos;
use crate::exec::clock::{self, Alignment, Ping};

/// Questions to one thread, and its answers.
#[derive(Debug, Default)]
pub(super) struct Slot {
    state: Mutex<Talk>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Talk {
    asked: u32,
    answered: u32,
    at: Nanos,
    time_origin_ns: i64,
}

const QUESTIONS: u32 = 6;
const PATIENCE: Duration = Duration::from_secs(1);

impl Slot {
    fn talk_when(&self, is_so: impl Fn(&Talk) -> bool) -> Option<MutexGuard<'_, Talk>> {
        let mut talk = locked(&self.state);
        while !is_so(&talk) {
            let (next, waited) = self
                .changed
                .wait_timeout(talk, PATIENCE)
                .unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() && !is_so(&next) {
                return None;
            }
            talk = next;
        }
        Some(talk)
    }

    /// The thread's side: answers all questions.
    pub(super) fn answer(&self) {
        for question in 1..=QUESTIONS {
            let Some(mut talk) = self.talk_when(|talk| talk.asked == question) else {
                return;
            };
            talk.at = clock::now();
            talk.time_origin_ns = clock::time_origin_ns();
            talk.answered = question;
            self.changed.notify_all();
        }
    }

    /// The coordinator's side.
    pub(super) fn ask(&self, clock_step: Nanos) -> Option<Alignment> {
        let mut pings = Vec::new();
        let mut origins_ahead_ns = 0;
        for question in 1..=QUESTIONS {
            let asked = clock::now();
            locked(&self.state).asked = question;
            self.changed.notify_all();
            let talk = self.talk_when(|talk| talk.answered == question)?;
            let (answered, heard) = (talk.at, clock::now());
            origins_ahead_ns = clock::time_origin_ns() - talk.time_origin_ns;
            pings.push(Ping {
                asked,
                answered,
                heard,
            });
        }
        Alignment::of(&pings, origins_ahead_ns, clock_step)
    }
}
