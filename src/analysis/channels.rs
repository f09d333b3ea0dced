//! What went through each channel of a run.

use std::collections::HashMap;

use serde::Serialize;

use crate::trace::{EventKind, ResourceKind, Trace};

/// What went through one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChannelReport {
    /// Its name.
    pub channel: String,
    /// How many messages came out of it.
    pub messages: u64,
    /// How many bytes these had.
    pub bytes: u64,
    /// How many messages were still in it when the run ended.
    pub unread_messages: u64,
    /// How often a task found that nobody was left at the other end.
    pub broken: u64,
}

/// Counts the messages of a trace, channel by channel, in the order of the scenario's text.
pub(super) fn channels(trace: &Trace) -> Vec<ChannelReport> {
    let is_channel = |kind: ResourceKind| kind == ResourceKind::Mail;
    let resources = trace.resources.iter();
    let mut reports: Vec<ChannelReport> = resources
        .filter(|resource| is_channel(resource.kind))
        .map(|resource| ChannelReport {
            channel: resource.name.clone(),
            ..ChannelReport::default()
        })
        .collect();
    if reports.is_empty() {
        return reports;
    }
    let positions: HashMap<String, usize> = reports
        .iter()
        .enumerate()
        .map(|(at, report)| (report.channel.clone(), at))
        .collect();
    for event in &trace.events {
        if !matches!(
            event.kind,
            EventKind::Sent | EventKind::Received | EventKind::Broken
        ) {
            continue;
        }
        let resource = &trace.resources[usize::from(event.detail)];
        let Some(at) = positions.get(&resource.name) else {
            continue;
        };
        let report = &mut reports[*at];
        match (event.kind, resource.kind) {
            (EventKind::Sent, _) => report.unread_messages += 1,
            (EventKind::Received, ResourceKind::Message(bytes)) => {
                report.messages += 1;
                report.bytes = report.bytes.saturating_add(bytes);
                report.unread_messages = report.unread_messages.saturating_sub(1);
            }
            _ => report.broken += 1,
        }
    }
    reports
}
