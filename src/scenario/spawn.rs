//! What `spawn NAME` starts: the nearest thing with that name. Asked by `validate` and by the
//! kernel, so that both mean the same.

use super::model::{Body, Scenario};

/// Which line of the scenario `spawn` starts one more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpawnTarget {
    /// A process, by its position in the scenario, with all its threads.
    Process(usize),
    /// A thread of the spawner's process, by its position there.
    Thread(usize),
    /// A coroutine of the spawner's thread, by its position there.
    Coroutine(usize),
}

impl Scenario {
    /// What `spawn name` means in a program of this thread: first the coroutines of the same
    /// thread (where it has any), then the threads of the same process, then the processes.
    #[must_use]
    pub fn spawn_target(&self, process: usize, thread: usize, name: &str) -> Option<SpawnTarget> {
        let threads = &self.processes[process].threads;
        if let Body::Coroutines(coroutines) = &threads[thread].body
            && let Some(at) = coroutines.iter().position(|other| other.name == name)
        {
            return Some(SpawnTarget::Coroutine(at));
        }
        if let Some(at) = threads.iter().position(|other| other.name == name) {
            return Some(SpawnTarget::Thread(at));
        }
        let at = self.processes.iter().position(|other| other.name == name)?;
        Some(SpawnTarget::Process(at))
    }

    /// Every name that `spawn` could be given in a program of this thread.
    pub(crate) fn spawn_names(&self, process: usize, thread: usize) -> Vec<&str> {
        let threads = &self.processes[process].threads;
        let coroutines = match &threads[thread].body {
            Body::Coroutines(coroutines) => coroutines.as_slice(),
            Body::Program(_) => &[],
        };
        coroutines
            .iter()
            .map(|coroutine| coroutine.name.as_str())
            .chain(threads.iter().map(|thread| thread.name.as_str()))
            .chain(self.processes.iter().map(|process| process.name.as_str()))
            .collect()
    }
}
