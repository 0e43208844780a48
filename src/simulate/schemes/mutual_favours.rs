//! Two officers approve each other's claims. Look-alike: two officers who share all approvals by rule, and so also
//! approve each other's claims.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{approve_by, plain, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct MutualFavours;

/// Two officers other than the director, and the days between which both are in office.
fn pair(village: &Village<'_>, dice: &mut Dice) -> Option<([usize; 2], Day, Day)> {
    let span = village.span;
    let mut pairs = Vec::new();
    for one in &village.terms {
        for other in &village.terms {
            let from = Day(one.start.max(other.start).0 + 30).max(span.first());
            let until = |end: Option<Day>| end.unwrap_or(span.last());
            let to = until(one.end).min(until(other.end)).min(span.last());
            let officers = [one.person, other.person];
            let is_free = |post| matches!(post, Post::Secretary | Post::Committee);
            let leads =
                |who| village.terms.iter().any(|term| term.person == who && !is_free(term.post));
            let apart = one.person < other.person && !officers.into_iter().any(leads);
            if apart && is_free(one.post) && is_free(other.post) && to.0 - from.0 > 300 {
                pairs.push((officers, from, to));
            }
        }
    }
    dice.any(&pairs)
}

fn payees(village: &Village<'_>, officers: [usize; 2]) -> Option<[usize; 2]> {
    let [one, other] = officers.map(|who| village.payee_of(who));
    Some([one?, other?])
}

impl Scheme for MutualFavours {
    fn name(&self) -> &'static str {
        "mutual_favours"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Signer]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officers, from, to) = pair(village, dice)?;
        let payees = payees(village, officers)?;
        let act = village.begin(self.name(), manner.kind, &officers.map(Subject::Official));
        let times = manner.count(dice, 4, 8);
        for date in spaced(dice, from, to, times) {
            let mut date = date;
            let first = dice.count(0, 1);
            for side in [first, 1 - first] {
                let (Some(payee), Some(approver)) = (payees.get(side), officers.get(1 - side))
                else {
                    continue;
                };
                let (usage, document, summary) = dice.one_of([
                    (Use::Admin, Document::SelfMade, "报销差旅费"),
                    (Use::Admin, Document::Receipt, "报销交通费"),
                    (Use::Welfare, Document::List, "付防汛值守补助"),
                ]);
                let amount = free(dice, 460.0, 0.7, Habit::Yuan);
                let purchase =
                    Purchase { usage, payee: *payee, amount, summary: summary.into(), document };
                let voucher = village.spend(dice, date.min(to), purchase);
                approve_by(village, voucher, *approver);
                village.mark(voucher, act);
                date = Day(date.0 + i32::try_from(dice.between(2, 24)).unwrap_or(9));
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (officers, from, to) = pair(village, dice)?;
        let payees = payees(village, officers)?;
        let until = Day(to.0.min(from.0 + i32::try_from(dice.between(250, 500)).unwrap_or(300)));
        let signed = plain(village, dice, |_, date| from <= date && date <= until);
        let act = village.begin(self.name(), Kind::LookAlike, &officers.map(Subject::Official));
        for voucher in signed {
            let payee = village.slips(voucher).next().map(|slip| slip.payee);
            let own = payees.iter().position(|one| Some(*one) == payee);
            if own.is_none() && dice.chance(0.4) {
                continue;
            }
            let side = own.map_or_else(|| dice.count(0, 1), |own| 1 - own);
            if let Some(officer) = officers.get(side) {
                approve_by(village, voucher, *officer);
            }
            if own.is_some() {
                village.mark(voucher, act);
            }
        }
        Some(())
    }
}
