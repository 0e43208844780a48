//! What audits of a simulated county find, round after round, where the list learns from them and where it
//! does not.
//!
//! Each round audits the first payments of the ranking that nobody has audited. Whoever audits a payment of
//! an act opens the act, and whoever finds nothing at a payment has seen what the village pays this payee:
//! the other payments of an opened act and of a settled matter do not come back onto a list that learns, even
//! where an act that nobody saw is among them. A list that does not learn goes on with what stood below.

use std::collections::BTreeSet;

use crate::matrix::Matrix;
use crate::model::error::Error;
use crate::model::feedback::{Lesson, Route, Teach};
use crate::score::ranking;

/// The rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    /// How many.
    pub rounds: usize,
    /// Payments that each audits.
    pub each: usize,
    /// The seed of learning.
    pub seed: u64,
}

/// Payments of one county, ranked, and what is known of them.
#[derive(Debug, Clone, Copy)]
pub struct Payments<'a> {
    /// Their features.
    pub features: &'a Matrix,
    /// The scores of the ranking, with a mean of about 1.
    pub prior: &'a [f64],
    /// The matter that each belongs to: what a village pays to one payee.
    pub matters: &'a [u32],
    /// The planted act that each belongs to, if it belongs to one.
    pub acts: &'a [Option<usize>],
}

/// What was found after a round, all rounds before it included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Payments audited.
    pub audited: usize,
    /// Payments of acts among them.
    pub payments: usize,
    /// Acts that these belong to.
    pub acts: usize,
}

/// What a list learns from.
#[derive(Debug, Clone, Copy)]
pub enum Learning<'a> {
    /// Nothing.
    Nothing,
    /// What was settled does not come back.
    Settled,
    /// What was settled does not come back, and what was found moves the scores of all others.
    Taught(&'a Teach),
}

/// What is found after each round.
///
/// # Errors
/// If a setting of learning is out of its range.
pub fn audits(
    Payments { features, prior, matters, acts }: Payments<'_>,
    learning: Learning<'_>,
    Rounds { rounds, each, seed }: Rounds,
) -> Result<Vec<Found>, Error> {
    let act = |row: u32| acts.get(row as usize).copied().flatten();
    let mut scores = prior.to_vec();
    let matter = |row: u32| matters.get(row as usize).copied();
    let (mut audited, mut opened, mut settled) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut found, mut all) = (Found::default(), Vec::new());
    for round in 0..rounds {
        if let Learning::Taught(teach) = learning
            && round > 0
        {
            let lessons = lessons(acts, &audited, &opened);
            let gained = teach.gain((features, prior), None, &lessons, seed)?;
            let added = gained.added(features, prior);
            scores = prior.iter().zip(added).map(|(prior, added)| prior + added).collect();
        }
        let mut left = each;
        for row in ranking(&scores) {
            if left == 0 {
                break;
            }
            let is_settled = act(row).is_some_and(|act| opened.contains(&act))
                || matter(row).is_some_and(|matter| settled.contains(&matter));
            let comes_back = matches!(learning, Learning::Nothing) || !is_settled;
            if !comes_back || !audited.insert(row) {
                continue;
            }
            left -= 1;
            found.audited += 1;
            if let Some(act) = act(row) {
                found.payments += 1;
                opened.insert(act);
            } else {
                settled.extend(matter(row));
            }
        }
        found.acts = opened.len();
        all.push(found);
    }
    Ok(all)
}

/// What is known after some audits: the audited payments, and all payments of the acts that they opened.
fn lessons(
    acts: &[Option<usize>],
    audited: &BTreeSet<u32>,
    opened: &BTreeSet<usize>,
) -> Vec<Lesson> {
    let lesson = |(row, act): (u32, &Option<usize>)| {
        let hit = act.is_some_and(|act| opened.contains(&act));
        let is_known = hit || audited.contains(&row);
        is_known.then_some(Lesson { row, hit, route: Route::List, propensity: None })
    };
    (0..).zip(acts).filter_map(lesson).collect()
}

#[cfg(test)]
mod tests {
    use super::{Found, Learning, Payments, Rounds, audits};
    use crate::matrix::Matrix;
    use crate::model::feedback::{Teach, Way};

    /// Two acts of two payments at the head, others below.
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
        let matters: Vec<u32> = (0..100).collect();
        let payments =
            Payments { features: &features, prior: &prior, matters: &matters, acts: &acts };
        let rounds = Rounds { rounds: 2, each: 1, seed: 1 };
        let after = |learning| audits(payments, learning, rounds).unwrap();
        let found = |audited, payments, acts| Found { audited, payments, acts };
        assert_eq!(after(Learning::Nothing), [found(1, 1, 1), found(2, 2, 1)]);
        assert_eq!(after(Learning::Settled), [found(1, 1, 1), found(2, 2, 2)]);
        let taught = after(Learning::Taught(&Teach::by(Way::Logistic)));
        assert_eq!(taught[0], found(1, 1, 1));
        assert_eq!(taught[1].audited, 2);
    }
}
