//! What answers are worth: how many of the known cases a ranking finds if it learns from each round of audits.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::matrix::Matrix;
use crate::model::Model;
use crate::model::error::Error;
use crate::model::feedback::{Lesson, Route, Teach};
use crate::score::{ranking, score};

/// Audits in rounds: the first rows of the ranking that nobody has audited yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Rounds of audits.
    pub rounds: usize,
    /// Audits of each round.
    pub each: usize,
    /// The share of audits whose answer is the wrong one.
    pub wrong: f64,
    /// The seed of the wrong answers and of learning.
    pub seed: u64,
}

/// How many known cases were audited after each round, by a ranking that learns from the answers, or by the
/// prior's ranking alone where there is no `teach`. A case that was audited counts as found, whatever the
/// answer was: how well the auditors see is not the ranking's doing.
///
/// # Errors
/// If a setting is out of its range or the matrix has other columns than the prior.
pub fn found(
    prior: &Model,
    (matrix, cases): (&Matrix, &[bool]),
    teach: Option<&Teach>,
    trial: Trial,
) -> Result<Vec<usize>, Error> {
    let truth = |row: u32| cases.get(row as usize).copied().unwrap_or(false);
    let wrong = wrong_answers(cases.len(), trial);
    let mut lessons: Vec<Lesson> = Vec::new();
    let mut audited = vec![false; cases.len()];
    let mut curve = Vec::new();
    let mut scores = score(prior, matrix)?;
    for round in 0..trial.rounds {
        if let Some(teach) = teach.filter(|_| round > 0) {
            scores = teach.learn(prior, matrix, &lessons, trial.seed)?.score(matrix)?;
        }
        let open = |row: &u32| !audited.get(*row as usize).copied().unwrap_or(true);
        let next: Vec<u32> = ranking(&scores).into_iter().filter(open).take(trial.each).collect();
        for row in next {
            let lies = wrong.get(row as usize).copied().unwrap_or(false);
            let hit = truth(row) != lies;
            lessons.push(Lesson { row, hit, route: Route::List, propensity: None });
            if let Some(audited) = audited.get_mut(row as usize) {
                *audited = true;
            }
        }
        curve.push(lessons.iter().filter(|it| truth(it.row)).count());
    }
    Ok(curve)
}

/// For each row whether its audit gives the wrong answer, the same for every method.
fn wrong_answers(rows: usize, trial: Trial) -> Vec<bool> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(trial.seed);
    (0..rows).map(|_| random.r#gen::<f64>() < trial.wrong).collect()
}
