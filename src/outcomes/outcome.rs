//! Audit results, stored in a table of the dataset.

use std::collections::BTreeSet;

use super::grade::is_find;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag};
use crate::ledger::contract::schema::Outcomes;
use crate::ledger::decode::dataset::Dataset;
use crate::ledger::decode::{self, read_tables};

/// The result of an audit of one subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// The grain of the subject.
    pub grain: String,
    /// The key of the subject.
    pub subject: String,
    /// The period audited.
    pub period: String,
    /// `none`, `error`, `irregularity`, `discipline` or `criminal`.
    pub grade: String,
    /// The amount recovered.
    pub recovered: Fen,
    /// `list`, `random`, `complaint` or `routine`.
    pub route: String,
    /// The closing day.
    pub closed: Day,
    /// The id of the verified lead.
    pub lead: String,
    /// The person who verified it.
    pub verified_by: String,
    /// A remark.
    pub remark: String,
    /// The scheme of the lead.
    pub scheme: String,
    /// The indicators of the lead's reasons, with blanks between them.
    pub indicators: String,
    /// Whether evidence of the rectification was seen.
    pub rectified: Flag,
}

impl Outcome {
    /// The key of the outcome.
    pub fn key(&self) -> (&str, &str, &str) {
        (&self.grain, &self.subject, &self.period)
    }
}

/// A row of the table `outcomes`, in the form used by scoring, lists and evaluation.
#[derive(Debug, Clone, Copy)]
pub struct Audit<'a> {
    /// The grain of the subject, as in the table.
    pub grain: &'a str,
    /// The key of the subject.
    pub subject: &'a str,
    /// Whether there was a finding.
    pub is_find: bool,
    /// The reason for the audit, as in the table.
    pub route: &'a str,
    /// The amount recovered, if recorded.
    pub recovered: Option<Fen>,
    /// The closing day, if recorded.
    pub closed: Option<Day>,
    /// The conclusion, as the table has it.
    pub grade: &'a str,
    /// The id of the lead that was verified.
    pub lead: &'a str,
    /// The scheme of the lead; empty where it is not recorded.
    pub scheme: &'a str,
    /// The indicators of the lead's reasons; empty where they are not recorded.
    pub indicators: &'a str,
    /// Whether evidence of the rectification was seen.
    pub rectified: Flag,
}

impl Audit<'_> {
    /// The day on which it closed its case: none while it is open, or while a find lacks evidence of the rectification.
    pub fn closing(&self) -> Option<Day> {
        self.closed.filter(|_| !(self.is_find && self.rectified == Flag::No))
    }
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
        grade: word(outcomes.grade.at(row)),
        lead: word(outcomes.lead.at(row)),
        scheme: word(outcomes.scheme.at(row)),
        indicators: word(outcomes.indicators.at(row)),
        rectified: outcomes.rectified.at(row),
    })
}

/// The outcomes of a dataset; empty if there is no such table.
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
            scheme: text(table.scheme.at(row)),
            indicators: text(table.indicators.at(row)),
            rectified: table.rectified.at(row),
        }));
    }
    Ok(all)
}

/// The ids of the leads that a conclusion closed.
pub fn closed_leads(book: &Book) -> BTreeSet<&str> {
    audits(book).filter(|audit| audit.closing().is_some()).map(|audit| audit.lead).collect()
}
