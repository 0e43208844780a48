#![doc = include_str!("split_sequential_vouchers.md")]

use super::paid::Paid;
use crate::indicators::basis::LOCAL_LIMITS;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::seen;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SplitSequentialVouchers>(card! {
    "split_sequential_vouchers",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Splitting,
    scale: Scale::rule(0.01),
    requires: &["ledger.payee", "limits"],
    basis: &[LOCAL_LIMITS],
    simulated_schemes: &["split_invoices"],
});

params! {
    struct SplitSequentialVouchers {
        apart: i64 = 2, within(1..=100),
            "largest step between document numbers",
            "前后票据号码的最大间隔";
        vouchers: f64 = 0.3, within(0.0..=1.0),
            "value where only the vouchers follow each other",
            "仅凭证相邻时的指标值";
    }
}

/// What one voucher pays the payee on a day in one class.
#[derive(Debug, Clone, Copy)]
struct Bill<'a> {
    /// Its place among the book's vouchers.
    voucher: usize,
    /// The number at the end of the document's, if it has one.
    number: Option<i64>,
    sum: i64,
    limit: i64,
    lines: &'a [Paid],
}

impl<'a> Bill<'a> {
    fn of(book: &Book, lines: &'a [Paid]) -> Option<Self> {
        let first = lines.first()?;
        let sum = lines.iter().map(|paid| paid.one.amount).sum();
        let limit = lines.iter().map(|paid| paid.limit).max()?;
        let document = first.one.document_no(book);
        let number = (document != Id::NONE).then(|| book.names.get(document));
        let number = number.and_then(number_at_end);
        // What one voucher pays was approved together.
        (sum < limit).then(|| Self { voucher: first.one.voucher(book), number, sum, limit, lines })
    }
}

/// The digits at the end of what is printed, at most 18 of them.
fn number_at_end(printed: &str) -> Option<i64> {
    let start = printed.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    printed.get(start..).filter(|digits| digits.len() <= 18)?.parse().ok()
}

/// Runs of two bills or more that together reach the limit under which each of them stays.
fn runs<'a, 'b>(
    bills: &'b [Bill<'a>],
    is_next: impl Fn(&Bill<'a>, &Bill<'a>) -> bool + 'b,
) -> impl Iterator<Item = &'b [Bill<'a>]> {
    bills.chunk_by(is_next).filter(|run| {
        let sum: i64 = run.iter().map(|bill| bill.sum).sum();
        let limit = run.iter().map(|bill| bill.limit).max();
        run.len() > 1 && limit.is_some_and(|limit| sum >= limit)
    })
}

impl SplitSequentialVouchers {
    /// The value of each line of a day's payments to one payee in one class, and the vouchers in its run.
    fn values(&self, book: &Book, paid: &[Paid]) -> Vec<(u32, f64, usize)> {
        let bills = paid.chunk_by(Paid::is_beside);
        let mut bills: Vec<Bill<'_>> = bills.filter_map(|lines| Bill::of(book, lines)).collect();
        let mut values: Vec<(u32, f64, usize)> = Vec::new();
        let mut add = |run: &[Bill<'_>], value: f64| {
            for one in run.iter().flat_map(|bill| bill.lines).map(|paid| paid.one) {
                if values.iter().all(|(payment, ..)| *payment != one.payment) {
                    values.push((one.payment, value, run.len()));
                }
            }
        };
        bills.sort_by_key(|bill| bill.number);
        let follows = |a: &Bill<'_>, b: &Bill<'_>| {
            let apart = b.number.zip(a.number).map(|(b, a)| b - a);
            apart.is_some_and(|apart| (1..=self.apart).contains(&apart))
        };
        runs(&bills, follows).for_each(|run| add(run, 1.0));
        bills.sort_by_key(|bill| bill.voucher);
        runs(&bills, |a, b| b.voucher == a.voucher + 1).for_each(|run| add(run, self.vouchers));
        values
    }
}

impl Measure for SplitSequentialVouchers {
    type Context = ();
    const GROUPS: Groups = Groups::ByVillage;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_>, out: &mut Out) {
        let under = seen(book, group.payments).filter_map(|one| {
            let payee = one.payee(book)?;
            Paid::under_limit(book, one).map(|paid| (payee, paid))
        });
        let mut under: Vec<(u32, Paid)> = under.collect();
        let key = |(payee, paid): &(u32, Paid)| (paid.one.day, *payee, paid.one.class);
        under.sort_by_key(|both| (key(both), both.1.voucher));
        for together in under.chunk_by(|a, b| key(a) == key(b)) {
            let paid: Vec<Paid> = together.iter().map(|(_, paid)| *paid).collect();
            let values = if paid.len() > 1 { self.values(book, &paid) } else { Vec::new() };
            let rows = |of: f64| {
                let run = values.iter().filter(move |(_, value, _)| of > 0.0 && *value >= of);
                let payments = run.map(|(payment, ..)| *payment);
                payments.filter_map(|payment| book.payments.line.get(payment as usize).copied())
            };
            for paid in &paid {
                let own = values.iter().find(|(payment, ..)| *payment == paid.one.payment);
                let (value, vouchers) = own.map_or((0.0, 1), |(_, value, run)| (*value, *run));
                out.put(paid.one.payment, value, vouchers, || rows(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number_at_end;

    #[test]
    fn a_number_ends_what_is_printed() {
        assert_eq!(number_at_end("No. 00120"), Some(120));
        assert_eq!(number_at_end("120-甲"), None);
        assert_eq!(number_at_end(&"9".repeat(19)), None);
    }
}
