//! Spending without an informative purpose. Look-alike: petty cash that is settled monthly.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{director, some_payee, spaced, usual};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::keying::SILENT;
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct VagueExpenses;

impl Scheme for VagueExpenses {
    fn name(&self) -> &'static str {
        "vague_expenses"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Words]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let payments = manner.count(dice, 6, 12);
        for date in spaced(dice, from, to, payments) {
            let trade = dice.one_of([Trade::Shop, Trade::Restaurant, Trade::Repair, Trade::Print]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let usage = dice.one_of([Use::Admin, Use::Other, Use::Welfare, Use::Production]);
            let amount = free(dice, 900.0, 0.6, Habit::Yuan);
            let (_, _, usual) = usual(trade);
            let is_silent = manner.leaves(dice, [1.0, 0.6, 0.45]);
            let summary = if is_silent { dice.one_of(SILENT) } else { usual }.into();
            let purchase = Purchase { usage, payee, amount, summary, document: Document::Receipt };
            village.spend_as(dice, date, purchase, (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let act = village.begin(self.name(), Kind::LookAlike, &[]);
        let months = dice.count(10, 20);
        let (first, last) = (village.span.first(), village.span.last());
        for date in spaced(dice, first, last, months) {
            let Some(payee) = village.payee_of(village.holder(Post::Clerk, 0, date)) else {
                continue;
            };
            let amount = free(dice, 160.0, 0.4, Habit::Metered);
            let (summary, document) = ("零星支出".into(), Document::List);
            let purchase = Purchase { usage: Use::Admin, payee, amount, summary, document };
            let voucher = village.spend(dice, date, purchase);
            let papers = i32::try_from(dice.between(5, 14)).unwrap_or(8);
            for slip in village.slips(voucher) {
                slip.attachments = papers;
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}
