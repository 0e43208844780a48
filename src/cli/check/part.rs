//! What is told of a dataset: part by part, and in each county by county.

use crate::features::coverage::{Answered, Covered, by_village, coverage};
use crate::indicators::indicator::Configured;
use crate::ledger::book::Book;
use crate::ledger::book::open::Intake;

/// What is told of one county.
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

/// What is told of one part of the dataset: a folder of a county, or all of it.
pub(super) struct Part {
    /// The county that its folder names, if it is one of several.
    pub(super) folder: Option<String>,
    pub(super) intake: Intake,
    /// Faults, of which the intake keeps those that are told.
    pub(super) faults: usize,
    pub(super) stops: Option<String>,
    pub(super) counties: Vec<County>,
}
