#![doc = include_str!("rubber_stamp.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PaymentIx, PersonIx, VillageIx};
use crate::ledger::contract::cell::Day;
use crate::ledger::subject::Grain;
use crate::params::{counted, params};
use crate::stats::peers::peer_upper;
use crate::stats::robust::{median, spread};

pub(super) static INDICATOR: Indicator = Indicator::of::<RubberStamp>(card! {
    "rubber_stamp",
    grain: Grain::Official,
    class: Class::Statistic,
    scheme: Scheme::Procedure,
    scale: Scale::NegLog10P,
    requires: &["ledger.approver", "ledger.approved"],
    basis: &[],
    simulated_schemes: &["stamped_in_bulk"],
});

params! {
    struct RubberStamp {
        minimum: usize = 50, counted,
            "fewest vouchers",
            "最少凭证张数";
        peers: usize = 8, counted,
            "fewest other officials of the township",
            "本乡镇其他审批人的最少人数";
        pile: usize = 8, counted,
            "days with so many approvals are shown",
            "当日审批达到此数的列出";
    }
}

/// An official's vouchers, and how much more they pile up on days of approval than on days of payment.
#[derive(Debug, Clone, Copy)]
struct ApprovalDays {
    official: PersonIx,
    township: usize,
    vouchers: usize,
    /// The logarithm of the ratio.
    piled: f64,
    /// Its variance, were the pairs counted by chance (Poisson).
    error: f64,
}

/// One payment of each voucher that has a day of approval, by that day.
fn vouchers(book: &Book, payments: &[PaymentIx]) -> Vec<(Day, Seen)> {
    let mut last: Option<Seen> = None;
    let signed = seen(book, payments).filter(|one| one.is_signed_for());
    let dated = signed.filter_map(|one| Some((one.approved(book)?, one)));
    let mut all: Vec<(Day, Seen)> = dated
        .filter(|(_, one)| {
            let is_next = last.is_none_or(|last| !one.is_beside(last, book));
            last = Some(*one);
            is_next
        })
        .collect();
    all.sort_by_key(|(day, _)| *day);
    all
}

/// The pairs that share a day. Days in rising order.
fn pairs(days: &[Day]) -> f64 {
    let many = days.chunk_by(|a, b| a == b).map(|day| float(day.len()));
    many.map(|many| many * (many - 1.0) / 2.0).sum()
}

impl RubberStamp {
    fn desk(
        &self,
        book: &Book,
        townships: &IxVec<VillageIx, usize>,
        official: PersonIx,
    ) -> Option<ApprovalDays> {
        let vouchers = vouchers(book, book.by_approver().group(official));
        let (_, first) = vouchers.first().filter(|_| vouchers.len() >= self.minimum)?;
        let signed: Vec<Day> = vouchers.iter().map(|(day, _)| *day).collect();
        let mut paid: Vec<Day> = vouchers.iter().map(|(_, one)| one.day).collect();
        paid.sort_unstable();
        let (signed, paid) = (pairs(&signed) + 1.0, pairs(&paid) + 1.0);
        Some(ApprovalDays {
            official,
            township: townships[first.village],
            vouchers: vouchers.len(),
            piled: (signed / paid).ln(),
            error: signed.recip() + paid.recip(),
        })
    }
}

impl ApprovalDays {
    /// The chance of so much among the peers, the distance from their median shortened by its own error.
    fn p(self, peers: &[f64]) -> Option<f64> {
        let centre = median(peers)?;
        let spread = spread(peers, centre)?;
        let certain = spread / spread.hypot(self.error.sqrt());
        peer_upper(centre + (self.piled - centre) * certain, peers)
    }
}

impl Measure for RubberStamp {
    type Context = Vec<ApprovalDays>;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> Vec<ApprovalDays> {
        let townships = townships(book);
        let desks = book.by_approver().par_map(|official, _| self.desk(book, &townships, official));
        desks.into_iter().flatten().collect()
    }

    fn measure(
        &self,
        book: &Book,
        desks: &Vec<ApprovalDays>,
        group: Group<'_, PersonIx>,
        out: &mut Out,
    ) {
        let place = desks.binary_search_by_key(&group.number, |desk| desk.official);
        let Some(own) = place.ok().and_then(|place| desks.get(place)) else { return };
        let near =
            |desk: &&ApprovalDays| desk.township == own.township && desk.official != own.official;
        let peers: Vec<f64> = desks.iter().filter(near).map(|desk| desk.piled).collect();
        if peers.len() < self.peers {
            return;
        }
        let Some(p) = own.p(&peers) else { return };
        out.put(group.number, neg_log10(p), own.vouchers, || {
            let all = vouchers(book, group.payments);
            let stacks = all.chunk_by(|a, b| a.0 == b.0).filter(|day| day.len() >= self.pile);
            stacks.flatten().map(|(_, one)| one.line).collect::<Vec<_>>()
        });
    }
}
