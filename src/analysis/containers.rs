//! What the quotas of containers did, read from a trace: how often each was used up, and how long
//! its threads then had to wait.

use serde::Serialize;

use crate::base::Nanos;
use crate::trace::{EventKind, ResourceKind, Trace};

/// One container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContainerReport {
    /// Its name.
    pub name: String,
    /// In how many periods its quota was used up while its threads wanted to go on.
    pub throttled_periods: u64,
    /// For how long, in all, they waited for the next one.
    pub throttled_ns: u64,
}

/// The containers of a run, in the order of the scenario's text.
pub(super) fn containers(trace: &Trace) -> Vec<ContainerReport> {
    let resources = trace.resources.iter().enumerate();
    let of_kind = resources.filter(|(_, resource)| resource.kind == ResourceKind::Container);
    let mut list: Vec<(u16, ContainerReport)> = of_kind
        .map(|(index, resource)| {
            let report = ContainerReport {
                name: resource.name.clone(),
                throttled_periods: 0,
                throttled_ns: 0,
            };
            (index as u16, report)
        })
        .collect();
    for (resource, report) in &mut list {
        let mut since = None;
        for event in trace.events.iter().filter(|it| it.detail == *resource) {
            match event.kind {
                EventKind::Block | EventKind::Throttle if since.is_none() => {
                    since = Some(event.at);
                    report.throttled_periods += 1;
                }
                EventKind::Wake => report.throttled_ns += length(since.take(), event.at),
                _ => {}
            }
        }
        report.throttled_ns += length(since, trace.end);
    }
    list.into_iter().map(|(_, report)| report).collect()
}

fn length(since: Option<Nanos>, until: Nanos) -> u64 {
    since.map_or(0, |since| (until - since).0)
}
