#![doc = include_str!("cash_impossible.md")]

use super::cash::{Accounts, Kind, Move, balances, moves, opening};
use crate::indicators::basis::{ACCOUNTING_LAW, CASH_RULES};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::fact;
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<CashImpossible>(card! {
    "cash_impossible",
    grain: Grain::Village,
    class: Class::Rule,
    scheme: Scheme::OffBook,
    scale: Scale::rule(0.01),
    requires: &[],
    basis: &[CASH_RULES, ACCOUNTING_LAW],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct CashImpossible {
        most: f64 = 50_000.0, above_zero,
            "yuan in the cash box above which it is not believed",
            "现金余额超过此数（元）即视为不可信";
        days: i32 = 5, within(0..=366),
            "days for which the box may hold more",
            "可超过该数的天数";
    }
}

/// What the books make the cash box hold.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// What must have been in it before the first day.
    opening: i64,
    /// The day that says so.
    lowest: Day,
    /// The largest sum below which it did not fall for longer than it may hold more, and the first of these days.
    kept: (Day, i64),
}

impl CashImpossible {
    fn held(&self, moves: &[Move], last: Day) -> Option<Held> {
        let balances = balances(moves);
        let (lowest, opening) = opening(&balances)?;
        let kept = self.kept(&balances, last)?;
        Some(Held { opening, lowest, kept: (kept.0, kept.1 + opening) })
    }

    /// The largest of the least balances of so many days and one more.
    fn kept(&self, balances: &[(Day, i64)], last: Day) -> Option<(Day, i64)> {
        let from = |place: usize| {
            let rest = balances.get(place..)?;
            let (first, _) = *rest.first()?;
            let is_within = |it: &&(Day, i64)| it.0.0 - first.0 <= self.days;
            let lowest = rest.iter().take_while(is_within).map(|it| it.1).min()?;
            (last.0 - first.0 > self.days).then_some((first, lowest))
        };
        (0..balances.len()).filter_map(from).max_by_key(|(_, lowest)| *lowest)
    }

    /// By which share a sum is beyond what is believed.
    fn over(&self, amount: i64) -> f64 {
        (Fen(amount).yuan() / self.most - 1.0).max(0.0)
    }
}

impl Measure for CashImpossible {
    type Context = (Accounts, Day);
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Self::Context {
        let last = book.payments.day.iter().max().copied().unwrap_or(Day(0));
        (Accounts::of(book), last)
    }

    fn measure(
        &self,
        book: &Book,
        (accounts, last): &Self::Context,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let moves = moves(book, accounts, group.number);
        let Some(held) = self.held(&moves, *last) else { return };
        let (before, kept) = (self.over(held.opening), self.over(held.kept.1));
        out.put(group.number, before.max(kept), moves.len(), || {
            let shown = if before >= kept { held.lowest } else { held.kept.0 };
            let is_shown = |it: &&Move| it.day == shown && before.max(kept) > 0.0;
            moves.iter().filter(is_shown).map(|it| it.line).collect::<Vec<_>>()
        });
        out.tell(group.number, || {
            let opening = (before > 0.0).then(|| {
                fact!(
                    "opening", ["account", "amount", "date"],
                    opening: Fen(held.opening), day: held.lowest,
                )
            });
            let kept = (kept > 0.0).then(|| {
                let deposits = moves.iter().filter(|it| it.kind == Kind::Deposited).count();
                fact!(
                    "kept", ["account", "amount", "date"],
                    amount: Fen(held.kept.1), day: held.kept.0, days: self.days, deposits: deposits,
                )
            });
            opening.into_iter().chain(kept).collect::<Vec<_>>()
        });
    }
}
