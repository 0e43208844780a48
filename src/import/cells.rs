//! The value of one column in a row.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::mapping::RowNumber;
use super::reading::{Reading, key};
use super::rejection::Rejection;
use super::resolved::ResolvedSource;
use super::value::{self, Value};
use crate::ledger::book::conform::is_village;
use crate::ledger::contract::clean::Form;
use crate::ledger::contract::table::{Field, Kind, Need};

/// Observations for the import report.
#[derive(Debug, Default)]
pub struct Notes {
    /// Placeholders such as 无 or N/A that were read as empty: source column, text and count.
    pub placeholders: BTreeMap<(String, String), u64>,
    /// Codes and names that were cleaned: source column, number of cells and the first original text.
    pub cleaned: BTreeMap<String, (u64, String)>,
}

/// Where a sheet holds the cells of one column.
#[derive(Debug)]
pub(super) enum Cells<'a> {
    At(ResolvedSource<'a>, Option<String>),
    Constant(Value),
    RowNumber(&'a RowNumber),
    /// The sheet lacks the optional columns.
    Nothing,
    Account,
    Side,
    Amount,
}

impl Cells<'_> {
    /// The indices of the source columns.
    pub(super) fn places(&self) -> Vec<usize> {
        match self {
            Self::At(found, _) => found.places().collect(),
            _ => Vec::new(),
        }
    }

    /// The value of the column in a row; empty if the row's entries provide it.
    pub(super) fn value(
        &mut self,
        (field, form): (&Field, Form),
        (cells, more, notes): (&StringRecord, &[String], &mut Notes),
        number: u64,
    ) -> Result<Value, Rejection> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::RowNumber(RowNumber { row_number, digits }) => {
                let number = format!("{number:0digits$}");
                let text = row_number.replace("{}", &number);
                let value = value::read(field.kind, &text, &Reading::default());
                value.map_err(|wrong| Rejection::new("row number", &text, &wrong.to_string()))
            }
            Self::Nothing | Self::Account | Self::Side | Self::Amount => Ok(Value::Empty),
            Self::At(found, above) => {
                found.remember(cells);
                let (raw, mut own) = found.raw_and_text(cells, form)?;
                let is_code = form != Form::Words && field.kind == Kind::Text;
                if is_code && found.source.pattern.is_none() && raw != own {
                    let (count, _) = notes.cleaned.entry(found.name()).or_insert_with(|| (0, raw));
                    *count += 1;
                }
                let reading = &found.source.reading;
                if is_placeholder(field, &own, (reading, more)) {
                    let text = (found.name(), std::mem::take(&mut own));
                    *notes.placeholders.entry(text).or_default() += 1;
                    // A placeholder means that the value is unknown, so the cell above is not repeated.
                    above.iter_mut().for_each(String::clear);
                }
                if let Some(above) = above {
                    if !own.is_empty() {
                        own.clone_into(above);
                    }
                    own.clone_from(above);
                }
                let value = value::read(field.kind, &own, reading)
                    .map_err(|wrong| Rejection::new(&found.name(), &own, &wrong.to_string()))?;
                if field.need == Need::Required && value.is_empty() {
                    return Err(Rejection::new(
                        &found.name(),
                        &own,
                        "empty, but every row needs it",
                    ));
                }
                if let Value::Text(code) = &value
                    && field.name == "village"
                    && !is_village(code)
                {
                    let reason = "not a division code of 12 digits; give the codes of names in `values` or `lookup`";
                    return Err(Rejection::new(&found.name(), &own, reason));
                }
                Ok(value)
            }
        }
    }
}

/// Whether a text is a placeholder; not if the mapping gives its meaning, nor in descriptive texts.
fn is_placeholder(field: &Field, text: &str, (reading, more): (&Reading, &[String])) -> bool {
    !text.is_empty()
        && !reading.values.contains_key(&key(text))
        && (Form::of(field) != Form::Words || field.kind != Kind::Text || value::is_error(text))
        && (value::is_placeholder(field.kind, text, more)
            || reading.empty.iter().any(|it| it == text))
}
