//! The columns that the ranking model reads, as codes.

use std::sync::Arc;

use crate::columns;
use crate::ledger::book::Book;
use crate::model::extra_trees::codes::{Codes, Cuts};

/// Columns that the model does not read: planting leaves traces in them. A planted voucher is keyed, numbered and dated by
/// neighbours, and its amount is drawn anew, so that trees would learn how it was planted and not what was done.
const TRACED: [&str; 20] = [
    "entry_lag",
    "entry_lag_usual",
    "entry_hour",
    "entry_rush",
    "entry_order",
    "entry_day_off",
    "list_place",
    "day_payments",
    "document_lag",
    "document_lag_usual",
    "document_same_day",
    "number_gap_payee",
    "number_order",
    "account_is_usual",
    "account_share",
    "account_accounts",
    "fen_part",
    "digits",
    "first_two_digits",
    "last_yuan_digit",
];

/// Where each column is cut, by the county's own payments; nothing for a column that the model does not read.
#[derive(Debug)]
pub(super) struct Reader {
    /// For each column its place among those that are read.
    place: Vec<Option<usize>>,
    cuts: Arc<[Cuts]>,
}

impl Reader {
    /// Cuts the columns of a book, and codes all of its payments.
    pub(super) fn of(book: &Book) -> (Self, Codes) {
        let names: Vec<&str> = columns::definitions().map(|column| column.name).collect();
        let is_read = |place: usize| names.get(place).is_some_and(|name| !TRACED.contains(name));
        let read = columns::measure(book, |place, cells| {
            is_read(place).then(|| {
                let cuts = Cuts::of(&cells);
                let codes = cuts.codes(&cells);
                (cuts, codes)
            })
        });
        let mut next = 0..;
        let place = read.iter().map(|own| own.as_ref().and_then(|_| next.next())).collect();
        let (cuts, codes): (Vec<Cuts>, Vec<Vec<u8>>) = read.into_iter().flatten().unzip();
        let cuts: Arc<[Cuts]> = cuts.into();
        let codes = Codes::new(book.payments.len(), Arc::clone(&cuts), codes);
        (Self { place, cuts }, codes)
    }

    /// Measures another book, and codes some of its payments.
    pub(super) fn read(&self, book: &Book, payments: &[u32]) -> Codes {
        let codes = columns::measure(book, |place, cells| {
            let cuts = self.cuts.get((*self.place.get(place)?)?)?;
            let own = payments.iter().map(|it| cells.get(*it as usize).copied());
            let own: Vec<f32> = own.map(|cell| cell.unwrap_or(f32::NAN)).collect();
            Some(cuts.codes(&own))
        });
        Codes::new(payments.len(), Arc::clone(&self.cuts), codes.into_iter().flatten().collect())
    }
}
