//! What one unit of a subsidy is worth in a period: by the table of standards, and by the rosters themselves.

use std::collections::BTreeMap;

use crate::convert::float;
use crate::ledger::book::Book;
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Cell, Fen, Id};

/// Rows of a scheme and period below which the rosters have no usual rate.
const FEWEST: usize = 10;

/// Scheme, period and amount for one unit.
type Standard = (Id, Period, Fen);

/// The standards of each scheme, and the usual rates of its rosters.
#[derive(Debug)]
pub(super) struct Standards {
    /// By scheme and period.
    by_scheme: Vec<Standard>,
    /// The rate that at least half of the rows of a scheme and period have, in fen.
    usual: BTreeMap<(Id, Id), i64>,
}

impl Standards {
    pub(super) fn of(book: &Book) -> Self {
        let table = &book.companions.standards;
        let standard = |row: usize| {
            let period = Period::of(book.names.get(table.period.at(row)))?;
            let amount = table.amount_per_unit.at(row).some().filter(|it| it.0 > 0)?;
            Some((table.scheme.at(row).some()?, period, amount))
        };
        let mut by_scheme: Vec<_> = (0..table.rows).filter_map(standard).collect();
        by_scheme.sort_unstable();
        Self { by_scheme, usual: usual_rates(book) }
    }

    /// The standard of a scheme in a period.
    pub(super) fn of_period(&self, scheme: Id, period: Period) -> Option<Fen> {
        let (own, place) = self.place(scheme, period)?;
        own.get(place).map(|(.., amount)| *amount)
    }

    /// Rates that may hold in a period as well: the standards before and after it, because a standard may change within
    /// a period, and the usual rate of the rosters.
    pub(super) fn others(&self, scheme: Id, period: Period, word: Id) -> Vec<f64> {
        let around = self.place(scheme, period).map_or(Vec::new(), |(own, place)| {
            let before = place.checked_sub(1).and_then(|place| own.get(place));
            before.into_iter().chain(own.get(place + 1)).map(|(.., it)| float(it.0)).collect()
        });
        let usual = self.usual.get(&(scheme, word)).map(|rate| float(*rate));
        around.into_iter().chain(usual).collect()
    }

    /// The standards of a scheme, and the place of the one whose period covers this one.
    fn place(&self, scheme: Id, period: Period) -> Option<(&[Standard], usize)> {
        let from = self.by_scheme.partition_point(|(own, ..)| *own < scheme);
        let to = self.by_scheme.partition_point(|(own, ..)| *own <= scheme);
        let own = self.by_scheme.get(from..to)?;
        let place = own.iter().rposition(|(_, standard, _)| standard.covers(period))?;
        Some((own, place))
    }
}

/// The amount for one unit that at least half of the rows of a scheme and period have, in fen.
fn usual_rates(book: &Book) -> BTreeMap<(Id, Id), i64> {
    let table = &book.companions.subsidies;
    let rate = |row: usize| {
        let quantity = table.quantity.at(row).some().map(|it| it.0).filter(|it| *it > 0.0)?;
        #[expect(clippy::cast_possible_truncation, reason = "fen, far below 2^53")]
        let rate = (float(table.amount.at(row).some()?.0) / quantity).round() as i64;
        Some(((table.scheme.at(row), table.period.at(row)), rate))
    };
    let mut rates: Vec<((Id, Id), i64)> = (0..table.rows).filter_map(rate).collect();
    rates.sort_unstable();
    let mut usual = BTreeMap::new();
    for of_period in rates.chunk_by(|a, b| a.0 == b.0) {
        let equal = of_period.chunk_by(|a, b| a == b).max_by_key(|equal| equal.len());
        let Some(equal) = equal.filter(|equal| equal.len() * 2 >= of_period.len()) else {
            continue;
        };
        if let Some((key, rate)) = equal.first().filter(|_| of_period.len() >= FEWEST) {
            usual.insert(*key, *rate);
        }
    }
    usual
}
