//! Ranks of rows by score.

/// Row numbers by descending score; ties are ordered by row.
pub fn ranking(scores: &[f64]) -> Vec<u32> {
    let mut order: Vec<(u32, f64)> = (0..).zip(scores.iter().copied()).collect();
    order.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    order.into_iter().map(|(row, _)| row).collect()
}

/// The rank of each row: 1 is the highest score; ties are ordered by row.
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
