#![doc = include_str!("backdated_approval.md")]

use std::ops::RangeInclusive;

use crate::convert::float;
use crate::indicators::basis::{ACCOUNTING_LAW, COLLECTIVE_FINANCE};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, per_township, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, VillageIx};
use crate::ledger::contract::cell::Cell;
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<BackdatedApproval>(card! {
    "backdated_approval",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::LateRecords,
    scale: Scale::NegLog10P,
    requires: &["ledger.approved"],
    basis: &[ACCOUNTING_LAW, COLLECTIVE_FINANCE],
    simulated_schemes: &["backdated_approval"],
});

params! {
    struct BackdatedApproval {
        grace: i32 = 3, within(0..=366),
            "days out of order that are allowed",
            "宽限的天数";
    }
}

/// The days out of order in one place.
#[derive(Debug, Clone, Default)]
struct Place {
    /// Payments with a day of approval.
    all: usize,
    /// Days beyond the grace, where there are any; rising.
    beyond: Vec<i32>,
}

impl Place {
    fn join(&mut self, other: &Self) {
        self.all += other.all;
        self.beyond.extend(&other.beyond);
    }

    /// The share of payments that are as many days out of order.
    fn share(&self, days: i32) -> f64 {
        let below = self.beyond.partition_point(|other| *other < days);
        float(self.beyond.len() - below) / float(self.all.max(1))
    }
}

/// Days out of order that may come from a year that was written wrong.
const YEAR: RangeInclusive<i32> = 335..=395;

/// In which order payment, approval and document came.
fn order(book: &Book, one: Seen) -> Option<Fact> {
    let approved = one.approved(book)?;
    let late = approved.0 - one.day.0;
    let document = book.lines.document_date.at(one.line).some();
    let early = document.map(|day| (day, day.0 - approved.0)).filter(|(_, days)| *days > late);
    Some(match early {
        None if YEAR.contains(&late) => {
            fact!("late_year", ["date", "approved"], paid: one.day, approved: approved, days: late)
        }
        None => fact!("late", ["date", "approved"], paid: one.day, approved: approved, days: late),
        Some((document, days)) if YEAR.contains(&days) => {
            fact!("early_year", ["approved", "document_date"], approved: approved, document: document, days: days)
        }
        Some((document, days)) => {
            fact!("early", ["approved", "document_date"], approved: approved, document: document, days: days)
        }
    })
}

impl BackdatedApproval {
    /// The days from payment to approval, or from approval to the document, beyond the grace.
    fn beyond(&self, book: &Book, one: Seen) -> Option<i32> {
        let approved = one.approved(book).filter(|_| one.is_signed_for())?.0;
        let document = book.lines.document_date.at(one.line).some();
        let early = document.map_or(0, |day| day.0.saturating_sub(approved));
        let late = approved.saturating_sub(one.day.0);
        Some(late.max(early).saturating_sub(self.grace).max(0))
    }

    fn place(&self, book: &Book, payments: &[PaymentIx]) -> Place {
        let mut place = Place::default();
        for days in seen(book, payments).filter_map(|one| self.beyond(book, one)) {
            place.all += 1;
            place.beyond.extend(Some(days).filter(|days| *days > 0));
        }
        place
    }
}

impl Measure for BackdatedApproval {
    /// By village, what its township shows.
    type Context = (IxVec<VillageIx, usize>, Vec<Place>);
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> (IxVec<VillageIx, usize>, Vec<Place>) {
        let own = book.by_village().par_map(|_, payments| self.place(book, payments));
        let townships = townships(book);
        let mut all: Vec<Place> = per_township(&townships);
        for (own, township) in own.iter().zip(&townships) {
            if let Some(all) = all.get_mut(*township) {
                all.join(own);
            }
        }
        for place in &mut all {
            place.beyond.sort_unstable();
        }
        (townships, all)
    }

    fn measure(
        &self,
        book: &Book,
        (townships, places): &(IxVec<VillageIx, usize>, Vec<Place>),
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let Some(place) = places.get(townships[group.number]) else { return };
        for one in seen(book, group.payments) {
            let Some(days) = self.beyond(book, one) else { continue };
            let value = if days > 0 { neg_log10(place.share(days)) } else { 0.0 };
            out.put(one.payment, value, place.all, || (days > 0).then_some(one.line));
            out.tell(one.payment, || order(book, one).filter(|_| days > 0));
        }
    }
}
