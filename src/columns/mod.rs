//! Graded columns: what is known of every payment and of the people behind it, as numbers that a model can learn from.
//!
//! An indicator is a flag that an auditor reads: it says nothing below its threshold. A column here is never cut to zero.
//! It holds what was measured of every payment, wage lists and subsidies included, and a missing cell where the book does
//! not record what it needs ("not recorded"), which is not the same as a recorded "none". Each family of
//! columns is one file, and [`definitions`] is the table of them all.

#![expect(
    clippy::indexing_slicing,
    reason = "hot loops over payments of one book: every place is a payment, or a group made of them"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "columns are f32, and counts and days are far below 2^24"
)]

mod amounts;
mod approval;
mod context;
mod definition;
mod flows;
mod groups;
mod kin;
mod limits;
mod lists;
mod papers;
mod register;
mod repeats;
mod texts;
mod timing;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub use definition::Definition;

use crate::ledger::book::Book;
use context::Context;
use definition::Family;

/// Every family, in the order of the columns.
static FAMILIES: &[&Family] = &[
    &amounts::FAMILY,
    &limits::FAMILY,
    &repeats::FAMILY,
    &kin::FAMILY,
    &approval::FAMILY,
    &register::FAMILY,
    &lists::FAMILY,
    &papers::FAMILY,
    &timing::FAMILY,
    &texts::FAMILY,
    &flows::FAMILY,
];

/// Every column, in order.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    FAMILIES.iter().flat_map(|family| family.columns)
}

/// Measures every column of a book, one cell for each payment, in the order of [`definitions`]; a missing cell is NaN.
/// Each finished column is handed to `take` at once, so that not all of them need be held as `f32`.
pub fn measure<T: Send>(book: &Book, take: impl Fn(usize, Vec<f32>) -> T + Sync) -> Vec<T> {
    let context = Context::of(book);
    let starts = FAMILIES.iter().scan(0, |next, family| {
        let start = *next;
        *next += family.columns.len();
        Some(start)
    });
    let parts: Vec<(usize, &&Family)> = starts.zip(FAMILIES).collect();
    let measured: Vec<Vec<T>> = parts
        .par_iter()
        .map(|(start, family)| {
            let columns = (family.measure)(&context);
            debug_assert_eq!(columns.len(), family.columns.len());
            columns.into_iter().zip(*start..).map(|(cells, place)| take(place, cells)).collect()
        })
        .collect();
    measured.into_iter().flatten().collect()
}
