//! How large an amount is among others of its kind.

use super::fact::usual;
use super::seen::Seen;
use crate::convert::float;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Fen, Id};

/// Amounts of one kind.
#[derive(Debug, Default)]
pub(in crate::indicators) struct Sizes(Vec<i64>);

impl Sizes {
    /// These amounts, in fen.
    pub(in crate::indicators) fn of(mut amounts: Vec<i64>) -> Self {
        amounts.sort_unstable();
        Self(amounts)
    }

    /// How many there are.
    pub(in crate::indicators) fn count(&self) -> usize {
        self.0.len()
    }

    /// The median; none without amounts.
    pub(in crate::indicators) fn usual(&self) -> Option<Fen> {
        usual(self.0.iter().copied())
    }

    /// The share of them that is at least as large as one of them: the p-value of its rank.
    pub(in crate::indicators) fn upper(&self, amount: i64) -> f64 {
        let below = self.0.partition_point(|other| *other < amount);
        let above = (self.0.len() - below).max(1);
        float(above) / float(self.0.len().max(1))
    }
}

/// Whether the size of an amount was free: not set by a standard, not agreed in a contract, not taken back.
pub(in crate::indicators) fn is_free(book: &Book, one: &Seen) -> bool {
    one.is_signed_for() && book.lines.contract.at(one.line) == Id::NONE
}
