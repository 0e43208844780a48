//! An allowance is paid after a death. Look-alike: arrears that are paid to the heirs.

use super::scheme::Scheme;
use super::trail::director;
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{BANK, Use};
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::subsidies::{ELDER, LAND};
use crate::simulate::price::part;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Line, Voucher};

#[derive(Debug)]
pub(super) struct DeceasedPayee;

impl Scheme for DeceasedPayee {
    fn name(&self) -> &'static str {
        "deceased_payee"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let years = usize::try_from(village.span.years).unwrap_or(1);
        let (payee, person, paid) =
            drawing(village, dice, ELDER, 3).or_else(|| drawing(village, dice, LAND, 1))?;
        let (officer, ..) = director(village);
        let most = manner.blend([6.0, 3.0, 2.6]) * dice.share(0.3, 1.2);
        let most = usize::try_from(part(1, most)).unwrap_or(1);
        let after = most.clamp(1, (years * 4).saturating_sub(2)).min(paid.len());
        let subjects = [Subject::Payee(payee), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        bury(village, dice, person, (payee, &paid, after), act)?;
        // The family may report the death later, and the overpayment is repaid.
        if manner.leaves(dice, [0.02, 0.2, 0.65]) {
            repay(village, dice, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (payee, person, paid) =
            drawing(village, dice, ELDER, 3).or_else(|| drawing(village, dice, LAND, 1))?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        bury(village, dice, person, (payee, &paid, 1), act)?;
        let heirs = village.kin.near(person, 1);
        let heir = heirs.into_iter().find(|who| village.person(*who).death.is_none())?;
        let account = village.person(heir).account.clone();
        for voucher in &mut village.vouchers {
            for line in voucher.lines.iter_mut().filter(|line| line.acts.contains(&act)) {
                line.summary = "补发生前应领补贴（继承人代领）".into();
                if let Some(slip) = line.slip.as_deref_mut() {
                    slip.account = Some(account.clone());
                }
            }
        }
        Some(())
    }
}

/// A living recipient of a subsidy with at least this many payments: payee, person and vouchers.
fn drawing(
    village: &Village<'_>,
    dice: &mut Dice,
    scheme: &str,
    least: usize,
) -> Option<(usize, usize, Vec<usize>)> {
    let mut people: Vec<usize> =
        village.subsidies.iter().filter(|row| row.scheme == scheme).map(|row| row.person).collect();
    people.sort_unstable();
    people.dedup();
    people.retain(|who| village.person(*who).death.is_none() && !village.is_official(*who));
    dice.shuffle(&mut people);
    people.into_iter().find_map(|person| {
        let payee = village.payee_of(person)?;
        let paid: Vec<usize> = payments(village, payee, scheme);
        (paid.len() >= least).then_some((payee, person, paid))
    })
}

/// The vouchers that pay a subsidy to a payee, by date.
fn payments(village: &Village<'_>, payee: usize, scheme: &str) -> Vec<usize> {
    let pays = |voucher: &crate::simulate::voucher::Voucher| {
        let mut slips = voucher.lines.iter().filter_map(|line| line.slip.as_ref());
        slips.any(|slip| slip.payee == payee && slip.scheme == Some(scheme))
    };
    let mut found: Vec<usize> = (0..village.vouchers.len())
        .filter(|place| village.vouchers.get(*place).is_some_and(pays))
        .collect();
    found.sort_by_key(|place| village.vouchers.get(*place).map(|voucher| voucher.date));
    found
}

/// Sets a person's death 40 to 80 days before the last `after` payments, and marks these.
fn bury(
    village: &mut Village<'_>,
    dice: &mut Dice,
    person: usize,
    (payee, paid, after): (usize, &[usize], usize),
    act: usize,
) -> Option<()> {
    let late = paid.get(paid.len() - after.min(paid.len())..)?;
    let first = *late.first()?;
    let date = village.voucher(first).date;
    let death = Day(date.0 - i32::try_from(dice.between(40, 80)).unwrap_or(50));
    village.people.get_mut(person)?.death = Some(death);
    for place in late {
        for line in &mut village.voucher(*place).lines {
            if line.slip.as_ref().is_some_and(|slip| slip.payee == payee) {
                line.acts.push(act);
            }
        }
    }
    Some(())
}

/// Books the repayment of what was paid after the death.
fn repay(village: &mut Village<'_>, dice: &mut Dice, act: usize) {
    let own = village.vouchers.iter().flat_map(|voucher| {
        let lines = voucher.lines.iter().filter(|line| line.acts.contains(&act));
        lines.map(|line| (voucher.date, line.amount))
    });
    let own: Vec<(Day, i64)> = own.collect();
    let Some(last) = own.iter().map(|(date, _)| *date).max() else { return };
    let back = Day(last.0 + i32::try_from(dice.between(20, 120)).unwrap_or(60));
    if !village.span.holds(back) {
        return;
    }
    let sum = own.iter().map(|(_, amount)| amount).sum();
    let words = "收回多发补贴";
    let lines =
        vec![Line::debit(BANK, sum, words), Line::credit(Use::Subsidy.account(back), sum, words)];
    village.book(Voucher::new(back, lines));
}
