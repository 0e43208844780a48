//! A sentence with its cells, to be told in either language.

use crate::ledger::book::chart::Class;
use crate::ledger::book::limit_words::Duty;
use crate::ledger::contract::cell::{Day, Fen};
use crate::words::precheck::Saying;

/// A cell of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A name or a number as it is written.
    Text(String),
    /// Columns or tables of the contract.
    Fields(Vec<String>),
    /// Money.
    Money(Fen),
    /// A date.
    Day(Day),
    /// A count.
    Count(i64),
    /// A class of expense.
    Class(Class),
    /// Signatures and acts.
    Duties(Vec<Duty>),
}

/// A sentence with its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The sentence.
    pub saying: Saying,
    /// The cells by name.
    pub cells: Vec<(&'static str, Cell)>,
}

impl Said {
    /// A sentence without cells.
    pub fn plain(saying: Saying) -> Self {
        Self { saying, cells: Vec::new() }
    }

    /// A sentence with cells.
    pub fn of<const N: usize>(saying: Saying, cells: [(&'static str, Cell); N]) -> Self {
        Self { saying, cells: cells.into() }
    }
}
