//! Scored subjects beside what is known of them: where scoring ends and figures begin.

use std::fmt;

use thiserror::Error;

use crate::ledger::contract::cell::{Cell, Day, Fen};
use crate::ledger::subject::Grain;
use crate::scoring::evidence::trained::Split;

/// One subject with its score and what an audit or a simulation says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The kind of subject.
    pub grain: Grain,
    /// Which split it is a test of. One subject may stand once in each.
    pub split: Split,
    /// Its key.
    pub subject: String,
    /// The code of its village, 12 digits. Subjects of one village are resampled together; without one
    /// a subject is resampled by itself.
    pub village: String,
    /// The day of a payment; empty for other grains.
    pub date: Day,
    /// The money at stake; may be empty.
    pub amount: Fen,
    /// Larger is more unusual.
    pub score: f64,
    /// How often an ordinary subject scores at least as much, from 0 to 1.
    pub p_value: f64,
    /// Whether something was found; none where nobody knows.
    pub found: Option<bool>,
    /// The schemes of its acts, parted by spaces, one for each case; may be empty.
    pub scheme: String,
    /// The ids of the acts that it belongs to, parted by spaces. They count where something was found; a
    /// subject with a find and no id is a case of its own.
    pub case: String,
    /// What was recovered; empty: the amount.
    pub recovered: Fen,
}

impl Row {
    /// The acts that a find belongs to, each as id and scheme; either may be empty.
    pub(super) fn acts(&self) -> Vec<(&str, &str)> {
        let schemes = self.scheme.split_whitespace().chain(std::iter::repeat(""));
        let mut acts: Vec<_> = self.case.split_whitespace().zip(schemes).collect();
        if acts.is_empty() {
            acts.push(("", self.scheme.trim()));
        }
        acts
    }

    /// The money that a find is worth.
    pub(super) fn worth(&self) -> Fen {
        self.recovered.some().or(self.amount.some()).unwrap_or(Fen(0))
    }

    /// What there is once in a table.
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
    /// A cell is out of its range.
    #[error("`{what}` of {grain} `{subject}` must be {expected}, but is `{found}`")]
    Cell {
        /// The kind of subject.
        grain: &'static str,
        /// Its key.
        subject: String,
        /// The column.
        what: &'static str,
        /// What is allowed.
        expected: &'static str,
        /// What was given.
        found: String,
    },
    /// A subject is there twice.
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
    /// Two tables that are to be compared are not about the same.
    #[error("the two differ first at {grain} `{subject}`, {split}: {what}: {one} and {other}")]
    Differ {
        /// The kind of subject.
        grain: &'static str,
        /// Its key.
        subject: String,
        /// The split.
        split: &'static str,
        /// In what they differ.
        what: &'static str,
        /// What the first says.
        one: String,
        /// What the second says.
        other: String,
    },
}

/// Scored subjects, checked and in the order of grain, split and key.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    rows: Vec<Row>,
}

impl Scored {
    /// Rows in any order.
    ///
    /// # Errors
    /// If a score is not a number, a p-value is none, the schemes of a row are not as many as its cases,
    /// or a subject stands twice in one split.
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

    /// A payment of a village with a score; `found` as given, nothing else known.
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
