//! Meals, gifts and small advances before an election. Look-alike: old debts paid at the end of a term.

use super::scheme::Scheme;
use super::trail::{approve_by, some_payee, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::advances::advance;
use crate::simulate::payee::Trade;
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct ElectionTreats;

impl Scheme for ElectionTreats {
    fn name(&self) -> &'static str {
        "election_treats"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (from, to) = weeks_before(village)?;
        let officer = village.holder(Post::Director, 0, from);
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), manner.kind, &subjects);
        let payments = manner.count(dice, 8, 16);
        for date in spaced(dice, from, to, payments) {
            let (trade, usage, document, summary) = dice.one_of([
                (Trade::Restaurant, Use::Admin, Document::Receipt, "付工作餐费"),
                (Trade::Restaurant, Use::Admin, Document::Receipt, "付会议用餐"),
                (Trade::Shop, Use::Welfare, Document::Invoice, "付慰问品款"),
                (Trade::Shop, Use::Admin, Document::Invoice, "付活动纪念品款"),
            ]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 780.0, 0.7, Habit::Yuan);
            let purchase = Purchase { usage, payee, amount, summary: summary.into(), document };
            village.spend_as(dice, date, purchase, (officer, act));
        }
        let advances = manner.count(dice, 0, 2);
        for date in spaced(dice, from, to, advances) {
            let amount = free(dice, 1_500.0, 0.4, Habit::Hundreds);
            let settled = Day(date.0 + i32::try_from(dice.between(40, 120)).unwrap_or(60));
            let helper = village.holder(Post::Committee, 1, date);
            if let Some(voucher) = advance(village, dice, (helper, date, amount), Some(settled)) {
                approve_by(village, voucher, officer);
                village.mark(voucher, act);
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let (from, to) = weeks_before(village)?;
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Village]);
        let decision = village.decide(dice, "清理往年债务", 1_500_000, from);
        let payments = dice.count(14, 24);
        for date in spaced(dice, from, to, payments) {
            let (trade, document, summary) = dice.one_of([
                (Trade::Restaurant, Document::Receipt, "清付往年餐费欠款"),
                (Trade::Shop, Document::Invoice, "清付往年慰问品欠款"),
                (Trade::Repair, Document::Invoice, "清付往年维修欠款"),
            ]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 780.0, 0.7, Habit::Yuan);
            let (usage, summary) = (Use::Admin, summary.into());
            let purchase = Purchase { usage, payee, amount, summary, document };
            let voucher = village.spend(dice, date, purchase);
            let reviewer = dice.count(0, 1);
            for slip in village.slips(voucher) {
                slip.decision = Some(decision.clone());
                slip.reviewer = Some(reviewer);
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// The eight weeks before the election, if the books cover them.
fn weeks_before(village: &Village<'_>) -> Option<(Day, Day)> {
    let election = village.span.election;
    let (from, to) = (Day(election.0 - 56), Day(election.0 - 2));
    village.span.holds(from).then_some((from, to))
}
