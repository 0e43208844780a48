//! Converts rows of a sheet into rows of a table or into refusals.

use std::borrow::Cow;

use csv::StringRecord;

use super::cells::{Cells, Notes};
use super::entries::{Entries, Entry};
use super::error::Error;
use super::header::Header;
use super::mapping::{Mapping, Origin};
use super::no_entry::{NoEntries, NoEntryReason};
use super::reading::Reading;
use super::rejection::Rejection;
use super::resolved::ResolvedSource;
use super::sheet::Sheet;
use super::sums::Sums;
use super::value::{self, Value};
use crate::ledger::contract::cell::{Cell, Fen};
use crate::ledger::contract::clean::{Form, clean};
use crate::ledger::contract::table::{Field, Kind, Need};

/// The result for one row.
#[derive(Debug)]
pub enum Outcome {
    /// For each entry one value per column of the mapping; the cells set to empty because they could not be parsed; the
    /// money.
    Entries(Vec<Vec<Value>>, Vec<Rejection>, Vec<Money>),
    /// The row is not an entry.
    LeftOut(NoEntryReason),
    /// The reasons for refusal, and the money that could be parsed.
    Rejected(Vec<Rejection>, Vec<Money>),
}

/// An amount with the name of its column and side.
pub type Money = (String, Fen);

/// Converts the rows of one sheet into rows of the table.
#[derive(Debug)]
pub struct Rows<'a> {
    mapping: &'a Mapping,
    sheet: &'a Sheet,
    header: &'a Header,
    columns: Vec<(&'static Field, Form, Cells<'a>)>,
    no_entries: NoEntries<'a>,
    entries: Entries<'a>,
    /// The indices of amount columns with their parsing options.
    amounts: Vec<(usize, Reading)>,
    /// The last non-blank voucher cells, by column index.
    head: Vec<(usize, String)>,
    /// The sums of the sheet.
    pub sums: Sums,
    /// Observations for the report.
    pub notes: Notes,
}

/// Columns that identify a voucher: a blank continues the voucher above, another text starts a new one.
const HEAD: [&str; 3] = ["village", "voucher", "date"];

impl<'a> Rows<'a> {
    /// Resolves the columns of the mapping in a sheet whose header is known.
    ///
    /// # Errors
    /// If two columns have a name that is read.
    pub fn new(mapping: &'a Mapping, sheet: &'a Sheet, header: &'a Header) -> Result<Self, Error> {
        let columns = mapping.columns.iter().map(|(field, origin)| {
            let cells = match origin {
                Origin::Cell(sources) => {
                    match sources.iter().find(|source| source.fits(&header.names)) {
                        Some(source) => Cells::At(
                            ResolvedSource::of(source, field.kind, sheet, header)?,
                            source.repeat_above.then(String::new),
                        ),
                        None => Cells::Nothing,
                    }
                }
                Origin::Constant(text) => {
                    // The mapping was validated with the same options.
                    let value = value::read(field.kind, text, &Reading::default());
                    Cells::Constant(value.unwrap_or(Value::Empty))
                }
                Origin::RowNumber(rule) => Cells::RowNumber(rule),
                Origin::Account => Cells::Account,
                Origin::Side => Cells::Side,
                Origin::Amount => Cells::Amount,
            };
            Ok((*field, Form::of(field), cells))
        });
        let columns = columns.collect::<Result<Vec<_>, Error>>()?;
        let entries = Entries::new(&mapping.amounts, sheet, header)?;
        let marks = mapping.leave_out.iter();
        let marks = marks.filter_map(|it| Some((header.names.place(&it.column)?, it)));
        let marks: Vec<_> = marks.collect();
        let head = columns.iter().filter(|(field, ..)| HEAD.contains(&field.name));
        let head = head.flat_map(|(_, _, cells)| cells.places());
        let own = columns.iter().filter_map(|(field, _, cells)| match cells {
            Cells::At(found, _) if field.kind == Kind::Money => {
                Some((found.places().next()?, found.source.reading.clone()))
            }
            _ => None,
        });
        let amounts: Vec<_> = entries.amounts().into_iter().chain(own).collect();
        let anchors = ["date", "voucher", "account"].map(|name| {
            let column = columns.iter().filter(|(field, ..)| field.name == name);
            column.flat_map(|(_, _, cells)| cells.places()).collect()
        });
        let cells = columns.iter().flat_map(|(_, _, cells)| cells.places());
        let of_marks = marks.iter().map(|(place, _)| *place);
        let no_entries = NoEntries {
            header,
            places: cells.chain(entries.places()).chain(of_marks).collect(),
            marks,
            anchors,
            amounts: amounts.iter().map(|(place, _)| *place).collect(),
            keep_sums: mapping.source.keep_sums,
            reordered: None,
        };
        Ok(Self {
            mapping,
            sheet,
            header,
            head: head.map(|place| (place, String::new())).collect(),
            no_entries,
            columns,
            entries,
            amounts,
            sums: Sums::default(),
            notes: Notes::default(),
        })
    }

    /// The indices of the sheet's columns that the mapping reads.
    pub fn places(&self) -> &[usize] {
        &self.no_entries.places
    }

    /// Reads one row; `number` is its number over all files.
    pub fn read(&mut self, (line, cells): (u64, &StringRecord), number: u64) -> Outcome {
        let once = self.money_once(line, cells);
        let cells = once.as_ref().unwrap_or(cells);
        if once.is_some() && self.fen(cells).is_empty() {
            return Outcome::LeftOut(NoEntryReason::Merged);
        }
        if let Some(why) = self.left_out(line, cells) {
            return Outcome::LeftOut(why);
        }
        if let Some(reason) = self.damage(cells) {
            let value = cells.iter().collect::<Vec<_>>().join(",");
            return Outcome::Rejected(vec![Rejection::new("", &value, &reason)], Vec::new());
        }
        self.turn_to(cells);
        for (place, fen) in self.fen(cells) {
            self.sums.add(place, fen);
        }
        let mut refused = Vec::new();
        let entries = self.entries.of(line, cells, &mut refused);
        let mut emptied = Vec::new();
        let mut values = Vec::with_capacity(self.columns.len());
        for (field, form, column) in &mut self.columns {
            let source = (cells, self.mapping.source.empty.as_slice(), &mut self.notes);
            match column.value((field, *form), source, number) {
                Ok(value) => values.push(value),
                Err(rejection) => {
                    let is_needed = field.need == Need::Required;
                    if is_needed { &mut refused } else { &mut emptied }.push(rejection);
                    values.push(Value::Empty);
                }
            }
        }
        let rows: Vec<_> = entries.iter().map(|entry| self.with(entry, &values)).collect();
        let money = rows.iter().flat_map(|row| self.money(row)).collect();
        if refused.is_empty() {
            Outcome::Entries(rows, emptied, money)
        } else {
            refused.append(&mut emptied);
            Outcome::Rejected(refused, money)
        }
    }

    /// The row without amounts repeated from a merged cell, which count once; `None` if it has none.
    fn money_once(&self, line: u64, cells: &StringRecord) -> Option<StringRecord> {
        let again = |place: usize| {
            self.sheet.is_repeated(line, place)
                && self.amounts.iter().any(|(amount, _)| *amount == place)
        };
        (0..cells.len()).any(again).then(|| {
            let cell = |(place, cell): (usize, &str)| {
                if again(place) { String::new() } else { cell.to_owned() }
            };
            cells.iter().enumerate().map(cell).collect::<Vec<_>>().into()
        })
    }

    /// The amounts of a row in fen, with their column indices; cells that are not amounts are skipped.
    fn fen(&self, cells: &StringRecord) -> Vec<(usize, i128)> {
        let fen = self.amounts.iter().filter_map(|(place, reading)| {
            let fen = value::amount(cells.get(*place).unwrap_or_default(), reading).ok()?;
            Some((*place, i128::from(fen.some()?.0)))
        });
        fen.collect()
    }

    /// The money of an entry, by column and side.
    fn money(&self, values: &[Value]) -> Vec<Money> {
        let columns = || self.columns.iter().map(|(field, ..)| *field).zip(values);
        let side = columns().find_map(|(field, value)| match value {
            Value::Text(word) if field.name == "side" => Some(format!(" {word}")),
            _ => None,
        });
        let money = columns().filter_map(|(field, value)| match value {
            Value::Money(fen) if *fen != Fen::NONE => {
                let side = side.as_deref().filter(|_| field.name == "amount").unwrap_or_default();
                Some((format!("{}{side}", field.name), *fen))
            }
            _ => None,
        });
        money.collect()
    }

    /// The values of a row combined with those of an entry.
    fn with(&self, entry: &Entry, values: &[Value]) -> Vec<Value> {
        let columns = self.columns.iter().zip(values);
        let columns = columns.map(|((field, ..), value)| match (field.name, entry) {
            ("account", Entry { account: Some(account), .. }) => Value::Text(account.clone()),
            ("side", Entry { side: Some(side), .. }) => Value::Text((*side).to_owned()),
            ("amount", Entry { amount: Some(amount), .. }) => Value::Money(*amount),
            _ => value.clone(),
        });
        columns.collect()
    }

    /// Why a row is not an entry, or `None`. Totals are verified, and titles are stored for the rows below.
    fn left_out(&mut self, line: u64, cells: &StringRecord) -> Option<NoEntryReason> {
        let columns = &self.columns;
        let reason = self.no_entries.reason((line, cells), || is_day(columns, cells))?;
        match &reason {
            // Rows that the mapping marks as totals are verified too.
            NoEntryReason::Marked(word) | NoEntryReason::Sum(word) => {
                self.verify(line, word, cells);
            }
            NoEntryReason::Note(_) => self.retitle(cells),
            _ => {}
        }
        Some(reason)
    }

    /// Stores a title between the rows, which may name the village of the rows below.
    fn retitle(&mut self, cells: &StringRecord) {
        for (_, _, column) in &mut self.columns {
            if let Cells::At(found, _) = column {
                found.retitle(cells);
            }
        }
    }

    /// The row in which the column names are repeated in another order, if any.
    pub fn reordered(&self) -> Option<u64> {
        self.no_entries.reordered
    }

    /// Compares a row of totals with the entries above it.
    fn verify(&mut self, line: u64, word: &str, cells: &StringRecord) {
        let says = self.fen(cells);
        self.entries.carry(cells);
        self.sums.verify(line, word, &says);
    }

    /// Whether a record has too many or too few cells, or damaged bytes, as a message.
    fn damage(&self, record: &StringRecord) -> Option<String> {
        let (cells, names) = (record.len(), self.header.names.all().len());
        let beyond = record.iter().skip(names).any(|cell| !cell.trim().is_empty());
        if cells < names || beyond {
            return Some(format!("{cells} cells under {names} names of columns"));
        }
        self.sheet.damage(record)
    }

    /// Clears the cells to be repeated when a row starts a new voucher.
    fn turn_to(&mut self, cells: &StringRecord) {
        let mut is_other = false;
        for (place, last) in &mut self.head {
            let own: Cow<'_, str> = clean(cells.get(*place).unwrap_or_default(), Form::Code);
            if !own.is_empty() && own != *last {
                own.as_ref().clone_into(last);
                is_other = true;
            }
        }
        if is_other {
            for (field, _, cells) in &mut self.columns {
                if let Cells::At(_, Some(above)) = cells
                    && !HEAD.contains(&field.name)
                {
                    above.clear();
                }
            }
        }
    }

    /// Balances of a cash book that do not follow from the row above: row number, stated and expected balance.
    pub fn broken_balances(&self) -> &[(u64, Fen, Fen)] {
        self.entries.broken_balances()
    }
}

/// Whether the day of a row can be parsed; `None` if no cell holds a day.
fn is_day(columns: &[(&'static Field, Form, Cells<'_>)], cells: &StringRecord) -> Option<bool> {
    let column = columns.iter().find(|(field, ..)| field.name == "date");
    let Some((_, form, Cells::At(day, _))) = column else { return None };
    let text = day.text(cells, *form).unwrap_or_default();
    Some(!text.is_empty() && value::read(Kind::Day, &text, &day.source.reading).is_ok())
}
