//! Rent is taken in cash and its voucher removed. Look-alike: spoilt vouchers that are listed.

use super::scheme::Scheme;
use super::trail::director;
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{CASH, Use};
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::leases;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Fate, Line, Voucher};

#[derive(Debug)]
pub(super) struct IncomeOffBook;

impl Scheme for IncomeOffBook {
    fn name(&self) -> &'static str {
        "income_off_book"
    }

    fn has_twin(&self) -> bool {
        false
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, ..) = director(village);
        let tenants = village.adults(25, 60);
        let tenant = dice.any(&tenants).and_then(|who| village.payee_of(who))?;
        // The lease is in the register; only its rent is not in the books.
        let (area, market) = (dice.log_normal(16.0, 0.3), dice.log_normal(520.0, 0.15));
        let lease = leases::let_asset(village, dice, ("farmland", tenant, area, market), false);
        for year in village.span.all_years() {
            let before = village.vouchers.len();
            leases::collect_one(village, dice, lease, year);
            for voucher in village.vouchers.iter_mut().skip(before) {
                voucher.fate = Fate::Removed;
            }
        }
        // Small receipts are removed, too.
        let others = dice.count(3, 7);
        for _ in 0..others {
            let date = village.span.some_day(dice);
            let mut voucher = receipt(dice, date, "收场地使用费");
            voucher.fate = Fate::Removed;
            village.book(voucher);
        }
        village.begin(self.name(), manner.kind, &[Subject::Village, Subject::Official(officer)]);
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        village.begin(self.name(), Kind::LookAlike, &[Subject::Village]);
        for _ in 0..dice.count(3, 8) {
            let date = village.span.some_day(dice);
            let mut spoilt = receipt(dice, date, "作废");
            spoilt.fate = Fate::Void;
            village.book(spoilt);
            let month_end = date.date().last_of_month();
            let lines =
                vec![Line::debit("113", 0, "登记作废凭证"), Line::credit("113", 0, "登记作废凭证")];
            let mut note = Voucher::new(Day::of(month_end), lines);
            note.fate = Fate::VoidNote;
            village.book(note);
        }
        Some(())
    }
}

/// A cash receipt.
fn receipt(dice: &mut Dice, date: Day, words: &'static str) -> Voucher {
    let amount = 10_000 * dice.between(3, 60);
    let credit = Line::credit(Use::OtherIncome.account(date), amount, words);
    Voucher::new(date, vec![Line::debit(CASH, amount, words), credit])
}
