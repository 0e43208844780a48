//! What audits found, read and kept as a table beside the ledger.

use super::grade::is_find;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::contract::schema::Outcomes;
use crate::ledger::decode::dataset::Dataset;
use crate::ledger::decode::{self, read_tables};

/// What an audit found at one subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// The kind of subject.
    pub grain: String,
    /// The key of the subject.
    pub subject: String,
    /// The period that was looked at.
    pub period: String,
    /// `none`, `error`, `irregularity`, `discipline` or `criminal`.
    pub grade: String,
    /// What was recovered.
    pub recovered: Fen,
    /// `list`, `random`, `complaint` or `routine`.
    pub route: String,
    /// The day on which it was closed.
    pub closed: Day,
    /// The id of the lead that was verified.
    pub lead: String,
    /// Who verified it.
    pub verified_by: String,
    /// What was remarked.
    pub remark: String,
}

impl Outcome {
    /// What makes it one of its kind.
    pub fn key(&self) -> (&str, &str, &str) {
        (&self.grain, &self.subject, &self.period)
    }
}

/// A row of the table `outcomes` as scoring, lists and evaluation use it.
#[derive(Debug, Clone, Copy)]
pub struct Audit<'a> {
    /// The kind of subject, as the table has it.
    pub grain: &'a str,
    /// The key of the subject.
    pub subject: &'a str,
    /// Whether something was found.
    pub is_find: bool,
    /// Why it was audited, as the table has it.
    pub route: &'a str,
    /// What was recovered, if that is told.
    pub recovered: Option<Fen>,
    /// The day on which it was closed, if it was.
    pub closed: Option<Day>,
}

/// The audits of a county, in the order of its table.
pub fn audits(book: &Book) -> impl Iterator<Item = Audit<'_>> {
    let outcomes = &book.companions.outcomes;
    let word = |id| book.names.get(id);
    (0..outcomes.rows).map(move |row| Audit {
        grain: word(outcomes.subject_grain.at(row)),
        subject: word(outcomes.subject.at(row)),
        is_find: is_find(word(outcomes.grade.at(row))),
        route: word(outcomes.route.at(row)),
        recovered: outcomes.amount_recovered.at(row).some(),
        closed: outcomes.closed.at(row).some(),
    })
}

/// The outcomes of a dataset; none where it has no such table.
///
/// # Errors
/// If the table cannot be read.
pub fn outcomes(dataset: &Dataset) -> Result<Vec<Outcome>, decode::Error> {
    let source = dataset.outcomes()?;
    let (names, raws) = read_tables(&source)?;
    let mut all = Vec::new();
    for (_, mut raw) in raws {
        let table = Outcomes::from_cells(raw.rows, |column| raw.take(column));
        let text = |id| names.get(id).to_owned();
        all.extend((0..table.rows).map(|row| Outcome {
            grain: text(table.subject_grain.at(row)),
            subject: text(table.subject.at(row)),
            period: text(table.period.at(row)),
            grade: text(table.grade.at(row)),
            recovered: table.amount_recovered.at(row),
            route: text(table.route.at(row)),
            closed: table.closed.at(row),
            lead: text(table.lead.at(row)),
            verified_by: text(table.verified_by.at(row)),
            remark: text(table.remark.at(row)),
        }));
    }
    Ok(all)
}
