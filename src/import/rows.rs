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
    /// The cells that say which voucher a row belongs to, as they last stood.
    head: Vec<(usize, String)>,
    /// Placeholders such as 无 or N/A, which count as empty: the source column, the text, and how often.
    pub placeholders: BTreeMap<(String, String), u64>,
}

/// Columns that a voucher has once: a blank below them is the same voucher, and another text is another one.
const HEAD: [&str; 3] = ["village", "voucher", "date"];

/// Where the cells of one column are found in the sheet.
#[derive(Debug)]
enum Cells<'a> {
    At {
        places: Vec<usize>,
        join: &'a str,
        name: String,
        reading: &'a Reading,
        above: Option<String>,
    },
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
                Origin::Cell { columns, join, reading, repeat_above } => Cells::At {
                    places: columns.iter().map(|it| sheet.place(it)).collect::<Result<_, _>>()?,
                    join,
                    name: columns.join(" + "),
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
        let columns = columns.collect::<Result<Vec<(&'static Field, Cells<'a>)>, Error>>()?;
        let head = columns.iter().filter(|(field, _)| HEAD.contains(&field.name));
        let head = head.flat_map(|(_, cells)| cells.places()).map(|place| (place, String::new()));
        Ok(Self {
            mapping,
            head: head.collect(),
            placeholders: BTreeMap::new(),
            columns,
            leave_out: leave_out.collect::<Result<_, Error>>()?,
            sides: mapping.sides.as_ref().map(sides).transpose()?,
        })
    }

    /// The places of the sheet's columns that the mapping reads.
    pub fn places(&self) -> Vec<usize> {
        let cells = self.columns.iter().flat_map(|(_, cells)| cells.places());
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
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        let marked = |(place, texts): &(usize, &[String])| {
            let own = plain(row.cell(*place));
            texts.iter().any(|text| plain(text) == own)
        };
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
        self.turn_to(row);
        let mut rejections = Vec::new();
        let (side, amounts) = self.filled_side(row, &mut rejections);
        let mut values = Vec::with_capacity(self.columns.len());
        for (field, cells) in &mut self.columns {
            let source = (row, self.mapping.source.empty.as_slice(), &mut self.placeholders);
            match cells.value(field, source, number, side) {
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

    /// Forgets what columns hold of the voucher before, if a row begins another one.
    fn turn_to(&mut self, row: &Row<'_>) {
        let mut is_other = false;
        for (place, last) in &mut self.head {
            let own = row.cell(*place);
            if !own.is_empty() && own != last {
                own.clone_into(last);
                is_other = true;
            }
        }
        if is_other {
            for (field, cells) in &mut self.columns {
                if let Cells::At { above: Some(above), .. } = cells
                    && !HEAD.contains(&field.name)
                {
                    above.clear();
                }
            }
        }
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
    /// The places of its source columns.
    fn places(&self) -> Vec<usize> {
        match self {
            Self::At { places, .. } => places.clone(),
            _ => Vec::new(),
        }
    }

    /// The value of this column in a row; no rejection of its own where the sides have told already.
    fn value(
        &mut self,
        field: &Field,
        (row, more, placeholders): (&Row<'_>, &[String], &mut BTreeMap<(String, String), u64>),
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
            Self::At { places, join, name, reading, above } => {
                let parts: Vec<&str> = places.iter().map(|place| row.cell(*place)).collect();
                let blank = parts.iter().filter(|text| text.is_empty()).count();
                let mut own = if blank == parts.len() { String::new() } else { parts.join(join) };
                if blank > 0 && !own.is_empty() {
                    return Err(Some(rejection(name, &own, "one of the joined cells is empty")));
                }
                if is_placeholder(field, &own, (reading, more)) {
                    *placeholders.entry((name.clone(), std::mem::take(&mut own))).or_default() += 1;
                    // It says that there is nothing here, and is no blank that repeats the cell above.
                    above.iter_mut().for_each(String::clear);
                }
                if let Some(above) = above {
                    if !own.is_empty() {
                        own.clone_into(above);
                    }
                    own.clone_from(above);
                }
                let text = own.as_str();
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

/// Whether a text is a placeholder: not where the mapping gives its meaning, and not in words that people read.
fn is_placeholder(field: &Field, text: &str, (reading, more): (&Reading, &[String])) -> bool {
    let is_free = ["summary", "document", "method"].contains(&field.name);
    !text.is_empty()
        && !reading.values.contains_key(text)
        && (!is_free || value::is_error(text))
        && value::is_placeholder(field.kind, text, more)
}

fn number_as(kind: Kind, text: &str) -> Result<Value, Option<Rejection>> {
    value::read(kind, text, &Reading::default())
        .map_err(|wrong| Some(rejection("row number", text, &wrong.to_string())))
}

fn rejection(column: &str, value: &str, reason: &str) -> Rejection {
    Rejection { column: column.to_owned(), value: value.to_owned(), reason: reason.to_owned() }
}
