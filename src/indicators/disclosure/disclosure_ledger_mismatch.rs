#![doc = include_str!("disclosure_ledger_mismatch.md")]

use crate::convert::{float, row32};
use crate::indicators::basis::{DISCLOSURE_RULES, VILLAGERS_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::seen::{least_of, neg_log10};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{counted, params};
use crate::registers::notices::word;
use crate::registers::posting::{Compared, Postings, State};
use crate::stats::pooled::Shares;

pub(super) static INDICATOR: Indicator = Indicator::of::<DisclosureLedgerMismatch>(card! {
    "disclosure_ledger_mismatch",
    grain: Grain::Village,
    class: Class::Match,
    scheme: Scheme::Disclosure,
    scale: Scale::NegLog10P,
    requires: &["disclosures.account", "disclosures.amount"],
    basis: &[VILLAGERS_LAW, DISCLOSURE_RULES],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct DisclosureLedgerMismatch {
        minimum: usize = 4, counted,
            "fewest amounts of a village that are compared",
            "村最少比对的金额项数";
    }
}

/// The parts into which the money of a village is counted.
const PARTS: u64 = 1_000;

/// What is computed once for a county.
#[derive(Debug)]
struct Mismatches {
    postings: Postings,
    villages: IxVec<VillageIx, Vec<Compared>>,
    /// How villages differ in the number of amounts apart from the ledger, and in their money.
    number: Shares,
    money: Shares,
}

fn apart(compared: &[Compared]) -> impl Iterator<Item = &Compared> {
    compared.iter().filter(|it| it.state.is_apart())
}

/// Amounts that are apart from the ledger, and all.
fn number(compared: &[Compared]) -> (u64, u64) {
    (apart(compared).count() as u64, compared.len() as u64)
}

/// The thousandths of a village's money by which notices and ledger differ.
fn money(compared: &[Compared]) -> (u64, u64) {
    let size = |it: &Compared| it.posted.some().map_or(0, |it| it.0).abs().max(it.booked.0.abs());
    let all: i64 = compared.iter().map(size).sum();
    let off: i64 = apart(compared).map(|it| it.difference().abs()).sum();
    let share = float(off) / float(all.max(1)) * float(PARTS);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let parts = share.round().clamp(0.0, float(PARTS)) as u64;
    (parts, PARTS)
}

impl Mismatches {
    /// The chance of a village that is so far apart, by number or by money.
    fn p(&self, compared: &[Compared]) -> f64 {
        let (hits, of) = number(compared);
        let (parts, all) = money(compared);
        least_of(self.number.upper(hits, of).min(self.money.upper(parts, all)), 2)
    }

    fn facts(&self, compared: &[Compared]) -> Vec<Fact> {
        let mut all: Vec<&Compared> = apart(compared).collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.difference().abs()));
        let (hits, of) = number(compared);
        let usual = Value::Share(self.number.mean());
        let counted = (hits > 0)
            .then(|| fact!("number", ["account", "amount"], count: hits, of: of, usual: usual));
        all.into_iter().take(SHOWN).filter_map(|it| said(it, compared)).chain(counted).collect()
    }
}

/// The differences that are told one by one.
const SHOWN: usize = 6;

/// What is to be said of one amount.
fn said(it: &Compared, compared: &[Compared]) -> Option<Fact> {
    let of_period = || [("period", word(it.period).into()), ("account", Value::Text(it.account))];
    let fact = match (it.state, it.posted.some()) {
        (State::Different, Some(posted)) => {
            fact!("differs", ["account", "amount"], posted: posted, booked: it.booked)
        }
        (State::Aggregated, None) => {
            let other = |other: &&Compared| {
                other.period == it.period
                    && other.state == State::Aggregated
                    && other.posted != Fen::NONE
            };
            let others: Vec<Value> =
                compared.iter().filter(other).map(|it| Value::Text(it.account)).collect();
            fact!("under", ["account", "amount"], booked: it.booked, other: Value::List(others))
        }
        // The other account is told with the one that it takes in.
        (State::Aggregated, Some(_)) => return None,
        _ => fact!("absent", ["account", "amount"], booked: it.booked),
    };
    Some(fact.with(of_period()))
}

/// The rows of the notices whose amounts differ; money that is posted under another account is not lost.
fn records(compared: &[Compared]) -> Vec<Record> {
    let of = |it: &Compared| {
        let off = if it.state == State::Different { it.difference().abs() } else { 0 };
        let amounts = std::iter::once(off).chain(std::iter::repeat(0));
        let rows: Vec<usize> = it.rows.clone();
        rows.into_iter().zip(amounts).map(|(row, fen)| Record {
            table: "disclosures",
            row: row32(row),
            money: Fen(fen),
        })
    };
    apart(compared).flat_map(of).collect()
}

impl Measure for DisclosureLedgerMismatch {
    type Context = Mismatches;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Mismatches {
        let postings = Postings::of(book);
        let villages = book.by_village().par_map(|village, _| postings.compare(book, village));
        let fit = |of: fn(&[Compared]) -> (u64, u64)| {
            let told = villages.iter().filter(|it| it.len() >= self.minimum.max(1));
            Shares::fit(&told.map(|it| of(it)).collect::<Vec<_>>())
        };
        let (number, money) = (fit(number), fit(money));
        Mismatches { postings, villages, number, money }
    }

    fn measure(&self, _: &Book, county: &Mismatches, group: Group<'_, VillageIx>, out: &mut Out) {
        let compared = &county.villages[group.number];
        if compared.len() < self.minimum.max(1) {
            return;
        }
        let booked = &county.postings.booked[group.number];
        // Where something is posted the rows of the notice are cited; what is not posted stands in the ledger alone.
        let lines = |it: &Compared| -> Vec<LineIx> {
            let (first, last) = (it.period.first, it.period.last);
            booked.lines(it.account, first, last).map(|(_, line)| line).collect()
        };
        out.put(group.number, neg_log10(county.p(compared)), compared.len(), || {
            let absent = apart(compared).filter(|it| it.rows.is_empty() && it.account != Id::NONE);
            absent.flat_map(lines).collect::<Vec<_>>()
        });
        out.cite(group.number, || records(compared));
        out.tell(group.number, || county.facts(compared));
    }
}
