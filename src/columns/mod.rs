//! Graded columns: numeric features of every payment and of the persons behind it, as input of a model.
//!
//! An indicator is a flag for auditors with a threshold; a column here is never cut to zero. It is measured for every
//! payment, including wage lists and subsidies. A cell is missing if the book does not record the required data, which
//! differs from a recorded "none". Each family of columns is one file; [`definitions`] lists all columns.

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
mod registers;
mod repeats;
mod texts;
mod timing;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

pub use definition::Definition;

use crate::ledger::book::Book;
use context::Context;
use definition::Family;
use groups::Column;

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
    &registers::FAMILY,
    &timing::FAMILY,
    &texts::FAMILY,
    &flows::FAMILY,
];

/// Every column, in order.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    FAMILIES.iter().flat_map(|family| family.columns)
}

/// Measures every column of a book in the order of [`definitions`], one cell per payment; a missing cell is NaN. Each
/// finished column is passed to `take` immediately, so that not all columns are held as `f32`.
pub fn measure<T: Send>(book: &Book, take: impl Fn(usize, Column) -> T + Sync) -> Vec<T> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{definitions, measure};
    use crate::ledger::book::Book;
    use crate::ledger::sample;

    fn column(book: &Book, name: &str) -> Vec<f32> {
        let place = definitions().position(|column| column.name == name).unwrap();
        measure(book, |_, cells| cells.raw).swap_remove(place)
    }

    #[test]
    fn every_column_has_a_name_of_its_own_and_a_cell_for_each_payment() {
        let names: BTreeSet<&str> = definitions().map(|column| column.name).collect();
        assert_eq!(names.len(), definitions().count());
        assert!(names.len() >= 150, "{}", names.len());
        let book = sample::book(&[("ledger", "payee,amount\nP1,100\nP1,90\nP2,80\n")]);
        let columns = measure(&book, |place, cells| (place, cells));
        assert_eq!(columns.len(), names.len());
        assert!(
            columns.iter().enumerate().all(|(at, (place, cells))| at == *place && cells.len() == 3)
        );
    }

    #[test]
    fn not_recorded_is_told_apart_from_none() {
        let ledger = "payee,approver,decision\nP1,a,D1\nP1,b,\n";
        let with = sample::book(&[("ledger", ledger)]);
        assert_eq!(column(&with, "has_decision"), [1.0, 0.0]);
        let without = sample::book(&[("ledger", "payee,approver\nP1,a\nP1,b\n")]);
        assert!(column(&without, "has_decision").iter().all(|cell| cell.is_nan()));
        assert!(column(&without, "kin_approver").iter().all(|cell| cell.is_nan()));
    }

    #[test]
    fn degrees_count_from_the_same_person_to_nobody_related() {
        let book = sample::book(&[
            ("ledger", "payee,approver\nson,boss\nfirm,boss\nboss,boss\nother,boss\n"),
            ("people", "person,village\nson,990101101201\nboss,990101101201\nother,990101101201\n"),
            ("payees", "payee,kind,owner\nfirm,firm,son\n"),
            ("kinship", "a,b,degree\nson,boss,1\n"),
        ]);
        let by_day: Vec<f32> = column(&book, "kin_approver");
        assert_eq!(by_day, [1.0, 1.0, 0.0, 5.0]);
    }

    #[test]
    fn parts_under_a_limit_are_summed_around_each_of_them() {
        let limits = "region,expense_class,from_amount,to_amount,valid_from\n\
            990101,non-production,0,1000,2020-01-01\n990101,non-production,1000,,2020-01-01\n";
        let ledger = "date,payee,amount\n2024-03-01,P1,600\n2024-03-03,P1,600\n2024-03-20,P1,600\n";
        let book = sample::book(&[("ledger", ledger), ("limits", limits)]);
        let sums = column(&book, "sum_3");
        let expected = [1.2_f32.ln(), 1.2_f32.ln(), 0.6_f32.ln()];
        assert!(sums.iter().zip(expected).all(|(own, it)| (own - it).abs() < 1e-5), "{sums:?}");
        assert_eq!(column(&book, "passes_15"), [1.0, 1.0, 0.0]);
        assert_eq!(column(&book, "passes_30"), [1.0, 1.0, 1.0]);
    }

    #[test]
    fn an_equal_claim_is_found_by_amount_and_by_number() {
        let ledger = "date,payee,amount,document_no\n2024-03-01,P1,600,7\n2024-04-10,P1,600,7\n2024-04-11,P2,50,9\n";
        let book = sample::book(&[("ledger", ledger)]);
        assert_eq!(column(&book, "equal_payee_days"), [40.0, 40.0, 1000.0]);
        assert_eq!(column(&book, "number_count"), [2.0, 2.0, 1.0]);
        assert_eq!(column(&book, "number_same_amount"), [1.0, 1.0, 0.0]);
    }

    #[test]
    fn a_supplement_counts_for_the_contract_before_it() {
        let contracts = "contract,village,payee,kind,amount,signed\n\
            C1,990101101201,R1,works,1000,2024-01-10\nC2,990101101201,R1,supplement,250,2024-02-09\n\
            C3,990101101201,R2,works,1000,2024-01-10\n";
        let ledger = "date,payee,contract,amount\n\
            2024-01-20,R1,C1,1000\n2024-03-01,R1,C2,250\n2024-03-01,R2,C3,500\n2024-03-02,R2,,10\n";
        let book = sample::book(&[("ledger", ledger), ("contracts", contracts)]);
        let told = |name: &str| {
            let cells = column(&book, name).into_iter();
            cells.map(|it| (it * 100.0).round() / 100.0).collect::<Vec<f32>>()
        };
        let same = |own: Vec<f32>, expected: [f32; 4]| {
            let is_same = |(a, b): (f32, f32)| (a - b).abs() < 1e-6 || a.is_nan() && b.is_nan();
            assert!(own.iter().copied().zip(expected).all(is_same), "{own:?}");
        };
        same(told("supplement"), [0.0, 1.0, 0.0, f32::NAN]);
        same(told("supplement_share"), [0.22, 0.22, 0.0, f32::NAN]);
        same(told("supplement_count"), [1.0, 1.0, 0.0, f32::NAN]);
        same(told("supplement_days"), [30.0, 30.0, f32::NAN, f32::NAN]);
        same(told("supplements_paid"), [0.0, 0.0, -0.69, f32::NAN]);
    }

    #[test]
    fn a_row_of_a_roster_is_compared_with_what_is_paid_for_it() {
        let subsidies = "person,scheme,period,village,amount,quantity\n\
            A,LAND,2023,990101101201,100,1\nA,LAND,2024,990101101201,300,3\nA,ELDER,2024,990101101201,50,1\n";
        let ledger = "date,payee,scheme,amount\n2023-06-01,A,LAND,100\n2024-06-01,A,LAND,300\n\
            2024-06-02,A,LAND,300\n2024-06-03,B,LAND,300\n";
        let book = sample::book(&[("ledger", ledger), ("subsidies", subsidies)]);
        assert_eq!(column(&book, "roster_row"), [1.0, 1.0, 1.0, 0.0]);
        assert_eq!(column(&book, "roster_times")[..3], [1.0, 2.0, 2.0]);
        let over = column(&book, "roster_over");
        assert!(over[0].abs() < 1e-6 && (over[2] - 2.0_f32.ln()).abs() < 1e-6, "{over:?}");
        assert_eq!(column(&book, "roster_periods")[..3], [2.0, 2.0, 2.0]);
        assert_eq!(column(&book, "roster_schemes")[..3], [1.0, 2.0, 2.0]);
        assert_eq!(column(&book, "payee_vouchers_10"), [1.0, 2.0, 2.0, 1.0]);
    }
}
