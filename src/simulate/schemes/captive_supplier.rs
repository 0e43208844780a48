//! A supplier from whom an officer buys all kinds of goods. Look-alike: a shop that was chosen for what it sells.

use super::scheme::Scheme;
use super::trail::{
    approve_by, director, from_payee, note_agreement, plain, some_payee, spaced, usual,
};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, free, part};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct CaptiveSupplier;

/// Most vouchers taken, however large the village is.
const MOST: usize = 24;

/// Moves some purchases from other payees to this firm; returns the vouchers.
fn hand_over(
    village: &mut Village<'_>,
    dice: &mut Dice,
    firm: usize,
    (from, to, share): (Day, Day, f64),
    fits: impl Fn(&str) -> bool,
) -> Vec<usize> {
    let found = plain(village, dice, |line, date| {
        let slip = line.slip.as_ref();
        let bought = slip.is_some_and(|slip| {
            matches!(slip.document, Document::Invoice | Document::Receipt)
                && !matches!(village.payee(slip.payee).kind, "utility" | "government")
        });
        bought && from < date && date < to && fits(line.account)
    });
    let most = usize::try_from(part(i64::try_from(found.len()).unwrap_or(0), share)).unwrap_or(0);
    let taken: Vec<usize> = found.into_iter().take(most.min(MOST)).collect();
    for voucher in &taken {
        for slip in village.slips(*voucher) {
            slip.payee = firm;
            slip.document = Document::Invoice;
        }
    }
    taken
}

impl Scheme for CaptiveSupplier {
    fn name(&self) -> &'static str {
        "captive_supplier"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let trade = dice.one_of([Trade::Shop, Trade::Materials, Trade::Repair]);
        let firm = some_payee(village, dice, trade)?;
        let subjects = [Subject::Payee(firm), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let start = Day(from.0 + i32::try_from(dice.between(40, 150)).unwrap_or(90));
        let share = manner.blend([0.3, 0.15, 0.12]) * dice.share(0.6, 1.4);
        for voucher in hand_over(village, dice, firm, (start, to, share), |_| true) {
            approve_by(village, voucher, officer);
            village.mark(voucher, act);
        }
        let more = manner.count(dice, 4, 9);
        for date in spaced(dice, start, to, more) {
            let amount = free(dice, 1_500.0, 0.8, Habit::Yuan);
            village.spend_as(dice, date, from_payee(village, firm, amount), (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let trade = dice.one_of([Trade::Shop, Trade::Farm, Trade::Materials]);
        let firm = some_payee(village, dice, trade)?;
        let (first, last) = (village.span.first(), village.span.last());
        let signed = Day(first.0 - 25);
        let contract = village.contract("supply", firm, 9_000_000, signed, 1_100, true);
        let decision = village.decide(dice, "定点供应商", 9_000_000, signed);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(firm)]);
        let accounts = [first, last].map(|date| usual(trade).0.account(date));
        let share = dice.share(0.25, 0.45);
        let taken = hand_over(village, dice, firm, (first, last, share), |account| {
            accounts.contains(&account)
        });
        for voucher in taken {
            note_agreement(village, dice, voucher, (&contract, &decision));
            village.mark(voucher, act);
        }
        Some(())
    }
}
