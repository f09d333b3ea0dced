//! The scheduler: policy, quantum, queues, and who goes first at one instant.

use yew::prelude::*;

use super::bound::change;
use super::choice::{Segments, Select, option};
use super::slider::Slider;
use crate::base::Nanos;
use crate::scenario::{Policy, QueueScope, Scheduler, Ties, Word};
use crate::ui::format::duration;
use crate::ui::state::Action;
use crate::ui::steps::{QUANTA_NS, quantum_position};

/// The scheduler as the text has it.
#[derive(PartialEq, Properties)]
pub struct SchedulerControlsProps {
    /// The text.
    pub text: AttrValue,
    /// The scheduler.
    pub scheduler: Scheduler,
    /// Hears of the changed text.
    pub dispatch: Callback<Action>,
    /// Hears why a change was refused.
    pub on_refused: Callback<AttrValue>,
}

/// The scheduler's controls.
#[component]
pub fn SchedulerControls(props: &SchedulerControlsProps) -> Html {
    let set = |path: &'static str| {
        let (text, dispatch, refused) = (
            props.text.clone(),
            props.dispatch.clone(),
            props.on_refused.clone(),
        );
        Callback::from(
            move |value: String| match change(&text, path, &value, false) {
                Ok(action) => dispatch.emit(action),
                Err(why) => refused.emit(why),
            },
        )
    };
    let scheduler = &props.scheduler;
    let policies = Policy::VALUES
        .iter()
        .map(|policy| option(policy.word(), policy_name(*policy)));
    let queues = vec![
        option(QueueScope::Global.word(), "One for all"),
        option(QueueScope::PerCore.word(), "One a core"),
    ];
    let ties = vec![
        option(Ties::ArrivalsFirst.word(), "Arrivals"),
        option(Ties::PreemptedFirst.word(), "Preempted"),
    ];
    let quantum = set("scheduler.quantum")
        .reform(|at: usize| Nanos(QUANTA_NS[at.min(QUANTA_NS.len() - 1)]).to_string());
    html! {
        <section class="form-section" aria-labelledby="form-scheduler">
            <h3 class="form-title" id="form-scheduler">{ "Scheduler" }</h3>
            <Select id="scheduler-policy" label="Policy" options={policies.collect::<Vec<_>>()}
                value={scheduler.policy.word()} on_choose={set("scheduler.policy")} />
            <Slider id="scheduler-quantum" label="Quantum" last={QUANTA_NS.len() - 1}
                at={quantum_position(scheduler.quantum)} value={duration(scheduler.quantum)}
                ends={("10 µs".into(), "1 s".into())} on_move={quantum} />
            <div class="form-pair">
                <Segments id="scheduler-queue" label="Run queues" options={queues} value={scheduler.queue.word()}
                    on_choose={set("scheduler.queue")} />
                <Segments id="scheduler-ties" label="First at one instant" options={ties} value={scheduler.ties.word()}
                    on_choose={set("scheduler.ties")} />
            </div>
        </section>
    }
}

/// What people call a policy.
fn policy_name(policy: Policy) -> &'static str {
    match policy {
        Policy::Fifo => "First in, first out",
        Policy::Sjf => "Shortest job first",
        Policy::Srtf => "Shortest remaining time first",
        Policy::RoundRobin => "Round robin",
        Policy::Priority => "Priority",
        Policy::Hrrn => "Highest response ratio next",
        Policy::Multilevel => "Multilevel queue",
        Policy::Mlfq => "Multilevel feedback queue",
        Policy::Lottery => "Lottery",
        Policy::Stride => "Stride",
        Policy::Cfs => "Completely fair (CFS)",
        Policy::Eevdf => "Earliest eligible virtual deadline first",
        Policy::Edf => "Earliest deadline first",
        Policy::RateMonotonic => "Rate monotonic",
    }
}
