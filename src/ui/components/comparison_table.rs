//! Predicted beside measured, quantity by quantity, for both columns of the figure. What has not
//! been measured says so; it never shows a number. Which numbers there are is `analysis::comparison`'s
//! part.

use yew::prelude::*;

use crate::analysis::Digest;
use crate::analysis::comparison::{
    Difference, Quantity, Residual, Row, Runs, Scope, Spread, Unit, Value, compare,
};
use crate::ui::format::{duration, significant};
use crate::ui::kept::Kept;
use crate::ui::state::{RealResult, Run};

/// The runs of both columns.
#[derive(PartialEq, Properties)]
pub struct ComparisonTableProps {
    /// Simulated on one core and on several.
    pub simulated: [Option<Kept<Run>>; 2],
    /// Measured, where it belongs to the mix that is shown.
    pub measured: [Option<Kept<RealResult>>; 2],
    /// How many cores the second column has.
    pub cores: u32,
}

/// The table.
#[component]
pub fn ComparisonTable(props: &ComparisonTableProps) -> Html {
    let none: &[Digest] = &[];
    let runs = [0, 1].map(|column| Runs {
        predicted: props.simulated[column].as_ref().map(|run| &run.digest),
        measured: props.measured[column]
            .as_ref()
            .map_or(none, |result| &result.digests),
    });
    let rows = compare(runs[0], runs[1]);
    if rows.is_empty() {
        return html! {};
    }
    let mut quantities: Vec<Quantity> = Vec::new();
    for row in &rows {
        if !quantities.contains(&row.quantity) {
            quantities.push(row.quantity);
        }
    }
    let of = |quantity: Quantity, scope: Scope| {
        rows.iter()
            .find(|row| row.quantity == quantity && row.scope == scope)
    };
    let ran = runs.map(|column| !column.measured.is_empty());
    let lines = quantities.into_iter().map(|quantity| {
        let parallel = of(quantity, Scope::Parallel).or_else(|| of(quantity, Scope::Both));
        html! {
            <tr>
                <th scope="row">{ quantity.label() }</th>
                { cells(of(quantity, Scope::Slicing), ran[0], quantity == Quantity::SpeedUp) }
                { cells(parallel, ran[1], false) }
            </tr>
        }
    });
    html! {
        <section class="comparison">
            <div class="section-head">
                <h2 id="comparison-title">{ "Predicted and measured" }</h2>
            </div>
            <div class="table-frame" tabindex="0" role="region" aria-labelledby="comparison-title">
                <table class="table">
                    <thead>
                        <tr>
                            <td></td>
                            <th scope="colgroup" colspan="3" class="group-start">{ "One core" }</th>
                            <th scope="colgroup" colspan="3" class="group-start">
                                { format!("{} cores", props.cores) }
                            </th>
                        </tr>
                        <tr>
                            <th scope="col">{ "Quantity" }</th>
                            { for [0, 1].map(|_| html! { <>
                                <th scope="col" class="group-start">{ "Predicted" }</th>
                                <th scope="col">{ "Measured" }</th>
                                <th scope="col">{ "Difference" }</th>
                            </> }) }
                        </tr>
                    </thead>
                    <tbody>{ for lines }</tbody>
                </table>
            </div>
            <p class="table-note">{ note(&rows) }</p>
        </section>
    }
}

/// The three cells of one column, which `ran` for real or did not; `is_elsewhere` where the quantity
/// belongs to the other column.
fn cells(row: Option<&Row>, ran: bool, is_elsewhere: bool) -> Html {
    let Some(row) = row else {
        let word = if is_elsewhere { "" } else { "none" };
        return html! { <>
            <td class="group-start unmeasured">{ word }</td>
            <td class="unmeasured">{ word }</td>
            <td class="unmeasured"></td>
        </> };
    };
    let unit = row.quantity.unit();
    let predicted = row
        .predicted
        .map_or_else(|| "none".to_owned(), |it| value(it, unit));
    html! { <>
        <td class={classes!("group-start", row.predicted.is_none().then_some("unmeasured"))}>{ predicted }</td>
        { measured(row, ran, unit) }
        <td>{ row.residual.as_ref().map(|residual| difference(residual, unit)) }</td>
    </> }
}

fn measured(row: &Row, ran: bool, unit: Unit) -> Html {
    let Some(Spread {
        median, quartiles, ..
    }) = row.measured
    else {
        // What the real operating system does below the page, no page can see.
        let word = if ran {
            "cannot be seen"
        } else {
            "not measured yet"
        };
        return html! { <td class="unmeasured">{ word }</td> };
    };
    html! {
        <td title={row.source.clone()}>
            { value(median, unit) }
            if let Some((low, high)) = quartiles {
                <span class="spread">{ format!("{} to {}", value(low, unit), value(high, unit)) }</span>
            }
            if row.too_short {
                <span class="spread too-short">{ "too short for this clock" }</span>
            }
        </td>
    }
}

fn value(it: Value, unit: Unit) -> String {
    match (it, unit) {
        (Value::Time(time), _) => duration(time),
        (Value::Number(number), Unit::Percent) => format!("{}\u{a0}%", significant(number)),
        (Value::Number(number), Unit::Times) => format!("{}\u{a0}×", significant(number)),
        (Value::Number(number), _) => significant(number),
    }
}

fn difference(residual: &Residual, unit: Unit) -> String {
    let (sign, size) = match residual.difference {
        Difference::Longer(by) => ("+", duration(by)),
        Difference::Shorter(by) => ("−", duration(by)),
        Difference::Number(by) => {
            let sign = if by < 0.0 { "−" } else { "+" };
            let size = match unit {
                // The difference of two percentages is none.
                Unit::Percent => format!("{}\u{a0}points", significant(by.abs())),
                _ => value(Value::Number(by.abs()), unit),
            };
            (sign, size)
        }
    };
    // Of a percentage, a percentage would only confuse.
    match residual.percent.filter(|_| unit != Unit::Percent) {
        Some(percent) => format!("{sign}{size} ({sign}{}\u{a0}%)", significant(percent.abs())),
        None => format!("{sign}{size}"),
    }
}

/// What the numbers are from.
fn note(rows: &[Row]) -> String {
    let source = rows
        .iter()
        .find(|row| row.measured.is_some())
        .map(|row| &row.source);
    let difference = "Difference is measured − predicted.";
    match source {
        Some(source) => format!(
            "Predicted by the simulated kernel; measured here ({source}): the median, and under it \
             the quartiles. {difference}"
        ),
        None => {
            "Predicted by the simulated kernel. Run the mix for real to see it measured.".to_owned()
        }
    }
}
