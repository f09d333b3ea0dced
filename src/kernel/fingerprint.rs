//! A number for what can still happen, by which the explorer knows a state again. It is taken of runs as
//! `explore` makes them: one hardware thread, first in first out, nothing costs anything, nobody polls and
//! nobody has jobs. What time it is, what has been counted so far and in which order tasks wait to run is left out:
//! any of those may be chosen next.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::state::{EventLoop, Kernel, Task};
use super::timers::Ends;

impl Kernel {
    /// The fingerprint of this state.
    pub(super) fn fingerprint(&self) -> u128 {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            salt.hash(&mut hasher);
            self.hash_state(&mut hasher);
            u128::from(hasher.finish())
        };
        half(0) << 64 | half(1)
    }

    /// All fields are named, so that whoever adds one decides whether it counts.
    fn hash_state(&self, into: &mut impl Hasher) {
        let Kernel {
            now,
            lanes,
            timers,
            devices,
            sync,
            ipc,
            gils,
            arrivals,
            arrived,
            processes,
            tasks,
            loops,
            counters,
            alive,
            halted,
            // What never changes, or changes only where something has a cost, a quantum, a job or
            // a sibling.
            limits: _,
            ties: _,
            switch_costs: _,
            system_call: _,
            polls: _,
            scope: _,
            balance: _,
            affinity: _,
            migration_costs: _,
            code: _,
            reach: _,
            lock_limits: _,
            layout: _,
            claims: _,
            smt: _,
            caches: _,
            deadlines: _,
            idle: _,
            renewing: _,
            expired: _,
            expiries_done: _,
            entities: _,
            look_for_better: _,
            periodic: _,
            review_at: _,
            draws: _,
            quotas: _,
            // Follows from the states of the tasks; their order is a matter of choice.
            queues: _,
            waiting: _,
            waiting_in_all: _,
            memory: _,
            // Counted, and looked at only to end a run that goes on too long.
            threads_made: _,
            coroutines_made: _,
            statements_now: _,
            statements: _,
            yields_in_a_row: _,
            chooser: _,
            choices: _,
        } = self;
        for lane in lanes {
            lane.task.hash(into);
        }
        for Task {
            remaining,
            register,
            pc,
            children,
            state,
            process: _,
            counters: _,
            host: _,
            parent,
            next_of_process: _,
            event_loop: _,
            last_lane: _,
            queue: _,
            beyond: _,
        } in tasks
        {
            (remaining, register, pc, children, state, parent).hash(into);
        }
        for EventLoop {
            ready,
            current,
            last: _,
            alive,
            events: _,
            done: _,
            under_way: _,
            looks: _,
        } in loops
        {
            (ready, current, alive).hash(into);
        }
        for process in processes {
            process.threads.hash(into);
        }
        counters.hash(into);
        (alive, halted.is_some()).hash(into);
        for timer in timers.in_order() {
            let ends = match timer.ends {
                Ends::Sleep => (0, 0),
                Ends::Service(device) => (1, device),
                // One that has been overtaken does nothing any more.
                Ends::LockLimit(number) if !self.is_attempt(timer.task, number) => continue,
                Ends::LockLimit(_) => (2, 0),
            };
            (timer.at - *now, timer.task, ends).hash(into);
        }
        for (at, task) in &arrivals[*arrived..] {
            (*at - *now, task).hash(into);
        }
        devices.hash(into);
        (&sync.mutexes, &sync.rwlocks, &sync.semaphores).hash(into);
        (&sync.conditions, &sync.barriers, &sync.variables).hash(into);
        ipc.hash_state(into);
        gils.hash_state(*now, into);
    }
}
