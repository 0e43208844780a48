#![doc = include_str!("missing_countersign.md")]

use super::band::band;
use crate::indicators::basis::LOCAL_LIMITS;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::recorded::{Recorded, Roles};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{PaymentIx, PersonIx, VillageIx};
use crate::ledger::subject::Grain;
use crate::params::params;
use crate::stats::pooled::Shares;

pub(super) static INDICATOR: Indicator = Indicator::of::<MissingCountersign>(card! {
    "missing_countersign",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Procedure,
    scale: Scale::NegLog10P,
    requires: &["limits.requires"],
    basis: &[LOCAL_LIMITS],
    simulated_schemes: &["bypassed_procedure"],
});

params! {
    struct MissingCountersign {}
}

/// A payment whose band asks for countersigns that the township records.
#[derive(Debug, Clone, Copy)]
struct Passed {
    one: Seen,
    approver: Option<PersonIx>,
    asked: u64,
    missing: u64,
}

/// How often countersigns are missing, and what is recorded where.
#[derive(Debug)]
struct SignatureRecords {
    recorded: Recorded,
    law: Shares,
}

/// The countersigns that a payment's band asks for and the township records, and those that are missing.
fn items(book: &Book, recorded: &Recorded, one: Seen) -> Option<(Roles, Roles)> {
    let asked = recorded.asked(book, one)?.and(Roles::COUNTERSIGNS).and(recorded.held(one));
    Some((asked, asked.without(Roles::of_line(book, one.line))))
}

/// What a payment lacks, and what all payments of its approver in the village lack.
fn lacks(book: &Book, recorded: &Recorded, own: &[Passed], payment: Passed) -> Vec<Fact> {
    let Passed { one, approver, missing, .. } = payment;
    let named = items(book, recorded, one).zip(band(book, one)).map(|((asked, missing), band)| {
        let lacking = fact!(
            "missing", ["amount", "cosigner", "committee_stamp", "township_reviewer"],
            required: asked.duties(), missing: missing.duties(),
        );
        lacking.with(band)
    });
    let (all_missing, of) = count(own);
    let of_approver = approver.filter(|_| all_missing > missing).map(|approver| {
        fact!(
            "approver", ["approver", "cosigner", "committee_stamp", "township_reviewer"],
            approver: Value::Post(book.officials[approver], one.line), missing: all_missing, of: of,
            payments: own.len(),
        )
    });
    named.into_iter().chain(of_approver).collect()
}

/// The payments of a village that ask for countersigns, approver after approver.
fn passed(book: &Book, recorded: &Recorded, payments: &[PaymentIx]) -> Vec<Passed> {
    let passed = |one: Seen| {
        let (asked, missing) = items(book, recorded, one)?;
        let approver = book.payments.approver[one.payment];
        let (asked, missing) = (asked.count() as u64, missing.count() as u64);
        (asked > 0).then_some(Passed { one, approver, asked, missing })
    };
    let signed = seen(book, payments).filter(|one| one.is_signed_for());
    let mut all: Vec<Passed> = signed.filter_map(passed).collect();
    all.sort_by_key(|passed| (passed.approver.is_none(), passed.approver));
    all
}

/// Missing and asked countersigns of payments.
fn count(all: &[Passed]) -> (u64, u64) {
    all.iter().fold((0, 0), |sum, one| (sum.0 + one.missing, sum.1 + one.asked))
}

fn by_approver(all: &[Passed]) -> impl Iterator<Item = &[Passed]> {
    all.chunk_by(|a, b| a.approver == b.approver)
}

impl Measure for MissingCountersign {
    type Context = SignatureRecords;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> SignatureRecords {
        let recorded = Recorded::of(book);
        let counts = book.by_village().par_map(|_, payments| {
            let all = passed(book, &recorded, payments);
            by_approver(&all).map(count).collect::<Vec<_>>()
        });
        let counts: Vec<(u64, u64)> = counts.into_iter().flatten().collect();
        SignatureRecords { recorded, law: Shares::fit(&counts) }
    }

    fn measure(
        &self,
        book: &Book,
        county: &SignatureRecords,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let all = passed(book, &county.recorded, group.payments);
        for own in by_approver(&all) {
            let (missing, of) = count(own);
            let of_approver = county.law.upper(missing, of);
            for payment in own {
                let Passed { one, asked, missing, .. } = *payment;
                // Two questions were asked: of the payment, and of all that this approver passed here.
                let p = county.law.upper(missing, asked).min(of_approver) * 2.0;
                let value = if missing > 0 { neg_log10(p.min(1.0)) } else { 0.0 };
                let sample = usize::try_from(of).unwrap_or(usize::MAX);
                out.put(one.payment, value, sample, || (missing > 0).then_some(one.line));
                if missing > 0 {
                    out.tell(one.payment, || lacks(book, &county.recorded, own, *payment));
                }
            }
        }
    }
}
