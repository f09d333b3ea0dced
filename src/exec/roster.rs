//! Who takes part in a run: the scenario's tasks, numbered as the kernel numbers them (line by line in
//! the order of the text; of each line process copies, then thread copies, then coroutine copies), so
//! that a simulated and a measured trace compare task by task. It knows no model, which
//! `scenario::models` has written out before, and no worker.

use crate::base::Nanos;
use crate::scenario::{Arriving, Body, Program, Scenario};
use crate::trace::{ProcessInfo, TaskGroup, TaskId, TaskInfo, TaskKind};

/// Where a program stands in a scenario, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub process: usize,
    pub thread: usize,
    /// In an event loop, the coroutine.
    pub coroutine: Option<usize>,
    /// The group of its tasks.
    pub group: u32,
}

/// The tables of a trace before anything has happened, and the lines that they come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    pub groups: Vec<TaskGroup>,
    pub processes: Vec<ProcessInfo>,
    pub tasks: Vec<TaskInfo>,
    /// Every line that has a program.
    pub lines: Vec<Line>,
    /// The line of each task; none for an event loop.
    pub line_of: Vec<Option<u32>>,
}

impl Roster {
    /// The tasks of `scenario` as it is written.
    pub(super) fn new(scenario: &Scenario) -> Roster {
        let mut roster = Roster::default();
        for position in 0..scenario.processes.len() {
            roster.add_line_of_processes(scenario, position);
        }
        roster
    }

    /// The program of a line.
    pub(super) fn program<'s>(&self, scenario: &'s Scenario, line: usize) -> &'s Program {
        let Line {
            process,
            thread,
            coroutine,
            ..
        } = self.lines[line];
        match (&scenario.processes[process].threads[thread].body, coroutine) {
            (Body::Program(program), _) => program,
            (Body::Coroutines(coroutines), Some(coroutine)) => &coroutines[coroutine].program,
            (Body::Coroutines(_), None) => unreachable!("an event loop's line names its coroutine"),
        }
    }

    fn add_line_of_processes(&mut self, scenario: &Scenario, position: usize) {
        let process = &scenario.processes[position];
        let first = self.processes.len() as u32;
        let line = position as u32;
        self.processes
            .extend((0..process.count).map(|copy| ProcessInfo { line, copy }));
        let seed = scenario.seed;
        let mut arriving = Arriving::of(process.arrivals.as_ref(), seed, (position, None, None));
        let copies: Vec<(u32, Nanos)> = (first..)
            .zip(arriving.delays(process.count))
            .map(|(copy, delay)| (copy, process.arrival.saturating_add(delay)))
            .collect();
        for (at, thread) in process.threads.iter().enumerate() {
            let place = (position, at);
            let of_thread = (position, Some(at), None);
            let mut arriving = Arriving::of(thread.arrivals.as_ref(), seed, of_thread);
            let mut of_copies = Vec::new();
            for (copy, arrival) in &copies {
                let arrival = arrival.saturating_add(thread.arrival);
                let delays = arriving.delays(thread.count);
                of_copies.extend(delays.map(|delay| (*copy, arrival.saturating_add(delay))));
            }
            let Body::Coroutines(coroutines) = &thread.body else {
                let line = self.add_line(scenario, place, None, TaskKind::Thread);
                for (copy, arrival) in of_copies {
                    self.add_task_of(line, copy, TaskId::NONE, arrival);
                }
                continue;
            };
            let (name, thread_name) = (process.name.clone(), thread.name.clone());
            let group = self.add_group(name, thread_name, "", TaskKind::EventLoop);
            let hosts: Vec<TaskId> = of_copies
                .iter()
                .map(|(copy, arrival)| self.add_task(group, None, *copy, TaskId::NONE, *arrival))
                .collect();
            for (inner, coroutine) in coroutines.iter().enumerate() {
                let line = self.add_line(scenario, place, Some(inner), TaskKind::Coroutine);
                let of_coroutine = (position, Some(at), Some(inner));
                let mut arriving = Arriving::of(coroutine.arrivals.as_ref(), seed, of_coroutine);
                for (host, (copy, arrival)) in hosts.iter().zip(&of_copies) {
                    let arrival = arrival.saturating_add(coroutine.arrival);
                    for delay in arriving.delays(coroutine.count) {
                        self.add_task_of(line, *copy, *host, arrival.saturating_add(delay));
                    }
                }
            }
        }
    }

    /// One more line with its group; its position.
    fn add_line(
        &mut self,
        scenario: &Scenario,
        (process, thread): (usize, usize),
        coroutine: Option<usize>,
        kind: TaskKind,
    ) -> usize {
        let of = &scenario.processes[process];
        let coroutine_name = match (&of.threads[thread].body, coroutine) {
            (Body::Coroutines(coroutines), Some(coroutine)) => coroutines[coroutine].name.as_str(),
            _ => "",
        };
        let (name, thread_name) = (of.name.clone(), of.threads[thread].name.clone());
        let group = self.add_group(name, thread_name, coroutine_name, kind);
        self.lines.push(Line {
            process,
            thread,
            coroutine,
            group,
        });
        self.lines.len() - 1
    }

    fn add_group(
        &mut self,
        process: String,
        thread: String,
        coroutine: &str,
        kind: TaskKind,
    ) -> u32 {
        let coroutine = coroutine.to_owned();
        self.groups.push(TaskGroup {
            process,
            thread,
            coroutine,
            kind,
            count: 0,
            timing: None,
        });
        self.groups.len() as u32 - 1
    }

    fn add_task_of(&mut self, line: usize, process: u32, host: TaskId, arrival: Nanos) {
        let group = self.lines[line].group;
        self.add_task(group, Some(line as u32), process, host, arrival);
    }

    fn add_task(
        &mut self,
        group: u32,
        line: Option<u32>,
        process: u32,
        host: TaskId,
        arrival: Nanos,
    ) -> TaskId {
        let count = &mut self.groups[group as usize].count;
        self.tasks.push(TaskInfo {
            group,
            index: *count,
            process,
            host,
            parent: TaskId::NONE,
            arrival,
        });
        *count += 1;
        self.line_of.push(line);
        TaskId(self.tasks.len() as u32 - 1)
    }
}

/// How many tasks of their own programs a scenario starts with.
pub(super) fn leaf_count(scenario: &Scenario) -> u64 {
    let of_thread = |body: &Body| match body {
        Body::Program(_) => 1,
        Body::Coroutines(coroutines) => coroutines.iter().fold(0_u64, |sum, coroutine| {
            sum.saturating_add(u64::from(coroutine.count))
        }),
    };
    scenario
        .processes
        .iter()
        .flat_map(|process| {
            process
                .threads
                .iter()
                .map(move |thread| (process.count, thread))
        })
        .fold(0_u64, |sum, (processes, thread)| {
            let copies = u64::from(processes) * u64::from(thread.count);
            sum.saturating_add(copies.saturating_mul(of_thread(&thread.body)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::samples;

    fn names(roster: &Roster) -> Vec<String> {
        let mut trace = samples::empty_trace();
        trace.groups = roster.groups.clone();
        trace.tasks = roster.tasks.clone();
        (0..roster.tasks.len() as u32)
            .map(|task| trace.task_name(TaskId(task)))
            .collect()
    }

    #[test]
    fn lines_come_in_the_order_of_the_text_with_their_copies_side_by_side() {
        let mut scenario = samples::server_and_encoder();
        scenario.processes[1].arrival = Nanos::from_ms(5);
        scenario.processes[1].threads[0].arrival = Nanos::from_ms(2);
        let roster = Roster::new(&scenario);
        assert_eq!(
            names(&roster),
            [
                "server/loop",
                "server/loop/request 0",
                "server/loop/request 1",
                "encoder/worker 0",
                "encoder/worker 1",
                "encoder/worker 2",
                "encoder/worker 3",
            ]
        );
        let processes: Vec<u32> = roster.tasks.iter().map(|task| task.process).collect();
        assert_eq!(processes, [0, 0, 0, 1, 1, 2, 2]);
        assert_eq!(roster.tasks[3].arrival, Nanos::from_ms(7));
        assert_eq!(leaf_count(&scenario), 6);
    }
}
