//! The amounts of a column as they come in: those that are tested, and counts of the others.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde::Serialize;

use super::Sign;
use crate::ledger::contract::amount::{Amount, amounts};
use crate::ledger::contract::cell::Fen;
use crate::ledger::contract::fault::Fault;
use crate::stats::decimal::Decimal;
use crate::stats::profile::{Laws, Profile};

/// What the column holds beside the amounts that are tested.
#[derive(Debug, Default, Serialize)]
pub(in crate::cli) struct Counts {
    pub(in crate::cli) rows: u64,
    /// Amounts above zero, where these are not what is tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) positive: Option<u64>,
    /// Amounts below zero.
    pub(in crate::cli) negative: u64,
    pub(in crate::cli) zero: u64,
    pub(in crate::cli) empty: u64,
    pub(in crate::cli) below_min: u64,
    pub(in crate::cli) unreadable: u64,
    /// Some of the values that could not be understood, with their row.
    pub(in crate::cli) examples: Vec<String>,
    pub(in crate::cli) converted: Option<String>,
}

/// The amounts of one group, without their sign.
#[derive(Debug, Default)]
pub(super) struct Amounts {
    fen: Vec<i64>,
    /// Those that are not exact to the fen, or larger than any money.
    others: Vec<Decimal>,
}

impl Amounts {
    pub(super) fn len(&self) -> usize {
        self.fen.len() + self.others.len()
    }

    pub(super) fn profile(&self, laws: &Laws) -> Profile {
        if self.others.is_empty() {
            return Profile::of(&self.fen, laws);
        }
        let fen = self.fen.iter().map(|fen| Decimal::of_fen(*fen));
        let all: Vec<_> = fen.chain(self.others.iter().copied()).collect();
        Profile::of_decimals(&all, laws)
    }
}

/// The amounts to test, as they come in.
pub(super) struct Reading {
    pub(super) sign: Sign,
    pub(super) min: Option<Amount>,
    pub(super) counts: Counts,
    pub(super) groups: BTreeMap<Option<String>, Amounts>,
}

impl Reading {
    pub(super) fn add(&mut self, column: &ArrayRef, by: Option<&ArrayRef>) -> anyhow::Result<()> {
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
