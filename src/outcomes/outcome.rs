//! What audits found, read and kept as a table beside the ledger.

use crate::ledger::cell::{Day, Fen};
use crate::ledger::dataset::Dataset;
use crate::ledger::decode::{self, read_tables};
use crate::ledger::schema::Outcomes;

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
