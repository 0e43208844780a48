#![doc = include_str!("advance_overdue_pool.md")]

use super::loans::{Loan, accounts, entries, loans};
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::neg_log10;
use crate::ledger::book::Book;
use crate::ledger::book::index::{PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, params, within};
use crate::stats::peers::Peers;

pub(super) static INDICATOR: Indicator = Indicator::of::<AdvanceOverduePool>(card! {
    "advance_overdue_pool",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::Advances,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["advance_outstanding"],
});

params! {
    struct AdvanceOverduePool {
        overdue: i32 = 3, within(0..=3_660),
            "days after which money that is out counts",
            "占用超过此天数才计算";
        floor: f64 = 0.000_05, above_zero,
            "share added for every village, so that those without overdue loans compare",
            "各村一律加上的比例，使没有逾期的村也能比较";
    }
}

/// How much of a village's money is out for too long.
#[derive(Debug, Clone)]
struct Pool {
    /// The logarithm of the pool's share of the spending.
    log: f64,
    loans: Vec<Loan>,
}

#[derive(Debug)]
struct AdvanceAccounts {
    accounts: Vec<Id>,
    last: Day,
    usual: Option<Peers>,
}

/// Fewer villages than this are no peers.
const PEERS: usize = 8;

impl AdvanceOverduePool {
    /// What a loan tied up after it was overdue, in fen times days.
    fn tied(&self, loan: &Loan, last: Day) -> f64 {
        let late = |day: Day| f64::from((day.0 - loan.entry.day.0 - self.overdue).max(0));
        let back = loan.back.iter().map(|(day, part)| late(*day) * float(*part));
        back.sum::<f64>() + late(last) * float(loan.open)
    }

    fn pool(&self, book: &Book, accounts: &[Id], last: Day, village: VillageIx) -> Option<Pool> {
        let mut loans = loans(&entries(book, accounts, village));
        loans.first()?;
        let paid = book.by_village().group(village);
        let amount = |payment: &PaymentIx| book.payments.amount[*payment];
        let spent = float(paid.iter().map(amount).sum::<Fen>().0);
        let begun = book.payments.day[*paid.first()?];
        let days = |from: Day| f64::from((last.0 - from.0).max(1));
        // What was decided is followed until it is settled, but it is no overdue advance.
        loans.retain(|loan| book.lines.decision.at(loan.entry.line) == Id::NONE);
        let tied: f64 = loans.iter().map(|loan| self.tied(loan, last)).sum();
        // Of a year's spending, what was out on an average day.
        let a_year = spent / days(begun) * 365.25;
        let share = (spent > 0.0).then(|| tied / days(begun) / a_year)?;
        Some(Pool { log: (share + self.floor).ln(), loans })
    }
}

impl Measure for AdvanceOverduePool {
    type Context = AdvanceAccounts;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> AdvanceAccounts {
        let accounts = accounts(book);
        let dates = (0..book.lines.rows).map(|line| book.lines.date.at(line));
        let last = dates.max().unwrap_or(Day(0));
        let logs = book
            .by_village()
            .par_map(|village, _| self.pool(book, &accounts, last, village).map(|pool| pool.log));
        let logs: Vec<f64> = logs.into_iter().flatten().collect();
        let usual = Peers::of(&logs, 0.0).filter(|_| logs.len() >= PEERS);
        AdvanceAccounts { accounts, last, usual }
    }

    fn measure(
        &self,
        book: &Book,
        county: &AdvanceAccounts,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let AdvanceAccounts { accounts, last, usual } = county;
        let pool = self.pool(book, accounts, *last, group.number);
        let Some((pool, usual)) = pool.zip(usual.as_ref()) else { return };
        out.put(group.number, neg_log10(usual.upper(pool.log)), pool.loans.len(), || {
            let late = pool.loans.iter().filter(|loan| self.tied(loan, *last) > 0.0);
            late.map(|loan| loan.entry.line).collect::<Vec<_>>()
        });
    }
}
