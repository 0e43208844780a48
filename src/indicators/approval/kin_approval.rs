#![doc = include_str!("kin_approval.md")]

use super::charge::charges;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind, kin_payees, payees_of_persons};
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, PersonIx};
use crate::ledger::contract::cell::Id;
use crate::ledger::subject::Grain;
use crate::params::{counted, params, within};
use crate::stats::pooled::Shares;
use crate::stats::tail::inflation;

pub(super) static INDICATOR: Indicator = Indicator::of::<KinApproval>(card! {
    "kin_approval",
    grain: Grain::Official,
    class: Class::Match,
    scheme: Scheme::KinBenefit,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.approver", "kinship"],
    basis: &[],
    simulated_schemes: &["kin_supplier"],
});

params! {
    struct KinApproval {
        degree: u8 = 1, within(1..=3),
            "farthest kinship: 1 parent, child, spouse, sibling; 2 in-law, uncle (2 weakens the value)",
            "最远亲等：1 为父母、子女、配偶、兄弟姐妹；2 为姻亲、叔伯舅姑姨（取 2 会削弱指标值）";
        minimum: usize = 4, counted,
            "fewest payments to a relative",
            "对一名亲属的最少付款笔数";
    }
}

/// How many of the payments to a relative the approver in charge approved.
#[derive(Debug, Clone, Copy)]
struct Tie {
    payee: PayeeIx,
    approved: u64,
    paid: u64,
}

/// What is computed once for a county.
#[derive(Debug)]
struct KinTies {
    behind: IxVec<PayeeIx, Behind>,
    payees: Vec<(Id, PayeeIx)>,
    /// The share that approvers sign themselves of what their relatives are paid.
    law: Shares,
    /// The factor by which all values of -log10 p exceed those of chance.
    habit: f64,
}

/// The payments approved, and all payments, of some ties.
fn sum(ties: &[Tie]) -> (u64, u64) {
    ties.iter().fold((0, 0), |(approved, paid), tie| (approved + tie.approved, paid + tie.paid))
}

impl KinApproval {
    /// What each relative was paid where and while the approver was in charge.
    fn ties(
        &self,
        book: &Book,
        known: (&IxVec<PayeeIx, Behind>, &[(Id, PayeeIx)]),
        official: PersonIx,
        payments: &[PaymentIx],
    ) -> Vec<Tie> {
        let relatives = kin_payees(book, known, book.officials[official], self.degree);
        let mut ties = Vec::new();
        for charge in charges(book, payments).filter(|charge| charge.is_usual) {
            let is_then = |one: &Seen| {
                one.village == charge.village && charge.from <= one.day && one.day <= charge.to
            };
            for (payee, _) in &relatives {
                let paid = seen(book, book.by_payee().group(*payee));
                let mut tie = Tie { payee: *payee, approved: 0, paid: 0 };
                for one in paid.filter(|one| is_then(one) && one.is_chosen()) {
                    let signed = book.payments.approver[one.payment];
                    tie.paid += 1;
                    tie.approved += u64::from(signed == Some(official));
                }
                if tie.paid > 0 {
                    ties.push(tie);
                }
            }
        }
        ties
    }
}

impl KinApproval {
    /// The most surprising tie of an approver, and how surprising it is that one of so many is.
    fn most(&self, county: &KinTies, ties: &[Tie]) -> Option<(f64, Tie)> {
        let (approved, paid) = sum(ties);
        // What the approver does for other relatives tells what is usual of him.
        let p = |tie: &Tie| {
            let others = county.law.given(approved - tie.approved, paid - tie.paid);
            others.upper(tie.approved, tie.paid)
        };
        let asked = ties.iter().filter(|tie| tie.paid >= self.minimum as u64);
        let many = asked.clone().count();
        let least = asked.map(|tie| (p(tie), *tie)).min_by(|a, b| a.0.total_cmp(&b.0));
        least.map(|(p, tie)| (neg_log10(p * float(many)), tie))
    }
}

impl Measure for KinApproval {
    type Context = KinTies;
    type Groups = PersonIx;

    fn context(&self, book: &Book) -> KinTies {
        let behind = behind(book);
        let payees = payees_of_persons(&behind);
        let ties = book
            .by_approver()
            .par_map(|official, payments| self.ties(book, (&behind, &payees), official, payments));
        let sums: Vec<(u64, u64)> = ties.iter().map(|ties| sum(ties)).collect();
        let mut county = KinTies { behind, payees, law: Shares::fit(&sums), habit: 1.0 };
        let told = ties.iter().filter_map(|ties| self.most(&county, ties));
        county.habit = inflation(&told.map(|(value, _)| value).collect::<Vec<_>>(), 0.02);
        county
    }

    fn measure(&self, book: &Book, county: &KinTies, group: Group<'_, PersonIx>, out: &mut Out) {
        let known = (&county.behind, &county.payees[..]);
        let ties = self.ties(book, known, group.number, group.payments);
        let Some((value, tie)) = self.most(county, &ties) else { return };
        let sample = usize::try_from(sum(&ties).1).unwrap_or(usize::MAX);
        out.put(group.number, value / county.habit, sample, || {
            let is_it = |one: &Seen| one.is_chosen() && one.payee(book) == Some(tie.payee);
            let lines = seen(book, group.payments).filter(is_it).map(|one| one.line);
            lines.collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            let others = sum(&ties);
            Some(fact!(
                "signed", ["approver", "payee"],
                approver: Value::official(book, group.number), payee: tie.payee, approved: tie.approved, paid: tie.paid,
                signed: others.0 - tie.approved, others: others.1 - tie.paid,
            ))
        });
    }
}
