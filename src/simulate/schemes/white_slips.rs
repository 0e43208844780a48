//! Purchases without an invoice or receipt. Look-alike: purchases from farmers.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{director, from_payee, some_payee, spaced, workers};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct WhiteSlips;

impl Scheme for WhiteSlips {
    fn name(&self) -> &'static str {
        "white_slips"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Papers]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let payments = manner.count(dice, 6, 12);
        for date in spaced(dice, from, to, payments) {
            let trade = dice.one_of([Trade::Shop, Trade::Repair, Trade::Materials, Trade::Machine]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 1_100.0, 0.7, Habit::Tens);
            let mut purchase = from_payee(village, payee, amount);
            if manner.leaves(dice, [1.0, 0.65, 0.5]) {
                purchase.document =
                    dice.one_of([Document::SelfMade, Document::SelfMade, Document::Missing]);
            }
            village.spend_as(dice, date, purchase, (officer, act));
        }
        Some(())
    }

    /// Farmers give no invoices: the village writes a slip for each, and the township reviews it.
    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let farmers = workers(village, dice);
        farmers.first()?;
        let act = village.begin(self.name(), Kind::LookAlike, &[]);
        let (first, last) = (village.span.first(), village.span.last());
        let deliveries = dice.count(8, 16);
        for date in spaced(dice, first, last, deliveries) {
            let Some(payee) = dice.any(&farmers) else { continue };
            let summary = dice.one_of(["收购农户种苗款", "收购农户稻谷款", "付农户有机肥款"]);
            let amount = free(dice, 900.0, 0.6, Habit::Metered);
            let (usage, document) = (Use::Production, Document::SelfMade);
            let summary = summary.into();
            let voucher =
                village.spend(dice, date, Purchase { usage, payee, amount, summary, document });
            for slip in village.slips(voucher) {
                slip.reviewer = Some(1);
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}
