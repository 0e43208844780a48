//! What each village delivered: its months, its last voucher day, and the columns in which it has any value.
//!
//! It is little beside the books it is taken from, so that a province is taken in county after county. What is missing
//! in it is found by [`gaps`].

pub mod gaps;
pub mod notice;

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Day};
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::contract::table::Need;

/// Columns of the ledger that describe the line and are no record of who did what, or follow from other columns.
const ASIDE: [&str; 3] = ["line", "chart", "fixed_standard"];

/// What one village delivered.
#[derive(Debug, Clone, Default)]
pub(in crate::ledger) struct Village {
    /// Months since the year 0 in which it has a voucher, each with its last voucher day.
    pub(in crate::ledger) months: BTreeMap<i32, Day>,
    /// For each of [`columns`] whether any of its lines holds a value.
    pub(in crate::ledger) filled: Vec<bool>,
}

/// What the villages of a dataset delivered, and the register of villages.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    pub(in crate::ledger) villages: BTreeMap<String, Village>,
    /// Codes of the register with their newest names.
    pub(in crate::ledger) register: BTreeMap<String, String>,
}

/// The columns of the ledger that may be recorded or not.
pub(in crate::ledger) fn columns() -> impl Iterator<Item = &'static str> {
    let optional = LEDGER.fields.iter().filter(|field| field.need == Need::Optional);
    optional.map(|field| field.name).filter(|name| !ASIDE.contains(name))
}

impl Delivery {
    /// Takes in one county.
    pub fn add(&mut self, book: &Book) {
        self.add_register(book);
        for (place, id) in (0..).zip(&book.villages) {
            let vouchers = book.vouchers_of(place);
            let lines = book.voucher(vouchers.start).start..book.voucher(vouchers.end).start;
            let filled = book.lines.filled_in(&lines);
            let of = |name| filled.iter().any(|(field, rows)| *field == name && *rows > 0);
            let village = self.villages.entry(book.names.get(*id).to_owned()).or_default();
            village.filled = columns().map(of).collect();
            let mut last = (Day::NONE, 0);
            for day in lines.map(|line| book.lines.date.at(line)) {
                if day != last.0 {
                    last = (day, day.month());
                    let latest = village.months.entry(last.1).or_insert(day);
                    *latest = (*latest).max(day);
                }
            }
        }
    }

    /// The name of a village in the register; empty where it has none.
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
