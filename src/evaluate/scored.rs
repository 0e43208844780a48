//! Scored subjects with their known results: the input of the figures.

use std::fmt;

use thiserror::Error;

use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::subject::Grain;
use crate::scoring::evidence::trained::Split;

/// One subject with its score and its known result.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The kind of subject.
    pub grain: Grain,
    /// The test set to which it belongs. A subject may occur once in each.
    pub split: Split,
    /// Its key.
    pub subject: String,
    /// The code of its village, 12 digits. Subjects of one village are resampled together; a subject without a code
    /// is resampled alone.
    pub village: String,
    /// The day of a payment; empty for other grains.
    pub date: Day,
    /// The money at stake; may be empty.
    pub amount: Fen,
    /// Larger means more unusual.
    pub score: f64,
    /// Probability that an ordinary subject scores at least as much, 0 to 1.
    pub p_value: f64,
    /// Whether something was found; `None` if unknown.
    pub found: Option<bool>,
    /// The schemes of its acts, separated by spaces, one for each id in `case`; may be empty.
    pub scheme: String,
    /// The ids of its acts, separated by spaces; used only where something was found. A positive without an id is a
    /// case of its own.
    pub case: String,
    /// The amount recovered; if empty, `amount` is used.
    pub recovered: Fen,
}

impl Row {
    /// Id and scheme of each act of a positive; either may be empty.
    pub(super) fn acts(&self) -> Vec<(&str, &str)> {
        let schemes = self.scheme.split_whitespace().chain(std::iter::repeat(""));
        let mut acts: Vec<_> = self.case.split_whitespace().zip(schemes).collect();
        if acts.is_empty() {
            acts.push(("", self.scheme.trim()));
        }
        acts
    }

    /// The amount recovered, or else the amount at stake.
    pub(super) fn worth(&self) -> Fen {
        self.recovered.some().or(self.amount.some()).unwrap_or(Fen(0))
    }

    /// Unique in a table.
    pub(super) fn key(&self) -> (Grain, Split, &str) {
        (self.grain, self.split, &self.subject)
    }

    fn check(&self) -> Result<(), Error> {
        let refused = |what, expected, found: &dyn fmt::Display| {
            let (grain, subject) = (self.grain.word(), self.subject.clone());
            Err(Error::Cell { grain, subject, what, expected, found: found.to_string() })
        };
        if self.score.is_nan() {
            return refused("score", "a number", &self.score);
        }
        if !(0.0..=1.0).contains(&self.p_value) {
            return refused("p_value", "from 0 to 1", &self.p_value);
        }
        let [cases, schemes] =
            [&self.case, &self.scheme].map(|words| words.split_whitespace().count());
        if schemes != 0 && schemes != cases.max(1) {
            return refused("scheme", "one word for each case, or none", &self.scheme);
        }
        Ok(())
    }
}

/// Why scored rows cannot be used.
#[derive(Debug, Error)]
pub enum Error {
    /// A value is out of its range.
    #[error("`{what}` of {grain} `{subject}` must be {expected}, but is `{found}`")]
    Cell {
        /// The kind of subject.
        grain: &'static str,
        /// Its key.
        subject: String,
        /// The column.
        what: &'static str,
        /// The allowed values.
        expected: &'static str,
        /// The given value.
        found: String,
    },
    /// A subject occurs twice in one split.
    #[error("{grain} `{subject}` stands twice in the split `{split}`; write each subject once")]
    Twice {
        /// The kind of subject.
        grain: &'static str,
        /// The split.
        split: &'static str,
        /// Its key.
        subject: String,
    },
    /// A setting is out of its range.
    #[error(transparent)]
    Setting(#[from] crate::params::Fault),
    /// Two tables to be compared differ in their subjects or known results.
    #[error("the two differ first at {grain} `{subject}`, {split}: {what}: {one} and {other}")]
    Differ {
        /// The kind of subject.
        grain: &'static str,
        /// Its key.
        subject: String,
        /// The split.
        split: &'static str,
        /// The field that differs.
        what: &'static str,
        /// The value in the first table.
        one: String,
        /// The value in the second table.
        other: String,
    },
}

/// Checked rows, sorted by grain, split and key.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    rows: Vec<Row>,
}

impl Scored {
    /// Checks and sorts rows.
    ///
    /// # Errors
    /// If a score is not a number, a p-value is outside 0 to 1, a row has schemes but not one for each case, or a
    /// subject occurs twice in one split.
    pub fn of(mut rows: Vec<Row>) -> Result<Self, Error> {
        rows.iter().try_for_each(Row::check)?;
        rows.sort_by(|one, other| one.key().cmp(&other.key()));
        let twice = rows.windows(2).find_map(|pair| match pair {
            [one, other] if one.key() == other.key() => Some(other),
            _ => None,
        });
        match twice {
            None => Ok(Self { rows }),
            Some(row) => Err(Error::Twice {
                grain: row.grain.word(),
                split: row.split.word(),
                subject: row.subject.clone(),
            }),
        }
    }

    /// All rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows of each grain and split.
    pub(super) fn sets(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunk_by(|one, other| (one.grain, one.split) == (other.grain, other.split))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Row, Scored, Split};
    use crate::ledger::contract::cell::{Cell, Day, Fen};
    use crate::ledger::subject::Grain;

    /// A payment of a village with a score and a result; other fields are empty.
    pub(crate) fn row(subject: &str, village: &str, score: f64, found: Option<bool>) -> Row {
        Row {
            grain: Grain::Payment,
            split: Split::HeldOut,
            subject: subject.to_owned(),
            village: village.to_owned(),
            date: Day(19_723),
            amount: Fen(10_000),
            score,
            p_value: 0.5,
            found,
            scheme: String::new(),
            case: String::new(),
            recovered: Fen::NONE,
        }
    }

    #[test]
    fn rows_are_put_in_order_and_each_subject_stands_once() {
        let (b, a) = (row("b", "v", 1.0, None), row("a", "v", 2.0, None));
        let later = Row { split: Split::Later, ..a.clone() };
        let scored = Scored::of(vec![later.clone(), b.clone(), a.clone()]).unwrap();
        assert_eq!(scored.rows(), [a.clone(), b, later]);
        assert_eq!(scored.sets().count(), 2);
        let error = Scored::of(vec![a.clone(), a]).unwrap_err().to_string();
        assert!(error.contains("payment `a` stands twice"), "{error}");
    }

    #[test]
    fn a_cell_out_of_range_is_named() {
        let says = |change: fn(&mut Row), words: &str| {
            let mut row = row("a", "v", 1.0, Some(true));
            change(&mut row);
            let error = Scored::of(vec![row]).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        };
        says(|row| row.score = f64::NAN, "`score` of payment `a`");
        says(|row| row.p_value = 1.5, "from 0 to 1, but is `1.5`");
        says(|row| row.p_value = f64::NAN, "`p_value`");
        says(|row| row.scheme = "x y".to_owned(), "one word for each case");
    }

    #[test]
    fn a_find_without_an_id_is_an_act_of_its_own() {
        let mut row = row("a", "v", 1.0, Some(true));
        assert_eq!(row.acts(), [("", "")]);
        row.case = "1 2".to_owned();
        assert_eq!(row.acts(), [("1", ""), ("2", "")]);
        row.scheme = "x y".to_owned();
        assert_eq!(row.acts(), [("1", "x"), ("2", "y")]);
    }
}
