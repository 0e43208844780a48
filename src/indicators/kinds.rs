//! Kinds of account: the first digits of a code, within one chart of accounts.

use std::collections::BTreeMap;

use super::seen::Seen;
use crate::convert::row32;
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{IxVec, PaymentIx};
use crate::ledger::contract::cell::Id;

/// The kinds of account that a county's payments use, sorted by chart first.
#[derive(Debug)]
pub(in crate::indicators) struct Kinds {
    /// For each payment its kind: a place in `used`.
    of_payment: IxVec<PaymentIx, u32>,
    /// The chart of each kind, and how many chosen payments use it.
    used: Vec<(Chart, usize)>,
    /// The first digits of a code that count; 0 for the whole code.
    digits: usize,
    /// How many chosen payments use each chart.
    charts: [usize; 2],
}

impl Kinds {
    /// The kinds of a book's payments by the first `digits` digits; 0 for the whole code.
    pub(in crate::indicators) fn of(book: &Book, digits: usize) -> Self {
        let payments = &book.payments;
        let keys = || {
            let lines = payments.line.iter().map(|line| book.charts[*line]);
            lines.zip(payments.account.iter().copied())
        };
        let mut accounts: Vec<(Chart, Id)> = Vec::new();
        // A county uses a few hundred accounts.
        for key in keys() {
            if let Err(place) = accounts.binary_search(&key) {
                accounts.insert(place, key);
            }
        }
        let mut used: Vec<(Chart, usize)> = Vec::new();
        let mut numbers: BTreeMap<(Chart, &str), u32> = BTreeMap::new();
        let mut kind_of = Vec::with_capacity(accounts.len());
        for (chart, account) in &accounts {
            let stem = (*chart, stem(book.names.get(*account), digits));
            let number = *numbers.entry(stem).or_insert_with(|| {
                used.push((*chart, 0));
                row32(used.len() - 1)
            });
            kind_of.push(number);
        }
        let kind = |key: (Chart, Id)| {
            let place = accounts.binary_search(&key).unwrap_or(usize::MAX);
            kind_of.get(place).copied().unwrap_or(u32::MAX)
        };
        let of_payment: IxVec<PaymentIx, u32> = keys().map(kind).collect();
        let mut charts = [0, 0];
        for one in of_payment
            .iter_enumerated()
            .filter_map(|(payment, kind)| Seen::of(book, payment).is_signed_for().then_some(*kind))
        {
            if let Some((chart, count)) = used.get_mut(one as usize) {
                *count += 1;
                let [old, new] = &mut charts;
                *(if *chart == Chart::Of2004 { old } else { new }) += 1;
            }
        }
        Self { of_payment, used, digits, charts }
    }

    /// The kind of a payment.
    pub(in crate::indicators) fn kind(&self, payment: PaymentIx) -> u32 {
        self.of_payment[payment]
    }

    /// What counts of a payment's account code.
    pub(in crate::indicators) fn code<'a>(&self, book: &'a Book, payment: PaymentIx) -> &'a str {
        stem(book.names.get(book.payments.account[payment]), self.digits)
    }

    /// The number of kinds.
    pub(in crate::indicators) fn len(&self) -> usize {
        self.used.len()
    }

    /// The chart of a kind.
    pub(in crate::indicators) fn chart(&self, kind: u32) -> Chart {
        self.used.get(kind as usize).map_or(Chart::Of2024, |(chart, _)| *chart)
    }

    /// The chosen payments of a kind.
    pub(in crate::indicators) fn count(&self, kind: u32) -> usize {
        self.used.get(kind as usize).map_or(0, |(_, count)| *count)
    }

    /// The chosen payments of a chart.
    pub(in crate::indicators) fn in_chart(&self, chart: Chart) -> usize {
        let [old, new] = self.charts;
        if chart == Chart::Of2004 { old } else { new }
    }
}

/// What of an account counts: its first digits, or all of it. Three digits are the first level of a village chart, so
/// that an account of another chart is not taken for one of them.
fn stem(code: &str, digits: usize) -> &str {
    match digits {
        0 => code,
        3 => Chart::root(code),
        digits => code.get(..digits).unwrap_or(code),
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn a_stem_of_no_digits_is_the_whole_code() {
        assert_eq!(stem("51302", 0), "51302");
        assert_eq!(stem("51302", 3), "513");
        assert_eq!(stem("51", 3), "51");
        assert_eq!(stem("5131", 3), "5131");
        assert_eq!(stem("51302", 4), "5130");
    }
}
