//! Features: computes indicators on books, and one numeric matrix per grain.
//!
//! This is the only module that joins grains. A payment's row contains its own values, and those of its payee, approver
//! and village if the payment is among the rows that explain them; an ordinary payment to a suspicious payee stays
//! ordinary. Whether an indicator can be computed is decided here before any kernel runs, from its card's requirements
//! and the recorded data.

pub mod amount_column;
pub mod coverage;
pub mod own_hits;
pub mod subjects;

use std::collections::BTreeSet;

use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use crate::indicators::card::Card;
use crate::indicators::indicator::{Configured, Prepared, Readings};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx, SubjectIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::{Grain, owner, payment_of_line, payments_of};
use crate::matrix::{Error, Matrix};
use crate::stats::tail::upper;

/// Whether an indicator can be computed on a book, and its number of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The indicator.
    pub indicator: &'static str,
    /// Its grain.
    pub grain: Grain,
    /// Whether all required data are recorded.
    pub recorded: bool,
    /// The required data that are not recorded.
    pub missing: Vec<&'static str>,
    /// The number of subjects of its grain.
    pub asked: usize,
    /// The number of subjects with a value.
    pub answered: usize,
}

/// An indicator computed on a book.
pub struct Measured<'a> {
    /// The description of the indicator.
    pub card: &'a Card,
    /// The values.
    pub readings: Readings,
    /// Whether the value of the payment's payee, approver or village applies to the payment: the value is among the
    /// county's highest, and the payment is among the rows that explain it. Empty for indicators of payments.
    pub reached: IxVec<PaymentIx, bool>,
    /// The kernel, to get the rows that explain a value.
    pub prepared: Box<dyn Prepared + 'a>,
}

impl Measured<'_> {
    /// Whether a subject of its grain has a value from the threshold of the card on.
    pub fn is_flagged(&self, subject: SubjectIx) -> bool {
        let threshold = self.card.scale.threshold();
        self.readings.get(subject).is_some_and(|reading| reading.value >= threshold)
    }

    /// Whether a subject has a value, and it is not flagged.
    pub fn is_clear(&self, subject: SubjectIx) -> bool {
        self.readings.get(subject).is_some() && !self.is_flagged(subject)
    }
}

impl std::fmt::Debug for Measured<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Measured").field("card", self.card).finish_non_exhaustive()
    }
}

/// Computes every indicator whose data are recorded.
pub fn measure<'a>(
    book: &'a Book,
    indicators: &'a [Box<dyn Configured>],
) -> (Vec<Measured<'a>>, Vec<Coverage>) {
    let (recorded, payment_of) = (recorded(book), payment_of_line(book));
    // In parallel: while one indicator prepares on one core, others use the remaining cores.
    let asked: Vec<_> = indicators
        .par_iter()
        .map(|indicator| ask(book, indicator.as_ref(), (&recorded, &payment_of)))
        .collect();
    let (measured, coverage): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
    (measured.into_iter().flatten().collect(), coverage)
}

type PaymentOfLine = IxVec<LineIx, Option<PaymentIx>>;

fn ask<'a>(
    book: &'a Book,
    indicator: &'a dyn Configured,
    (recorded, payment_of): (&BTreeSet<String>, &PaymentOfLine),
) -> (Option<Measured<'a>>, Coverage) {
    let card = indicator.card();
    let mut covered = covered(book, card, recorded);
    let measured = covered.recorded.then(|| {
        let prepared = indicator.prepare(book);
        let readings = prepared.readings();
        covered.answered = readings.answered();
        let reached = reached(book, card.grain, &readings, (prepared.as_ref(), payment_of));
        Measured { card, readings, reached, prepared }
    });
    (measured, covered)
}

/// The coverage of an indicator before its computation.
fn covered(book: &Book, card: &Card, recorded: &BTreeSet<String>) -> Coverage {
    let lacks = |needed: &&&str| !recorded.contains(**needed);
    let missing: Vec<&'static str> = card.requires.iter().filter(lacks).copied().collect();
    Coverage {
        indicator: card.name,
        grain: card.grain,
        recorded: missing.is_empty(),
        missing,
        asked: card.grain.subjects(book),
        answered: 0,
    }
}

/// The value of a coarser subject applies to its payments only if at most this share of subjects has at least this
/// value.
const REACHES_PAYMENTS: f64 = 0.05;

/// A p-value in single precision, never 0.
#[expect(clippy::cast_possible_truncation, reason = "a p-value has seven digits at most")]
pub fn narrow(p: f64) -> f32 {
    (p as f32).max(f32::MIN_POSITIVE)
}

/// Whether the values of a coarser grain apply to each payment.
fn reached(
    book: &Book,
    grain: Grain,
    readings: &Readings,
    (prepared, payment_of): (&dyn Prepared, &PaymentOfLine),
) -> IxVec<PaymentIx, bool> {
    if grain == Grain::Payment {
        return IxVec::default();
    }
    let known = readings.known().map(|(subject, value)| (subject, f64::from(value)));
    let (subjects, values): (Vec<SubjectIx>, Vec<f64>) = known.unzip();
    let tails = subjects.into_iter().zip(upper(&values));
    let reaching: Vec<SubjectIx> =
        tails.filter(|(_, tail)| *tail <= REACHES_PAYMENTS).map(|(subject, _)| subject).collect();
    let rows: Vec<Vec<LineIx>> =
        reaching.into_par_iter().map(|subject| prepared.trace(subject).rows).collect();
    let mut reached = IxVec::of(false, book.payments.len());
    for payment in rows.iter().flatten().filter_map(|line| payment_of[*line]) {
        reached[payment] = true;
    }
    reached
}

/// The tables (`limits`) and columns (`ledger.payee`) with any value in the book.
fn recorded(book: &Book) -> BTreeSet<String> {
    let ledger = book.lines.filled().into_iter().map(|(field, rows)| ("ledger", field, rows));
    let all = ledger.chain(book.companions.filled()).filter(|(.., rows)| *rows > 0);
    let mut recorded = BTreeSet::new();
    for (table, field, _) in all {
        recorded.insert(format!("{table}.{field}"));
        recorded.insert(table.to_owned());
    }
    recorded
}

/// A plain column: a simple measure of size, as a natural logarithm.
#[derive(Debug, Clone, Copy)]
pub struct Plain {
    /// The column.
    pub name: &'static str,
    /// The meaning of its argument.
    pub title: &'static str,
    /// The same in Chinese.
    pub title_zh: &'static str,
}

/// The amount of a payment, times the county's median.
pub const LN_OVER_COUNTY: Plain = Plain {
    name: "ln_amount_over_county",
    title: "Times the county's median amount",
    title_zh: "金额与全县中位数之比",
};
/// The same, times the payee's median.
pub const LN_OVER_PAYEE: Plain = Plain {
    name: "ln_amount_over_payee",
    title: "Times the payee's median amount",
    title_zh: "金额与该收款人中位数之比",
};
/// The same, times the median of the payee in the account.
pub const LN_OVER_PAYEE_ACCOUNT: Plain = Plain {
    name: "ln_amount_over_payee_account",
    title: "Times the payee's median in this account",
    title_zh: "金额与该收款人同科目中位数之比",
};
/// The largest payment of a payee, official or village, times the median.
pub const LN_LARGEST: Plain = Plain {
    name: "ln_largest",
    title: "Largest payment, times the median",
    title_zh: "最大一笔与中位数之比",
};

/// All plain columns.
pub const PLAIN: [Plain; 4] = [LN_OVER_COUNTY, LN_OVER_PAYEE, LN_OVER_PAYEE_ACCOUNT, LN_LARGEST];

/// The matrix of a grain: one row per subject of the book, in order.
///
/// Columns are named after indicators, followed by the plain columns: the size of an amount, alone and relative to the
/// payee and the account. As for indicators, larger is more unusual; values below the usual are set to the usual.
///
/// # Errors
/// If two columns have the same name, which the catalogue rules out.
pub fn matrix(book: &Book, measured: &[Measured<'_>], grain: Grain) -> Result<Matrix, Error> {
    let rows = grain.subjects(book);
    let mut matrix = Matrix::new(rows);
    for Measured { card, readings, reached, .. } in measured {
        if card.grain == grain {
            matrix.push(card.name, readings.values())?;
        } else if grain == Grain::Payment {
            let of = |(payment, reached): (PaymentIx, &bool)| {
                let value = readings.get(owner(book, card.grain, payment)?)?.value;
                Some(if *reached { value } else { 0.0 })
            };
            matrix.push(card.name, reached.iter_enumerated().map(of))?;
        }
    }
    if grain == Grain::Payment {
        push_plain(book, &mut matrix)?;
    } else {
        push_largest(book, grain, &mut matrix)?;
    }
    Ok(matrix)
}

/// One matrix per grain, the finest first.
///
/// # Errors
/// If two columns have the same name, which the catalogue rules out.
pub fn matrices(book: &Book, measured: &[Measured<'_>]) -> Result<Vec<(Grain, Matrix)>, Error> {
    Grain::ALL.into_iter().map(|grain| Ok((grain, matrix(book, measured, grain)?))).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "f32 is enough")]
fn ln_yuan(amount: Fen) -> Option<f32> {
    (amount.0 > 0).then(|| amount.yuan().ln() as f32)
}

fn push_plain(book: &Book, matrix: &mut Matrix) -> Result<(), Error> {
    let sizes = sizes(book);
    let everyone: Vec<PaymentIx> = sizes.keys().collect();
    let usual = median(&sizes, &everyone).unwrap_or(0.0);
    // The minimum must be 0 in every county: a county-specific minimum would make all cells of another county rare.
    let over = sizes.iter().map(|size| size.map(|size| (size - usual).max(0.0)));
    matrix.push(LN_OVER_COUNTY.name, over)?;
    matrix.push(LN_OVER_PAYEE.name, over_median(&sizes, book.by_payee().groups()))?;
    matrix.push(LN_OVER_PAYEE_ACCOUNT.name, over_median(&sizes, book.by_payee_account().groups()))
}

/// The size of each payment minus the median of its group; 0 if it is smaller.
fn over_median<'a>(
    sizes: &Sizes,
    groups: impl Iterator<Item = &'a [PaymentIx]>,
) -> IxVec<PaymentIx, Option<f32>> {
    let mut over = IxVec::of(None, sizes.len());
    for group in groups {
        let Some(median) = median(sizes, group) else { continue };
        for payment in group {
            over[*payment] = sizes[*payment].map(|size| (size - median).max(0.0));
        }
    }
    over
}

type Sizes = IxVec<PaymentIx, Option<f32>>;

/// The log amount of each payment.
fn sizes(book: &Book) -> IxVec<PaymentIx, Option<f32>> {
    book.payments.amount.iter().map(|fen| ln_yuan(*fen)).collect()
}

/// The minimum number of payments in a group for a comparison.
const ENOUGH_TO_COMPARE: usize = 4;

/// The median size of a group that is large enough.
fn median(sizes: &Sizes, group: &[PaymentIx]) -> Option<f32> {
    let size = |payment: &PaymentIx| sizes[*payment];
    let mut known: Vec<f32> = group.iter().filter_map(size).collect();
    let middle = known.len() / 2;
    let is_enough = known.len() >= ENOUGH_TO_COMPARE;
    is_enough.then(|| *known.select_nth_unstable_by(middle, f32::total_cmp).1)
}

/// Adds how far the largest payment of each subject exceeds the usual. Sums and numbers of payments are not used as
/// columns, because a frequent payee is not suspicious.
fn push_largest(book: &Book, grain: Grain, matrix: &mut Matrix) -> Result<(), Error> {
    let sizes = sizes(book);
    let largest = |subject: SubjectIx| {
        let group = payments_of(book, grain, subject);
        let known = group.iter().filter_map(|payment| sizes[*payment]);
        Some(known.max_by(f32::total_cmp)? - median(&sizes, group)?)
    };
    matrix.push(LN_LARGEST.name, grain.all(book).map(largest))
}

#[cfg(test)]
mod tests {
    use super::{matrix, measure};
    use crate::indicators::CATALOGUE;
    use crate::indicators::indicator::Configured;
    use crate::ledger::sample;
    use crate::ledger::subject::Grain;

    fn all() -> Vec<Box<dyn Configured>> {
        CATALOGUE.iter().map(|entry| entry.with(toml::Table::new()).unwrap()).collect()
    }

    #[test]
    fn an_indicator_whose_column_is_empty_is_not_recorded_and_says_what_is_missing() {
        let book = sample::book(&[("ledger", "payee,approver\nP1,\nP2,\n")]);
        let indicators = all();
        let (measured, coverage) = measure(&book, &indicators);
        let found = coverage.iter().find(|covered| covered.indicator == "self_approval").unwrap();
        assert!(!found.recorded);
        assert_eq!(found.missing, ["ledger.approver"]);
        assert!(measured.iter().all(|measured| measured.card.name != "self_approval"));
    }

    #[test]
    fn a_payment_compares_with_the_median_of_its_payee() {
        let ledger = "payee,amount\nP1,100\nP1,100\nP1,100\nP1,1000\nP2,5\n";
        let book = sample::book(&[("ledger", ledger)]);
        let indicators = all();
        let (measured, _) = measure(&book, &indicators);
        let matrix = matrix(&book, &measured, Grain::Payment).unwrap();
        let column = matrix.names().iter().position(|name| name == "ln_amount_over_payee").unwrap();
        assert_eq!(matrix.cell(0, column), Some(0.0));
        assert!((matrix.cell(3, column).unwrap() - 10_f32.ln()).abs() < 1e-6);
        assert_eq!(matrix.cell(4, column), None);
    }
}
