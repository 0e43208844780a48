//! Delivered data of each village: months, last voucher day, and columns with values.
//!
//! It is small compared with the books, so the counties of a province can be added one by one. [`gaps`] derives the
//! missing data.

pub mod gaps;
pub mod notice;

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Day};
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::contract::table::Need;

/// Columns of the ledger that describe the line instead of the transaction, or follow from other columns.
const ASIDE: [&str; 3] = ["line", "chart", "fixed_standard"];

/// The delivered data of one village.
#[derive(Debug, Clone, Default)]
pub(in crate::ledger) struct Village {
    /// Months with vouchers, counted since the year 0, each with its last voucher day.
    pub(in crate::ledger) months: BTreeMap<i32, Day>,
    /// For each of [`columns`] whether any line has a value.
    pub(in crate::ledger) filled: Vec<bool>,
}

/// The delivered data of the villages of a dataset, and the register of villages.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    pub(in crate::ledger) villages: BTreeMap<String, Village>,
    /// The codes of the register with their newest names.
    pub(in crate::ledger) register: BTreeMap<String, String>,
}

/// The optional columns of the ledger.
pub(in crate::ledger) fn columns() -> impl Iterator<Item = &'static str> {
    let optional = LEDGER.fields.iter().filter(|field| field.need == Need::Optional);
    optional.map(|field| field.name).filter(|name| !ASIDE.contains(name))
}

impl Delivery {
    /// Adds one county.
    pub fn add(&mut self, book: &Book) {
        self.add_register(book);
        for (place, id) in book.villages.iter_enumerated() {
            let lines = book.lines_of(&book.vouchers_of(place));
            let filled = book.lines.filled_in(&(lines.start.into()..lines.end.into()));
            let of = |name| filled.iter().any(|(field, rows)| *field == name && *rows > 0);
            let village = self.villages.entry(book.names.get(*id).to_owned()).or_default();
            village.filled = columns().map(of).collect();
            let mut last = (Day::NONE, 0);
            for day in LineIx::within(&lines).map(|line| book.lines.date.at(line)) {
                if day != last.0 {
                    last = (day, day.month());
                    let latest = village.months.entry(last.1).or_insert(day);
                    *latest = (*latest).max(day);
                }
            }
        }
    }

    /// The name of a village in the register; empty if there is none.
    pub fn name(&self, village: &str) -> &str {
        self.register.get(village).map_or("", String::as_str)
    }

    fn add_register(&mut self, book: &Book) {
        let table = &book.companions.villages;
        let mut years: BTreeMap<&str, i32> = BTreeMap::new();
        for row in 0..table.rows {
            let code = book.names.get(table.village.at(row));
            let (year, name) = (table.year.at(row).0, book.names.get(table.name.at(row)));
            let newest = years.entry(code).or_insert(i32::MIN);
            if code.is_empty() || year < *newest {
                continue;
            }
            *newest = year;
            let known = self.register.entry(code.to_owned()).or_default();
            if !name.is_empty() {
                name.clone_into(known);
            }
        }
    }
}
