#![doc = include_str!("cadre_loan_outstanding.md")]

use super::loans::{Loan, accounts, entries, loans};
use crate::indicators::basis::{CADRE_CONDUCT, COLLECTIVE_FINANCE};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, per_township, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<CadreLoanOutstanding>(card! {
    "cadre_loan_outstanding",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Advances,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.05 },
    requires: &["ledger.payee", "posts"],
    basis: &[CADRE_CONDUCT, COLLECTIVE_FINANCE],
    simulated_schemes: &["advance_outstanding", "round_trip"],
});

params! {
    struct CadreLoanOutstanding {
        overdue: i32 = 180, within(1..=3_660),
            "days at which the value is 1",
            "指标值为 1 的天数";
        degree: u8 = 1, within(0..=3),
            "farthest kinship; 0 for the officer alone",
            "最远亲等；0 表示只看任职者本人";
        again: i32 = 5, within(0..=31),
            "days around a month's end, and until the new loan",
            "距月末的天数，以及到再次借出的天数";
    }
}

#[derive(Debug)]
struct LoanAccounts {
    accounts: Vec<Id>,
    last: Day,
    /// For each village, whether its township names the borrower where something comes back.
    names_borrowers: IxVec<VillageIx, bool>,
}

impl CadreLoanOutstanding {
    /// Who has a post in the village on that day and is the person (at degree 0) or the nearest kin.
    fn cadre(&self, book: &Book, village: Id, payee: Id, day: Day) -> Option<(u8, Id)> {
        let person = book.person_of(payee);
        let in_office = book.terms.of_village(village).iter().filter(|term| term.holds(day));
        let near = in_office.filter_map(|term| {
            let is_own = term.person == person;
            let degree = if is_own { 0 } else { book.kin.degree(term.person, person)? };
            (degree <= self.degree).then_some((degree, term.person))
        });
        near.min()
    }

    /// How long each loan has been out, in days, with the lines that are behind it. A loan that came back as a
    /// month closed, and went out again within days, never came back.
    fn ages(&self, loans: &[Loan], last: Day) -> Vec<(i32, Vec<LineIx>)> {
        let mut ages: Vec<(i32, Vec<LineIx>)> = Vec::with_capacity(loans.len());
        let mut starts: Vec<Day> = Vec::with_capacity(loans.len());
        for (place, loan) in loans.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| loans.get(before));
            let back = before.filter(|before| self.is_again(before, loan));
            let chained = back.and(starts.last().copied());
            let start = chained.unwrap_or(loan.entry.day);
            let mut lines = match ages.last() {
                Some((_, lines)) if chained.is_some() => lines.clone(),
                _ => Vec::new(),
            };
            lines.push(loan.entry.line);
            starts.push(start);
            ages.push((loan.settled().unwrap_or(last).0 - start.0, lines));
        }
        ages
    }

    fn is_again(&self, before: &Loan, loan: &Loan) -> bool {
        let Some(settled) = before.settled() else { return false };
        before.entry.payee == loan.entry.payee
            && (0..=self.again).contains(&(loan.entry.day.0 - settled.0))
            && loan.entry.amount * 5 >= before.entry.amount * 4
            && from_close(settled) <= self.again
    }
}

/// A loan that was lent to an officer, or to a relative of one.
#[derive(Debug, Clone, Copy)]
struct Lent<'a> {
    loan: &'a Loan,
    /// The loan before it, and the first line of all, where it is counted as the same.
    before: Option<(&'a Loan, LineIx)>,
    cadre: (u8, Id),
    /// Until when it is followed.
    last: Day,
}

impl Lent<'_> {
    fn facts(&self, book: &Book) -> Vec<Fact> {
        let Self { loan, last, .. } = *self;
        let (lent, line) = (loan.entry.day, loan.entry.line);
        let told = match (self.cadre.0, loan.settled()) {
            (0, Some(settled)) => fact!(
                "settled", ["payee", "amount", "date"],
                settled: settled, days: settled.0 - lent.0,
            ),
            (0, None) => fact!(
                "open", ["payee", "amount", "date"],
                open: Fen(loan.open), last: last, days: last.0 - lent.0,
            ),
            (degree, Some(settled)) => fact!(
                "kin_settled", ["payee", "amount", "date"],
                borrower: Value::Person(book.person_of(loan.entry.payee)), degree: u32::from(degree),
                settled: settled, days: settled.0 - lent.0,
            ),
            (degree, None) => fact!(
                "kin_open", ["payee", "amount", "date"],
                borrower: Value::Person(book.person_of(loan.entry.payee)), degree: u32::from(degree),
                open: Fen(loan.open), last: last, days: last.0 - lent.0,
            ),
        };
        let told = told.with([
            ("officer", Value::Post(self.cadre.1, line)),
            ("amount", Fen(loan.entry.amount).into()),
            ("lent", lent.into()),
        ]);
        [told].into_iter().chain(self.again(book)).collect()
    }

    /// How the loan before it came back for a few days.
    fn again(&self, book: &Book) -> Option<Fact> {
        let (before, first) = self.before?;
        let (back, lent) = (before.settled()?, self.loan.entry.day);
        let start = book.lines.date.at(first);
        let until = self.loan.settled().unwrap_or(self.last);
        Some(fact!(
            "again", ["payee", "amount", "date"],
            voucher: before.entry.line, amount: Fen(before.entry.amount), back: back, lent: lent,
            between: lent.0 - back.0, start: start, days: until.0 - start.0,
        ))
    }
}

/// Days between a day and the nearest end of a month.
fn from_close(day: Day) -> i32 {
    let date = day.date();
    let since = i32::from(date.day());
    since.min(i32::from(date.days_in_month()) - since)
}

impl Measure for CadreLoanOutstanding {
    type Context = LoanAccounts;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> LoanAccounts {
        let accounts = accounts(book);
        let dates = (0..book.lines.rows).map(|line| book.lines.date.at(line));
        let last = dates.max().unwrap_or(Day(0));
        let villages = book.villages.keys();
        let named = |village: VillageIx| {
            let back = entries(book, &accounts, village);
            let mut back = back.iter().filter(|entry| entry.amount < 0);
            (back.clone().next().is_some(), back.any(|entry| entry.payee != Id::NONE))
        };
        let named: Vec<(bool, bool)> = villages.map(named).collect();
        let townships = townships(book);
        let mut of_township: Vec<(bool, bool)> = per_township(&townships);
        for ((back, is_named), township) in named.into_iter().zip(&townships) {
            if let Some(any) = of_township.get_mut(*township) {
                *any = (any.0 || back, any.1 || is_named);
            }
        }
        let is_kept = |(any_back, any_named): &(bool, bool)| *any_named || !any_back;
        let names_borrowers =
            townships.iter().map(|place| of_township.get(*place).is_some_and(is_kept)).collect();
        LoanAccounts { accounts, last, names_borrowers }
    }

    fn measure(
        &self,
        book: &Book,
        county: &LoanAccounts,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        if !county.names_borrowers[group.number] {
            return;
        }
        let village = book.villages[group.number];
        let loans = loans(&entries(book, &county.accounts, group.number));
        let ages = self.ages(&loans, county.last);
        let mut lent: Vec<(Seen, usize)> = Vec::new();
        let mut payments: Vec<Seen> = seen(book, group.payments).collect();
        payments.sort_unstable_by_key(|one| one.line);
        for (place, loan) in loans.iter().enumerate() {
            let found = payments.binary_search_by_key(&loan.entry.line, |one| one.line);
            lent.extend(found.ok().and_then(|at| Some((*payments.get(at)?, place))));
        }
        for (one, place) in lent {
            let Some((loan, (age, lines))) = loans.get(place).zip(ages.get(place)) else {
                continue;
            };
            if let Some(cadre) = self.cadre(book, village, loan.entry.payee, one.day) {
                let value = f64::from((*age).max(0)) / f64::from(self.overdue);
                out.put(one.payment, value, lines.len(), || lines.clone());
                if value > 0.0 {
                    let first = lines.first().copied().filter(|_| lines.len() > 1);
                    let before = place.checked_sub(1).and_then(|before| loans.get(before));
                    let lent = Lent { loan, before: before.zip(first), cadre, last: county.last };
                    out.tell(one.payment, || lent.facts(book));
                }
            }
        }
    }
}
