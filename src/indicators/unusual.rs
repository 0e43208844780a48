//! The most unusual of several things that were looked at in each village, beside the other villages.

use crate::indicators::seen::least_of;
use crate::stats::peers::each_upper;
use crate::stats::robust::median;

/// The least usual column of a village.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::indicators) struct Unusual {
    /// The chance of one so unusual among the columns that were looked at.
    pub(in crate::indicators) p: f64,
    /// The place of the column.
    pub(in crate::indicators) column: usize,
}

/// For each village (a row) its least usual column beside the same column of the other villages. A column
/// with values of no more villages than `peers` is not looked at; none for a row without any left.
pub(in crate::indicators) fn most_unusual(
    rows: &[Vec<Option<f64>>],
    peers: usize,
) -> Vec<Option<Unusual>> {
    let mut least: Vec<Option<Unusual>> = vec![None; rows.len()];
    let mut looked_at = vec![0_usize; rows.len()];
    for column in 0..rows.first().map_or(0, Vec::len) {
        let of = cells(rows, column);
        let values: Vec<f64> = of.iter().map(|(_, value)| *value).collect();
        let Some(tails) = each_upper(&values).filter(|_| values.len() > peers) else { continue };
        for ((row, _), p) in of.into_iter().zip(tails) {
            let Some((least, looked_at)) = least.get_mut(row).zip(looked_at.get_mut(row)) else {
                continue;
            };
            *looked_at += 1;
            if least.is_none_or(|least| p < least.p) {
                *least = Some(Unusual { p, column });
            }
        }
    }
    let corrected = |(least, looked_at): (Option<Unusual>, usize)| {
        least.map(|least| Unusual { p: least_of(least.p, looked_at), ..least })
    };
    least.into_iter().zip(looked_at).map(corrected).collect()
}

/// Takes from each column its median; a column with values of no more rows than `peers` is emptied.
pub(in crate::indicators) fn centre_columns(rows: &mut [Vec<Option<f64>>], peers: usize) {
    for column in 0..rows.first().map_or(0, Vec::len) {
        let known: Vec<f64> = cells(rows, column).into_iter().map(|(_, value)| value).collect();
        let usual = median(&known).filter(|_| known.len() > peers);
        for cell in rows.iter_mut().filter_map(|row| row.get_mut(column)) {
            *cell = cell.zip(usual).map(|(value, usual)| value - usual);
        }
    }
}

/// The values of a column with their rows.
fn cells(rows: &[Vec<Option<f64>>], column: usize) -> Vec<(usize, f64)> {
    let cell = |row: &Vec<Option<f64>>| row.get(column).copied().flatten();
    rows.iter().enumerate().filter_map(|(place, row)| Some((place, cell(row)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::most_unusual;

    #[test]
    fn the_least_usual_column_is_told_and_paid_for() {
        let mut rows: Vec<Vec<Option<f64>>> = (0..20)
            .map(|row| vec![Some(f64::from(row)), Some(f64::from(row * 7 % 20)), None])
            .collect();
        rows.push(vec![Some(9.5), Some(90.0), Some(1.0)]);
        let found = most_unusual(&rows, 8);
        let wild = found[20].unwrap();
        assert_eq!(wild.column, 1);
        let alone = most_unusual(&rows.iter().map(|row| row[1..2].to_vec()).collect::<Vec<_>>(), 8);
        let alone = alone[20].unwrap().p;
        assert!((wild.p / alone - 2.0).abs() < 0.01, "{} {alone}", wild.p);
        assert!(most_unusual(&rows, 21).iter().all(Option::is_none));
    }
}
