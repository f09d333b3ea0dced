//! Schedules without an end, read from the graph of states: circles, and states that no way leads out of to
//! an ending. Knows nothing of what the states are.

use petgraph::algo::is_cyclic_directed;
use petgraph::graph::{DiGraph, NodeIndex};

/// What there is of them.
pub(super) struct Endless {
    /// Some schedule comes back to where it was.
    pub has_circle: bool,
    /// Some state can never end.
    pub has_trap: bool,
}

/// Looks at all states, given by number with their successors and whether a run is over in them.
pub(super) fn look(successors: &[Vec<u32>], ends: &[bool]) -> Endless {
    let mut graph: DiGraph<(), (), u32> = DiGraph::new();
    for _ in successors {
        graph.add_node(());
    }
    let mut before = vec![Vec::new(); successors.len()];
    for (from, list) in (0_u32..).zip(successors) {
        for to in list {
            graph.add_edge(
                NodeIndex::new(from as usize),
                NodeIndex::new(*to as usize),
                (),
            );
            before[*to as usize].push(from);
        }
    }
    // Backwards from the endings: what is not met can never end.
    let mut can_end = ends.to_vec();
    let mut open: Vec<u32> = (0_u32..)
        .zip(ends)
        .filter(|(_, ends)| **ends)
        .map(|(at, _)| at)
        .collect();
    while let Some(at) = open.pop() {
        for from in &before[at as usize] {
            if !std::mem::replace(&mut can_end[*from as usize], true) {
                open.push(*from);
            }
        }
    }
    Endless {
        has_circle: is_cyclic_directed(&graph),
        has_trap: can_end.contains(&false),
    }
}
