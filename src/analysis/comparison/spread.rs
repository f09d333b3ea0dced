//! Numbers that were measured several times, and how far they lie from a prediction. Times stay whole
//! nanoseconds.
//!
//! Called by `comparison`.

use crate::base::Nanos;

/// Quartiles are said from this many repeats on.
pub const REPEATS_FOR_QUARTILES: usize = 3;

/// One number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A time.
    Time(Nanos),
    /// Anything else, in its row's unit.
    Number(f64),
}

/// A number that was measured several times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The one in the middle.
    pub median: Value,
    /// A quarter lies below the first and a quarter above the second; none where there are fewer
    /// than [`REPEATS_FOR_QUARTILES`].
    pub quartiles: Option<(Value, Value)>,
    /// How many there are.
    pub count: usize,
}

/// How far the measured median lies from the prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// Measured − predicted.
    pub difference: Difference,
    /// The same in percent of the prediction, where that is not zero.
    pub percent: Option<f64>,
}

/// A difference with its sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Difference {
    /// That much longer.
    Longer(Nanos),
    /// That much shorter.
    Shorter(Nanos),
    /// Measured − predicted, in the row's unit.
    Number(f64),
}

/// How far two numbers of one unit are apart.
pub(super) fn residual(predicted: Value, measured: Value) -> Option<Residual> {
    let (difference, percent) = match (predicted, measured) {
        (Value::Time(predicted), Value::Time(measured)) => (
            if measured >= predicted {
                Difference::Longer(measured - predicted)
            } else {
                Difference::Shorter(predicted - measured)
            },
            ratio_percent(measured.0 as f64, predicted.0 as f64),
        ),
        (Value::Number(predicted), Value::Number(measured)) => (
            Difference::Number(measured - predicted),
            ratio_percent(measured, predicted),
        ),
        _ => return None,
    };
    Some(Residual {
        difference,
        percent,
    })
}

fn ratio_percent(measured: f64, predicted: f64) -> Option<f64> {
    (predicted != 0.0).then(|| (measured - predicted) * 100.0 / predicted)
}

/// The median and quartiles of numbers of one unit; none of none.
pub(super) fn spread(mut values: Vec<Value>) -> Option<Spread> {
    values.sort_by(|one, two| match (one, two) {
        (Value::Time(one), Value::Time(two)) => one.cmp(two),
        (Value::Number(one), Value::Number(two)) => one.total_cmp(two),
        (Value::Time(_), Value::Number(_)) => std::cmp::Ordering::Less,
        (Value::Number(_), Value::Time(_)) => std::cmp::Ordering::Greater,
    });
    let count = values.len();
    (count > 0).then(|| Spread {
        median: quartile(&values, 2),
        quartiles: (count >= REPEATS_FOR_QUARTILES)
            .then(|| (quartile(&values, 1), quartile(&values, 3))),
        count,
    })
}

/// The value below which `quarters` of four lie, between two neighbours where it falls between
/// them (Hyndman and Fan's seventh definition, which R and NumPy use).
fn quartile(sorted: &[Value], quarters: usize) -> Value {
    let position = (sorted.len() - 1) * quarters;
    let (index, rest) = (position / 4, position % 4);
    let low = sorted[index];
    let high = sorted[(index + 1).min(sorted.len() - 1)];
    match (low, high) {
        (Value::Time(low), Value::Time(high)) => {
            Value::Time(low + Nanos(((high - low).0 * rest as u64 + 2) / 4))
        }
        (Value::Number(low), Value::Number(high)) => {
            Value::Number(low + (high - low) * rest as f64 / 4.0)
        }
        _ => low,
    }
}
