//! The amounts of a column as they come in: those that are tested, and counts of the others.

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

/// Why the amounts of a column could not be read.
#[derive(Debug, Error)]
pub enum Error {
    /// It is no column of amounts.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The column that groups them cannot be shown as text.
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
    /// Where the amounts lie, seen from zero.
    pub fn side(self) -> &'static str {
        match self {
            Self::Positive => "above",
            Self::Negative => "below",
            Self::Both => "other than",
        }
    }
}

/// What the column holds beside the amounts that are tested.
#[derive(Debug, Default, Serialize)]
pub struct Counts {
    /// All rows.
    pub rows: u64,
    /// Amounts above zero, where these are not what is tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positive: Option<u64>,
    /// Amounts below zero.
    pub negative: u64,
    /// Amounts of zero.
    pub zero: u64,
    /// Empty cells.
    pub empty: u64,
    /// Amounts below the least that is tested.
    pub below_min: u64,
    /// Values that could not be understood.
    pub unreadable: u64,
    /// Some of the values that could not be understood, with their row.
    pub examples: Vec<String>,
    /// What was converted, such as "float64 to yuan".
    pub converted: Option<String>,
}

/// The amounts of one group, without their sign.
#[derive(Debug, Default)]
pub struct Amounts {
    fen: Vec<i64>,
    /// Those that are not exact to the fen, or larger than any money.
    others: Vec<Decimal>,
}

impl Amounts {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.fen.len() + self.others.len()
    }

    /// All digit tests of them.
    pub fn profile(&self, laws: &Laws) -> Profile {
        if self.others.is_empty() {
            return Profile::of(&self.fen, laws);
        }
        let fen = self.fen.iter().map(|fen| Decimal::of_fen(*fen));
        let all: Vec<_> = fen.chain(self.others.iter().copied()).collect();
        Profile::of_decimals(&all, laws)
    }
}

/// The amounts of a column, as they come in.
#[derive(Debug)]
pub struct AmountColumn {
    /// Which amounts are tested.
    pub sign: Sign,
    /// The least amount that is tested.
    pub min: Option<Amount>,
    /// What the column holds besides.
    pub counts: Counts,
    /// The amounts by the text of the other column; none where it is empty or there is none.
    pub groups: BTreeMap<Option<String>, Amounts>,
}

impl AmountColumn {
    /// A column of which nothing was read yet.
    pub fn new(sign: Sign, min: Option<Amount>) -> Self {
        let positive = (sign == Sign::Negative).then_some(0);
        let counts = Counts { positive, ..Counts::default() };
        Self { sign, min, counts, groups: BTreeMap::new() }
    }

    /// Takes up some rows: their amounts, and the texts by which they are grouped.
    ///
    /// # Errors
    /// If the column is not one of numbers or text, or the other one cannot be shown as text.
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

    /// The amount without its sign, if it is to be tested; else it is counted.
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

    /// Counts the faults and keeps the first few, with the row of the file.
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
