//! One table of the text being read: finds keys by its schema, complains about the ones that the
//! schema does not have, and gives values of the type the schema says. Called by `read`.

use std::ops::Range;

use toml_edit::{Item, TableLike, Value};

use super::schema::{Kind, Schema};
use crate::base::Nanos;
use crate::scenario::diagnostic::{Complaints, code, error};
use crate::scenario::place::Place;
use crate::scenario::program::Program;
use crate::scenario::value::{self, Wrong};
use crate::scenario::words::Word;
use crate::scenario::{language, suggest};

/// A table, and the place to point at when something is missing from it.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    schema: &'static Schema,
    table: &'a dyn TableLike,
    pub(super) place: Range<usize>,
}

/// A value of a table and where it stands.
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

impl<'a> Fields<'a> {
    /// Takes a table and complains about the keys it should not have.
    pub(super) fn new(
        schema: &'static Schema,
        table: &'a dyn TableLike,
        place: Range<usize>,
        complaints: &mut Complaints<'_>,
    ) -> Fields<'a> {
        for (name, item) in table.iter() {
            if schema.key(name).is_some() {
                continue;
            }
            if complaints.is_full() {
                complaints.count_error();
                continue;
            }
            let span = table
                .key(name)
                .and_then(|key| key.span())
                .or_else(|| item.span())
                .unwrap_or_else(|| place.clone());
            complaints.push(
                error(
                    code::UNKNOWN_KEY,
                    span,
                    format!("{} has no key `{}`", schema.label, value::shorten(name)),
                )
                .hint_if(suggest::did_you_mean(name, &schema.names())),
            );
        }
        Fields {
            schema,
            table,
            place,
        }
    }

    pub(super) fn item(&self, key: &'static str) -> Option<Found<&'a Item>> {
        let (name, item) = self.table.get_key_value(key)?;
        let span = item
            .span()
            .or_else(|| name.span())
            .unwrap_or_else(|| self.place.clone());
        Some(Found { value: item, span })
    }

    pub(super) fn kind(&self, key: &'static str) -> Kind {
        match self.schema.key(key) {
            Some(found) => found.kind,
            None => unreachable!("{} has no key {key}", self.schema.label),
        }
    }

    /// Where a key's value stands, if it is given.
    pub(super) fn span(&self, key: &'static str) -> Option<Range<usize>> {
        self.item(key).map(|found| found.span)
    }

    /// How messages call the table.
    pub(super) fn label(&self) -> &'static str {
        self.schema.label
    }

    /// Whether a key is given, with whatever value.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.table.contains_key(key)
    }

    /// Complains that a key is missing.
    pub(super) fn missing(
        &self,
        key: &'static str,
        example: &str,
        complaints: &mut Complaints<'_>,
    ) {
        complaints.push(
            error(
                code::MISSING_KEY,
                self.place.clone(),
                format!("{} needs a `{key}`", self.schema.label),
            )
            .hint(format!("write `{key} = {example}`")),
        );
    }

    pub(super) fn integer(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<i64> {
        let Kind::Integer { min, max } = self.kind(key) else {
            unreachable!("{key} is not a whole number");
        };
        let found = self.item(key)?;
        let checked = match found.value.as_value() {
            Some(Value::Integer(number)) => value::integer(i128::from(*number.value()), min, max),
            _ => Err(wrong_type(found.value.type_name(), "a whole number", "2")),
        };
        self.checked(key, found.span, checked, complaints)
    }

    pub(super) fn permille(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<u32> {
        let Kind::Decimal {
            min_permille,
            max_permille,
        } = self.kind(key)
        else {
            unreachable!("{key} is not a decimal number");
        };
        let found = self.item(key)?;
        let checked = match found.value.as_value() {
            Some(Value::Integer(number)) => {
                value::permille(*number.value() as f64, min_permille, max_permille)
            }
            Some(Value::Float(number)) => {
                value::permille(*number.value(), min_permille, max_permille)
            }
            _ => Err(wrong_type(found.value.type_name(), "a number", "1.3")),
        };
        self.checked(key, found.span, checked, complaints)
    }

    pub(super) fn flag(&self, key: &'static str, complaints: &mut Complaints<'_>) -> Option<bool> {
        let found = self.item(key)?;
        let checked = match found.value.as_bool() {
            Some(flag) => Ok(flag),
            None => Err(wrong_type(
                found.value.type_name(),
                "`true` or `false`",
                "true",
            )),
        };
        self.checked(key, found.span, checked, complaints)
    }

    pub(super) fn duration(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<Nanos> {
        let Kind::Duration { min } = self.kind(key) else {
            unreachable!("{key} is not a duration");
        };
        let found = self.item(key)?;
        let checked = match found.value.as_value() {
            Some(Value::String(text)) => value::duration(text.value(), min),
            Some(Value::Integer(number)) => Err(quoted(value::missing_duration_unit(
                &number.value().to_string(),
            ))),
            Some(Value::Float(number)) => Err(quoted(value::missing_duration_unit(
                &number.value().to_string(),
            ))),
            _ => Err(wrong_type(
                found.value.type_name(),
                "a duration",
                "\"10ms\"",
            )),
        };
        self.checked(key, found.span, checked, complaints)
    }

    pub(super) fn size(&self, key: &'static str, complaints: &mut Complaints<'_>) -> Option<u64> {
        let Kind::Size { min, max } = self.kind(key) else {
            unreachable!("{key} is not a size");
        };
        let found = self.item(key)?;
        let checked = match found.value.as_value() {
            Some(Value::String(text)) => value::size(text.value(), min, max),
            Some(Value::Integer(number)) => Err(quoted(value::missing_size_unit(
                &number.value().to_string(),
            ))),
            _ => Err(wrong_type(found.value.type_name(), "a size", "\"64KiB\"")),
        };
        self.checked(key, found.span, checked, complaints)
    }

    pub(super) fn word<W: Word>(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<W> {
        let found = self.item(key)?;
        let checked = match found.value.as_str() {
            Some(text) => value::word(text, W::WORDS).map(|at| W::VALUES[at]),
            None => {
                let example = format!("\"{}\"", W::WORDS[0]);
                Err(wrong_type(
                    found.value.type_name(),
                    "a word in quotes",
                    &example,
                ))
            }
        };
        self.checked(key, found.span, checked, complaints)
    }

    pub(super) fn text(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<String> {
        let Kind::Text { max_chars } = self.kind(key) else {
            unreachable!("{key} is not a text");
        };
        let found = self.item(key)?;
        let checked = match found.value.as_str() {
            Some(text) => value::text(text, max_chars).map(|()| text.to_owned()),
            None => Err(wrong_type(
                found.value.type_name(),
                "a text in quotes",
                "\"…\"",
            )),
        };
        self.checked(key, found.span, checked, complaints)
    }

    /// The `name` of a table, which every table that has one needs.
    pub(super) fn name(
        &self,
        example: &str,
        complaints: &mut Complaints<'_>,
    ) -> Option<Found<String>> {
        let Some(span) = self.span("name") else {
            self.missing("name", &format!("\"{example}\""), complaints);
            return None;
        };
        let value = self.name_under("name", complaints)?;
        Some(Found { value, span })
    }

    /// A name, under whatever key.
    pub(super) fn name_under(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<String> {
        let found = self.item(key)?;
        let checked = match found.value.as_str() {
            Some(text) => value::name(text).map(|()| text.to_owned()),
            None => Err(wrong_type(
                found.value.type_name(),
                "a name in quotes",
                "\"…\"",
            )),
        };
        self.checked(key, found.span, checked, complaints)
    }

    pub(super) fn program(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<Program> {
        let found = self.item(key)?;
        let Some(source) = found.value.as_str() else {
            let wrong = wrong_type(
                found.value.type_name(),
                "statements in quotes",
                "\"compute 5ms\"",
            );
            return self.checked(key, found.span, Err(wrong), complaints);
        };
        let place = Place::new(complaints.text(), found.span, source);
        Some(language::read(source, &place, complaints))
    }

    /// The one table under a key.
    pub(super) fn table(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Option<Fields<'a>> {
        let Kind::Table(schema) = self.kind(key) else {
            unreachable!("{key} is not a table");
        };
        let found = self.item(key)?;
        match found.value.as_table_like() {
            Some(table) => Some(Fields::new(schema, table, found.span, complaints)),
            None => {
                let wrong = wrong_type(found.value.type_name(), "a table", "");
                let hint = Some(schema.how_to_write());
                let wrong = Wrong { hint, ..wrong };
                self.checked(key, found.span, Err(wrong), complaints)
            }
        }
    }

    /// The tables under a key, in the order of the text.
    pub(super) fn tables(
        &self,
        key: &'static str,
        complaints: &mut Complaints<'_>,
    ) -> Vec<Fields<'a>> {
        let Kind::Tables(schema) = self.kind(key) else {
            unreachable!("{key} is not a list of tables");
        };
        let Some(found) = self.item(key) else {
            return Vec::new();
        };
        let mut fields = Vec::new();
        match found.value {
            Item::ArrayOfTables(tables) => {
                for table in tables {
                    let place = table.span().unwrap_or_else(|| found.span.clone());
                    fields.push(Fields::new(schema, table, place, complaints));
                }
            }
            Item::Value(Value::Array(values)) if values.iter().all(Value::is_inline_table) => {
                for table in values.iter().filter_map(Value::as_inline_table) {
                    let place = table.span().unwrap_or_else(|| found.span.clone());
                    fields.push(Fields::new(schema, table, place, complaints));
                }
            }
            other => {
                let wrong = wrong_type(other.type_name(), "a list of tables", "");
                let hint = Some(format!("write `{}`, with two brackets", schema.label));
                let wrong = Wrong { hint, ..wrong };
                self.checked::<()>(key, found.span.clone(), Err(wrong), complaints);
                // Most likely one bracket too few; what is in it can be read all the same.
                if let Some(table) = other.as_table_like() {
                    fields.push(Fields::new(schema, table, found.span, complaints));
                }
            }
        }
        fields
    }

    pub(super) fn checked<T>(
        &self,
        key: &str,
        span: Range<usize>,
        checked: Result<T, Wrong>,
        complaints: &mut Complaints<'_>,
    ) -> Option<T> {
        checked
            .map_err(|wrong| complaints.push(wrong.complaint(&format!("`{key}`"), span)))
            .ok()
    }
}

/// The complaint that a value is of another type than the key takes.
pub(super) fn wrong_type(toml_type: &str, wanted: &str, example: &str) -> Wrong {
    let found = match toml_type {
        "table" | "inline table" => "a table",
        "array of tables" => "a list of tables",
        "array" => "a list",
        "string" => "a text in quotes",
        "integer" => "a whole number",
        "float" => "a number with a fraction",
        "boolean" => "`true` or `false`",
        "datetime" => "a date",
        _ => "nothing",
    };
    Wrong {
        code: code::WRONG_TYPE,
        problem: format!("is {found}, and it must be {wanted}"),
        hint: (!example.is_empty()).then(|| format!("for example `{example}`")),
    }
}

/// In a text the value stands in quotes, so the hint shows them.
pub(super) fn quoted(wrong: Wrong) -> Wrong {
    let hint = wrong.hint.map(|hint| {
        let mut ticks = hint.splitn(3, '`');
        match (ticks.next(), ticks.next(), ticks.next()) {
            (Some(before), Some(value), Some(after)) => format!("{before}`\"{value}\"`{after}"),
            _ => hint.clone(),
        }
    });
    Wrong { hint, ..wrong }
}
