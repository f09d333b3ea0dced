//! Who takes part in a run: the scenario's tasks under one model, numbered as the kernel numbers
//! them (line by line in the order of the text; of each line process copies, then thread copies,
//! then coroutine copies), so that a simulated and a measured trace compare task by task. Names stay
//! those of the text under every model. It knows no worker.

use crate::base::Nanos;
use crate::scenario::{Body, Program, RunAs, Scenario};
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
    /// The tasks of `scenario` under `run_as`; a hybrid has `loops` event loops.
    pub(super) fn new(scenario: &Scenario, run_as: RunAs, loops: u32) -> Roster {
        let mut roster = Roster::default();
        match run_as {
            RunAs::AsWritten => roster.as_written(scenario),
            RunAs::Processes => roster.leaves(scenario, TaskKind::Thread, |roster, line| {
                (roster.add_process(line), TaskId::NONE)
            }),
            RunAs::Threads => {
                roster.add_process(0);
                roster.leaves(scenario, TaskKind::Thread, |_, _| (0, TaskId::NONE));
            }
            RunAs::Coroutines => roster.dealt(scenario, 1),
            RunAs::Hybrid => roster.dealt(scenario, loops.max(1)),
        }
        roster
    }

    /// The program of a line.
    pub(super) fn program<'s>(&self, scenario: &'s Scenario, line: usize) -> &'s Program {
        let Line { process, thread, coroutine, .. } = self.lines[line];
        match (&scenario.processes[process].threads[thread].body, coroutine) {
            (Body::Program(program), _) => program,
            (Body::Coroutines(coroutines), Some(coroutine)) => &coroutines[coroutine].program,
            (Body::Coroutines(_), None) => unreachable!("an event loop's line names its coroutine"),
        }
    }

    fn as_written(&mut self, scenario: &Scenario) {
        for (position, process) in scenario.processes.iter().enumerate() {
            let copies: Vec<u32> = (0..process.count).map(|_| self.add_process(position)).collect();
            for (thread_position, thread) in process.threads.iter().enumerate() {
                let of_copies = copies.iter().flat_map(|copy| (0..thread.count).map(|_| *copy));
                match &thread.body {
                    Body::Program(_) => {
                        let line =
                            self.add_line(scenario, (position, thread_position), None, TaskKind::Thread);
                        for copy in of_copies {
                            self.add_task_of(scenario, line, copy, TaskId::NONE);
                        }
                    }
                    Body::Coroutines(coroutines) => {
                        self.add_group(process.name.clone(), thread.name.clone(), "", TaskKind::EventLoop);
                        let group = self.groups.len() as u32 - 1;
                        let hosts: Vec<TaskId> = of_copies
                            .map(|copy| self.add_task(group, None, copy, TaskId::NONE, process.arrival))
                            .collect();
                        for (coroutine_position, coroutine) in coroutines.iter().enumerate() {
                            let line = self.add_line(
                                scenario,
                                (position, thread_position),
                                Some(coroutine_position),
                                TaskKind::Coroutine,
                            );
                            for host in &hosts {
                                let copy = self.tasks[host.index()].process;
                                for _ in 0..coroutine.count {
                                    self.add_task_of(scenario, line, copy, *host);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Every task a coroutine of one of `loops` event loops, which are dealt out in turn.
    fn dealt(&mut self, scenario: &Scenario, loops: u32) {
        self.add_group("event loop".to_owned(), "main".to_owned(), "", TaskKind::EventLoop);
        for _ in 0..loops {
            let process = self.add_process(0);
            self.add_task(0, None, process, TaskId::NONE, Nanos::ZERO);
        }
        let mut next = 0;
        self.leaves(scenario, TaskKind::Coroutine, |_, _| {
            let host = next % loops;
            next += 1;
            (host, TaskId(host))
        });
    }

    /// Every program's tasks as one kind; `place` gives each its process and its host.
    fn leaves(
        &mut self,
        scenario: &Scenario,
        kind: TaskKind,
        mut place: impl FnMut(&mut Roster, usize) -> (u32, TaskId),
    ) {
        for (position, process) in scenario.processes.iter().enumerate() {
            for (thread_position, thread) in process.threads.iter().enumerate() {
                let copies_of: Vec<(Option<usize>, u32)> = match &thread.body {
                    Body::Program(_) => vec![(None, 1)],
                    Body::Coroutines(coroutines) => coroutines
                        .iter()
                        .enumerate()
                        .map(|(position, coroutine)| (Some(position), coroutine.count))
                        .collect(),
                };
                for (coroutine, copies) in copies_of {
                    let line = self.add_line(scenario, (position, thread_position), coroutine, kind);
                    let copies = u64::from(process.count) * u64::from(thread.count) * u64::from(copies);
                    for _ in 0..copies {
                        let (process, host) = place(self, position);
                        self.add_task_of(scenario, line, process, host);
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
        self.add_group(of.name.clone(), of.threads[thread].name.clone(), coroutine_name, kind);
        let group = self.groups.len() as u32 - 1;
        self.lines.push(Line { process, thread, coroutine, group });
        self.lines.len() - 1
    }

    fn add_group(&mut self, process: String, thread: String, coroutine: &str, kind: TaskKind) {
        let coroutine = coroutine.to_owned();
        self.groups.push(TaskGroup { process, thread, coroutine, kind, count: 0 });
    }

    /// One more process of the scenario's line; its position.
    fn add_process(&mut self, line: usize) -> u32 {
        let line = line as u32;
        // Copies are made side by side, so the last process tells which copy is next.
        let copy = match self.processes.last() {
            Some(last) if last.line == line => last.copy + 1,
            _ => 0,
        };
        self.processes.push(ProcessInfo { line, copy });
        self.processes.len() as u32 - 1
    }

    fn add_task_of(&mut self, scenario: &Scenario, line: usize, process: u32, host: TaskId) {
        let Line { process: position, group, .. } = self.lines[line];
        let arrival = scenario.processes[position].arrival;
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
        self.tasks.push(TaskInfo { group, index: *count, process, host, arrival });
        *count += 1;
        self.line_of.push(line);
        TaskId(self.tasks.len() as u32 - 1)
    }
}

/// How many tasks of their own programs a scenario starts with.
pub(super) fn leaf_count(scenario: &Scenario) -> u64 {
    let of_thread = |body: &Body| match body {
        Body::Program(_) => 1,
        Body::Coroutines(coroutines) => coroutines
            .iter()
            .fold(0_u64, |sum, coroutine| sum.saturating_add(u64::from(coroutine.count))),
    };
    scenario
        .processes
        .iter()
        .flat_map(|process| process.threads.iter().map(move |thread| (process.count, thread)))
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
        (0..roster.tasks.len() as u32).map(|task| trace.task_name(TaskId(task))).collect()
    }

    #[test]
    fn names_and_order_are_the_texts_under_every_model() {
        let scenario = samples::server_and_encoder();
        let written = Roster::new(&scenario, RunAs::AsWritten, 1);
        assert_eq!(
            names(&written),
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
        assert_eq!(written.processes.len(), 3);
        for run_as in [RunAs::Processes, RunAs::Threads] {
            assert_eq!(names(&Roster::new(&scenario, run_as, 1)), names(&written)[1..]);
        }
        let hybrid = Roster::new(&scenario, RunAs::Hybrid, 2);
        assert_eq!(names(&hybrid)[2..], names(&written)[1..]);
        let hosts: Vec<u32> = hybrid.tasks[2..].iter().map(|task| task.host.0).collect();
        assert_eq!(hosts, [0, 1, 0, 1, 0, 1]);
        assert_eq!(leaf_count(&scenario), 6);
    }

    #[test]
    fn each_model_has_its_own_address_spaces() {
        let scenario = samples::server_and_encoder();
        let of = |run_as| {
            let roster = Roster::new(&scenario, run_as, 2);
            roster.tasks.iter().map(|task| task.process).collect::<Vec<_>>()
        };
        assert_eq!(of(RunAs::AsWritten), [0, 0, 0, 1, 1, 2, 2]);
        assert_eq!(of(RunAs::Processes), [0, 1, 2, 3, 4, 5]);
        assert_eq!(of(RunAs::Threads), [0; 6]);
        assert_eq!(of(RunAs::Coroutines), [0; 7]);
        assert_eq!(of(RunAs::Hybrid), [0, 1, 0, 1, 0, 1, 0, 1]);
    }
}
