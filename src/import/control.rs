//! Consistency checks of an import: totals by village, unbalanced or ambiguous vouchers, and rows that occur in two
//! files.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::value::Value;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::conform::side;
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Int, Moment, Real};

/// The number of examples reported for each kind of problem.
const SHOWN: usize = 5;

/// The rows and money of one village.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VillageTotals {
    /// Rows written.
    pub rows: u64,
    /// Debit, in fen.
    pub debit: i128,
    /// Credit, in fen.
    pub credit: i128,
    /// The first and the last day.
    pub days: Option<(Day, Day)>,
}

/// Problems of one kind: their number and the first examples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cases {
    /// The number of problems.
    pub count: u64,
    /// The first examples.
    pub first: Vec<String>,
}

impl Cases {
    /// Adds a problem; `told` is called only for the first examples.
    pub fn add(&mut self, told: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push(told());
        }
    }
}

/// Collects the checks over all rows that are written.
#[derive(Debug, Default)]
pub struct Control {
    /// Totals by village.
    pub villages: BTreeMap<String, VillageTotals>,
    /// Voucher numbers with several days in a month or in several files.
    pub ambiguous: Cases,
    /// Account codes outside their chart of accounts, with the number of rows.
    pub strange: BTreeMap<String, usize>,
    /// Number of rows with an account.
    pub accounts: usize,
    vouchers: BTreeMap<(String, i32, String), Voucher>,
    /// The file in which each row, by its digest, first occurred.
    rows: HashMap<u64, usize, FixedState>,
    /// Number of rows in a file that also occur in an earlier file, by the two files.
    overlaps: BTreeMap<(usize, usize), u64>,
    /// The number of rows of each file.
    sizes: Vec<u64>,
    /// Columns ignored when rows are compared.
    ignored: Vec<&'static str>,
}

#[derive(Debug)]
struct Voucher {
    day: Day,
    place: (usize, u64),
    is_ambiguous: bool,
    /// Debit minus credit, in fen.
    balance: i128,
}

/// A written row.
#[derive(Debug, Clone, Copy)]
pub struct WrittenRow<'a> {
    /// The column names.
    pub columns: &'a [&'static str],
    /// The values.
    pub values: &'a [Value],
    /// The index of the file, and the line in it.
    pub place: (usize, u64),
}

impl WrittenRow<'_> {
    fn of(&self, name: &str) -> Option<&Value> {
        let place = self.columns.iter().position(|column| *column == name)?;
        self.values.get(place)
    }

    fn text(&self, name: &str) -> Option<&str> {
        match self.of(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Control {
    /// A control that treats rows as equal if they differ only in these columns.
    pub fn ignoring(ignored: Vec<&'static str>) -> Self {
        Self { ignored, ..Self::default() }
    }

    /// Adds a row to the checks.
    pub fn note(&mut self, row: WrittenRow<'_>, files: &[String]) {
        self.overlap(row);
        let day = match row.of("date") {
            Some(Value::Day(day)) => Some(*day),
            _ => None,
        };
        let amount = match row.of("amount") {
            Some(Value::Money(fen)) => fen.some().map_or(0, |fen| i128::from(fen.0)),
            _ => 0,
        };
        let is_credit = row.text("side").and_then(side) == Some(Side::Credit);
        if let Some(village) = row.text("village") {
            let totals = self.villages.entry(village.to_owned()).or_default();
            totals.rows += 1;
            *if is_credit { &mut totals.credit } else { &mut totals.debit } += amount;
            if let Some(day) = day {
                let days = totals.days.get_or_insert((day, day));
                *days = (days.0.min(day), days.1.max(day));
            }
        }
        if let Some((account, day)) = row.text("account").zip(day) {
            self.accounts += 1;
            let chart = row.text("chart").and_then(Chart::named).unwrap_or_else(|| Chart::on(day));
            if !chart.knows(account) {
                *self.strange.entry(account.to_owned()).or_default() += 1;
            }
        }
        if let (Some(village), Some(voucher), Some(day)) =
            (row.text("village"), row.text("voucher"), day)
        {
            self.voucher(
                (village, voucher, day),
                row.place,
                if is_credit { -amount } else { amount },
                files,
            );
        }
    }

    fn voucher(
        &mut self,
        (village, number, day): (&str, &str, Day),
        place: (usize, u64),
        fen: i128,
        files: &[String],
    ) {
        let key = (village.to_owned(), day.month(), number.to_owned());
        let new = || Voucher { day, place, is_ambiguous: false, balance: 0 };
        let voucher = self.vouchers.entry(key).or_insert_with(new);
        voucher.balance += fen;
        if (voucher.day == day && voucher.place.0 == place.0) || voucher.is_ambiguous {
            return;
        }
        voucher.is_ambiguous = true;
        let (before, other) = (voucher.day.date(), voucher.place);
        let at = |(file, line): (usize, u64)| {
            format!("{}, line {line}", files.get(file).map_or("", String::as_str))
        };
        let now = day.date();
        self.ambiguous.add(|| {
            format!(
                "voucher {number} of {village}: {before} ({}) and {now} ({})",
                at(other),
                at(place)
            )
        });
    }

    fn overlap(&mut self, row: WrittenRow<'_>) {
        let (file, _) = row.place;
        if self.sizes.len() <= file {
            self.sizes.resize(file + 1, 0);
        }
        if let Some(size) = self.sizes.get_mut(file) {
            *size += 1;
        }
        let first = *self.rows.entry(digest(row, &self.ignored)).or_insert(file);
        if first != file {
            *self.overlaps.entry((first, file)).or_default() += 1;
        }
    }

    /// Overlapping files: the two files, the number of shared rows, and the rows of the later file.
    pub fn overlaps(&self) -> Vec<(usize, usize, u64, u64)> {
        let size = |file: usize| self.sizes.get(file).copied().unwrap_or(0);
        self.overlaps
            .iter()
            .map(|((first, file), rows)| (*first, *file, *rows, size(*file)))
            .collect()
    }

    /// Vouchers whose debit and credit differ; none if the source records one side only.
    pub fn unbalanced(&self, files: &[String]) -> Cases {
        let mut cases = Cases::default();
        let has_both = self.villages.values().any(|totals| totals.credit != 0)
            && self.villages.values().any(|totals| totals.debit != 0);
        if !has_both {
            return cases;
        }
        for ((village, _, number), Voucher { day, place: (file, line), balance, .. }) in
            &self.vouchers
        {
            if *balance != 0 {
                cases.add(|| {
                    let file = files.get(*file).map_or("", String::as_str);
                    let (less, by) =
                        if *balance > 0 { ("credit", *balance) } else { ("debit", -*balance) };
                    format!(
                        "voucher {number} of {village}, {} ({file}, line {line}): {less} lacks {}",
                        day.date(),
                        yuan(by)
                    )
                });
            }
        }
        cases
    }

    /// The share of rows whose account is not in its chart.
    pub fn share_of_strange(&self) -> f64 {
        let strange: usize = self.strange.values().sum();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
        let share = strange as f64 / self.accounts.max(1) as f64;
        share
    }
}

/// An amount in fen as yuan with two decimals.
pub fn yuan(fen: i128) -> String {
    i64::try_from(fen).map_or_else(|_| fen.to_string() + " fen", |fen| Fen(fen).to_string())
}

/// A hash of a row without line number and village: an export repeated under another village's code has the same
/// hashes.
fn digest(row: WrittenRow<'_>, ignored: &[&str]) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    for (column, value) in row.columns.iter().zip(row.values) {
        if ["line", "village"].contains(column) || ignored.contains(column) {
            continue;
        }
        column.hash(&mut hasher);
        match value {
            Value::Empty => 0_u8.hash(&mut hasher),
            // A name may be followed by its village after `@`.
            Value::Text(text) => text.split('@').next().hash(&mut hasher),
            Value::Day(Day(day)) => day.hash(&mut hasher),
            Value::Moment(Moment(second)) => second.hash(&mut hasher),
            Value::Money(Fen(fen)) => fen.hash(&mut hasher),
            Value::Int(Int(int)) => int.hash(&mut hasher),
            Value::Real(Real(real)) => real.to_bits().hash(&mut hasher),
            Value::Flag(flag) => (*flag == Flag::Yes).hash(&mut hasher),
            Value::List(words) => words.hash(&mut hasher),
        }
    }
    hasher.finish()
}
