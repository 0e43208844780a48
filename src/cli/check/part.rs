//! Results of a check, by part of the dataset and by county.

use crate::features::coverage::{Answered, Covered, by_village, coverage};
use crate::indicators::indicator::Configured;
use crate::ledger::book::Book;
use crate::ledger::book::open::Intake;

/// The results of one county.
pub(super) struct County {
    pub(super) code: String,
    pub(super) covered: Vec<Covered>,
    pub(super) villages: Vec<Answered>,
}

impl County {
    pub(super) fn of(book: &Book, indicators: &[Box<dyn Configured>]) -> Self {
        let covered = coverage(book, indicators);
        let villages = by_village(book, &covered);
        Self { code: book.county.clone(), covered, villages }
    }
}

/// The results of one part of the dataset: a county folder, or the whole dataset.
pub(super) struct Part {
    /// The county in the folder's name, if there are several.
    pub(super) folder: Option<String>,
    pub(super) intake: Intake,
    /// The number of faults; the intake holds only those to be printed.
    pub(super) faults: usize,
    pub(super) stops: Option<String>,
    pub(super) counties: Vec<County>,
}
