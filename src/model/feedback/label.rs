//! Labels of rows and their weights.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::error::Error;

/// The audit result of one row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelledRow {
    /// The row of the matrix, counted from 0.
    pub row: u32,
    /// Whether there was a finding.
    pub hit: bool,
    /// Whether the row was drawn at random among rows that were not selected otherwise.
    pub sampled: bool,
    /// The probability of selection for audit, above 0 and at most 1; if not recorded, it is derived from `sampled`.
    #[serde(default)]
    pub propensity: Option<f64>,
}

/// A label with its weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WeightedLabel {
    pub(super) row: u32,
    pub(super) hit: bool,
    pub(super) weight: f64,
}

/// Weights the labels by the number of rows that each represents, at most `most`.
///
/// Rows from a list were selected as unusual and do not represent others: their weight is 1. A row of a random sample
/// represents `1 / probability` of the rows that were not selected otherwise (Horvitz and Thompson, JASA 1952). Weights
/// are truncated (Ionides, *Truncated Importance Sampling*, 2008), so that a few sampled rows do not dominate.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
pub(super) fn weighted(labels: &[LabelledRow], rows: usize, most: f64) -> Vec<WeightedLabel> {
    let sampled = labels.iter().filter(|it| it.sampled).count();
    let pool = rows.saturating_sub(labels.len() - sampled);
    let even = (sampled as f64 / pool.max(1) as f64).clamp(f64::MIN_POSITIVE, 1.0);
    let weigh = |label: &LabelledRow| {
        let usual = if label.sampled { even } else { 1.0 };
        let weight = (1.0 / label.propensity.unwrap_or(usual)).min(most);
        WeightedLabel { row: label.row, hit: label.hit, weight }
    };
    labels.iter().map(weigh).collect()
}

/// Rejects invalid labels.
pub(super) fn check(labels: &[LabelledRow], rows: usize) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for label in labels {
        let found = label.row;
        if found as usize >= rows {
            return Err(Error::NoSuchRow { rows, found });
        }
        if !seen.insert(found) {
            return Err(Error::LabelledTwice { row: found });
        }
        if let Some(chance) = label.propensity.filter(|it| !(*it > 0.0 && *it <= 1.0)) {
            return Err(Error::Propensity { row: found, found: chance });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{LabelledRow, weighted};

    #[test]
    fn a_sampled_row_speaks_for_the_rows_it_was_drawn_among() {
        let label = |row, hit, sampled| LabelledRow { row, hit, sampled, propensity: None };
        let mut labels: Vec<LabelledRow> = (0..20).map(|row| label(row, true, false)).collect();
        labels.extend((20..30).map(|row| label(row, row == 20, true)));
        let weights: Vec<f64> = weighted(&labels, 120, 1e6).iter().map(|it| it.weight).collect();
        assert!(weights[..20].iter().all(|weight| (weight - 1.0).abs() < 1e-12));
        assert!(weights[20..].iter().all(|weight| (weight - 10.0).abs() < 1e-12));
        let cut = weighted(&labels, 120, 4.0);
        assert!(cut.iter().all(|it| it.weight <= 4.0));
        let noted = LabelledRow { propensity: Some(0.5), ..labels[0] };
        assert!((weighted(&[noted], 120, 1e6)[0].weight - 2.0).abs() < 1e-12);
    }
}
