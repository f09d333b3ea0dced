//! Lists of plain values of the table being read, such as `quanta = ["8ms", "16ms"]`. A part of
//! `fields`.

use toml_edit::Value;

use super::fields::{Fields, quoted, wrong_type};
use super::schema::Kind;
use crate::base::Nanos;
use crate::scenario::diagnostic::{Complaints, code, error};
use crate::scenario::value::{self, Wrong};

impl Fields<'_> {
    /// The durations of a list, without those that cannot be read.
    pub(super) fn durations(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<Vec<Nanos>> {
        let Kind::Durations { min, most } = self.kind(key) else {
            unreachable!("{key} is not a list of durations");
        };
        self.list(
            key,
            most,
            "durations",
            "[\"10ms\"]",
            complaints,
            |value| match value {
                Value::String(text) => value::duration(text.value(), min),
                Value::Integer(number) => Err(quoted(value::missing_duration_unit(
                    &number.value().to_string(),
                ))),
                other => Err(wrong_type(other.type_name(), "a duration", "\"10ms\"")),
            },
        )
    }

    /// The whole numbers of a list, without those that cannot be read.
    pub(super) fn integers(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<Vec<u32>> {
        let Kind::Integers { min, max, most } = self.kind(key) else {
            unreachable!("{key} is not a list of whole numbers");
        };
        self.list(key, most, "numbers", "[0, 1]", complaints, |value| {
            let number = match value {
                Value::Integer(number) => value::integer(i128::from(*number.value()), min, max)?,
                other => return Err(wrong_type(other.type_name(), "a whole number", "2")),
            };
            // The schema's range fits.
            Ok(number as u32)
        })
    }

    fn list<T>(
        &self,
        key: &'static str,
        most: usize,
        what: &str,
        example: &str,
        complaints: &mut Complaints<'_>,
        read: impl Fn(&Value) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        let found = self.item(key)?;
        let Some(array) = found.value.as_array() else {
            let wanted = format!("a list of {what}");
            let wrong = wrong_type(found.value.type_name(), &wanted, example);
            return self.checked(key, found.span, Err(wrong), complaints);
        };
        if array.len() > most {
            complaints.push(
                error(
                    code::OUT_OF_RANGE,
                    found.span.clone(),
                    format!(
                        "`{key}` has {} {what}, and at most {most} are allowed",
                        array.len()
                    ),
                )
                .hint("leave out the last ones"),
            );
        }
        let values = array.iter().take(most).filter_map(|value| {
            let span = value.span().unwrap_or_else(|| found.span.clone());
            self.checked(key, span, read(value), complaints)
        });
        Some(values.collect())
    }
}
