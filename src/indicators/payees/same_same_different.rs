#![doc = include_str!("same_same_different.md")]

use rayon::slice::ParallelSliceMut;

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Receiver, Seen, least_of, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SameSameDifferent>(card! {
    "same_same_different",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Duplicate,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee", "ledger.document", "ledger.document_no"],
    basis: &[],
    simulated_schemes: &["invoice_reused"],
});

params! {
    struct SameSameDifferent {
        digits: usize = 6, within(1..=MOST),
            "fewest digits, without leading zeros",
            "号码的最少位数，前面的零不计";
    }
}

/// An invoice as a payment names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Invoice {
    number: Id,
    amount: i64,
    village: VillageIx,
    payee: Receiver,
    payment: PaymentIx,
    line: LineIx,
    digits: usize,
}

impl Invoice {
    /// Whether two payments name one invoice, and another village or payee.
    fn is_elsewhere(self, other: Self) -> bool {
        (self.village, self.payee) != (other.village, other.payee)
    }

    /// Where else the invoice was paid, and to whom.
    fn used_again(self, book: &Book, elsewhere: &[Self]) -> Option<Fact> {
        let other = *elsewhere.first()?;
        let (number, amount) = (Value::Reference(self.number), Fen(self.amount));
        let vouchers: Vec<LineIx> = elsewhere.iter().map(|other| other.line).collect();
        let [own_day, day] = [self, other].map(|it| book.payments.day[it.payment]);
        let (voucher, days) = (other.line, day.0 - own_day.0);
        Some(match other.payee {
            _ if elsewhere.len() > 1 => fact!(
                "several", ["amount", "document_no"],
                number: number, amount: amount, count: elsewhere.len(), vouchers: vouchers,
            ),
            same if same == self.payee => fact!(
                "village", ["amount", "document_no"],
                number: number, amount: amount, voucher: voucher, day: day, days: days,
            ),
            Receiver::Payee(payee) => fact!(
                "payee", ["payee", "amount", "document_no"],
                number: number, amount: amount, payee: payee, voucher: voucher, day: day,
                days: days,
            ),
            Receiver::Nobody => fact!(
                "nobody", ["payee", "amount", "document_no"],
                number: number, amount: amount, voucher: voucher, day: day, days: days,
            ),
        })
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct InvoiceUses {
    /// For each payment whether it names an invoice.
    asked: IxVec<PaymentIx, bool>,
    /// The invoices whose number and amount stand elsewhere too, sorted.
    shared: Vec<Invoice>,
    /// Every amount of an invoice, rising.
    amounts: Vec<i64>,
    /// For each number of digits the chance that two invoices that have nothing in common have one number.
    chances: Vec<f64>,
}

/// The digits of a number but for zeros in front; whatever is no digit does not count.
fn digits(number: &str) -> usize {
    let number =
        number.trim_start_matches(|letter: char| letter == '0' || !letter.is_ascii_digit());
    number.bytes().filter(u8::is_ascii_digit).count()
}

/// The most digits that are told apart.
const MOST: usize = 20;

/// For each number of digits, how often two invoices of different payees or villages and different amounts
/// have one number; at least as often as even draws would.
fn chances(invoices: &[Invoice]) -> Vec<f64> {
    let mut counts = vec![(0.0, 0.0); MOST + 1];
    for same in invoices.chunk_by(|a, b| a.number == b.number) {
        let Some((_, twins)) = same.first().and_then(|one| counts.get_mut(one.digits)) else {
            continue;
        };
        for pair in same.windows(2) {
            let [a, b] = pair else { continue };
            *twins += f64::from(u8::from(a.amount != b.amount && a.is_elsewhere(*b)));
        }
    }
    for one in invoices {
        if let Some((all, _)) = counts.get_mut(one.digits) {
            *all += 1.0;
        }
    }
    let chance = |(digits, (all, twins)): (usize, &(f64, f64))| {
        let power = i32::try_from(digits).unwrap_or(0) - 1;
        let even = 1.0 / (9.0 * 10_f64.powi(power));
        let pairs = all * (all - 1.0) / 2.0;
        if pairs > 0.0 { even.max(twins / pairs) } else { even }.min(1.0)
    };
    counts.iter().enumerate().map(chance).collect()
}

impl SameSameDifferent {
    fn invoice(&self, book: &Book, kind: Option<Id>, one: Seen) -> Option<Invoice> {
        let line = one.line;
        let is_invoice = kind.is_some() && book.lines.document.at(line).some() == kind;
        let number = one.document_no(book).some().filter(|_| is_invoice && one.amount > 0)?;
        let digits = digits(book.names.get(number)).min(MOST);
        let payee = one.receiver(book);
        (digits >= self.digits).then_some(Invoice {
            number,
            amount: one.amount,
            village: one.village,
            payee,
            payment: one.payment,
            line: one.line,
            digits,
        })
    }
}

impl InvoiceUses {
    /// The invoice of a payment among those that stand elsewhere too, and all of its number and amount.
    fn same(&self, one: Seen, number: Id) -> Option<(Invoice, &[Invoice])> {
        let key = |other: &Invoice| (other.number, other.amount);
        let from = self.shared.partition_point(|other| key(other) < (number, one.amount));
        let rest = self.shared.get(from..)?;
        let same = rest.get(..rest.partition_point(|other| key(other) == (number, one.amount)))?;
        Some((*same.iter().find(|own| own.payment == one.payment)?, same))
    }

    /// The chance that any of the other invoices with this amount has its number too.
    fn p(&self, one: Invoice) -> f64 {
        let from = self.amounts.partition_point(|amount| *amount < one.amount);
        let to = self.amounts.partition_point(|amount| *amount <= one.amount);
        let others = (to - from).saturating_sub(1);
        let chance = self.chances.get(one.digits).copied().unwrap_or(1.0);
        least_of(chance, others)
    }
}

impl Measure for SameSameDifferent {
    type Context = InvoiceUses;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> InvoiceUses {
        let invoice = book.names.find("invoice");
        let invoices = book.by_village().par_map(|_, payments| {
            let all = seen(book, payments).filter_map(|one| self.invoice(book, invoice, one));
            all.collect::<Vec<_>>()
        });
        let mut invoices: Vec<Invoice> = invoices.into_iter().flatten().collect();
        let mut asked = IxVec::of(false, book.payments.len());
        for one in &invoices {
            asked[one.payment] = true;
        }
        invoices.par_sort_unstable();
        let mut amounts: Vec<i64> = invoices.iter().map(|one| one.amount).collect();
        amounts.par_sort_unstable();
        let chances = chances(&invoices);
        let same = invoices.chunk_by(|a, b| (a.number, a.amount) == (b.number, b.amount));
        let is_shared = |same: &&[Invoice]| {
            same.windows(2).any(|pair| matches!(pair, [a, b] if a.is_elsewhere(*b)))
        };
        let shared = same.filter(is_shared).flatten().copied().collect();
        InvoiceUses { asked, shared, amounts, chances }
    }

    fn measure(
        &self,
        book: &Book,
        county: &InvoiceUses,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        for one in seen(book, group.payments) {
            if !county.asked[one.payment] {
                continue;
            }
            let Some((invoice, same)) = county.same(one, one.document_no(book)) else {
                out.put(one.payment, 0.0, 1, Vec::new);
                continue;
            };
            let elsewhere = || same.iter().filter(|other| other.is_elsewhere(invoice));
            let many = elsewhere().count();
            let value = neg_log10(county.p(invoice));
            out.put(one.payment, value, 1 + many, || {
                elsewhere().map(|other| other.line).chain([one.line]).collect::<Vec<_>>()
            });
            out.tell(one.payment, || {
                let elsewhere: Vec<Invoice> = elsewhere().copied().collect();
                invoice.used_again(book, &elsewhere).filter(|_| value > 0.0)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn zeros_in_front_and_letters_tell_no_invoices_apart() {
        assert_eq!(digits("00000123"), 3);
        assert_eq!(digits("No. 0420-77"), 5);
        assert_eq!(digits("12345678"), 8);
        assert_eq!(digits(""), 0);
    }
}
