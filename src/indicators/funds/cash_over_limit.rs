#![doc = include_str!("cash_over_limit.md")]

use crate::convert::float;
use crate::indicators::basis::{CASH_RULES, LOCAL_LIMITS};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<CashOverLimit>(card! {
    "cash_over_limit",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Procedure,
    scale: Scale::rule(0.01),
    requires: &["ledger.method", "limits.cash_max"],
    basis: &[LOCAL_LIMITS, CASH_RULES],
    simulated_schemes: &["round_sums"],
});

params! {
    struct CashOverLimit {
        unbanked: f64 = 0.5, within(0.0..=1.0),
            "weight where the book never pays the payee by transfer",
            "账上从未向收款人转账时的权重";
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct PaymentMethods {
    /// The words of the book for cash, and for a list.
    cash: Option<Id>,
    list: Option<Id>,
    /// Payees whom the book pays otherwise than in cash, or for whom it names an account.
    banked: IxVec<PayeeIx, bool>,
}

impl PaymentMethods {
    fn of(book: &Book) -> Self {
        let cash = book.names.find("cash");
        let lines = &book.lines;
        let is_banked = |payment: &PaymentIx| {
            let line = book.payments.line[*payment];
            let method = lines.method.at(line).some();
            lines.payee_account.at(line) != Id::NONE || method.is_some_and(|it| Some(it) != cash)
        };
        let banked = book.by_payee().par_map(|_, payments| payments.iter().any(is_banked));
        Self { cash, list: book.names.find("list"), banked }
    }

    fn is_cash(&self, book: &Book, one: Seen) -> bool {
        self.cash.is_some() && book.lines.method.at(one.line).some() == self.cash
    }

    /// Whether a list of several persons stands behind a payment to nobody in particular.
    fn is_of_many(&self, book: &Book, one: Seen) -> bool {
        let document = book.lines.document.at(one.line).some();
        one.payee(book).is_none() && document.is_some() && document == self.list
    }

    /// Whether the book pays the payee in cash only; not of a payment that names no payee.
    fn is_unbanked(&self, book: &Book, one: Seen) -> bool {
        one.payee(book).is_some_and(|payee| !self.banked[payee])
    }

    /// The payments by which a voucher pays a payee in cash; without a payee, the payment alone.
    fn together(&self, book: &Book, voucher: &[Seen], one: Seen) -> Vec<Seen> {
        let is_of_payee = |other: &Seen| {
            let payee = one.payee(book);
            other.payment == one.payment || payee.is_some() && other.payee(book) == payee
        };
        let in_cash = voucher.iter().filter(|other| self.is_cash(book, **other));
        in_cash.copied().filter(|other| is_of_payee(other)).collect()
    }
}

/// The row of the limits that holds a payment, and the largest sum that it lets be paid in cash.
fn limit(book: &Book, one: Seen) -> Option<(usize, Fen)> {
    let row = book.limit_row(one.payment)?;
    Some((row, book.companions.limits.cash_max.at(row).some()?))
}

fn sum(all: &[Seen]) -> i64 {
    all.iter().map(|one| one.amount).sum()
}

impl CashOverLimit {
    fn value(
        &self,
        book: &Book,
        methods: &PaymentMethods,
        (one, paid): (Seen, &[Seen]),
        most: Fen,
    ) -> f64 {
        let weight = if methods.is_unbanked(book, one) { self.unbanked } else { 1.0 };
        // A limit of nothing is taken for one yuan.
        let ratio = float(sum(paid)) / float(most.0.max(100));
        if sum(paid) > most.0 { ratio * weight } else { 0.0 }
    }
}

/// What was paid in cash and what may be, and whether the payee is paid otherwise.
fn facts(
    book: &Book,
    methods: &PaymentMethods,
    (one, paid): (Seen, &[Seen]),
    row: usize,
) -> Vec<Fact> {
    let limits = &book.companions.limits;
    let cash = match one.payee(book).filter(|_| paid.len() > 1) {
        Some(payee) => fact!(
            "together", ["method", "amount", "payee"],
            payee: payee, sum: Fen(sum(paid)), count: paid.len(),
        ),
        None => fact!("cash", ["method", "amount"], amount: Fen(one.amount)),
    };
    let band = [
        ("class", one.class.into()),
        ("limit", limits.cash_max.at(row).into()),
        ("region", Value::Region(limits.region.at(row))),
        ("since", limits.valid_from.at(row).into()),
    ];
    let payee = one.payee(book).filter(|_| methods.is_unbanked(book, one));
    let unbanked = payee.map(|payee| {
        let payments = book.by_payee().group(payee).len();
        fact!("unbanked", ["method", "payee"], payee: payee, payments: payments)
    });
    std::iter::once(cash.with(band)).chain(unbanked).collect()
}

impl Measure for CashOverLimit {
    type Context = PaymentMethods;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> PaymentMethods {
        PaymentMethods::of(book)
    }

    fn measure(
        &self,
        book: &Book,
        methods: &PaymentMethods,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let paid: Vec<Seen> = seen(book, group.payments).filter(|one| one.amount > 0).collect();
        for voucher in paid.chunk_by(|a, b| a.is_beside(*b, book)) {
            for one in voucher.iter().copied() {
                let is_recorded = book.lines.method.at(one.line) != Id::NONE;
                let band =
                    limit(book, one).filter(|_| is_recorded && !methods.is_of_many(book, one));
                let Some((row, most)) = band else { continue };
                let is_cash = methods.is_cash(book, one);
                let together =
                    if is_cash { methods.together(book, voucher, one) } else { Vec::new() };
                let value = self.value(book, methods, (one, &together), most);
                let is_over = value > 0.0;
                out.put(one.payment, value, together.len().max(1), || {
                    together.iter().filter(|_| is_over).map(|one| one.line).collect::<Vec<_>>()
                });
                if is_over {
                    out.tell(one.payment, || facts(book, methods, (one, &together), row));
                }
            }
        }
    }
}
