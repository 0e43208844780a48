//! Defects of rows, and totals before and after rejections.

use serde::Serialize;

use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Cell, Fen};

/// The action taken on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The row was rejected.
    RowRefused,
    /// The row was accepted with this cell empty.
    CellEmptied,
    /// A word of this cell is unknown and was ignored.
    WordUnknown,
}

/// A fault in one row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Defect {
    /// The table.
    pub table: &'static str,
    /// The file, relative to the dataset's folder.
    pub file: String,
    /// The row in the file, counted from 1.
    pub row: usize,
    /// The column.
    pub column: String,
    /// The action taken on the row.
    pub action: Action,
    /// The original value, masked.
    pub value: String,
    /// A description of the fault.
    pub reason: String,
}

/// Totals of rows and amounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// The number of rows.
    pub rows: usize,
    /// The sum of debits in fen.
    pub debit_fen: i128,
    /// The sum of credits in fen.
    pub credit_fen: i128,
}

impl Totals {
    /// Adds one row.
    pub(in crate::ledger) fn add(&mut self, side: Option<Side>, amount: Fen) {
        self.rows += 1;
        let fen = amount.some().map_or(0, |amount| i128::from(amount.0));
        match side {
            Some(Side::Debit) => self.debit_fen += fen,
            Some(Side::Credit) => self.credit_fen += fen,
            None => {}
        }
    }
}

/// Masks a value so that its kind is visible but no long number is disclosed.
///
/// More than ten consecutive digits are reduced to the last four; at most 40 characters are kept.
pub fn masked(value: &str) -> String {
    let mut shown = String::new();
    let mut digits = String::new();
    let flush = |digits: &mut String, shown: &mut String| {
        let keep = if digits.len() > 10 { 4 } else { digits.len() };
        shown.extend(std::iter::repeat_n('*', digits.len() - keep));
        shown.push_str(digits.get(digits.len() - keep..).unwrap_or(""));
        digits.clear();
    };
    for letter in value.chars().take(40) {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            flush(&mut digits, &mut shown);
            shown.push(if letter.is_control() { '\u{fffd}' } else { letter });
        }
    }
    flush(&mut digits, &mut shown);
    shown
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_long_number_keeps_its_last_four_digits() {
        assert_eq!(masked("0206-01-03"), "0206-01-03");
        assert_eq!(masked("1234567890123456"), "************3456");
        assert_eq!(masked("a\nb"), "a\u{fffd}b");
    }
}
