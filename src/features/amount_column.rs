//! Amounts of a column: those to be tested, and counts of the others.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use clap::ValueEnum;
use serde::Serialize;
use thiserror::Error;

use crate::ledger::contract::amount::{Amount, amounts};
use crate::ledger::contract::cell::Fen;
use crate::ledger::contract::coerce::Unfit;
use crate::ledger::contract::fault::Fault;
use crate::stats::decimal::Decimal;
use crate::stats::profile::{Laws, Profile};

/// Errors of reading a column of amounts.
#[derive(Debug, Error)]
pub enum Error {
    /// The column cannot be read as amounts.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The grouping column cannot be converted to text.
    #[error(transparent)]
    Text(#[from] ArrowError),
}

/// The amounts that are tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// Those above zero.
    Positive,
    /// Those below zero, without their sign.
    Negative,
    /// All, without their sign.
    Both,
}

impl Sign {
    /// The name of the range of the amounts.
    pub fn side(self) -> &'static str {
        match self {
            Self::Positive => "above",
            Self::Negative => "below",
            Self::Both => "other than",
        }
    }
}

/// Counts of the amounts that are not tested, and of all rows.
#[derive(Debug, Default, Serialize)]
pub struct Counts {
    /// The number of rows.
    pub rows: u64,
    /// The number of positive amounts, if they are not tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positive: Option<u64>,
    /// The number of negative amounts.
    pub negative: u64,
    /// The number of zeros.
    pub zero: u64,
    /// The number of empty cells.
    pub empty: u64,
    /// The number of amounts below the minimum.
    pub below_min: u64,
    /// The number of values that could not be parsed.
    pub unreadable: u64,
    /// Some of these values, with their rows.
    pub examples: Vec<String>,
    /// The conversion, such as "float64 to yuan".
    pub converted: Option<String>,
}

/// The absolute amounts of one group.
#[derive(Debug, Default)]
pub struct Amounts {
    fen: Vec<i64>,
    /// Amounts that are not exact to the fen, or exceed the range of money.
    others: Vec<Decimal>,
}

impl Amounts {
    /// The number of amounts.
    pub fn count(&self) -> usize {
        self.fen.len() + self.others.len()
    }

    /// All digit tests of the amounts.
    pub fn profile(&self, laws: &Laws) -> Profile {
        if self.others.is_empty() {
            return Profile::of(&self.fen, laws);
        }
        let fen = self.fen.iter().map(|fen| Decimal::of_fen(*fen));
        let all: Vec<_> = fen.chain(self.others.iter().copied()).collect();
        Profile::of_decimals(&all, laws)
    }
}

/// The amounts of a column, by group.
#[derive(Debug)]
pub struct AmountColumn {
    /// Which amounts are tested.
    pub sign: Sign,
    /// The minimum amount to be tested.
    pub min: Option<Amount>,
    /// Counts of the other cells.
    pub counts: Counts,
    /// The amounts by the text of the grouping column; `None` if it is empty or there is none.
    pub groups: BTreeMap<Option<String>, Amounts>,
}

impl AmountColumn {
    /// A column without rows.
    pub fn new(sign: Sign, min: Option<Amount>) -> Self {
        let positive = (sign == Sign::Negative).then_some(0);
        let counts = Counts { positive, ..Counts::default() };
        Self { sign, min, counts, groups: BTreeMap::new() }
    }

    /// Adds rows: their amounts, and the texts by which they are grouped.
    ///
    /// # Errors
    /// If the column has neither a numeric type nor text, or the grouping column cannot be converted to text.
    pub fn add(&mut self, column: &ArrayRef, by: Option<&ArrayRef>) -> Result<(), Error> {
        let coerced = amounts(column.as_ref())?;
        self.fault(&coerced.faults);
        let options = FormatOptions::default();
        let names = by.map(|by| ArrayFormatter::try_new(by.as_ref(), &options)).transpose()?;
        self.counts.rows += coerced.cells.len() as u64;
        self.counts.converted = coerced.converted;
        for (row, amount) in coerced.cells.into_iter().enumerate() {
            let Some(amount) = self.tested(amount) else { continue };
            let known = by.filter(|by| by.is_valid(row)).zip(names.as_ref());
            let name = known.map(|(_, names)| names.value(row).to_string());
            let group = self.groups.entry(name).or_default();
            match amount {
                Amount::Fen(Fen(fen)) => group.fen.push(fen),
                Amount::Other(other) => group.others.push(other),
                Amount::None => {}
            }
        }
        self.counts.empty -= coerced.faults.len() as u64;
        Ok(())
    }

    /// The absolute amount if it is to be tested; otherwise it is counted.
    fn tested(&mut self, amount: Amount) -> Option<Amount> {
        let (sign, counts) = (self.sign, &mut self.counts);
        let (is_zero, is_negative) = match amount {
            Amount::None => {
                counts.empty += 1;
                return None;
            }
            Amount::Fen(Fen(fen)) => (fen == 0, fen < 0),
            Amount::Other(other) => (other.is_zero(), other.is_negative()),
        };
        if is_zero {
            counts.zero += 1;
            return None;
        }
        if is_negative {
            counts.negative += 1;
        } else if let Some(positive) = &mut counts.positive {
            *positive += 1;
        }
        let is_meant = match sign {
            Sign::Positive => !is_negative,
            Sign::Negative => is_negative,
            Sign::Both => true,
        };
        let size = match amount {
            Amount::Fen(Fen(fen)) => Amount::Fen(Fen(fen.saturating_abs())),
            Amount::Other(other) => Amount::Other(other.abs()),
            Amount::None => return None,
        };
        let is_below = self.min.is_some_and(|min| is_smaller(size, min));
        if is_meant && is_below {
            counts.below_min += 1;
        }
        (is_meant && !is_below).then_some(size)
    }

    /// Counts the faults and keeps the first few, with their rows in the file.
    fn fault(&mut self, faults: &[Fault]) {
        let counts = &mut self.counts;
        counts.unreadable += faults.len() as u64;
        let room = 3_usize.saturating_sub(counts.examples.len());
        let before = counts.rows + 1;
        let told = |fault: &Fault| format!("row {}: {fault}", before + fault.row as u64);
        counts.examples.extend(faults.iter().take(room).map(told));
    }
}

fn is_smaller(a: Amount, b: Amount) -> bool {
    let decimal = |amount: Amount| match amount {
        Amount::None => Decimal::ZERO,
        Amount::Fen(Fen(fen)) => Decimal::of_fen(fen),
        Amount::Other(other) => other,
    };
    match (a, b) {
        (Amount::Fen(a), Amount::Fen(b)) => a < b,
        _ => decimal(a) < decimal(b),
    }
}
