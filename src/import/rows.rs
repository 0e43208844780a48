//! Rows of a source turned into rows of a table, or told as rejected.

use std::collections::BTreeMap;

use super::error::Error;
use super::mapping::{Mapping, Origin, RowNumber, Sides};
use super::source::{Row, Sheet};
use super::value::{self, Reading, Unit, Value};
use crate::ledger::cell::{Cell, Fen};
use crate::ledger::table::{Field, Kind, Need};

/// A cell, or a row as a whole, that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The column of the source; empty for the row as a whole.
    pub column: String,
    /// The text as it stood.
    pub value: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Money of one column and side, in fen: the control totals of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// The sum over all rows whose amount could be read.
    pub read: i128,
    /// The sum over the rows that were written.
    pub written: i128,
}

/// An amount with the column and side that its total is kept for.
type Money = (String, Fen);

/// What became of one row.
#[derive(Debug)]
pub enum Outcome {
    /// One value for each column of the mapping.
    Row(Vec<Value>),
    /// It is no entry, as the mapping says.
    LeftOut,
    /// What is wrong with it.
    Rejected(Vec<Rejection>),
}

/// Turns the rows of one sheet into rows of the table.
#[derive(Debug)]
pub struct Rows<'a> {
    mapping: &'a Mapping,
    columns: Vec<(&'static Field, Cells<'a>)>,
    leave_out: Vec<(usize, &'a [String])>,
    sides: Option<[Side<'a>; 2]>,
}

/// Where the cells of one column are found in the sheet.
#[derive(Debug)]
enum Cells<'a> {
    At { place: usize, name: &'a str, reading: &'a Reading, above: Option<String> },
    Constant(Value),
    RowNumber(&'a RowNumber),
    Side,
    Amount,
}

/// A column of debit or of credit amounts.
#[derive(Debug)]
struct Side<'a> {
    word: &'static str,
    name: &'a str,
    place: usize,
    unit: Unit,
}

impl<'a> Rows<'a> {
    /// Finds the columns of the mapping in a sheet.
    ///
    /// # Errors
    /// If one is not there.
    pub fn new(mapping: &'a Mapping, sheet: &Sheet) -> Result<Self, Error> {
        let side = |word, name: &'a str, unit| {
            Ok::<_, Error>(Side { word, name, place: sheet.place(name)?, unit })
        };
        let sides = |Sides { debit, credit, unit }: &'a Sides| {
            Ok::<_, Error>([side("debit", debit, *unit)?, side("credit", credit, *unit)?])
        };
        let leave_out = mapping.source.leave_out.iter();
        let leave_out = leave_out.map(|(name, texts)| Ok((sheet.place(name)?, texts.as_slice())));
        let columns = mapping.columns.iter().map(|(field, origin)| {
            let cells = match origin {
                Origin::Cell { column, reading, repeat_above } => Cells::At {
                    place: sheet.place(column)?,
                    name: column,
                    reading,
                    above: repeat_above.then(String::new),
                },
                Origin::Constant(text) => {
                    // The mapping was checked with the same reading.
                    let value = value::read(field.kind, text, &Reading::default());
                    Cells::Constant(value.unwrap_or(Value::Empty))
                }
                Origin::RowNumber(rule) => Cells::RowNumber(rule),
                Origin::Side => Cells::Side,
                Origin::Amount => Cells::Amount,
            };
            Ok((*field, cells))
        });
        Ok(Self {
            mapping,
            columns: columns.collect::<Result<_, Error>>()?,
            leave_out: leave_out.collect::<Result<_, Error>>()?,
            sides: mapping.sides.as_ref().map(sides).transpose()?,
        })
    }

    /// The places of the sheet's columns that the mapping reads.
    pub fn places(&self) -> Vec<usize> {
        let cells = self.columns.iter().filter_map(|(_, cells)| match cells {
            Cells::At { place, .. } => Some(*place),
            _ => None,
        });
        let sides = self.sides.iter().flatten().map(|side| side.place);
        cells.chain(sides).chain(self.leave_out.iter().map(|(place, _)| *place)).collect()
    }

    /// Reads one row, which is the `number`th of all files, and adds its money to the totals.
    pub fn read(
        &mut self,
        row: &Row<'_>,
        number: u64,
        totals: &mut BTreeMap<String, Total>,
    ) -> Outcome {
        let marked =
            |(place, texts): &(usize, &[String])| texts.iter().any(|text| text == row.cell(*place));
        if self.leave_out.iter().any(marked) {
            return Outcome::LeftOut;
        }
        let whole = row.wrong().map(|reason| Rejection {
            column: String::new(),
            value: row.cells.iter().collect::<Vec<_>>().join(","),
            reason,
        });
        if let Some(whole) = whole {
            return Outcome::Rejected(vec![whole]);
        }
        let mut rejections = Vec::new();
        let (side, amounts) = self.filled_side(row, &mut rejections);
        let mut values = Vec::with_capacity(self.columns.len());
        for (field, cells) in &mut self.columns {
            match cells.value(field, row, number, side) {
                Ok(value) => values.push(value),
                Err(rejection) => {
                    rejections.extend(rejection);
                    values.push(Value::Empty);
                }
            }
        }
        let written = rejections.is_empty();
        for (name, fen) in amounts.into_iter().chain(self.money(&values)) {
            let total = totals.entry(name).or_default();
            total.read += i128::from(fen.0);
            total.written += if written { i128::from(fen.0) } else { 0 };
        }
        if written { Outcome::Row(values) } else { Outcome::Rejected(rejections) }
    }

    /// The one side that is filled, and the amounts of both for the totals.
    fn filled_side(
        &self,
        row: &Row<'_>,
        rejections: &mut Vec<Rejection>,
    ) -> (Option<(&'static str, Fen)>, Vec<Money>) {
        let Some(sides) = &self.sides else { return (None, Vec::new()) };
        let mut filled = Vec::new();
        let before = rejections.len();
        for side in sides {
            let text = row.cell(side.place);
            match value::amount(text, side.unit) {
                Ok(fen) if fen == Fen::NONE || fen.0 == 0 => {}
                Ok(fen) => filled.push((side.word, fen)),
                Err(reason) => rejections.push(rejection(side.name, text, &reason.to_string())),
            }
        }
        if rejections.len() == before && filled.len() != 1 {
            let [debit, credit] = sides;
            let column = format!("{} / {}", debit.name, credit.name);
            let value = format!("{} / {}", row.cell(debit.place), row.cell(credit.place));
            let reason =
                if filled.is_empty() { "neither side is filled" } else { "both sides are filled" };
            rejections.push(rejection(&column, &value, reason));
        }
        let amounts = filled.iter().map(|(word, fen)| (format!("amount {word}"), *fen)).collect();
        (filled.first().copied(), amounts)
    }

    /// The money of a row that does not come from two columns of sides, named by column and side.
    fn money(&self, values: &[Value]) -> Vec<Money> {
        let side =
            self.mapping.columns.iter().zip(values).find_map(|((field, _), value)| match value {
                Value::Text(word) if field.name == "side" => Some(format!(" {word}")),
                _ => None,
            });
        let money =
            self.columns.iter().zip(values).filter_map(|((field, cells), value)| match value {
                Value::Money(fen) if !matches!(cells, Cells::Amount) && *fen != Fen::NONE => {
                    let side =
                        side.as_deref().filter(|_| field.name == "amount").unwrap_or_default();
                    Some((format!("{}{side}", field.name), *fen))
                }
                _ => None,
            });
        money.collect()
    }
}

impl Cells<'_> {
    /// The value of this column in a row; no rejection of its own where the sides have told already.
    fn value(
        &mut self,
        field: &Field,
        row: &Row<'_>,
        number: u64,
        side: Option<(&'static str, Fen)>,
    ) -> Result<Value, Option<Rejection>> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::RowNumber(RowNumber { row_number, digits }) => {
                let number = format!("{number:0digits$}");
                number_as(field.kind, &row_number.replace("{}", &number))
            }
            Self::Side => side.map(|(word, _)| Value::Text(word.to_owned())).ok_or(None),
            Self::Amount => side.map(|(_, fen)| Value::Money(fen)).ok_or(None),
            Self::At { place, name, reading, above } => {
                let mut text = row.cell(*place);
                if let Some(above) = above {
                    if !text.is_empty() {
                        text.clone_into(above);
                    }
                    text = above;
                }
                let value = value::read(field.kind, text, reading)
                    .map_err(|wrong| rejection(name, text, &wrong.to_string()))?;
                if field.need == Need::Required && value.is_empty() {
                    return Err(Some(rejection(name, text, "empty, but every row needs it")));
                }
                Ok(value)
            }
        }
    }
}

fn number_as(kind: Kind, text: &str) -> Result<Value, Option<Rejection>> {
    value::read(kind, text, &Reading::default())
        .map_err(|wrong| Some(rejection("row number", text, &wrong.to_string())))
}

fn rejection(column: &str, value: &str, reason: &str) -> Rejection {
    Rejection { column: column.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
}
