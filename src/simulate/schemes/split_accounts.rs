//! One purchase is split over several accounts. Look-alike: a mixed invoice that is allocated.

use super::scheme::Scheme;
use super::trail::{director, from_payee, limit, mixed_invoice, parts, some_payee, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{Class, Use};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct SplitAccounts;

/// Uses of one class, so that the same limits apply to all parts.
const USES: [Use; 3] = [Use::Admin, Use::Welfare, Use::Other];

impl Scheme for SplitAccounts {
    fn name(&self) -> &'static str {
        "split_accounts"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let trade = dice.one_of([Trade::Shop, Trade::Print, Trade::Repair]);
        let payee = some_payee(village, dice, trade)?;
        let (officer, from, to) = director(village);
        let subjects = [Subject::Payee(payee), Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let purchases = manner.count(dice, 2, 4);
        for date in spaced(dice, from, to, purchases) {
            let step = dice.count(0, 1);
            let limit = limit(village, Class::NonProduction, date, step)?;
            let mut date = date;
            let turn = dice.count(0, 2);
            let pieces = parts(dice, limit);
            let gap = manner.days(dice, [(2, 5), (6, 14), (3, 14)]);
            for (usage, amount) in USES.into_iter().cycle().skip(turn).zip(pieces) {
                let usual = from_payee(village, payee, amount);
                let usage = if dice.chance(0.7) { usage } else { usual.usage };
                let purchase = Purchase { usage, ..usual };
                village.spend_as(dice, date.min(to), purchase, (officer, act));
                date = Day(date.0 + i32::try_from(dice.between(0, i64::from(gap))).unwrap_or(2));
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let trade = dice.one_of([Trade::Shop, Trade::Print, Trade::Repair]);
        let payee = some_payee(village, dice, trade)?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        let invoices = dice.count(3, 6);
        let (first, last) = (village.span.first(), village.span.last());
        for date in spaced(dice, first, last, invoices) {
            let limit = limit(village, Class::NonProduction, date, 0)?;
            let parts = parts(dice, limit);
            let of = |(usage, amount)| Purchase { usage, ..from_payee(village, payee, amount) };
            let purchases: Vec<Purchase> = USES.into_iter().zip(parts).map(of).collect();
            let voucher = mixed_invoice(village, dice, date, purchases);
            village.mark(voucher, act);
        }
        Some(())
    }
}
