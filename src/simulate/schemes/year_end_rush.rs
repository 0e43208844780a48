//! Money is spent because the year ends. Look-alike: settlements that are due at the year's end.

use super::scheme::Scheme;
use super::trail::{approve_by, director, from_payee, some_payee, spaced, workers};
use crate::simulate::calendar::day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, fen, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct YearEndRush;

impl Scheme for YearEndRush {
    fn name(&self) -> &'static str {
        "year_end_rush"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, ..) = director(village);
        let year = some_year(village, dice);
        let act = village.begin(
            self.name(),
            manner.kind,
            &[Subject::Village, Subject::Official(officer)],
        );
        let payments = manner.count(dice, 9, 22);
        for date in spaced(dice, day(year, 12, 3), day(year, 12, 31), payments) {
            let trade = dice.one_of([
                Trade::Shop,
                Trade::Print,
                Trade::Restaurant,
                Trade::Appliance,
                Trade::Repair,
            ]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 950.0, 0.9, Habit::Yuan);
            let voucher = village.spend(dice, date, from_payee(village, payee, amount));
            let director = village.holder(crate::simulate::records::Post::Director, 0, date);
            approve_by(village, voucher, director);
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let year = some_year(village, dice);
        let workers = workers(village, dice);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Village]);
        let payments = size(village, dice);
        let share = fen(dice.log_normal(900.0, 0.3));
        let decision = village.decide(dice, "年终结算", share, day(year, 12, 1));
        for (date, payee) in
            spaced(dice, day(year, 12, 8), day(year, 12, 31), payments).into_iter().zip(workers)
        {
            let amount = fen(dice.log_normal(crate::simulate::price::yuan(share), 0.3));
            let summary = "付全年用工结算款".into();
            let purchase = Purchase {
                usage: Use::Production,
                payee,
                amount,
                summary,
                document: Document::List,
            };
            let voucher = village.spend(dice, date, purchase);
            for slip in village.slips(voucher) {
                slip.decision = Some(decision.clone());
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

fn some_year(village: &Village<'_>, dice: &mut Dice) -> i16 {
    let years = i64::from(village.span.years);
    village.span.first_year + i16::try_from(dice.between(0, years - 1)).unwrap_or(0)
}

/// About a twentieth of the vouchers of a year.
fn size(village: &Village<'_>, dice: &mut Dice) -> usize {
    let years = usize::try_from(village.span.years).unwrap_or(1);
    (village.vouchers.len() / years / 20).clamp(8, 60) + dice.count(0, 10)
}
