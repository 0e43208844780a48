//! Simulated rounds of audits: how many acts are found with and without learning from earlier rounds.
//!
//! Each round audits the highest-ranked rows that were not audited before. An audited payment of an act reveals the
//! whole act; one without a finding clears its testing unit (the payments of a village to one payee). With
//! [`Learning::Settled`] and [`Learning::Feedback`], payments of revealed acts and cleared units are not audited
//! again. In a table without acts, each case is an act of its own and each row a unit of its own.

use std::collections::BTreeSet;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::matrix::Matrix;
use crate::model::detectors::iforest::Forest;
use crate::model::error::Error;
use crate::model::feedback::FeedbackSettings;
use crate::model::feedback::label::LabelledRow;
use crate::scoring::ranks::ranking;

/// Settings of the simulated audits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounds {
    /// Number of rounds.
    pub rounds: usize,
    /// Rows audited in each round.
    pub each: usize,
    /// Share of audits with a wrong result, 0 to 1.
    pub wrong: f64,
    /// Seed of the wrong results and of learning.
    pub seed: u64,
}

/// Ranked rows with their known results.
#[derive(Debug, Clone, Copy)]
pub struct Ranked<'a> {
    /// The features of the rows.
    pub features: &'a Matrix,
    /// The scores of the ranking, with a mean of about 1.
    pub prior: &'a [f64],
    /// The forest of the ranking, if it has one.
    pub forest: Option<&'a Forest>,
    /// The testing unit that each row belongs to.
    pub units: &'a [u32],
    /// The act that each row belongs to, if it belongs to one.
    pub acts: &'a [Option<usize>],
}

/// Totals after a round, including all rounds before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Rows audited.
    pub audited: usize,
    /// Audited rows that belong to acts. They count even if the audit result was wrong, because errors of auditors
    /// are not errors of the ranking.
    pub cases: usize,
    /// Acts to which these rows belong.
    pub acts: usize,
}

/// What the ranking uses from earlier rounds.
#[derive(Debug, Clone, Copy)]
pub enum Learning<'a> {
    /// Nothing.
    Nothing,
    /// Revealed acts and cleared units are not audited again.
    Settled,
    /// As `Settled`, and audit results adjust the scores of all other rows.
    Feedback(&'a FeedbackSettings),
}

/// Totals after each round.
///
/// # Errors
/// If a setting of learning is out of its range.
pub fn audits(
    rows: Ranked<'_>,
    learning: Learning<'_>,
    Rounds { rounds, each, wrong, seed }: Rounds,
) -> Result<Vec<Found>, Error> {
    let Ranked { features, prior, forest, units, acts } = rows;
    let act = |row: u32| acts.get(row as usize).copied().flatten();
    let unit = |row: u32| units.get(row as usize).copied();
    // Which audits have a wrong result does not depend on `learning`.
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let wrong: Vec<bool> = acts.iter().map(|_| random.r#gen::<f64>() < wrong).collect();
    let mut scores = prior.to_vec();
    let (mut audited, mut opened, mut settled) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut found, mut all) = (Found::default(), Vec::new());
    for round in 0..rounds {
        if let Learning::Feedback(settings) = learning
            && round > 0
        {
            let labels = labels(acts, (&audited, &opened), &wrong);
            let added =
                settings.adjustment((features, prior), forest, &labels, seed)?.added(features);
            scores = prior.iter().zip(added).map(|(prior, added)| prior + added).collect();
        }
        let mut left = each;
        for row in ranking(&scores) {
            if left == 0 {
                break;
            }
            let is_settled = act(row).is_some_and(|act| opened.contains(&act))
                || unit(row).is_some_and(|unit| settled.contains(&unit));
            let comes_back = matches!(learning, Learning::Nothing) || !is_settled;
            if !comes_back || !audited.insert(row) {
                continue;
            }
            left -= 1;
            found.audited += 1;
            if let Some(act) = act(row) {
                found.cases += 1;
                opened.insert(act);
            } else {
                settled.extend(unit(row));
            }
        }
        found.acts = opened.len();
        all.push(found);
    }
    Ok(all)
}

/// Labels after some audits: the audited rows and all rows of revealed acts.
fn labels(
    acts: &[Option<usize>],
    (audited, opened): (&BTreeSet<u32>, &BTreeSet<usize>),
    wrong: &[bool],
) -> Vec<LabelledRow> {
    let label = |(row, (act, wrong)): (u32, (&Option<usize>, &bool))| {
        let is_open = act.is_some_and(|act| opened.contains(&act));
        let hit = is_open != *wrong;
        let is_known = is_open || audited.contains(&row);
        is_known.then_some(LabelledRow { row, hit, sampled: false, propensity: None })
    };
    (0..).zip(acts.iter().zip(wrong)).filter_map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::{Found, Learning, Ranked, Rounds, audits};
    use crate::matrix::Matrix;
    use crate::model::feedback::FeedbackSettings;

    /// Two acts of two payments each at the top, and other rows.
    fn county() -> (Matrix, Vec<f64>, Vec<Option<usize>>) {
        let mut features = Matrix::new(100);
        let cell = |row: u16| Some(f32::from(u8::from(row < 2 || row == 50)));
        features.push("a", (0..100).map(cell)).unwrap();
        let prior = (0..100).map(|row| 2.0 - f64::from(row) / 50.0).collect();
        let act = |row: u16| match row {
            0 | 1 => Some(0),
            2 | 3 => Some(1),
            _ => None,
        };
        (features, prior, (0..100).map(act).collect())
    }

    #[test]
    fn what_was_settled_does_not_come_back_onto_a_list_that_learns() {
        let (features, prior, acts) = county();
        let units: Vec<u32> = (0..100).collect();
        let (features, prior, units, acts) = (&features, &*prior, &*units, &*acts);
        let payments = Ranked { features, prior, forest: None, units, acts };
        let rounds = Rounds { rounds: 2, each: 1, wrong: 0.0, seed: 1 };
        let after = |learning| audits(payments, learning, rounds).unwrap();
        let found = |audited, cases, acts| Found { audited, cases, acts };
        assert_eq!(after(Learning::Nothing), [found(1, 1, 1), found(2, 2, 1)]);
        assert_eq!(after(Learning::Settled), [found(1, 1, 1), found(2, 2, 2)]);
        let learned = after(Learning::Feedback(&FeedbackSettings::default()));
        assert_eq!(learned[0], found(1, 1, 1));
        assert_eq!(learned[1].audited, 2);
    }
}
