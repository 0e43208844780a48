//! Tests whether a subject has more payments with evidence for a scheme than the reference rate implies.

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::indicators::card::Scheme;
use crate::ledger::book::index::{IxVec, SubjectIx};
use crate::matrix::{Error, Matrix};
use crate::scoring::evidence::scores::EvidenceScores;
use crate::stats::exact::binomial_upper;

/// A payment counts for its payee, approver or village if its combined p-value is at most this.
pub const COUNTS: f32 = 0.05;

/// The name of reasons of this kind, for any scheme.
pub const PAYMENTS: &str = "payments";

/// The prefix of all count columns.
const PREFIX: &str = "payments_";

/// The scheme of a count column; `None` for other columns.
pub fn scheme(column: &str) -> Option<Scheme> {
    Scheme::of(column.strip_prefix(PREFIX)?)
}

/// Converts a cell, `-log10 p`, to `p`.
pub fn chance(cell: f32) -> f64 {
    10_f64.powf(-f64::from(cell))
}

/// The share of payments with evidence for each scheme.
pub fn rates(payments: &EvidenceScores) -> Vec<(Scheme, f64)> {
    let rate = |(scheme, p): &(Scheme, IxVec<SubjectIx, f32>)| {
        let hits = p.iter().filter(|p| **p <= COUNTS).count();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
        let rate = hits as f64 / p.len().max(1) as f64;
        (*scheme, rate)
    };
    payments.schemes.iter().map(rate).collect()
}

/// One column per scheme: `-log10` of the exact binomial tail of a subject's number of payments with evidence, given
/// its number of payments and the reference rate.
///
/// `owner` is the subject of each payment, if there is one.
///
/// # Errors
/// If two schemes have the same name, which the catalogue rules out.
pub fn counts(
    payments: &EvidenceScores,
    rates: &[(Scheme, f64)],
    owner: &[Option<SubjectIx>],
    subjects: usize,
) -> Result<Matrix, Error> {
    let mut all: IxVec<SubjectIx, u64> = IxVec::of(0, subjects);
    owner.iter().flatten().for_each(|it| all[*it] += 1);
    let column = |(scheme, p): &(Scheme, IxVec<SubjectIx, f32>)| {
        let own = rates.iter().find(|(own, _)| own == scheme);
        let rate = own.map_or(f64::from(COUNTS), |(_, rate)| *rate);
        let mut hits: IxVec<SubjectIx, u64> = IxVec::of(0, subjects);
        for (_, whose) in p.iter().zip(owner).filter(|(p, _)| **p <= COUNTS) {
            if let Some(it) = whose {
                hits[*it] += 1;
            }
        }
        let neg_log10 = |(hits, all): (u64, &u64)| neg_log10(hits, *all, rate);
        (*scheme, hits.into_iter().zip(&all).map(neg_log10).collect::<Vec<f32>>())
    };
    let columns: Vec<(Scheme, Vec<f32>)> =
        payments.schemes.iter().collect::<Vec<_>>().into_par_iter().map(column).collect();
    let mut matrix = Matrix::new(subjects);
    for (scheme, cells) in columns {
        matrix.push(&format!("{PREFIX}{}", scheme.word()), cells.into_iter().map(Some))?;
    }
    Ok(matrix)
}

#[expect(clippy::cast_possible_truncation, reason = "a neg_log10 has seven digits at most")]
fn neg_log10(hits: u64, all: u64, rate: f64) -> f32 {
    if hits == 0 {
        return 0.0;
    }
    let p = binomial_upper(hits, all, rate).max(f64::MIN_POSITIVE);
    // Avoids a displayed minus zero.
    (-p.log10()).max(0.0) as f32
}

#[cfg(test)]
mod tests {
    use super::{SubjectIx, chance, counts, rates, scheme};
    use crate::indicators::card::Scheme;
    use crate::scoring::evidence::scores::EvidenceScores;

    #[test]
    fn a_column_says_whose_payments_it_counts() {
        assert_eq!(scheme("payments_splitting"), Some(Scheme::Splitting));
        assert_eq!(scheme("payments_"), None);
        assert_eq!(scheme("vague_purpose"), None);
    }

    #[test]
    fn the_surprise_is_that_of_the_binomial_law() {
        let schemes = vec![(Scheme::Ghost, vec![0.01, 0.01, 0.5, 1.0, f32::NAN, 0.04].into())];
        let evidence = EvidenceScores { schemes, ..EvidenceScores::default() };
        assert_eq!(rates(&evidence), [(Scheme::Ghost, 0.5)]);
        // Two of two for the first owner, none of one for the second, one of two for the third; one payment has no
        // owner.
        let owner = [Some(0), Some(0), Some(1), Some(2), None, Some(2)];
        let owner = owner.map(|it| it.map(SubjectIx::from));
        let found = counts(&evidence, &rates(&evidence), &owner, 3).unwrap();
        let p: Vec<f64> = found.column(0).iter().map(|cell| chance(*cell)).collect();
        assert!((p[0] - 0.25).abs() < 1e-6 && (p[1] - 1.0).abs() < 1e-6);
        assert!((p[2] - 0.75).abs() < 1e-6);
    }
}
