//! What an office's own rules find in a book.

use crate::convert::float;
use crate::features::Measured;
use crate::indicators::own::{OwnRule, named};
use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::ledger::contract::cell::{Cell, Fen};

/// The payments of a book that meet an own rule.
#[derive(Debug)]
pub struct OwnHits {
    /// The rule.
    pub own: &'static OwnRule,
    /// Payments of which it could be asked.
    pub asked: usize,
    /// Those that meet it, in the order of the book.
    pub met: Vec<PaymentIx>,
    /// The sum of their amounts.
    pub money: Fen,
}

impl OwnHits {
    /// The share of the payments it could be asked of that meet it; 0 without any.
    pub fn share(&self) -> f64 {
        float(self.met.len()) / float(self.asked.max(1))
    }

    /// Whether more meet it than it states.
    pub fn is_too_wide(&self) -> bool {
        self.share() > self.own.rule.most
    }
}

/// What each own rule finds.
pub fn own_hits(book: &Book, measured: &[Measured<'_>]) -> Vec<OwnHits> {
    let hits = |it: &Measured<'_>| {
        let own = named(it.card.name)?;
        let met = book.payments.line.keys().filter(|payment| it.is_flagged((*payment).into()));
        let met: Vec<PaymentIx> = met.collect();
        let money = met.iter().filter_map(|it| book.payments.amount[*it].some()).sum();
        Some(OwnHits { own, asked: it.readings.answered(), met, money })
    };
    measured.iter().filter_map(hits).collect()
}

/// Those that belong to the catalogue, which come first: a trained model knows no others.
pub fn of_catalogue<'m, 'a>(measured: &'m [Measured<'a>]) -> &'m [Measured<'a>] {
    let known = measured.partition_point(|it| named(it.card.name).is_none());
    measured.get(..known).unwrap_or(measured)
}
