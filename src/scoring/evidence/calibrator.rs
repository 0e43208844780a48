//! Calibration: p-values of subjects, and false discovery rates of testing units.
//!
//! A p-value is conformal: the share of reference subjects of the same group with at least the same score
//! ([`crate::model::calibrate`]). Statements about a list refer to *testing units*: all payments of one village to one
//! payee, represented by the most unusual one. Otherwise one unusual payee would count once per payment, and the error
//! rate of a list would not hold. Of the payments of one voucher only the most unusual can represent its unit, since
//! one wrong name on a subsidy list makes all its lines unusual.
//!
//! In a group of one to three thousand testing units no p-value is small enough for a list drawn from all groups. The
//! scores of testing units are therefore standardised within each group and compared with those of all groups. If
//! ordinary villages are exchangeable, so are their testing units in any group, and the statement about the whole list
//! remains valid; the scale only prevents a group with generally high scores from dominating the list.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ledger::book::index::{IxVec, SubjectIx};
use crate::ledger::subject::TestingUnits;
use crate::model::calibrate::Calibration;
use crate::model::error::Error;
use crate::stats::combine::benjamini_hochberg;

/// The minimum number of reference subjects for a comparison within the group.
const ENOUGH_FOR_A_GROUP: usize = 500;

/// Scores, groups and testing units, one of each per subject.
#[derive(Debug, Clone, Copy)]
pub struct ScoreSet<'a> {
    /// The scores.
    pub scores: &'a [f64],
    /// The comparison group of each subject.
    pub groups: &'a [&'a str],
    /// The testing unit of each subject.
    pub testing_units: &'a TestingUnits,
}

/// P-values, one cell per subject.
#[derive(Debug, Clone, Default)]
pub struct PValues {
    /// The share of reference subjects of the same group with at least the same score.
    pub p_value: IxVec<SubjectIx, f64>,
    /// The p-value of the testing unit, stored at its representative subject; NaN at its other subjects.
    pub of_unit: IxVec<SubjectIx, f64>,
}

/// The reference scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibrator {
    subjects: ByGroup,
    /// `None` if every subject is a testing unit by itself.
    testing_units: Option<Pooled>,
}

/// Scores of all units, standardised by the upper tail of their group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pooled {
    all: Tail,
    groups: BTreeMap<String, Tail>,
    comparable: Calibration,
}

/// The 90 % quantile of some scores, and the mean excess above it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tail {
    from: f64,
    beyond: f64,
}

/// Scores of all subjects, and by group for large enough groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByGroup {
    all: Calibration,
    groups: BTreeMap<String, Calibration>,
}

impl Calibrator {
    /// Creates a calibrator from reference subjects.
    ///
    /// # Errors
    /// If there are no subjects.
    pub fn of(all: ScoreSet<'_>) -> Result<Self, Error> {
        let representatives = representatives(all);
        let subjects = ByGroup::of(all.scores.iter().copied().zip(all.groups.iter().copied()))?;
        let is_alone = representatives.iter().all(|is_representative| *is_representative);
        let of_heads = || {
            let all =
                all.scores.iter().copied().zip(all.groups.iter().copied()).zip(&representatives);
            Pooled::of(all.filter(|(_, is_representative)| **is_representative).map(|(it, _)| it))
        };
        let testing_units = if is_alone { None } else { Some(of_heads()?) };
        Ok(Self { subjects, testing_units })
    }

    /// The number of reference subjects.
    pub fn size(&self) -> u64 {
        self.subjects.all.size()
    }

    /// The p-values of subjects; `within` tells whether they belong to the reference themselves.
    pub fn p_values(&self, all: ScoreSet<'_>, within: bool) -> PValues {
        let rows = || all.scores.iter().zip(all.groups);
        let p_value: IxVec<_, f64> =
            rows().map(|(score, group)| self.subjects.p(*score, group, within)).collect();
        let Some(testing_units) = &self.testing_units else {
            return PValues { of_unit: p_value.clone(), p_value };
        };
        let of_unit =
            rows().zip(representatives(all)).map(|((score, group), is_representative)| {
                if is_representative { testing_units.p(*score, group, within) } else { f64::NAN }
            });
        PValues { of_unit: of_unit.collect(), p_value }
    }
}

impl PValues {
    /// The q-value of each testing unit, the expected share of false units among all with at most the same p-value
    /// (Benjamini and Hochberg 1995), at its representative subject; 1 at other subjects.
    pub fn q_values(&self) -> Vec<f64> {
        let told: Vec<f64> = self.of_unit.iter().copied().filter(|p| !p.is_nan()).collect();
        let mut q = benjamini_hochberg(&told).into_iter();
        let of = |p: &f64| if p.is_nan() { 1.0 } else { q.next().unwrap_or(1.0) };
        self.of_unit.iter().map(of).collect()
    }

    /// The number of testing units.
    pub fn testing_units(&self) -> usize {
        self.of_unit.iter().filter(|p| !p.is_nan()).count()
    }

    /// Stores the p-values of a subset at the given rows.
    pub fn put(&mut self, rows: &[u32], p_values: &Self) {
        for (row, (p, of_unit)) in rows.iter().zip(p_values.p_value.iter().zip(&p_values.of_unit)) {
            let subject = SubjectIx::from(*row as usize);
            (self.p_value[subject], self.of_unit[subject]) = (*p, *of_unit);
        }
    }
}

impl ByGroup {
    fn of<'a>(all: impl Iterator<Item = (f64, &'a str)>) -> Result<Self, Error> {
        let all: Vec<(f64, &str)> = all.collect();
        let groups = large_groups(&all);
        let groups =
            groups.map(|(group, scores)| Ok((group.to_owned(), Calibration::of(&scores)?)));
        Ok(Self {
            groups: groups.collect::<Result<_, Error>>()?,
            all: Calibration::of(&scores(&all))?,
        })
    }

    fn p(&self, score: f64, group: &str, within: bool) -> f64 {
        self.groups.get(group).unwrap_or(&self.all).p(score, within)
    }
}

impl Pooled {
    fn of<'a>(all: impl Iterator<Item = (f64, &'a str)>) -> Result<Self, Error> {
        let all: Vec<(f64, &str)> = all.collect();
        let tail = |(group, scores): (&str, Vec<f64>)| (group.to_owned(), Tail::of(scores));
        let groups: BTreeMap<String, Tail> = large_groups(&all).map(tail).collect();
        let own = Tail::of(scores(&all));
        let measure =
            |(score, group): &(f64, &str)| groups.get(*group).unwrap_or(&own).measure(*score);
        let comparable = Calibration::of(&all.iter().map(measure).collect::<Vec<f64>>())?;
        Ok(Self { all: own, groups, comparable })
    }

    fn p(&self, score: f64, group: &str, within: bool) -> f64 {
        let tail = self.groups.get(group).unwrap_or(&self.all);
        self.comparable.p(tail.measure(score), within)
    }
}

impl Tail {
    #[expect(clippy::cast_precision_loss, reason = "subjects are far below 2^52")]
    fn of(mut scores: Vec<f64>) -> Self {
        scores.sort_unstable_by(f64::total_cmp);
        let tail = scores.split_off(scores.len() - scores.len().div_ceil(10));
        let from = tail.first().copied().unwrap_or(0.0);
        let beyond = tail.iter().map(|score| score - from).sum::<f64>() / tail.len().max(1) as f64;
        Self { from, beyond: if beyond > 0.0 { beyond } else { 1.0 } }
    }

    fn measure(self, score: f64) -> f64 {
        (score - self.from) / self.beyond
    }
}

fn scores(all: &[(f64, &str)]) -> Vec<f64> {
    all.iter().map(|(score, _)| *score).collect()
}

/// The scores of each group that is large enough.
fn large_groups<'a>(all: &[(f64, &'a str)]) -> impl Iterator<Item = (&'a str, Vec<f64>)> {
    let mut parts: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (score, group) in all {
        parts.entry(group).or_default().push(*score);
    }
    parts.into_iter().filter(|(_, scores)| scores.len() >= ENOUGH_FOR_A_GROUP)
}

/// Whether each subject represents its testing unit: the first with the highest score, unless another payment of its
/// voucher scores as much.
fn representatives(ScoreSet { scores, testing_units, .. }: ScoreSet<'_>) -> Vec<bool> {
    let mut representatives = vec![true; scores.len()];
    for testing_units in [&testing_units.of_payee, &testing_units.of_voucher] {
        let mut best: BTreeMap<u32, (f64, usize)> = BTreeMap::new();
        let calibrator = scores
            .iter()
            .zip(testing_units)
            .enumerate()
            .filter(|(at, _)| representatives.get(*at) == Some(&true));
        for (at, (score, testing_unit)) in calibrator {
            let own = best.entry(*testing_unit).or_insert((*score, at));
            if *score > own.0 {
                *own = (*score, at);
            }
        }
        representatives = vec![false; scores.len()];
        for (_, at) in best.into_values() {
            if let Some(head) = representatives.get_mut(at) {
                *head = true;
            }
        }
    }
    representatives
}

#[cfg(test)]
mod tests {
    use super::{Calibrator, ScoreSet};
    use crate::ledger::subject::TestingUnits;

    #[test]
    fn a_matter_is_told_once_and_compared_with_matters() {
        let scores = [5.0, 9.0, 9.0, 1.0, 2.0, 3.0];
        let (of_payee, of_voucher) = (vec![0, 0, 0, 1, 2, 3], vec![0, 1, 2, 3, 4, 5]);
        let testing_units = TestingUnits { of_payee, of_voucher };
        let all = ScoreSet { scores: &scores, groups: &["g"; 6], testing_units: &testing_units };
        let calibrator = Calibrator::of(all).unwrap();
        let p_values = calibrator.p_values(all, true);
        assert_eq!(p_values.testing_units(), 4);
        assert!(p_values.of_unit.raw[0].is_nan() && p_values.of_unit.raw[2].is_nan());
        // One of four testing units, but two of six payments.
        assert!(
            (p_values.of_unit.raw[1] - 0.25).abs() < 1e-12
                && (p_values.p_value.raw[1] - 1.0 / 3.0).abs() < 1e-12
        );
        let q = p_values.q_values();
        assert!((q[0] - 1.0).abs() < 1e-12 && (q[1] - 1.0).abs() < 1e-12, "{q:?}");
    }

    #[test]
    fn of_one_voucher_only_the_most_unusual_payment_stands_for_its_matter() {
        let (of_payee, of_voucher) = (vec![0, 1, 2, 0], vec![0, 0, 1, 2]);
        let testing_units = TestingUnits { of_payee, of_voucher };
        let scores = [5.0, 6.0, 1.0, 2.0];
        let all = ScoreSet { scores: &scores, groups: &["g"; 4], testing_units: &testing_units };
        let p_values = Calibrator::of(all).unwrap().p_values(all, true);
        // The first has the highest score of its payee, but another payment of its voucher scores higher.
        let told: Vec<bool> = p_values.of_unit.iter().map(|p| !p.is_nan()).collect();
        assert_eq!(told, [false, true, true, false]);
    }

    #[test]
    fn a_group_is_compared_with_itself_if_it_is_large_enough() {
        // The second group always has much higher scores.
        let score = |row: u16| f64::from(row % 97 + 500 * (row % 2));
        let scores: Vec<f64> = (0..1_200).map(score).collect();
        let groups: Vec<&str> =
            (0..1_200_u16).map(|row| if row.is_multiple_of(2) { "a" } else { "b" }).collect();
        let alone: Vec<u32> = (0..1_200).collect();
        let testing_units = TestingUnits { of_payee: alone.clone(), of_voucher: alone };
        let all = ScoreSet { scores: &scores, groups: &groups, testing_units: &testing_units };
        let calibrator = Calibrator::of(all).unwrap();
        let p = calibrator.p_values(all, false).p_value;
        let small = |group: &str| {
            let own = p.iter().zip(&groups).filter(|(_, own)| **own == group);
            own.filter(|(p, _)| **p <= 0.1).count()
        };
        assert!((40..=80).contains(&small("a")) && (40..=80).contains(&small("b")));
        let strangers = ScoreSet { groups: &vec!["c"; 1_200], ..all };
        let p = calibrator.p_values(strangers, false).p_value;
        assert!(p.iter().filter(|p| **p <= 0.1).count() <= 130);
    }
}
