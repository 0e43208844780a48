//! Payees who do not exist. Look-alike: outside workers who are in no register of the village.

use super::scheme::Scheme;
use super::trail::{director, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::manner::Manner;
use crate::simulate::payee::{Payee, Trade};
use crate::simulate::payment::Purchase;
use crate::simulate::person::{SURNAMES, account, phone};
use crate::simulate::price::{Habit, free};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct GhostPayee;

impl Scheme for GhostPayee {
    fn name(&self) -> &'static str {
        "ghost_payee"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, from, to) = director(village);
        let start = Day(from.0 + i32::try_from(dice.between(20, 120)).unwrap_or(30));
        let ghosts: Vec<usize> =
            (0..dice.count(1, 2)).map(|_| stranger(village, dice, start)).collect();
        for ghost in &ghosts {
            let (phone, address) = (phone(dice), format!("模拟外乡{}号", dice.between(1, 300)));
            let has_phone = manner.leaves(dice, [0.12, 0.5, 0.35]);
            let has_address = manner.leaves(dice, [0.1, 0.4, 0.3]);
            if let Some(payee) = village.payees.get_mut(*ghost) {
                payee.phone = Some(phone).filter(|_| has_phone);
                payee.address = Some(address).filter(|_| has_address);
            }
        }
        let subjects = ghosts.iter().map(|ghost| Subject::Payee(*ghost));
        let subjects: Vec<Subject> = subjects.chain([Subject::Official(officer)]).collect();
        let act = village.begin(self.name(), manner.kind, &subjects);
        for ghost in ghosts {
            let payments = manner.count(dice, 5, 10);
            for date in spaced(dice, start, to, payments) {
                let (usage, summary) = dice.one_of([
                    (Use::Welfare, "付保洁用工款"),
                    (Use::Production, "付基地用工款"),
                    (Use::Works, "付修路用工款"),
                    (Use::Admin, "付资料整理费"),
                ]);
                let amount = free(dice, 760.0, 0.55, Habit::Yuan);
                let document = dice.one_of([Document::SelfMade, Document::List]);
                let purchase =
                    Purchase { usage, payee: ghost, amount, summary: summary.into(), document };
                village.spend_as(dice, date, purchase, (officer, act));
            }
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let last = village.span.last();
        let start = Day(village.span.some_day(dice).0.min(last.0 - 80));
        let crew: Vec<usize> =
            (0..dice.count(2, 3)).map(|_| stranger(village, dice, start)).collect();
        let subjects: Vec<Subject> = crew.iter().map(|one| Subject::Payee(*one)).collect();
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        for one in crew {
            let contract = village.contract("labour", one, 900_000, Day(start.0 - 5), 80, false);
            let payments = dice.count(3, 7);
            for date in spaced(dice, start, Day(start.0 + 75), payments) {
                let amount = 16_000 * dice.between(2, 9);
                let summary = "付外来用工款".into();
                let purchase = Purchase {
                    usage: Use::Works,
                    payee: one,
                    amount,
                    summary,
                    document: Document::List,
                };
                let voucher = village.spend(dice, date, purchase);
                let reviewer = dice.count(0, 1);
                for slip in village.slips(voucher) {
                    slip.contract = Some(contract.clone());
                    slip.reviewer = Some(reviewer);
                }
                village.mark(voucher, act);
            }
        }
        Some(())
    }
}

/// A payee of whom only a name and an account are known.
fn stranger(village: &mut Village<'_>, dice: &mut Dice, since: Day) -> usize {
    let serial = village.next_payee();
    village.payees.push(Payee {
        id: format!("R-{}-{serial:04}", village.code),
        kind: "person",
        name: format!("{}模外{serial:03}", dice.one_of(SURNAMES)),
        trade: Trade::Labour,
        person: None,
        owner: None,
        phone: None,
        address: None,
        first_seen: Some(since),
        account: account(dice),
    });
    village.payees.len() - 1
}
