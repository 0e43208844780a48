//! What a payment still lacks, told before it is made: steps by the limits, signatures, decisions, contracts and papers.
//!
//! A file of vouchers ([`crate::import::vouchers`]) is held against what is on record ([`records`]); what follows is
//! sentences ([`said`]), never a score. Nothing is judged: a step that is missing is one that can still be taken.

pub mod checked;
mod checks;
mod claims;
pub mod records;
pub mod said;
pub mod voucher;

use crate::import::rejection::Rejection;
use crate::import::vouchers::Vouchers;
use crate::words::precheck::Saying;
use checked::Checked;
use claims::Claims;
use records::Records;
use said::{Cell, Said};
use voucher::{Defaults, Voucher};

/// What is told of a file.
#[derive(Debug)]
pub struct Precheck {
    /// What is not checked for the whole file.
    pub notes: Vec<Said>,
    /// Each row, in the order of the file.
    pub rows: Vec<Checked>,
}

impl Precheck {
    /// Holds vouchers against the records of their county.
    pub fn of(file: &Vouchers, records: &Records, defaults: &Defaults) -> Self {
        let read: Vec<Result<Voucher<'_>, (u64, Vec<Rejection>)>> = file
            .rows
            .iter()
            .map(|row| {
                Voucher::of(row, (file, defaults), records).map_err(|faults| (row.line, faults))
            })
            .collect();
        let claims = Claims::of(read.iter().filter_map(|it| it.as_ref().ok()));
        let rows = read.iter().map(|voucher| match voucher {
            Ok(voucher) => checks::check(voucher, (file, &claims), records),
            Err((line, faults)) => Checked {
                line: *line,
                faults: faults.clone(),
                band: None,
                missing: Vec::new(),
                notes: Vec::new(),
            },
        });
        Self { notes: unchecked(file, records), rows: rows.collect() }
    }

    /// The number of rows that lack nothing.
    pub fn complete(&self) -> usize {
        self.rows.iter().filter(|row| row.faults.is_empty() && row.missing.is_empty()).count()
    }

    /// The number of rows that cannot be read.
    pub fn unread(&self) -> usize {
        self.rows.iter().filter(|row| !row.faults.is_empty()).count()
    }
}

/// Columns that only say what is lacking where the file has them.
const PAPERS: [&str; 5] = ["summary", "method", "document", "document_no", "attachments"];

/// What cannot be checked in any row.
fn unchecked(file: &Vouchers, records: &Records) -> Vec<Said> {
    let columns = PAPERS.iter().filter(|field| !file.has(field)).map(|it| (*it).to_owned());
    let companions = &records.data.companions;
    let tables = [
        ("ledger", records.data.has_ledger),
        ("limits", companions.limits.rows > 0),
        ("decisions", companions.decisions.rows > 0),
        ("contracts", companions.contracts.rows > 0),
        ("payees", companions.payees.rows > 0),
        ("posts", companions.posts.rows > 0),
        ("kinship", companions.kinship.rows > 0),
    ];
    let tables =
        tables.iter().filter(|(_, is_there)| !is_there).map(|(name, _)| (*name).to_owned());
    let note = |saying, name, fields: Vec<String>| {
        (!fields.is_empty()).then(|| Said::of(saying, [(name, Cell::Fields(fields))]))
    };
    let columns = note(Saying::ColumnAbsent, "columns", columns.collect());
    let tables = note(Saying::RegisterAbsent, "tables", tables.collect());
    columns.into_iter().chain(tables).collect()
}

#[cfg(test)]
mod tests;
