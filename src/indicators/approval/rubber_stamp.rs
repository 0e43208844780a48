#![doc = include_str!("rubber_stamp.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
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
fn pairs(days: &[Day]) -> u64 {
    let many = days.chunk_by(|a, b| a == b).map(|day| day.len() as u64);
    many.map(|many| many * (many - 1) / 2).sum()
}

/// The days on which vouchers were approved and those on which they were paid, each in rising order.
fn days(vouchers: &[(Day, Seen)]) -> [Vec<Day>; 2] {
    let approved = vouchers.iter().map(|(day, _)| *day).collect();
    let mut paid: Vec<Day> = vouchers.iter().map(|(_, one)| one.day).collect();
    paid.sort_unstable();
    [approved, paid]
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
        let [signed, paid] = days(&vouchers).map(|days| float(pairs(&days)) + 1.0);
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

/// How much more approvals pile up on days than payments do, beside the township's other officials.
fn facts(book: &Book, own: ApprovalDays, peers: &[f64]) -> Vec<Fact> {
    let all = vouchers(book, book.by_approver().group(own.official));
    let usual = median(peers).filter(|usual| own.piled > *usual);
    let Some((busiest, usual)) = busiest(book, own.official, &all).zip(usual) else {
        return Vec::new();
    };
    let [approved, paid] = days(&all).map(|days| pairs(&days));
    let beside = fact!(
        "peers", ["approver", "approved", "date"],
        approved_pairs: approved, paid_pairs: paid, ratio: Value::Number(own.piled.exp()),
        peers: peers.len(), usual: Value::Number(usual.exp()),
    );
    vec![busiest, beside]
}

/// The day with the most approvals, and when the payments were that were approved on it.
fn busiest(book: &Book, official: PersonIx, all: &[(Day, Seen)]) -> Option<Fact> {
    let stacks = all.chunk_by(|a, b| a.0 == b.0);
    let most = stacks.clone().max_by_key(|day| day.len())?;
    let paid_then = most.iter().map(|(_, one)| one.day);
    let [_, paid] = days(all);
    let paid = paid.chunk_by(|a, b| a == b);
    Some(fact!(
        "stacks", ["approver", "approved"],
        approver: Value::official(book, official), vouchers: all.len(), days: stacks.count(),
        paid_days: paid.clone().count(), most_paid: paid.map(<[Day]>::len).max()?,
        day: most.first()?.0, most: most.len(), from: paid_then.clone().min()?, to: paid_then.max()?,
    ))
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
        out.tell(group.number, || facts(book, *own, &peers));
    }
}
