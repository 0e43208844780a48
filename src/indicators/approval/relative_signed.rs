#![doc = include_str!("relative_signed.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::book::limit_words::Duty;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<RelativeSigned>(card! {
    "relative_signed",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::KinBenefit,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.1 },
    requires: &["ledger.payee", "ledger.approver", "kinship"],
    basis: &[],
    simulated_schemes: &["kin_supplier"],
});

params! {
    struct RelativeSigned {
        degree: u8 = 2, within(1..=3),
            "farthest kinship: 1 parent, child, spouse, sibling; 2 in-law, uncle",
            "最远亲等：1 为父母、子女、配偶、兄弟姐妹；2 为姻亲、叔伯舅姑姨";
        further: f64 = 0.5, within(0.0..=1.0),
            "value of a relative beyond degree 1",
            "亲等大于 1 的亲属签字时的指标值";
    }
}

/// Those who sign, the weightiest first, with the columns that a fact about each rests on.
const SIGNERS: [(Duty, &[&str]); 5] = [
    (Duty::Approver, &["approver", "payee"]),
    (Duty::Cosigner, &["cosigner", "payee"]),
    (Duty::TownshipReviewer, &["township_reviewer", "payee"]),
    (Duty::Handler, &["handler", "payee"]),
    (Duty::Witness, &["witness", "payee"]),
];

/// Somebody who signed, with the nearest relative among the payee and its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tie {
    degree: u8,
    /// The place of the weightiest signature in [`SIGNERS`].
    place: usize,
    signer: Id,
    relative: Id,
    is_owner: bool,
}

/// The persons of a payment's signatures, in the order of [`SIGNERS`].
fn signers(book: &Book, one: Seen) -> [Id; 5] {
    let (lines, at) = (&book.lines, one.line);
    [&lines.approver, &lines.cosigner, &lines.township_reviewer, &lines.handler, &lines.witness]
        .map(|column| column.at(at))
}

impl RelativeSigned {
    /// The nearest tie of a signer to who is paid. What somebody signs for himself is `self_approval`.
    fn tie(&self, book: &Book, behind: Behind, (place, signer): (usize, Id)) -> Option<Tie> {
        let is_other = signer != Id::NONE && !behind.is(signer);
        let relatives = behind.persons.into_iter().enumerate().filter(|_| is_other);
        let tie = |(position, relative): (usize, Id)| {
            let degree = book.kin.degree(signer, relative)?;
            Some(Tie { degree, place, signer, relative, is_owner: position > 0 })
        };
        relatives.filter_map(tie).filter(|tie| tie.degree <= self.degree).min()
    }

    /// One tie for each of the payment's signers who has one, the nearest first.
    fn ties(&self, book: &Book, behind: Behind, one: Seen) -> Vec<Tie> {
        let all = signers(book, one).into_iter().enumerate();
        let mut ties: Vec<Tie> = all.filter_map(|signer| self.tie(book, behind, signer)).collect();
        ties.sort_unstable();
        let mut told: Vec<Id> = Vec::new();
        ties.retain(|tie| {
            !told.contains(&tie.signer) && {
                told.push(tie.signer);
                true
            }
        });
        ties
    }

    /// Who signed as what, how near that is to the payee, and how much else the person signed for relatives so near.
    fn fact(&self, book: &Book, own: &[(Seen, Behind)], one: Seen, tie: Tie) -> Fact {
        let is_his = |other: &&(Seen, Behind)| {
            let (other, behind) = **other;
            let ties = self.ties(book, behind, other);
            ties.iter().any(|it| it.signer == tie.signer && it.degree <= tie.degree)
        };
        let amount = |it: &(Seen, Behind)| Fen(it.0.amount);
        let signed: Vec<Fen> = own.iter().filter(is_his).map(amount).collect();
        let (count, sum) = (signed.len(), signed.into_iter().sum::<Fen>());
        let all: Fen = own.iter().map(amount).sum();
        let mut told = fact!(
            "close", [], duties: duties(book, one, tie.signer), signer: Value::Post(tie.signer, one.line),
            relative: Value::Person(tie.relative), count: count, of: own.len(), sum: sum,
            share: Value::Share(sum.yuan() / all.yuan().max(0.01)),
        );
        told.columns = SIGNERS.get(tie.place).map_or(&[][..], |(_, columns)| columns);
        told.sentence = match (tie.degree, tie.is_owner) {
            (1, false) => "close",
            (1, true) => "close_owner",
            (2, false) => "in_law",
            (2, true) => "in_law_owner",
            (_, false) => "further",
            (_, true) => "further_owner",
        };
        let payee = book.payments.payee[one.payment].filter(|_| tie.is_owner);
        told.with(payee.map(|payee| ("payee", payee.into())))
    }
}

/// As what the person signed.
fn duties(book: &Book, one: Seen, person: Id) -> Vec<Duty> {
    let signed = SIGNERS.iter().zip(signers(book, one));
    signed.filter(|(_, signer)| *signer == person).map(|((duty, _), _)| *duty).collect()
}

impl Measure for RelativeSigned {
    type Context = IxVec<PayeeIx, Behind>;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> IxVec<PayeeIx, Behind> {
        behind(book)
    }

    fn measure(
        &self,
        book: &Book,
        county: &IxVec<PayeeIx, Behind>,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let own = asked(book, county, group.payments);
        for (one, behind) in &own {
            let signed = signers(book, *one).iter().filter(|signer| **signer != Id::NONE).count();
            let ties = self.ties(book, *behind, *one);
            let value =
                ties.first().map_or(0.0, |tie| if tie.degree == 1 { 1.0 } else { self.further });
            out.put(one.payment, value, signed, || (value > 0.0).then_some(one.line));
            out.tell(one.payment, || {
                let told = ties.iter().filter(|_| value > 0.0);
                told.map(|tie| self.fact(book, &own, *one, *tie)).collect::<Vec<_>>()
            });
        }
    }
}

/// The payments of which it can be told whether a relative of the payee signed.
fn asked(
    book: &Book,
    county: &IxVec<PayeeIx, Behind>,
    payments: &[PaymentIx],
) -> Vec<(Seen, Behind)> {
    let chosen = seen(book, payments).filter(|one| one.is_chosen());
    let signed = chosen.filter(|one| signers(book, *one).iter().any(|it| *it != Id::NONE));
    let each = signed.filter_map(|one| Some((one, county[one.payee(book)?])));
    each.filter(|(_, behind)| behind.is_somebody()).collect()
}
