//! What a clerk reads before a payment: on the terminal, as JSON, and in workbooks.

pub mod list;
pub mod workbook;

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::import::rejection::Rejection;
use crate::import::vouchers::Vouchers;
use crate::ledger::contract::cell::Fen;
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::LEDGER;
use crate::precheck::Precheck;
use crate::precheck::checked::Checked;
use crate::precheck::said::{Cell, Said};
use crate::registers::steps::Band;
use crate::report::cells::{money, plain};
use crate::words::precheck::Saying;
use crate::words::table::{Lang, class, duty, fill, recorded};
use crate::words::translate::told;

/// A checked file with the strings of its records.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The file.
    pub file: &'a Vouchers,
    /// What is told of it.
    pub check: &'a Precheck,
    /// The strings of the records.
    pub names: &'a Names,
    /// The language.
    pub lang: Lang,
}

/// A sentence with texts as cells.
fn say(saying: Saying, cells: &[(&str, String)], lang: Lang) -> String {
    let cells: Vec<(&str, &str)> =
        cells.iter().map(|(name, cell)| (*name, cell.as_str())).collect();
    fill(saying.to(lang), &cells)
}

/// A sentence as a person reads it.
pub fn sentence(said: &Said, lang: Lang) -> String {
    let between = lang.of([", ", "、"]);
    let shown = |cell: &Cell| match cell {
        Cell::Text(text) => plain(text),
        Cell::Fields(names) => {
            let name = |name: &String| field(name, lang);
            names.iter().map(name).collect::<Vec<_>>().join(between)
        }
        Cell::Money(amount) => money(*amount),
        Cell::Day(day) => day.to_string(),
        Cell::Count(count) => count.to_string(),
        Cell::Class(own) => class(*own).to(lang).to_owned(),
        Cell::Duties(duties) => {
            duties.iter().map(|own| duty(*own).to(lang)).collect::<Vec<_>>().join(between)
        }
    };
    let cells: Vec<_> = said.cells.iter().map(|(name, cell)| (*name, shown(cell))).collect();
    say(said.saying, &cells, lang)
}

/// A column of the ledger or a table as a person calls it.
fn field(name: &str, lang: Lang) -> String {
    match LEDGER.field(name) {
        Some(field) => lang.of([field.name, field.zh]).to_owned(),
        None => recorded(name, lang),
    }
}

/// The steps of a band, with tender and the limit of cash.
pub(super) fn steps(band: &Band, lang: Lang) -> String {
    let mut all: Vec<String> =
        band.duties.iter().map(|own| duty(*own).to(lang).to_owned()).collect();
    if band.is_tendered {
        all.push(Saying::Tender.to(lang).to_owned());
    }
    if let Some(limit) = band.cash_max {
        all.push(say(Saying::CashMax, &[("limit", money(limit))], lang));
    }
    if all.is_empty() {
        return Saying::NoSteps.to(lang).to_owned();
    }
    all.join(lang.of([", ", "、"]))
}

impl View<'_> {
    /// The limits that apply to a voucher.
    fn limits(&self, band: &Band) -> String {
        let lang = self.lang;
        let below = |to: Fen| say(Saying::Below, &[("to", money(to))], lang);
        let cells = [
            ("class", class(band.class).to(lang).to_owned()),
            ("from", money(band.from)),
            ("to", band.to.map_or_else(String::new, below)),
            ("region", self.names.get(band.region).to_owned()),
            ("since", band.since.to_string()),
            ("steps", steps(band, lang)),
        ];
        say(Saying::Limits, &cells, lang)
    }

    /// What cannot be read, with the place of it and what to do.
    fn fault(&self, line: u64, fault: &Rejection) -> String {
        let Rejection { column, value, reason } = fault;
        let value = if value.is_empty() {
            String::new()
        } else {
            say(Saying::NotReadValue, &[("value", plain(value))], self.lang)
        };
        let cells = [
            ("file", self.file.told.clone()),
            ("row", line.to_string()),
            ("column", plain(column)),
            ("value", value),
            ("reason", told(reason, self.lang)),
        ];
        say(Saying::NotRead, &cells, self.lang)
    }

    /// A cell of the file.
    fn cell(&self, row: usize, field: &str) -> String {
        let row = self.file.rows.get(row).and_then(|row| row.cells.get(field));
        row.map_or_else(String::new, ToString::to_string)
    }

    /// The row as the clerk wrote it, in a line.
    fn head(&self, place: usize, row: &Checked) -> String {
        let payee = self.cell(place, "payee_name");
        let payee = if payee.is_empty() { self.cell(place, "payee") } else { payee };
        let amount = Some(self.cell(place, "amount")).filter(|amount| !amount.is_empty());
        let amount = amount.map(|amount| say(Saying::Yuan, &[("amount", amount)], self.lang));
        let parts = [
            self.cell(place, "date"),
            plain(&self.cell(place, "village")),
            amount.unwrap_or_default(),
            plain(&payee),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let cells = [("row", row.line.to_string()), ("said", parts.join(" "))];
        say(Saying::Row, &cells, self.lang)
    }

    /// How many vouchers lack nothing, lack something, and cannot be read.
    fn sum(&self) -> String {
        let (all, complete, unread) =
            (self.check.rows.len(), self.check.complete(), self.check.unread());
        let cells = [
            ("rows", all.to_string()),
            ("complete", complete.to_string()),
            ("lacking", (all - complete - unread).to_string()),
            ("unread", unread.to_string()),
        ];
        say(Saying::Sum, &cells, self.lang)
    }

    /// Prints what is told of each voucher.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let lang = self.lang;
        let item = |saying, said: String| say(saying, &[("said", said)], lang);
        for note in &self.check.notes {
            writeln!(out, "{}", item(Saying::Note, sentence(note, lang)))?;
        }
        for (place, row) in self.check.rows.iter().enumerate() {
            writeln!(out, "{}", self.head(place, row))?;
            for fault in &row.faults {
                writeln!(out, "  {}", self.fault(row.line, fault))?;
            }
            if let Some(band) = &row.band {
                writeln!(out, "  {}", self.limits(band))?;
            }
            for said in &row.missing {
                writeln!(out, "  {}", item(Saying::ToDo, sentence(said, lang)))?;
            }
            for note in &row.notes {
                writeln!(out, "  {}", item(Saying::Note, sentence(note, lang)))?;
            }
            if row.faults.is_empty() && row.missing.is_empty() {
                writeln!(out, "  {}", Saying::NothingMissing.to(lang))?;
            }
        }
        writeln!(out, "{}", self.sum())
    }

    /// The same as JSON, amounts in yuan as texts.
    pub fn json(&self) -> Value {
        let lang = self.lang;
        let said = |said: &Said| json!({"key": said.saying.key(), "text": sentence(said, lang)});
        let all = |list: &[Said]| list.iter().map(said).collect::<Vec<_>>();
        let limits = |band: &Band| {
            json!({
                "class": band.class.word(),
                "from": band.from.to_string(),
                "to": band.to.map(|to| to.to_string()),
                "region": self.names.get(band.region),
                "since": band.since.to_string(),
                "steps": band.duties.iter().map(|own| own.word()).collect::<Vec<_>>(),
                "tender": band.is_tendered,
                "cash_max": band.cash_max.map(|max| max.to_string()),
            })
        };
        let fault = |fault: &Rejection| {
            json!({
                "column": fault.column, "value": fault.value, "reason": told(&fault.reason, lang),
            })
        };
        let row = |row: &Checked| {
            json!({
                "row": row.line,
                "is_complete": row.faults.is_empty() && row.missing.is_empty(),
                "unread": row.faults.iter().map(fault).collect::<Vec<_>>(),
                "limits": row.band.as_ref().map(limits),
                "missing": all(&row.missing),
                "notes": all(&row.notes),
            })
        };
        json!({
            "file": self.file.told,
            "notes": all(&self.check.notes),
            "vouchers": self.check.rows.iter().map(row).collect::<Vec<_>>(),
            "complete": self.check.complete(),
            "unread": self.check.unread(),
        })
    }
}

#[cfg(test)]
mod tests;
