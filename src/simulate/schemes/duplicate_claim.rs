//! One invoice claimed twice. Looks like: the same thing bought twice at the same price.

use super::scheme::Scheme;
use super::trail::{approve_by, plain};
use crate::ledger::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{NEW_CHART, carried_over};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Voucher;

#[derive(Debug)]
pub(super) struct DuplicateClaim;

impl Scheme for DuplicateClaim {
    fn name(&self) -> &'static str {
        "duplicate_claim"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let pairs = dice.count(2, 5);
        plant(village, dice, (self.name(), Kind::Act), pairs, |dice, slip_no| {
            // Who takes care changes the number on one copy in four.
            if dice.chance(0.75) { slip_no.to_owned() } else { format!("{slip_no}-1") }
        })
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let pairs = dice.count(3, 6);
        plant(village, dice, (self.name(), Kind::LookAlike), pairs, |dice, _| {
            format!("{:08}", dice.between(1_000, 99_999_999))
        })
    }
}

/// Repeats some purchases; `number` makes the document's number of the repeat.
fn plant(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (name, kind): (&'static str, Kind),
    pairs: usize,
    number: impl Fn(&mut Dice, &str) -> String,
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
        let same_day = kind == Kind::LookAlike && dice.chance(0.4);
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
            if let Some(no) = slip.document_no.take() {
                slip.document_no = Some(number(dice, &no));
            }
            if kind == Kind::LookAlike {
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
