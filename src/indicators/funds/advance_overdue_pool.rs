#![doc = include_str!("advance_overdue_pool.md")]

use super::loans::{Loan, accounts, entries, loans};
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
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
    /// What was out for too long on an average day, in fen.
    average: f64,
    /// A year's payments, in fen.
    a_year: f64,
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
        let average = tied / days(begun);
        let share = (spent > 0.0).then(|| average / a_year)?;
        Some(Pool { log: (share + self.floor).ln(), average, a_year, loans })
    }

    /// How much is out for too long, and the loan that ties up most.
    fn facts(
        &self,
        book: &Book,
        county: &AdvanceAccounts,
        usual: &Peers,
        pool: &Pool,
    ) -> Vec<Fact> {
        let tied = |loan: &Loan| self.tied(loan, county.last);
        let late = || pool.loans.iter().filter(|loan| tied(loan) > 0.0);
        let Some(most) = late().max_by(|a, b| tied(a).total_cmp(&tied(b))) else {
            return Vec::new();
        };
        let share = fact!(
            "pool", ["account", "side", "amount", "date"],
            late: late().count(), loans: pool.loans.len(), overdue: self.overdue,
            average: nearest(pool.average), a_year: nearest(pool.a_year),
            share: Value::Share(pool.average / pool.a_year),
            usual: Value::Share((usual.centre().exp() - self.floor).max(0.0)), villages: usual.count(),
        );
        [share].into_iter().chain(longest(book, county.last, most)).collect()
    }
}

/// An amount in fen as money.
#[expect(clippy::cast_possible_truncation, reason = "sums of money are far below 2^53 fen")]
fn nearest(amount: f64) -> Fen {
    Fen(amount.round() as i64)
}

/// What became of a loan to somebody who is named.
fn longest(book: &Book, last: Day, loan: &Loan) -> Option<Fact> {
    let payee = loan.entry.payee.some()?;
    let payee = book.payees.place(&payee).map_or(Value::Text(payee), Value::Payee);
    let (lent, amount) = (loan.entry.day, Fen(loan.entry.amount));
    let told = match loan.settled() {
        Some(settled) => {
            fact!("settled", ["payee", "amount", "date"], settled: settled, days: settled.0 - lent.0)
        }
        None => fact!(
            "open", ["payee", "amount", "date"],
            open: Fen(loan.open), last: last, days: last.0 - lent.0,
        ),
    };
    Some(told.with([
        ("voucher", loan.entry.line.into()),
        ("amount", amount.into()),
        ("payee", payee),
        ("lent", lent.into()),
    ]))
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
        out.tell(group.number, || self.facts(book, county, usual, &pool));
    }
}
