//! Notices on data problems that do not stop a run but weaken its results.

use std::collections::BTreeMap;

use serde::Serialize;

/// The share of ledger rows with unknown accounts above which a notice is given.
const MANY_OUTSIDE: f64 = 0.2;

/// The maximum number of accounts or words listed.
const NAMED: usize = 5;

/// A notice to show before any results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// Many ledger rows have an account that is not in their chart of accounts. They have no class of expense, and cash
    /// accounts among them are not recognised.
    OutsideChart {
        /// The number of rows with such an account.
        rows: usize,
        /// The number of rows of the ledger.
        of: usize,
        /// The most frequent of these accounts, with their numbers of rows.
        accounts: Vec<(String, usize)>,
    },
    /// Unknown words in the table `limits`, so that fewer duties are checked than are written.
    LimitWords {
        /// The column.
        column: &'static str,
        /// The number of cells with such a word.
        cells: usize,
        /// The most frequent of these words, with their numbers of cells.
        words: Vec<(String, usize)>,
        /// The valid words.
        known: &'static str,
    },
}

impl Notice {
    /// A notice if too many rows have an unknown account.
    pub(in crate::ledger) fn of_chart(
        strange: &BTreeMap<String, usize>,
        rows: usize,
    ) -> Option<Self> {
        let outside: usize = strange.values().sum();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
        let is_much = outside as f64 > rows as f64 * MANY_OUTSIDE;
        let accounts = most_frequent(strange, NAMED);
        is_much.then_some(Self::OutsideChart { rows: outside, of: rows, accounts })
    }

    /// A notice on unknown words in a column of the limits, if any.
    pub(in crate::ledger) fn of_limits(
        column: &'static str,
        strange: &BTreeMap<String, usize>,
        known: &'static str,
    ) -> Option<Self> {
        let (cells, words) = (strange.values().sum(), most_frequent(strange, NAMED));
        (cells > 0).then_some(Self::LimitWords { column, cells, words, known })
    }
}

/// The entries with the highest counts, by descending count, then by name.
pub fn most_frequent(counts: &BTreeMap<String, usize>, most: usize) -> Vec<(String, usize)> {
    let mut all: Vec<(&String, usize)> =
        counts.iter().map(|(name, count)| (name, *count)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    all.into_iter().take(most).map(|(name, count)| (name.clone(), count)).collect()
}

#[cfg(test)]
mod tests {
    use super::Notice;
    use std::collections::BTreeMap;

    #[test]
    fn more_than_a_fifth_outside_the_chart_is_told_with_the_most_frequent_accounts() {
        let strange = BTreeMap::from([("1012".to_owned(), 7), ("5401".to_owned(), 14)]);
        assert_eq!(Notice::of_chart(&strange, 105), None);
        let accounts = vec![("5401".to_owned(), 14), ("1012".to_owned(), 7)];
        let told = Notice::OutsideChart { rows: 21, of: 104, accounts };
        assert_eq!(Notice::of_chart(&strange, 104), Some(told));
        assert_eq!(Notice::of_chart(&BTreeMap::new(), 0), None);
    }
}
