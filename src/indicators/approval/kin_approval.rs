#![doc = include_str!("kin_approval.md")]

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use serde::Deserialize;

use crate::indicators::bounds::{counted, within};
use crate::indicators::card::{Card, Class, Grain, Scale, Scheme};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind, kin_payees, payees_of_persons};
use crate::indicators::seen::{float, seen, surprise};
use crate::ledger::book::{Book, Subject};
use crate::ledger::cell::{Day, Id};
use crate::stats::pooled::Shares;

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
    minimum: usize,
}

impl Default for KinApproval {
    fn default() -> Self {
        Self { degree: 2, minimum: 4 }
    }
}

/// How many of the payments to a relative an approver approved, of those made while in charge.
#[derive(Debug, Clone, Copy)]
struct Tie {
    payee: Subject,
    /// Parents, children, spouses and siblings.
    is_near: bool,
    /// The approver signs for at least half of what the village pays.
    is_usual: bool,
    approved: u64,
    paid: u64,
}

impl Tie {
    /// Which law it follows.
    fn law(self) -> usize {
        usize::from(self.is_near) * 2 + usize::from(self.is_usual)
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct County {
    behind: Vec<Behind>,
    payees: Vec<(Id, Subject)>,
    /// The share that approvers sign themselves of what relatives are paid: one law for each nearness and
    /// each share of the village that they sign for.
    laws: [Shares; 4],
}

/// The approver's time in a village: the first and the last approval, and whether most payments of that
/// time are the approver's.
fn in_charge(book: &Book, payments: &[u32]) -> Option<(Subject, Day, Day, bool)> {
    let day = |payment: &u32| book.payments.day.get(*payment as usize).copied();
    let (first, last) = (payments.first()?, payments.last()?);
    let (from, to) = (day(first)?, day(last)?);
    let village = *book.payments.village.get(*first as usize)?;
    let all = book.by_village().group(village as usize);
    let before = |limit: Day| all.partition_point(|payment| day(payment) < Some(limit));
    let of_that_time = before(Day(to.0.saturating_add(1))) - before(from);
    Some((village, from, to, payments.len() * 2 >= of_that_time))
}

fn village_of(book: &Book, payment: u32) -> Option<Subject> {
    book.payments.village.get(payment as usize).copied()
}

impl KinApproval {
    /// What each relative was paid in the villages of an approver.
    fn ties(
        &self,
        book: &Book,
        known: (&[Behind], &[(Id, Subject)]),
        official: Subject,
        payments: &[u32],
    ) -> Vec<Tie> {
        let Some(approver) = book.officials.get(official as usize) else { return Vec::new() };
        let relatives = kin_payees(book, known, *approver, self.degree);
        let mut ties = Vec::new();
        for own in payments.chunk_by(|a, b| village_of(book, *a) == village_of(book, *b)) {
            let Some((village, from, to, is_usual)) = in_charge(book, own) else { continue };
            for (payee, degree) in &relatives {
                let paid = book.by_payee().group(*payee as usize);
                let mut tie =
                    Tie { payee: *payee, is_near: *degree == 1, is_usual, approved: 0, paid: 0 };
                let is_asked = |day: Day| from <= day && day <= to;
                for one in seen(book, paid) {
                    if one.village == village && is_asked(one.day) && one.is_chosen() {
                        let signed = book.payments.approver.get(one.payment as usize);
                        tie.paid += 1;
                        tie.approved += u64::from(signed == Some(&official));
                    }
                }
                if tie.paid > 0 {
                    ties.push(tie);
                }
            }
        }
        ties
    }
}

impl Measure for KinApproval {
    type Ground = County;
    const GROUPS: Groups = Groups::ByApprover;

    fn fault(&self) -> Option<String> {
        within("degree", self.degree, 1..=3).or_else(|| counted("minimum", self.minimum))
    }

    fn ground(&self, book: &Book) -> County {
        let behind = behind(book);
        let payees = payees_of_persons(&behind);
        let approvers = book.by_approver();
        let each: Vec<Vec<Tie>> = (0..approvers.len())
            .into_par_iter()
            .map(|official| {
                let number = Subject::try_from(official).unwrap_or(Subject::MAX);
                self.ties(book, (&behind, &payees), number, approvers.group(official))
            })
            .collect();
        let counts = |law: usize| -> Vec<(u64, u64)> {
            let own = each.iter().flatten().filter(|tie| tie.law() == law);
            own.map(|tie| (tie.approved, tie.paid)).collect()
        };
        let laws = [0, 1, 2, 3].map(|law| Shares::fit(&counts(law)));
        County { behind, payees, laws }
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_>, out: &mut Out) {
        let known = (&county.behind[..], &county.payees[..]);
        let mut ties = self.ties(book, known, group.number, group.payments);
        ties.retain(|tie| tie.paid >= self.minimum as u64);
        let p = |tie: &Tie| {
            county.laws.get(tie.law()).map_or(1.0, |law| law.upper(tie.approved, tie.paid))
        };
        let least = ties.iter().map(|tie| (p(tie), *tie)).min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((p, tie)) = least else { return };
        let sample: u64 = ties.iter().map(|tie| tie.paid).sum();
        let sample = usize::try_from(sample).unwrap_or(usize::MAX);
        out.put(group.number, surprise(p * float(ties.len())), sample, || {
            let is_his = |payment: &&u32| {
                book.payments.payee.get(**payment as usize) == Some(&tie.payee)
            };
            let own: Vec<u32> = group.payments.iter().filter(is_his).copied().collect();
            let lines = seen(book, &own).filter(|one| one.is_chosen()).map(|one| one.line);
            lines.collect::<Vec<_>>()
        });
    }
}
