//! A township reviewer and a clerk make several villages buy from one firm. Look-alike: a supplier that the villages
//! chose together under a frame contract.

use super::scheme::Scheme;
use super::trail::{from_payee, market_firms, shared, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, finish, free, part};
use crate::simulate::records::{Kind, Subject};
use crate::simulate::township::{CLERKS, REVIEWERS};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct TownshipRing;

/// What the villages of the township share: firm, reviewer, clerk, date and amount of each sale.
struct Common {
    firm: usize,
    reviewer: usize,
    clerk: usize,
    sales: Vec<(Day, i64)>,
}

impl Common {
    fn of(village: &Village<'_>, kind: Kind, least: usize) -> Option<Self> {
        let dice = &mut shared(village, "township_ring", kind);
        let firm =
            dice.any(&market_firms(village, &[Trade::Print, Trade::Appliance, Trade::Materials]))?;
        let sales = dice.count(least, least + 4);
        let days = spaced(dice, village.span.first(), village.span.last(), sales);
        let sale = |day| (day, free(dice, 2_600.0, 0.6, Habit::Hundreds));
        let sales = days.into_iter().map(sale).collect();
        let (reviewer, clerk) = (dice.count(0, 1), REVIEWERS + dice.count(0, CLERKS - 1));
        Some(Self { firm, reviewer, clerk, sales })
    }
}

/// A random day up to `most` days later, within the span.
fn soon(village: &Village<'_>, dice: &mut Dice, day: Day, most: i64) -> Day {
    village.span.clamp(Day(day.0 + i32::try_from(dice.between(0, most)).unwrap_or(0)))
}

impl Scheme for TownshipRing {
    fn name(&self) -> &'static str {
        "township_ring"
    }

    fn villages(&self) -> usize {
        4
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let Common { firm, reviewer, clerk, sales } = Common::of(village, manner.kind, 7)?;
        let act = village.begin(self.name(), manner.kind, &[Subject::Payee(firm)]);
        for (day, amount) in sales {
            // Villages may miss a sale, and sums may differ.
            if dice.chance(0.15) {
                continue;
            }
            let own = finish(part(amount, dice.share(0.8, 1.2)), Habit::Hundreds);
            let amount = if manner.leaves(dice, [0.8, 0.4, 0.5]) { amount } else { own };
            let by_ring = manner.leaves(dice, [0.9, 0.5, 0.55]);
            let date = soon(village, dice, day, 5);
            let voucher = village.spend(dice, date, from_payee(village, firm, amount));
            for slip in village.slips(voucher) {
                if by_ring {
                    slip.reviewer = Some(reviewer);
                }
            }
            if by_ring {
                village.voucher(voucher).clerk = Some(clerk);
            }
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let Common { firm, sales, .. } = Common::of(village, Kind::LookAlike, 9)?;
        let sum = sales.iter().map(|(_, amount)| amount).sum();
        let signed = Day(village.span.first().0 - 15);
        let contract = village.contract("supply", firm, sum, signed, 1_100, true);
        let act = village.begin(self.name(), Kind::LookAlike, &[Subject::Payee(firm)]);
        for (day, amount) in sales {
            let date = soon(village, dice, day, 5);
            let voucher = village.spend(dice, date, from_payee(village, firm, amount));
            // Clerks sometimes forget to record the contract.
            let recorded = dice.chance(0.85).then(|| contract.clone());
            for slip in village.slips(voucher) {
                slip.contract.clone_from(&recorded);
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}
