#![doc = include_str!("over_authority.md")]

use super::band::band;
use crate::indicators::basis::LOCAL_LIMITS;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::recorded::{Recorded, Roles};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::PersonIx;
use crate::ledger::book::terms::Term;
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<OverAuthority>(card! {
    "over_authority",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Procedure,
    scale: Scale::rule(0.005),
    requires: &["ledger.approver", "limits.requires", "posts"],
    basis: &[LOCAL_LIMITS],
    simulated_schemes: &["bypassed_procedure"],
});

params! {
    struct OverAuthority {
        post: f64 = 0.5, within(0.0..=1.0),
            "value where no post of the approver approves",
            "审批人所任职务均无审批权时的指标值";
    }
}

/// What is recorded where, and the posts by their words.
#[derive(Debug)]
struct Offices {
    recorded: Recorded,
    heads: Vec<Id>,
    others: Vec<Id>,
}

impl Offices {
    /// Whether the approver held posts that day, all of them known and none that approves.
    fn is_no_head(&self, terms: &[Term], one: Seen, village: Id) -> bool {
        let mut held =
            terms.iter().filter(|term| term.village == village && term.holds(one.day)).peekable();
        held.peek().is_some() && held.all(|term| self.others.contains(&term.post))
    }

    /// Whether the payee or its owner is, or is near kin of, a head of the village: then another officer
    /// has to approve.
    fn is_of_a_head(&self, book: &Book, one: Seen, village: Id) -> bool {
        let Some(payee) = one.payee(book).map(|payee| book.payees[payee]) else { return false };
        let register = &book.companions;
        let owner = register.payee(payee).map_or(Id::NONE, |row| register.payees.owner.at(row));
        let behind = [book.person_of(payee), owner];
        let terms = book.terms.of_village(village).iter();
        let mut heads = terms.filter(|term| term.holds(one.day) && self.heads.contains(&term.post));
        heads.any(|head| {
            let is_near =
                |who: &Id| book.kin.degree(*who, head.person).is_some_and(|degree| degree <= 2);
            behind.iter().any(|who| *who == head.person || is_near(who))
        })
    }
}

/// What a payment's band asks for beside the approver and who brings the claim, and what of it the township
/// records.
fn beside(book: &Book, offices: &Offices, one: Seen) -> Option<(Roles, Roles)> {
    let asked = offices.recorded.asked(book, one)?;
    let beside = asked.without(Roles::APPROVER).without(Roles::OF_THE_CLAIM);
    Some((beside, beside.and(offices.recorded.held(one))))
}

/// Whether an approver signed alone for what no officer of the village can give.
fn is_alone(book: &Book, held: Roles, one: Seen) -> bool {
    let is_beyond = !held.and(Roles::BEYOND_THE_OFFICE).is_empty() && held.count() > 1;
    is_beyond && held.and(Roles::of_line(book, one.line)).is_empty()
}

/// What the band asks for beside the approver of a payment with a value above zero.
fn lacks(book: &Book, offices: &Offices, approver: Id, one: Seen) -> Option<Fact> {
    let (beside, held) = beside(book, offices, one)?;
    let approver = Value::Post(approver, one.line);
    let lacking = if is_alone(book, held, one) {
        fact!(
            "alone",
            ["amount", "approver", "cosigner", "committee_stamp", "township_reviewer", "decision"],
            approver: approver, required: held.duties(),
        )
    } else {
        fact!("post", ["amount", "approver"], approver: approver, required: beside.duties())
    };
    Some(lacking.with(band(book, one)?))
}

impl OverAuthority {
    fn value(&self, book: &Book, offices: &Offices, terms: &[Term], one: Seen) -> Option<f64> {
        let village = book.villages[one.village];
        let (beside, held) = beside(book, offices, one)?;
        Some(if is_alone(book, held, one) {
            1.0
        } else if !beside.is_empty()
            && offices.is_no_head(terms, one, village)
            && !offices.is_of_a_head(book, one, village)
        {
            self.post
        } else {
            0.0
        })
    }
}

impl Measure for OverAuthority {
    type Context = Offices;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> Offices {
        let ids = |words: &[&str]| words.iter().filter_map(|word| book.names.find(word)).collect();
        Offices {
            recorded: Recorded::of(book),
            heads: ids(&["secretary", "director"]),
            others: ids(&["committee", "supervisor", "clerk"]),
        }
    }

    fn measure(&self, book: &Book, offices: &Offices, group: Group<'_, PersonIx>, out: &mut Out) {
        let approver = book.officials[group.number];
        let terms = book.terms.of_person(approver);
        for one in seen(book, group.payments).filter(|one| one.is_signed_for()) {
            if let Some(value) = self.value(book, offices, terms, one) {
                out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
                if value > 0.0 {
                    out.tell(one.payment, || lacks(book, offices, approver, one));
                }
            }
        }
    }
}
