#![doc = include_str!("kin_approval.md")]

use serde::Deserialize;

use crate::indicators::bounds::within;
use crate::indicators::card::{Card, Class, Grain, Scale, Scheme};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen, surprise};
use crate::ledger::book::{Book, Subject};
use crate::ledger::cell::{Cell, Id};
use crate::ledger::chart::Class as Expense;
use crate::stats::combine::fisher;
use crate::stats::exact::permutation_upper_sequential;

pub(super) static INDICATOR: Indicator = Indicator::of::<KinApproval>(Card {
    name: "kin_approval",
    title: "Approves for relatives",
    title_zh: "审批亲属款项偏多",
    grain: Grain::Official,
    class: Class::Match,
    scheme: Scheme::KinBenefit,
    scale: Scale::Surprise,
    requires: &["ledger.payee", "ledger.approver", "kinship"],
    basis: &[],
    faces: &["kin_supplier"],
    page: include_str!("kin_approval.md"),
    page_zh: include_str!("kin_approval.zh.md"),
});

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct KinApproval {
    degree: u8,
    seed: u64,
}

impl Default for KinApproval {
    fn default() -> Self {
        Self { degree: 2, seed: 1 }
    }
}

/// Who may stand behind a payee: the person that it is, and the owner.
#[derive(Debug, Clone, Copy)]
struct Behind {
    persons: [Id; 2],
    /// Utilities, governments, villages and firms without a known owner are nobody's relatives.
    can_be_kin: bool,
}

/// What one payee of a village got.
#[derive(Debug, Clone, Copy)]
struct Got {
    payee: Subject,
    /// Payments that the approver at hand approved.
    approved: u32,
    is_kin: bool,
}

impl Behind {
    fn is_any_of(self, sorted: &[Id]) -> bool {
        self.persons.iter().any(|person| sorted.binary_search(person).is_ok())
    }
}

/// Amounts that were chosen: not wages, subsidies or public standards, which kin are due as others are.
fn counts(one: Seen) -> bool {
    one.amount > 0 && !one.is_fixed && !matches!(one.class, Expense::Wage | Expense::Subsidy)
}

/// An approver among the payees of villages.
struct Desk<'a> {
    book: &'a Book,
    behind: &'a [Behind],
    official: Subject,
    approver: Id,
    kin: Vec<Id>,
}

impl Desk<'_> {
    /// The payee, where it could be a relative and is not the approver.
    fn payee(&self, one: Seen) -> Option<(Subject, Behind)> {
        let payee = one.payee(self.book).filter(|_| counts(one))?;
        let behind = *self.behind.get(payee as usize)?;
        let is_other = !behind.persons.contains(&self.approver);
        (behind.can_be_kin && is_other).then_some((payee, behind))
    }

    fn is_own(&self, one: Seen) -> bool {
        self.book.payments.approver.get(one.payment as usize) == Some(&self.official)
    }

    /// Each payee of a village once, with what it got by this approver's hand.
    fn payees(&self, village: Subject) -> Vec<Got> {
        let payments = self.book.by_village().group(village as usize);
        let got = |one: Seen| {
            let (payee, behind) = self.payee(one)?;
            let approved = u32::from(self.is_own(one));
            Some(Got { payee, approved, is_kin: behind.is_any_of(&self.kin) })
        };
        let mut all: Vec<Got> = seen(self.book, payments).filter_map(got).collect();
        all.sort_unstable_by_key(|got| got.payee);
        all.dedup_by(|next, kept| {
            let is_same = kept.payee == next.payee;
            kept.approved += if is_same { next.approved } else { 0 };
            is_same
        });
        all
    }

    /// The chance that as many payments would have gone to this many payees, had it nothing to do with who
    /// they are; nothing where all or none of the payees are kin.
    fn p(&self, village: Subject, seed: u64) -> Option<f64> {
        let payees = self.payees(village);
        let kin = payees.iter().filter(|got| got.is_kin);
        let (many, sum) = kin.fold((0, 0), |(many, sum), got| (many + 1, sum + got.approved));
        let values: Vec<f64> = payees.iter().map(|got| f64::from(got.approved)).collect();
        let seed = seed ^ (u64::from(self.official) << 32) ^ u64::from(village);
        (0 < many && many < values.len())
            .then(|| permutation_upper_sequential(&values, many, f64::from(sum), seed))
    }
}

impl Measure for KinApproval {
    type Ground = Vec<Behind>;
    const GROUPS: Groups = Groups::ByApprover;

    fn fault(&self) -> Option<String> {
        within("degree", self.degree, 1..=3)
    }

    fn ground(&self, book: &Book) -> Vec<Behind> {
        let person =
            |payee: &Id| Behind { persons: [book.person_of(*payee), Id::NONE], can_be_kin: true };
        let mut behind: Vec<Behind> = book.payees.iter().map(person).collect();
        let register = &book.companions.payees;
        for row in 0..register.rows {
            let place = book.payees.binary_search(&register.payee.at(row)).ok();
            if let Some(payee) = place.and_then(|place| behind.get_mut(place)) {
                let kind = book.names.get(register.kind.at(row));
                let owner = register.owner.at(row);
                payee.can_be_kin = match kind {
                    "utility" | "government" | "village" => false,
                    // Nobody can tell whose relative the owner of such a firm is.
                    "firm" => owner != Id::NONE,
                    _ => true,
                };
                payee.persons = [payee.persons[0], owner];
            }
        }
        behind
    }

    fn measure(&self, book: &Book, behind: &Vec<Behind>, group: Group<'_>, out: &mut Out) {
        let Some(approver) = book.officials.get(group.number as usize).copied() else { return };
        let near = book.kin.of_person(approver).filter(|(_, degree)| *degree <= self.degree);
        let kin: Vec<Id> = near.map(|(person, _)| person).collect();
        let desk = Desk { book, behind, official: group.number, approver, kin };
        let own = || seen(book, group.payments).filter(|one| desk.payee(*one).is_some());
        let sample = own().count();
        if desk.kin.is_empty() || sample == 0 {
            return;
        }
        let mut villages: Vec<Subject> = own().map(|one| one.village).collect();
        villages.dedup();
        let p_values: Vec<f64> =
            villages.into_iter().filter_map(|village| desk.p(village, self.seed)).collect();
        out.put(group.number, surprise(fisher(&p_values)), sample, || {
            let is_kin = |one: &Seen| {
                desk.payee(*one).is_some_and(|(_, behind)| behind.is_any_of(&desk.kin))
            };
            own().filter(is_kin).map(|one| one.line).collect::<Vec<_>>()
        });
    }
}
