#![doc = include_str!("reciprocal_approval.md")]

use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PayeeIx, PaymentIx, PersonIx, VillageIx};
use crate::ledger::contract::cell::Day;
use crate::ledger::subject::Grain;
use crate::params::{above_zero, params, within};
use crate::stats::exact::binomial_upper;

pub(super) static INDICATOR: Indicator = Indicator::of::<ReciprocalApproval>(card! {
    "reciprocal_approval",
    grain: Grain::Official,
    class: Class::Network,
    scheme: Scheme::Collusion,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.approver"],
    basis: &[],
    simulated_schemes: &["mutual_favours"],
});

params! {
    struct ReciprocalApproval {
        days: i32 = 30, within(1..=366),
            "most days between the claims of both",
            "双方报销最多相隔的天数";
        prior: f64 = 1.0, above_zero,
            "approvals by the approver added to each period",
            "每个时段加入的该审批人审批笔数";
    }
}

/// Days of one stretch of time in which approvals are counted.
const STRETCH: i32 = 30;

/// A claim of somebody who approves payments too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    claimant: PersonIx,
    approver: PersonIx,
    village: VillageIx,
    day: i32,
    line: LineIx,
}

/// Approvals of one person in one village and stretch of time.
#[derive(Debug, Clone, Copy)]
struct Signed {
    stretch: i32,
    approver: PersonIx,
    count: u32,
}

/// What is computed once for a county.
#[derive(Debug)]
struct ClaimsAndSignatures {
    /// Sorted.
    claims: Vec<Claim>,
    /// For each village, by stretch of time.
    signed: IxVec<VillageIx, Vec<Signed>>,
}

fn approver(book: &Book, one: Seen) -> Option<PersonIx> {
    book.payments.approver[one.payment].filter(|_| one.is_chosen())
}

/// Who approved how much in a village, and the claims of approvers, whose numbers as payees are given.
fn village(
    book: &Book,
    payments: &[PaymentIx],
    persons: &IxVec<PayeeIx, Option<PersonIx>>,
) -> (Vec<Signed>, Vec<Claim>) {
    let (mut signed, mut claims): (Vec<Signed>, Vec<Claim>) = (Vec::new(), Vec::new());
    for one in seen(book, payments) {
        let Some(approver) = approver(book, one) else { continue };
        let stretch = one.day.0.div_euclid(STRETCH);
        let same = signed.iter_mut().rev().take_while(|last| last.stretch == stretch);
        match same.into_iter().find(|last| last.approver == approver) {
            Some(last) => last.count += 1,
            None => signed.push(Signed { stretch, approver, count: 1 }),
        }
        let person = one.payee(book).and_then(|payee| persons[payee]);
        if let Some(claimant) = person.filter(|claimant| *claimant != approver) {
            let (village, day, line) = (one.village, one.day.0, one.line);
            claims.push(Claim { claimant, approver, village, day, line });
        }
    }
    (signed, claims)
}

impl ClaimsAndSignatures {
    /// The claims of one officer that others approved.
    fn of(&self, claimant: PersonIx) -> &[Claim] {
        let from = self.claims.partition_point(|claim| claim.claimant < claimant);
        let to = self.claims.partition_point(|claim| claim.claimant <= claimant);
        self.claims.get(from..to).unwrap_or(&[])
    }

    /// The chance that a claim goes to this approver: the share that he approves, in that stretch of time,
    /// of what others claim and the claimant does not approve, mixed with certainty.
    fn chance(&self, claim: Claim, own: &[Claim], approver: PersonIx, prior: f64) -> f64 {
        let stretch = claim.day.div_euclid(STRETCH);
        let signed = &self.signed[claim.village];
        let from = signed.partition_point(|one| one.stretch < stretch);
        let signed = signed.get(from..).unwrap_or(&[]).iter();
        let (mut his, mut all) = (0.0, 0.0);
        for one in signed.take_while(|one| one.stretch == stretch) {
            if one.approver != claim.claimant {
                all += f64::from(one.count);
                his += if one.approver == approver { f64::from(one.count) } else { 0.0 };
            }
        }
        let together = own.iter().filter(|other| {
            other.village == claim.village && other.day.div_euclid(STRETCH) == stretch
        });
        for other in together {
            all -= 1.0;
            his -= f64::from(u8::from(other.approver == approver));
        }
        (his + prior) / (all + prior)
    }

    /// How many of one officer's claims the other approves by the usual division of work.
    fn expected(&self, claimant: PersonIx, approver: PersonIx, prior: f64) -> f64 {
        let own = self.of(claimant);
        own.iter().map(|claim| self.chance(*claim, own, approver, prior)).sum()
    }

    /// How surprising it is that so many of one officer's claims went to the other.
    fn p(&self, hits: usize, claimant: PersonIx, approver: PersonIx, prior: f64) -> f64 {
        let own = self.of(claimant);
        let sum = self.expected(claimant, approver, prior);
        let mean = (sum / float(own.len()).max(1.0)).clamp(0.0, 1.0);
        binomial_upper(hits as u64, own.len() as u64, mean)
    }
}

/// The claims of one that the other approved.
fn between(claims: &[Claim], approver: PersonIx) -> &[Claim] {
    let from = claims.partition_point(|claim| claim.approver < approver);
    let to = claims.partition_point(|claim| claim.approver <= approver);
    claims.get(from..to).unwrap_or(&[])
}

impl ReciprocalApproval {
    /// Those of some claims that are near in time to one of others.
    fn answered<'a>(&self, some: &'a [Claim], others: &[Claim]) -> Vec<&'a Claim> {
        let is_near = |a: &Claim, b: &Claim| {
            a.village == b.village
                && (i64::from(a.day) - i64::from(b.day)).abs() <= self.days.into()
        };
        some.iter().filter(|one| others.iter().any(|other| is_near(one, other))).collect()
    }
}

/// Two officers and the claims that each approved near in time to one of the other's.
#[derive(Debug)]
struct Mutual<'a> {
    p: f64,
    partner: PersonIx,
    /// Of the first officer, approved by the partner.
    given: Vec<&'a Claim>,
    /// Of the partner, approved by the first officer.
    taken: Vec<&'a Claim>,
}

impl ReciprocalApproval {
    /// How many claims each approved of the other, and the two that are nearest in time.
    fn facts(
        &self,
        book: &Book,
        county: &ClaimsAndSignatures,
        official: PersonIx,
        best: &Mutual<'_>,
    ) -> Vec<Fact> {
        let Mutual { partner, given, taken, .. } = best;
        let [person, other] = [official, *partner].map(|it| Value::official(book, it));
        let usual =
            |claimant, approver| Value::Number(county.expected(claimant, approver, self.prior));
        let mutual = fact!(
            "mutual", ["approver", "payee"],
            person: person.clone(), partner: other.clone(), window: self.days,
            given: given.len(), claims: county.of(official).len(),
            given_usual: usual(official, *partner),
            taken: taken.len(), partner_claims: county.of(*partner).len(),
            taken_usual: usual(*partner, official),
        );
        let both = given.iter().flat_map(|one| taken.iter().map(move |other| (*one, *other)));
        let here = both.filter(|(one, other)| one.village == other.village);
        let nearest = here.min_by_key(|(one, other)| (one.day.abs_diff(other.day), one.line));
        let pair = nearest.map(|(one, back)| {
            fact!(
                "nearest", ["approver", "payee", "date"],
                person: person, partner: other, claim: one.line, day: Day(one.day),
                partner_claim: back.line, partner_day: Day(back.day), days: one.day.abs_diff(back.day),
            )
        });
        [mutual].into_iter().chain(pair).collect()
    }
}

impl Measure for ReciprocalApproval {
    type Context = ClaimsAndSignatures;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> ClaimsAndSignatures {
        let official = |payee: &_| book.officials.place(&book.person_of(*payee));
        let persons: IxVec<PayeeIx, _> = book.payees.iter().map(official).collect();
        let each = book.by_village().par_map(|_, payments| village(book, payments, &persons));
        let (signed, claims): (Vec<_>, Vec<_>) = each.into_iter().unzip();
        let mut claims: Vec<Claim> = claims.into_iter().flatten().collect();
        claims.sort_unstable();
        ClaimsAndSignatures { claims, signed: signed.into() }
    }

    fn measure(
        &self,
        book: &Book,
        county: &ClaimsAndSignatures,
        group: Group<'_, PersonIx>,
        out: &mut Out,
    ) {
        let own = county.of(group.number);
        let mut best: Option<Mutual<'_>> = None;
        let mut partners = 0_usize;
        for by_one in own.chunk_by(|a, b| a.approver == b.approver) {
            let Some(partner) = by_one.first().map(|claim| claim.approver) else { continue };
            partners += 1;
            let back = between(county.of(partner), group.number);
            let (given, taken) = (self.answered(by_one, back), self.answered(back, by_one));
            let p = county.p(given.len(), group.number, partner, self.prior).max(county.p(
                taken.len(),
                partner,
                group.number,
                self.prior,
            ));
            if best.as_ref().is_none_or(|least| p < least.p) {
                best = Some(Mutual { p, partner, given, taken });
            }
        }
        let Some(best) = best else { return };
        let value = neg_log10(best.p * float(partners));
        out.put(group.number, value, own.len(), || {
            let both = best.given.iter().chain(&best.taken);
            both.map(|claim| claim.line).collect::<Vec<_>>()
        });
        if value > 0.0 {
            out.tell(group.number, || self.facts(book, county, group.number, &best));
        }
    }
}
