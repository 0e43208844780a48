//! Answers of a simulation: the planted acts, used only for evaluation.

use crate::ledger::contract::schema::Answers;
use crate::ledger::decode::dataset::Dataset;
use crate::ledger::decode::{self, read_tables};

/// A planted act or look-alike, with one of its subjects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The grain of the subject.
    pub grain: String,
    /// The key of the subject.
    pub subject: String,
    /// The id of the act or look-alike.
    pub act: String,
    /// The scheme.
    pub scheme: String,
    /// Whether it is an act or a look-alike.
    pub is_act: bool,
    /// The amount in fen.
    pub amount: i64,
}

/// The answers of a dataset; empty if there is no such table.
///
/// # Errors
/// If the table cannot be read.
pub fn answers(dataset: &Dataset) -> Result<Vec<Answer>, decode::Error> {
    let source = dataset.answers()?;
    let (names, raws) = read_tables(&source)?;
    let mut all = Vec::new();
    for (_, mut raw) in raws {
        let table = Answers::from_cells(raw.rows, |column| raw.take(column));
        let text = |id| names.get(id).to_owned();
        all.extend((0..table.rows).map(|row| {
            Answer {
                grain: text(table.subject_grain.at(row)),
                subject: text(table.subject.at(row)),
                act: text(table.act.at(row)),
                scheme: text(table.scheme.at(row)),
                is_act: names.get(table.kind.at(row)) == "act",
                amount: crate::ledger::contract::cell::Cell::some(table.amount.at(row))
                    .map_or(0, |amount| amount.0),
            }
        }));
    }
    Ok(all)
}
