//! A model meets a matrix: scores, ranks, p-values and what each column added.

use crate::matrix::Matrix;
use crate::model::Model;
use crate::model::calibrate::Calibration;
use crate::model::error::Error;

/// The score of each row: the mean over the model's detectors of `-ln p`, with `p` the share of the
/// rows of the fit that look at least as unusual. At least 0; larger is more unusual.
///
/// # Errors
/// If the matrix has other columns than the model.
pub fn score(model: &Model, matrix: &Matrix) -> Result<Vec<f64>, Error> {
    model.accept(matrix)?;
    Ok(model.combine(matrix))
}

/// For some rows what each column added to the score: one list for each row asked for, one number, at
/// least 0, for each column of the model; they add up to the row's score.
///
/// # Errors
/// If the matrix has other columns than the model, or has no such row.
pub fn contributions(model: &Model, matrix: &Matrix, rows: &[u32]) -> Result<Vec<Vec<f64>>, Error> {
    model.accept(matrix)?;
    if let Some(&found) = rows.iter().find(|&&row| row as usize >= matrix.rows()) {
        return Err(Error::NoSuchRow { rows: matrix.rows(), found });
    }
    Ok(model.split(&matrix.select(rows)))
}

/// The p-value of each score.
pub fn p_values(calibration: &Calibration, scores: &[f64]) -> Vec<f64> {
    scores.iter().map(|&score| calibration.p_value(score)).collect()
}

/// Row numbers, the most unusual first; of equal scores the earlier row comes first.
pub fn ranking(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<(u32, f64)> = (0..).zip(scores.iter().copied()).collect();
    order.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    order.into_iter().map(|(row, _)| row).collect()
}

/// The rank of each row: 1 is the most unusual; of equal scores the earlier row has the smaller rank.
pub fn ranks(scores: &[f64]) -> Vec<u32> {
    let mut ranks = vec![0; scores.len()];
    for (rank, row) in (1..).zip(ranking(scores)) {
        if let Some(cell) = ranks.get_mut(row as usize) {
            *cell = rank;
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{ranking, ranks};

    #[test]
    fn equal_scores_keep_the_order_of_rows() {
        let scores = [1.0, 3.0, 1.0, 3.0, 2.0];
        assert_eq!(ranking(&scores), [1, 3, 4, 0, 2]);
        assert_eq!(ranks(&scores), [4, 1, 5, 2, 3]);
        assert_eq!(ranks(&[]), Vec::<u32>::new());
    }
}
