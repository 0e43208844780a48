#![doc = include_str!("direct_spend_of_receipts.md")]

use super::cash::{Accounts, Kind, Move, balances, moves, opening};
use crate::convert::float;
use crate::indicators::basis::{CASH_RULES, COLLECTIVE_FINANCE};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::neg_log10;
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, VillageIx};
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, counted, params, within};
use crate::stats::peers::Peers;

pub(super) static INDICATOR: Indicator = Indicator::of::<DirectSpendOfReceipts>(card! {
    "direct_spend_of_receipts",
    grain: Grain::Village,
    class: Class::Match,
    scheme: Scheme::OffBook,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[CASH_RULES, COLLECTIVE_FINANCE],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct DirectSpendOfReceipts {
        least: usize = 5, counted,
            "receipts in cash below which a village is not asked",
            "现金收款少于此笔数的村不计算";
        days: i32 = 5, within(0..=366),
            "days within which cash that came in is taken to the bank",
            "现金收款应在此天数内存入银行";
        spread: f64 = 0.1, above_zero,
            "least standard deviation of the share among villages",
            "各村比例标准差的下限";
        villages: usize = 8, counted,
            "villages below which nothing is compared",
            "可比较的村少于此数时不计算";
    }
}

/// Money that came in as cash.
#[derive(Debug, Clone, Copy)]
struct Receipt {
    line: LineIx,
    day: Day,
    amount: i64,
    /// What is neither spent nor deposited.
    left: i64,
    /// What was paid out of it.
    spent: i64,
    /// The day on which the last of it was paid out.
    until: Day,
    /// What was taken to the bank in time.
    in_time: i64,
}

/// What became of a village's receipts in cash.
#[derive(Debug)]
struct Receipts(Vec<Receipt>);

impl Receipts {
    /// Follows the cash of a village. What was drawn for spending, or was there before, is spent first.
    fn of(moves: &[Move], days: i32) -> Self {
        let mut drawn = opening(&balances(moves)).map_or(0, |(_, opening)| opening);
        let mut all: Vec<Receipt> = Vec::new();
        for one in moves {
            match one.kind {
                Kind::Drawn => drawn += one.amount,
                Kind::Received => all.push(Receipt {
                    line: one.line,
                    day: one.day,
                    amount: one.amount,
                    left: one.amount,
                    spent: 0,
                    until: one.day,
                    in_time: 0,
                }),
                Kind::Deposited => {
                    let rest = take(&mut all, one.amount, |receipt, part| {
                        let in_time = one.day.0 - receipt.day.0 <= days;
                        receipt.in_time += if in_time { part } else { 0 };
                    });
                    drawn -= rest;
                }
                Kind::Spent => {
                    let of_drawn = one.amount.min(drawn.max(0));
                    drawn -= of_drawn;
                    let rest = take(&mut all, one.amount - of_drawn, |receipt, part| {
                        receipt.spent += part;
                        receipt.until = one.day;
                    });
                    drawn -= rest;
                }
            }
        }
        Self(all)
    }

    fn sum(&self, of: impl Fn(&Receipt) -> i64) -> i64 {
        self.0.iter().map(of).sum()
    }

    /// The share of the money received that was paid out of the receipts.
    fn share(&self) -> f64 {
        float(self.sum(|it| it.spent)) / float(self.sum(|it| it.amount).max(1))
    }
}

/// Takes a sum from the oldest receipts that are left, and gives back what they do not suffice for.
fn take(all: &mut [Receipt], amount: i64, mut tell: impl FnMut(&mut Receipt, i64)) -> i64 {
    let mut rest = amount;
    for receipt in all.iter_mut().filter(|it| it.left > 0) {
        let part = receipt.left.min(rest);
        if part > 0 {
            receipt.left -= part;
            rest -= part;
            tell(receipt, part);
        }
    }
    rest
}

/// Receipts that the facts name at most.
const NAMED: usize = 3;

#[derive(Debug)]
struct County {
    /// The villages with enough receipts in cash.
    villages: IxVec<VillageIx, Option<Receipts>>,
    usual: Option<Peers>,
}

fn summary(all: &Receipts, usual: &Peers, days: i32) -> Fact {
    fact!(
        "spent", ["account", "side", "amount", "date"],
        received: Fen(all.sum(|it| it.amount)), count: all.0.len(), spent: Fen(all.sum(|it| it.spent)),
        share: Value::Share(all.share()), in_time: Fen(all.sum(|it| it.in_time)), days: days,
        usual: Value::Share(usual.centre()), villages: usual.count(),
    )
}

fn told(receipt: &Receipt) -> Fact {
    fact!(
        "receipt", ["account", "amount", "date"],
        voucher: receipt.line, amount: Fen(receipt.amount), day: receipt.day,
        spent: Fen(receipt.spent), until: receipt.until,
    )
}

impl Measure for DirectSpendOfReceipts {
    type Context = County;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> County {
        let accounts = Accounts::of(book);
        let villages = book.by_village().par_map(|village, _| {
            let receipts = Receipts::of(&moves(book, &accounts, village), self.days);
            (receipts.0.len() >= self.least).then_some(receipts)
        });
        let shares: Vec<f64> = villages.iter().flatten().map(Receipts::share).collect();
        let usual = Peers::of(&shares, self.spread).filter(|_| shares.len() >= self.villages);
        County { villages, usual }
    }

    fn measure(&self, _: &Book, county: &County, group: Group<'_, VillageIx>, out: &mut Out) {
        let village = group.number;
        let Some((all, usual)) = county.villages[village].as_ref().zip(county.usual.as_ref())
        else {
            return;
        };
        let mut spent: Vec<&Receipt> = all.0.iter().filter(|it| it.spent > 0).collect();
        spent.sort_by_key(|it| -it.spent);
        out.put(village, neg_log10(usual.upper(all.share())), all.0.len(), || {
            spent.iter().map(|it| it.line).collect::<Vec<_>>()
        });
        if !spent.is_empty() {
            out.tell(village, || {
                let named = spent.iter().take(NAMED).map(|it| told(it));
                [summary(all, usual, self.days)].into_iter().chain(named).collect::<Vec<_>>()
            });
        }
    }
}
