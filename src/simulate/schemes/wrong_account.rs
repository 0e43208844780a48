//! Spending with a clear purpose is booked to an unrelated account. Look-alike: a mixed invoice.

use super::scheme::Scheme;
use super::trail::{director, mixed_invoice, some_payee, spaced};
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
pub(super) struct WrongAccount;

impl Scheme for WrongAccount {
    fn name(&self) -> &'static str {
        "wrong_account"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let act = village.begin(self.name(), manner.kind, &[Subject::Official(officer)]);
        let payments = manner.count(dice, 6, 12);
        for date in spaced(dice, from, to, payments) {
            let (trade, usage, summary) = dice.one_of([
                (Trade::Restaurant, Use::Works, "付工作餐费"),
                (Trade::Restaurant, Use::Production, "付会议用餐"),
                (Trade::Shop, Use::Works, "付茶水用品款"),
                (Trade::Shop, Use::Production, "付慰问品款"),
                (Trade::Print, Use::Works, "付横幅标语款"),
                (Trade::Shop, Use::Welfare, "付办公用品款"),
                (Trade::Restaurant, Use::Works, "付工地用工餐款"),
                (Trade::Shop, Use::Works, "付施工用品款"),
                (Trade::Shop, Use::Production, "付基地用品款"),
            ]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 620.0, 0.6, Habit::Yuan);
            let (summary, document) = (summary.into(), Document::Invoice);
            let purchase = Purchase { usage, payee, amount, summary, document };
            village.spend_as(dice, date, purchase, (officer, act));
        }
        Some(())
    }

    /// A shop's invoice for several things, with the purpose of the first on each line.
    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let payee = some_payee(village, dice, Trade::Shop)?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(payee)]);
        let invoices = dice.count(3, 6);
        let (first, last) = (village.span.first(), village.span.last());
        for date in spaced(dice, first, last, invoices) {
            let (summary, uses) = dice.one_of([
                ("付办公用品款", [Use::Admin, Use::Works]),
                ("付日用品款", [Use::Admin, Use::Production]),
                ("付慰问品款", [Use::Welfare, Use::Production]),
            ]);
            let of = |usage| {
                let amount = free(dice, 420.0, 0.5, Habit::Yuan);
                let document = Document::Invoice;
                Purchase { usage, payee, amount, summary: summary.into(), document }
            };
            let purchases = uses.map(of);
            let voucher = mixed_invoice(village, dice, date, purchases);
            village.mark(voucher, act);
        }
        Some(())
    }
}
