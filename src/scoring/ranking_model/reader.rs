//! The columns used by the ranking model, as codes.

use std::sync::Arc;

use crate::columns::{self, Definition};
use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::model::extra_trees::codes::{Codes, Cuts};

/// Columns excluded because planting leaves traces in them. Entry time, number and date of a planted voucher are
/// derived from its neighbours and its amount is drawn at random, so that trees would learn the method of planting
/// instead of the act.
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

/// The cut points of each column that is used.
#[derive(Debug)]
pub(super) struct Reader {
    /// For each column of [`columns::definitions`] its index among the used ones.
    place: Vec<Option<usize>>,
    cuts: Arc<[Cuts]>,
}

/// The columns that the model uses, in the order of [`columns::definitions`].
pub fn read_columns() -> impl Iterator<Item = &'static Definition> {
    columns::definitions().filter(|column| is_read(column))
}

fn is_read(column: &Definition) -> bool {
    !TRACED.contains(&column.name)
}

impl Reader {
    /// A reader with the given cut points, one for each used column.
    pub(super) fn new(cuts: Arc<[Cuts]>) -> Self {
        let mut next = 0..;
        let place = columns::definitions()
            .map(|column| if is_read(column) { next.next() } else { None })
            .collect();
        Self { place, cuts }
    }

    /// Computes the cut points from a book's own payments, and codes all payments.
    pub(super) fn of(book: &Book) -> (Self, Codes) {
        let mut reader = Self::new(Arc::new([]));
        let read = columns::measure(book, |place, cells| {
            reader.is_read(place).then(|| {
                let cuts = Cuts::of(&cells.raw);
                let codes = cuts.codes(&cells.raw);
                (cuts, codes)
            })
        });
        let (cuts, codes): (Vec<Cuts>, Vec<Vec<u8>>) = read.into_iter().flatten().unzip();
        reader.cuts = cuts.into();
        let codes = Codes::new(book.payments.len(), Arc::clone(&reader.cuts), codes);
        (reader, codes)
    }

    /// Computes the cut points from the payments of several books.
    pub(super) fn of_all(books: &[Book]) -> Self {
        let reader = Self::new(Arc::new([]));
        let measure = |book: &Book| {
            columns::measure(book, |place, cells| reader.is_read(place).then_some(cells.raw))
        };
        let mut joined: Vec<Vec<f32>> = Vec::new();
        for book in books {
            let read: Vec<Vec<f32>> = measure(book).into_iter().flatten().collect();
            joined.resize_with(read.len(), Vec::new);
            for (all, own) in joined.iter_mut().zip(read) {
                all.extend(own);
            }
        }
        Self { cuts: joined.iter().map(|cells| Cuts::of(cells)).collect(), ..reader }
    }

    /// The cut points of the used columns.
    pub(super) fn cuts(&self) -> &[Cuts] {
        &self.cuts
    }

    /// Measures a book and codes the given payments.
    pub(super) fn read(&self, book: &Book, payments: &[PaymentIx]) -> Codes {
        let codes = columns::measure(book, |place, cells| {
            let cuts = self.cuts.get((*self.place.get(place)?)?)?;
            let own: Vec<f32> = payments.iter().map(|it| cells[*it]).collect();
            Some(cuts.codes(&own))
        });
        Codes::new(payments.len(), Arc::clone(&self.cuts), codes.into_iter().flatten().collect())
    }

    fn is_read(&self, place: usize) -> bool {
        self.place.get(place).is_some_and(Option::is_some)
    }
}
