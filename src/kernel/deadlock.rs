//! Circles of waiting. When nothing can happen any more, or a run ends otherwise, this looks at who
//! waits for whom, and says whether it is a deadlock and which circle it is.
//!
//! A wait for a mutex, a reader-writer lock or for children can only be ended by its holder or by them: such a circle is a
//! deadlock whatever else goes on. A wait for a semaphore, a condition or a barrier can be ended by
//! anyone whose program has the statement for it; such a circle is a deadlock when nothing else can
//! happen.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::code::Instruction;
use super::setup::CHILDREN;
use super::state::{Kernel, State, Task};
use crate::trace::{CycleEdge, Outcome, TaskId};

/// Who waits (by node), and for which resource.
type WaitForGraph = DiGraph<TaskId, u16>;

impl Kernel {
    /// What the end of a run is called: a deadlock if there is a circle, else `otherwise`.
    pub(super) fn deadlock_or(&self, otherwise: Outcome) -> Outcome {
        let quiescent = otherwise == Outcome::Stuck;
        self.circle_or(quiescent, otherwise)
    }

    /// What a run is called in which tasks spin and nothing else can happen.
    pub(super) fn deadlock_or_livelock(&self) -> Outcome {
        self.circle_or(true, Outcome::Livelock)
    }

    fn circle_or(&self, quiescent: bool, otherwise: Outcome) -> Outcome {
        match find_cycle(&self.wait_for_graph(quiescent)) {
            Some(cycle) => Outcome::Deadlock { cycle },
            None => otherwise,
        }
    }

    fn wait_for_graph(&self, quiescent: bool) -> WaitForGraph {
        let mut graph = WaitForGraph::new();
        let nodes: Vec<NodeIndex> = (0..self.tasks.len() as u32)
            .map(|task| graph.add_node(TaskId(task)))
            .collect();
        let mut edge = |from: TaskId, to: TaskId, resource: u16| {
            graph.update_edge(nodes[from.index()], nodes[to.index()], resource);
        };
        for mutex in &self.sync.mutexes {
            let Some(owner) = mutex.owner else { continue };
            for waiter in &mutex.waiters {
                if !self.sync.attempts.contains_key(waiter) {
                    edge(*waiter, owner, mutex.resource);
                }
            }
        }
        for lock in &self.sync.rwlocks {
            lock.for_each_wait(&mut edge);
        }
        self.gils.for_each_wait(&mut edge);
        for (index, task) in self.tasks.iter().enumerate() {
            let parent = task.parent;
            let waits = parent != TaskId::NONE && self.task(parent).state == State::Joining;
            if waits && task.state != State::Ended {
                edge(parent, TaskId(index as u32), CHILDREN);
            }
        }
        if quiescent {
            self.for_each_helper(edge);
        }
        graph
    }

    /// Tells each task that waits for what anyone may give, with each living task that could give it or
    /// bring about that someone does.
    fn for_each_helper(&self, mut tell: impl FnMut(TaskId, TaskId, u16)) {
        let mut helpers =
            |waiters: &[TaskId], resource: u16, helps: &dyn Fn(&Instruction) -> bool| {
                if waiters.is_empty() {
                    return;
                }
                let may_help = self.reach.may_do(&self.code, helps);
                for (index, task) in self.tasks.iter().enumerate() {
                    let helper = TaskId(index as u32);
                    if task.state == State::Ended || waiters.contains(&helper) {
                        continue;
                    }
                    let program = self.program_of(helper);
                    if program.is_some_and(|program| may_help[program as usize]) {
                        waiters
                            .iter()
                            .for_each(|waiter| tell(*waiter, helper, resource));
                    }
                }
            };
        for (index, semaphore) in self.sync.semaphores.iter().enumerate() {
            let waiters: Vec<TaskId> = semaphore.waiters.iter().copied().collect();
            let posts = |it: &Instruction| *it == Instruction::SemaphorePost(index as u16);
            helpers(&waiters, semaphore.resource, &posts);
        }
        for (index, condition) in self.sync.conditions.iter().enumerate() {
            let waiters: Vec<TaskId> = condition.waiters.iter().map(|waiter| waiter.0).collect();
            let index = index as u16;
            let signals = |it: &Instruction| matches!(it, Instruction::ConditionSignal(of) | Instruction::ConditionBroadcast(of) if *of == index);
            helpers(&waiters, condition.resource, &signals);
        }
        for (index, barrier) in self.sync.barriers.iter().enumerate() {
            let comes = |it: &Instruction| *it == Instruction::Barrier(index as u16);
            helpers(&barrier.waiters, barrier.resource, &comes);
        }
        for (channel, (senders, receivers)) in self.ipc.waiting().enumerate() {
            let receives = |it: &Instruction| self.ipc.receives_from(it, channel);
            helpers(&senders.0, senders.1, &receives);
            let sends = |it: &Instruction| self.ipc.sends_to(it, channel);
            helpers(&receivers.0, receivers.1, &sends);
        }
    }

    /// The program of a task that has not ended; an event loop has none.
    fn program_of(&self, task: TaskId) -> Option<u32> {
        let task = self.task(task);
        let is_loop = task.event_loop != Task::NO_LOOP;
        (!is_loop).then(|| self.reach.program_at(task.pc))?
    }
}

/// A circle of the graph, from its lowest task on.
fn find_cycle(graph: &WaitForGraph) -> Option<Vec<CycleEdge>> {
    let circles = tarjan_scc(graph)
        .into_iter()
        .filter(|part| part.len() > 1 || graph.contains_edge(part[0], part[0]));
    let part = circles.min_by_key(|part| part.iter().min().copied())?;
    // Every node of such a part has an edge inside it, so walking on must come round.
    let mut walked: Vec<NodeIndex> = vec![*part.iter().min()?];
    loop {
        let here = *walked.last()?;
        let next = graph
            .neighbors(here)
            .filter(|next| part.contains(next))
            .min()?;
        if let Some(begin) = walked.iter().position(|node| *node == next) {
            let circle = &walked[begin..];
            let edges = circle.iter().enumerate().map(|(index, from)| {
                let to = circle[(index + 1) % circle.len()];
                let resource = graph.find_edge(*from, to).map_or(0, |edge| graph[edge]);
                CycleEdge {
                    task: graph[*from],
                    resource,
                }
            });
            return Some(edges.collect());
        }
        walked.push(next);
    }
}
