#![doc = include_str!("split_sequential_vouchers.md")]

use super::paid::Paid;
use crate::indicators::basis::LOCAL_LIMITS;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::seen;
use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
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

/// Bills that follow each other.
#[derive(Debug)]
struct Run<'a> {
    value: f64,
    /// Whether their documents do; else only the vouchers.
    is_of_documents: bool,
    bills: Vec<Bill<'a>>,
}

impl Run<'_> {
    fn payments(&self) -> impl Iterator<Item = PaymentIx> {
        self.bills.iter().flat_map(|bill| bill.lines).map(|paid| paid.one.payment)
    }

    fn fact(&self, book: &Book) -> Option<Fact> {
        let firsts = || self.bills.iter().filter_map(|bill| bill.lines.first());
        let first = firsts().next()?.one;
        let sum = Fen(self.bills.iter().map(|bill| bill.sum).sum());
        let limit = Fen(self.bills.iter().map(|bill| bill.limit).max()?);
        let count = self.bills.len();
        Some(if self.is_of_documents {
            let number = |paid: &Paid| Value::Reference(paid.one.document_no(book));
            let numbers: Vec<Value> = firsts().map(number).collect();
            fact!(
                "documents", ["payee", "date", "document_no", "amount"],
                day: first.day, count: count, numbers: numbers, sum: sum, limit: limit, class: first.class,
            )
        } else {
            let vouchers: Vec<LineIx> = firsts().map(|paid| paid.one.line).collect();
            fact!(
                "vouchers", ["payee", "date", "voucher", "amount"],
                day: first.day, count: count, vouchers: vouchers, sum: sum, limit: limit, class: first.class,
            )
        })
    }
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
    /// The runs among a day's payments to one payee in one class, those of documents first.
    fn runs<'a>(&self, book: &Book, paid: &'a [Paid]) -> Vec<Run<'a>> {
        let bills = paid.chunk_by(Paid::is_beside);
        let mut bills: Vec<Bill<'a>> = bills.filter_map(|lines| Bill::of(book, lines)).collect();
        bills.sort_by_key(|bill| bill.number);
        let follows = |a: &Bill<'a>, b: &Bill<'a>| {
            let apart = b.number.zip(a.number).map(|(b, a)| b - a);
            apart.is_some_and(|apart| (1..=self.apart).contains(&apart))
        };
        let of_documents =
            |run: &[Bill<'a>]| Run { value: 1.0, is_of_documents: true, bills: run.to_vec() };
        let mut all: Vec<Run<'a>> = runs(&bills, follows).map(of_documents).collect();
        bills.sort_by_key(|bill| bill.voucher);
        let of_vouchers = |run: &[Bill<'a>]| Run {
            value: self.vouchers,
            is_of_documents: false,
            bills: run.to_vec(),
        };
        all.extend(runs(&bills, |a, b| b.voucher == a.voucher + 1).map(of_vouchers));
        all
    }
}

impl Measure for SplitSequentialVouchers {
    type Context = ();
    type Groups = VillageIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, VillageIx>, out: &mut Out) {
        let under = seen(book, group.payments).filter_map(|one| {
            let payee = one.payee(book)?;
            Paid::under_limit(book, one).map(|paid| (payee, paid))
        });
        let mut under: Vec<(PayeeIx, Paid)> = under.collect();
        let key = |(payee, paid): &(PayeeIx, Paid)| (paid.one.day, *payee, paid.one.class);
        under.sort_by_key(|both| (key(both), both.1.voucher));
        for together in under.chunk_by(|a, b| key(a) == key(b)) {
            let paid: Vec<Paid> = together.iter().map(|(_, paid)| *paid).collect();
            let runs = if paid.len() > 1 { self.runs(book, &paid) } else { Vec::new() };
            let rows = |of: f64| {
                let alike = runs.iter().filter(move |run| of > 0.0 && run.value >= of);
                alike.flat_map(Run::payments).map(|payment| book.payments.line[payment])
            };
            for payment in paid.iter().map(|paid| paid.one.payment) {
                let own = runs.iter().find(|run| run.payments().any(|other| other == payment));
                let (value, vouchers) = own.map_or((0.0, 1), |run| (run.value, run.bills.len()));
                out.put(payment, value, vouchers, || rows(value));
                out.tell(payment, || own.filter(|_| value > 0.0)?.fact(book));
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
