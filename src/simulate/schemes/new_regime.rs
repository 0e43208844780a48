//! A new head brings new suppliers and spends more. Look-alike: a new head with new project funds.

use super::scheme::Scheme;
use super::trail::{approve_by, from_payee, plain, some_payee, spaced, usual};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::works::{Works, instalments};
use crate::simulate::payee::{Payee, Trade};
use crate::simulate::price::{Habit, free, part};
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct NewRegime;

impl Scheme for NewRegime {
    fn name(&self) -> &'static str {
        "new_regime"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let start = handover(village)?;
        let (from, to) = (Day(start.0 + 20), village.span.last());
        let officer = village.holder(Post::Director, 0, from);
        let firms = new_firms(village, dice, start);
        let mut subjects = vec![Subject::Village, Subject::Official(officer)];
        subjects.extend(firms.iter().map(|firm| Subject::Payee(*firm)));
        let act = village.begin(self.name(), manner.kind, &subjects);
        // Some purchases of their trades move to the new firms.
        for firm in firms.iter().copied() {
            let (usage, _, words) = usual(village.payee(firm).trade);
            let taken = plain(village, dice, |line, date| {
                from < date && line.account == usage.account(date) && line.summary == words
            });
            let share = manner.blend([0.3, 0.2, 0.15]);
            let count = part(i64::try_from(taken.len()).unwrap_or(0), share);
            let count = usize::try_from(count).unwrap_or(1).clamp(1, 12);
            for voucher in taken.into_iter().take(count) {
                for slip in village.slips(voucher) {
                    slip.payee = firm;
                }
                approve_by(village, voucher, officer);
                village.mark(voucher, act);
            }
        }
        let more = manner.count(dice, 8, 20);
        for date in spaced(dice, from, to, more) {
            let firm = dice.any(&firms)?;
            let amount = free(dice, 620.0, 0.9, Habit::Yuan);
            village.spend_as(dice, date, from_payee(village, firm, amount), (officer, act));
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let start = handover(village)?;
        let officer = village.holder(Post::Director, 0, Day(start.0 + 20));
        let builders = village.of_trade(Trade::Builder);
        let builder = dice.any(&builders)?;
        let subjects = [Subject::Village, Subject::Official(officer)];
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        let amount = free(dice, 90_000.0, 0.4, Habit::Hundreds);
        let works = Works { payee: builder, amount, start: Day(start.0 + 50), pace: 30 };
        for voucher in instalments(village, dice, works, &[0.2, 0.2, 0.2, 0.2, 0.17, 0.03]) {
            village.mark(voucher, act);
        }
        let decision = village.decide(dice, "项目物资采购", 6_000_000, Day(start.0 + 30));
        let project = format!("J-{}-{:03}", village.code, village.contracts.len());
        let payments = dice.count(20, 40);
        for date in spaced(dice, Day(start.0 + 40), village.span.last(), payments) {
            let trade = dice.one_of([Trade::Materials, Trade::Machine, Trade::Labour]);
            let Some(payee) = some_payee(village, dice, trade) else { continue };
            let amount = free(dice, 1_800.0, 0.8, Habit::Tens);
            let voucher = village.spend(dice, date, from_payee(village, payee, amount));
            for slip in village.slips(voucher) {
                slip.decision = Some(decision.clone());
                slip.project = Some(project.clone());
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}

/// First day of a new director or secretary, at least 150 days after the start and 180 before the end.
fn handover(village: &Village<'_>) -> Option<Day> {
    let (first, last) = (village.span.first(), village.span.last());
    let is_head = |post| matches!(post, Post::Director | Post::Secretary);
    let new = village.terms.iter().find(|term| is_head(term.post) && term.start > first);
    let start = new.map(|term| term.start)?;
    (start.0 - first.0 > 150 && last.0 - start.0 > 180).then_some(start)
}

/// Two to four new firms, registered since the handover.
fn new_firms(village: &mut Village<'_>, dice: &mut Dice, since: Day) -> Vec<usize> {
    let mut owners = village.adults(25, 58);
    owners.retain(|who| !village.is_official(*who));
    let trades = [Trade::Shop, Trade::Print, Trade::Repair, Trade::Machine];
    let count = dice.count(2, trades.len());
    let mut firms = Vec::new();
    for trade in trades.into_iter().take(count) {
        let owner = dice.any(&owners);
        let serial = village.next_payee();
        let mut firm = Payee::firm(dice, &village.code, serial, trade, owner);
        firm.first_seen = Some(Day(since.0 + 5));
        village.payees.push(firm);
        firms.push(village.payees.len() - 1);
    }
    firms
}
