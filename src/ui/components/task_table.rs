//! Every task of one simulated run in numbers, a page of rows at a time.

use yew::prelude::*;

use super::choice::{Segments, option};
use crate::analysis::{Report, TaskReport};
use crate::base::Nanos;
use crate::ui::format::{duration, grouped};
use crate::ui::kept::Kept;
use crate::ui::state::{Column, Run};

/// How many rows are shown at first, and how many more each time.
const ROWS: usize = 50;

/// The two simulated runs.
#[derive(PartialEq, Properties)]
pub struct TaskTableProps {
    /// On one core and on several.
    pub runs: [Option<Kept<Run>>; 2],
    /// How many cores the second has.
    pub cores: u32,
}

/// The table of tasks.
#[component]
pub fn TaskTable(props: &TaskTableProps) -> Html {
    let column = use_state_eq(|| Column::Slicing);
    let rows = use_state_eq(|| ROWS);
    let Some(run) = &props.runs[column.index()] else {
        return html! {};
    };
    let on_choose = {
        let column = column.clone();
        Callback::from(move |word: String| {
            column.set(if word == "parallel" {
                Column::Parallel
            } else {
                Column::Slicing
            });
        })
    };
    let value = if *column == Column::Parallel {
        "parallel"
    } else {
        "slicing"
    };
    let options = vec![
        option("slicing", "One core"),
        option("parallel", format!("{} cores", props.cores)),
    ];
    let tasks = &run.report.tasks;
    let more = tasks.len().saturating_sub(*rows);
    let on_more = {
        let rows = rows.clone();
        move |_: MouseEvent| rows.set(*rows + ROWS * 4)
    };
    html! {
        <section class="tasks">
            <div class="section-head">
                <h2 id="tasks-title">{ "Every task, as simulated" }</h2>
                <Segments id="tasks-column" label="Simulated on" {options} {value} {on_choose} />
            </div>
            <div class="table-frame" tabindex="0" role="region" aria-labelledby="tasks-title">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{ "Task" }</th>
                            <th scope="col">{ "Turnaround" }</th>
                            <th scope="col">{ "Response" }</th>
                            <th scope="col">{ "Waiting" }</th>
                            <th scope="col">{ "Blocked" }</th>
                            <th scope="col">{ "CPU" }</th>
                            <th scope="col"><abbr title="Switches: given up by itself + taken from it">{ "Switches" }</abbr></th>
                            <th scope="col">{ "Ended" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for tasks.iter().take(*rows).map(|task| row(task, &run.report)) }</tbody>
                </table>
            </div>
            if more > 0 {
                <button type="button" class="button small" onclick={on_more}>
                    { format!("Show more of {} tasks", grouped(tasks.len() as u64)) }
                </button>
            }
        </section>
    }
}

fn row(task: &TaskReport, report: &Report) -> Html {
    let time = |nanos: u64| duration(Nanos(nanos));
    let maybe = |nanos: Option<u64>| nanos.map_or_else(|| "never".to_owned(), time);
    let alike = |other: &&TaskReport| {
        (&other.process, &other.thread, &other.coroutine)
            == (&task.process, &task.thread, &task.coroutine)
    };
    let alone = report.tasks.iter().filter(alike).take(2).count() == 1;
    html! {
        <tr>
            <th scope="row">{ name(task, alone) }</th>
            <td>{ maybe(task.turnaround_ns) }</td>
            <td>{ maybe(task.response_ns) }</td>
            <td>{ time(task.waiting_ns) }</td>
            <td>{ time(task.blocked_ns) }</td>
            <td>{ time(task.cpu_ns) }</td>
            <td>{ format!("{} + {}", grouped(task.voluntary_switches), grouped(task.involuntary_switches)) }</td>
            <td class={classes!("state", task.state)}>{ task.state }</td>
        </tr>
    }
}

/// `browser`, `encoder / worker 3`: as the timeline names it.
fn name(task: &TaskReport, alone: bool) -> String {
    let mut name = task.process.clone();
    if task.thread != "main" || !task.coroutine.is_empty() {
        name = format!("{name} / {}", task.thread);
    }
    if !task.coroutine.is_empty() {
        name = format!("{name} / {}", task.coroutine);
    }
    if alone {
        name
    } else {
        format!("{name} {}", task.index)
    }
}
