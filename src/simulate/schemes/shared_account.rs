//! Several payees share an officer's account. Look-alike: parents who use a child's account.

use super::scheme::Scheme;
use super::trail::{approve_by, director, divert, spaced, workers};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct SharedAccount;

impl Scheme for SharedAccount {
    fn name(&self) -> &'static str {
        "shared_account"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, ..) = director(village);
        let mut payees = workers(village, dice);
        payees.truncate(dice.count(3, 5));
        // A careful offender uses a relative's account; honest crews are paid through one of them, who may be an
        // officer.
        let is_own = manner.leaves(dice, [0.95, 0.5, 0.25]);
        let mut others = village.kin.near(officer, 3);
        if !manner.is_act() {
            others = payees.iter().filter_map(|payee| village.payee(*payee).person).collect();
        }
        others.retain(|who| village.is_of_age(*who));
        let drawer = dice.any(&others).filter(|_| !is_own).unwrap_or(officer);
        let account = village.person(drawer).account.clone();
        let payments = manner.count(dice, 7, 15).max(payees.len());
        plant(village, dice, (self.name(), manner.kind), (&payees, payments), &account)
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let elders = village.adults(66, 90);
        let with_child = elders.iter().filter_map(|elder| {
            let children = village.kin.near(*elder, 1).into_iter().filter(|child| {
                let (child, elder) = (village.person(*child), village.person(*elder));
                child.birth_year > elder.birth_year + 15 && child.death.is_none()
            });
            let child = children.into_iter().find(|child| !village.is_official(*child))?;
            Some((*elder, child))
        });
        let with_child: Vec<(usize, usize)> = with_child.collect();
        let (_, child) = dice.any(&with_child)?;
        let parents =
            with_child.iter().filter(|(_, other)| *other == child).map(|(elder, _)| *elder);
        let payees: Vec<usize> =
            parents.chain([child]).filter_map(|who| village.payee_of(who)).collect();
        let account = village.person(child).account.clone();
        let payments = dice.count(7, 15);
        plant(village, dice, (self.name(), Kind::LookAlike), (&payees, payments), &account)
    }
}

/// Pays small jobs of these payees into one account.
fn plant(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (name, kind): (&'static str, Kind),
    (payees, payments): (&[usize], usize),
    account: &str,
) -> Option<()> {
    payees.first()?;
    let (officer, from, to) = director(village);
    let mut subjects: Vec<Subject> = payees.iter().map(|payee| Subject::Payee(*payee)).collect();
    if kind == Kind::Act {
        subjects.push(Subject::Official(officer));
    }
    let act = village.begin(name, kind, &subjects);
    for (date, payee) in spaced(dice, from, to, payments).into_iter().zip(payees.iter().cycle()) {
        let (usage, summary) = dice.one_of([
            (Use::Welfare, "付保洁用工款"),
            (Use::Other, "付青苗补偿款"),
            (Use::Production, "付采摘用工款"),
        ]);
        let amount = free(dice, 560.0, 0.7, Habit::Tens);
        let purchase = Purchase {
            usage,
            payee: *payee,
            amount,
            summary: summary.into(),
            document: Document::List,
        };
        let line = village.signed(dice, date, purchase);
        let voucher = village.pay(date, vec![line], false);
        divert(village, voucher, account);
        if kind == Kind::Act {
            approve_by(village, voucher, officer);
        }
        village.mark(voucher, act);
    }
    Some(())
}
