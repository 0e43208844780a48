//! One invoice is claimed twice. Look-alike: the same thing bought twice at the same price.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{approve_by, plain};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{NEW_CHART, carried_over};
use crate::simulate::manner::Manner;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Voucher;

#[derive(Debug)]
pub(super) struct DuplicateClaim;

impl Scheme for DuplicateClaim {
    fn name(&self) -> &'static str {
        "duplicate_claim"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Papers]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let pairs = manner.count(dice, 2, 5);
        // Honest people buy the same again, or pay one invoice in two halves under one number.
        plant(village, dice, (self.name(), manner.kind), pairs, |dice, slip_no| {
            if manner.leaves(dice, [0.95, 0.6, 0.12]) {
                (slip_no.to_owned(), manner.leaves(dice, [0.95, 0.6, 0.7]))
            } else if manner.leaves(dice, [0.5, 0.1, 0.1]) {
                (format!("{slip_no}-1"), manner.leaves(dice, [0.9, 0.5, 0.3]))
            } else {
                (new_number(dice), manner.leaves(dice, [0.5, 0.2, 0.15]))
            }
        })
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let pairs = dice.count(3, 6);
        plant(village, dice, (self.name(), Kind::LookAlike), pairs, |dice, _| {
            (new_number(dice), false)
        })
    }
}

fn new_number(dice: &mut Dice) -> String {
    format!("{:08}", dice.between(1_000, 99_999_999))
}

/// Repeats some purchases. `paper` gives the repeat's document number and whether its date is the same.
fn plant(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (name, kind): (&'static str, Kind),
    pairs: usize,
    paper: impl Fn(&mut Dice, &str) -> (String, bool),
) -> Option<()> {
    let last = village.span.last();
    let numbered = plain(village, dice, |line, date| {
        let has_number = line.slip.as_ref().is_some_and(|slip| slip.document_no.is_some());
        has_number && line.amount >= 15_000 && date.0 + 150 < last.0
    });
    numbered.first()?;
    let chosen: Vec<usize> = numbered.into_iter().take(pairs).collect();
    let payees = chosen.iter().filter_map(|place| {
        let line = village.vouchers.get(*place)?.lines.first()?;
        line.slip.as_ref().map(|slip| Subject::Payee(slip.payee))
    });
    let subjects: Vec<Subject> = payees.collect();
    let act = village.begin(name, kind, &subjects);
    for original in chosen {
        let mut again: Voucher = village.voucher(original).clone();
        let same_day = kind == Kind::LookAlike && dice.chance(0.2);
        let later = if same_day { 0 } else { i32::try_from(dice.between(20, 140)).unwrap_or(60) };
        let booked = again.date;
        again.date = Day(booked.0 + later);
        if again.date >= NEW_CHART {
            for line in &mut again.lines {
                line.account = carried_over(line.account, booked);
            }
        }
        for slip in again.lines.iter_mut().filter_map(|line| line.slip.as_deref_mut()) {
            slip.approved = slip.approved.map(|day| Day(day.0 + later));
            let (number, same_date) = paper(dice, &slip.document_no.take().unwrap_or_default());
            slip.document_no = Some(number);
            if !same_date {
                slip.document_date = slip.document_date.map(|day| Day(day.0 + later));
            }
        }
        let repeat = village.book(again);
        let (then, now) = (village.approver_on(booked), village.approver_on(Day(booked.0 + later)));
        if then != now {
            approve_by(village, repeat, now);
        }
        village.mark(original, act);
        village.mark(repeat, act);
    }
    Some(())
}
