//! What kernels see of a payment, and the scale on which they tell how surprising a thing is.

use crate::convert::float;
use crate::ledger::book::Book;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::{IxVec, LineIx, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Flag, Id};

/// Who got a payment. Those of nobody in particular come after those of all payees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::indicators) enum Receiver {
    Payee(PayeeIx),
    Nobody,
}

/// The cells of one payment that most kernels need.
#[derive(Debug, Clone, Copy)]
pub(in crate::indicators) struct Seen {
    /// Its place.
    pub(in crate::indicators) payment: PaymentIx,
    /// The line of the book that it is.
    pub(in crate::indicators) line: LineIx,
    /// The village.
    pub(in crate::indicators) village: VillageIx,
    /// The voucher's day.
    pub(in crate::indicators) day: Day,
    /// In fen; negative where a payment was taken back.
    pub(in crate::indicators) amount: i64,
    /// The class of expense.
    pub(in crate::indicators) class: Class,
    /// The amount is set by a public standard.
    pub(in crate::indicators) is_fixed: bool,
}

impl Seen {
    /// The payment at this place.
    #[inline]
    pub(in crate::indicators) fn of(book: &Book, payment: PaymentIx) -> Self {
        let payments = &book.payments;
        let line = payments.line[payment];
        Self {
            payment,
            line,
            village: payments.village[payment],
            day: payments.day[payment],
            amount: payments.amount[payment].0,
            class: payments.class[payment],
            is_fixed: book.lines.fixed_standard.at(line) == Flag::Yes,
        }
    }

    /// Somebody chose what to pay: signed for, without wages and subsidies.
    #[inline]
    pub(in crate::indicators) fn is_chosen(self) -> bool {
        self.is_signed_for() && !matches!(self.class, Class::Wage | Class::Subsidy)
    }

    /// The payee, unless none is recorded.
    #[inline]
    pub(in crate::indicators) fn payee(self, book: &Book) -> Option<PayeeIx> {
        book.payments.payee[self.payment]
    }

    /// Who got it.
    #[inline]
    pub(in crate::indicators) fn receiver(self, book: &Book) -> Receiver {
        self.payee(book).map_or(Receiver::Nobody, Receiver::Payee)
    }

    /// The limit that it stays under, in fen, if there is one above it.
    #[inline]
    pub(in crate::indicators) fn limit_above(self, book: &Book) -> Option<i64> {
        book.limit_above()[self.payment].some().map(|fen| fen.0)
    }

    /// The highest limit that it reaches, in fen, if it reaches one.
    #[inline]
    pub(in crate::indicators) fn limit_reached(self, book: &Book) -> Option<i64> {
        book.limit_reached()[self.payment].some().map(|fen| fen.0)
    }

    /// Whether it was signed for without a recorded collective decision.
    #[inline]
    pub(in crate::indicators) fn is_undecided(self, book: &Book) -> bool {
        self.is_signed_for() && book.lines.decision.at(self.line) == Id::NONE
    }

    /// Whether it was paid under a contract, and a collective decision about it is recorded.
    #[inline]
    pub(in crate::indicators) fn is_agreed(self, book: &Book) -> bool {
        let (lines, at) = (&book.lines, self.line);
        lines.contract.at(at) != Id::NONE && lines.decision.at(at) != Id::NONE
    }

    /// Whether it was paid under a contract that was awarded by tender.
    #[inline]
    pub(in crate::indicators) fn is_tendered(self, book: &Book) -> bool {
        let contracts = &book.companions.contracts;
        let row = book.companions.contract(book.lines.contract.at(self.line));
        row.is_some_and(|row| contracts.tendered.at(row) == Flag::Yes)
    }

    /// The number of the document behind it; [`Id::NONE`] where none is recorded.
    #[inline]
    pub(in crate::indicators) fn document_no(self, book: &Book) -> Id {
        book.lines.document_no.at(self.line)
    }

    /// Whether it is a choice that a signature stands for: money paid out, not taken back, and not an amount
    /// of a list that a public standard sets.
    #[inline]
    pub(in crate::indicators) fn is_signed_for(self) -> bool {
        self.amount > 0 && !self.is_fixed
    }

    /// The day of its approval, unless none is recorded.
    #[inline]
    pub(in crate::indicators) fn approved(self, book: &Book) -> Option<Day> {
        book.lines.approved.at(self.line).some()
    }

    /// Whether another payment stands in the same voucher.
    #[inline]
    pub(in crate::indicators) fn is_beside(self, other: Self, book: &Book) -> bool {
        let printed = |one: Self| book.lines.voucher.at(one.line);
        self.village == other.village && self.day == other.day && printed(self) == printed(other)
    }

    /// The voucher that holds it, as a place in `Book::vouchers`.
    #[inline]
    pub(in crate::indicators) fn voucher(self, book: &Book) -> usize {
        book.vouchers.partition_point(|first| *first <= self.line)
    }
}

/// The payments of a group, one after the other.
pub(in crate::indicators) fn seen<'a>(
    book: &'a Book,
    payments: &'a [PaymentIx],
) -> impl Iterator<Item = Seen> + 'a {
    payments.iter().map(|payment| Seen::of(book, *payment))
}

/// For each village the number of its township, from 0, by the first nine digits of its code.
pub(in crate::indicators) fn townships(book: &Book) -> IxVec<VillageIx, usize> {
    let code = |village: &Id| book.names.get(*village);
    let township = |village: &Id| code(village).get(..9).unwrap_or(code(village));
    let same = book.villages.raw.chunk_by(|a, b| township(a) == township(b));
    let numbered = same.enumerate().flat_map(|(number, all)| all.iter().map(move |_| number));
    numbered.collect()
}

/// An empty value for each township, given the number of each village's.
pub(in crate::indicators) fn per_township<T: Clone + Default>(
    townships: &IxVec<VillageIx, usize>,
) -> Vec<T> {
    vec![T::default(); townships.raw.last().map_or(0, |last| last + 1)]
}

/// How surprising a p-value is: its decimal logarithm without the sign; 0 for a p-value of 1, and 300 for
/// all that a double cannot tell from nothing.
pub(in crate::indicators) fn neg_log10(p: f64) -> f64 {
    let p = if p.is_nan() { 1.0 } else { p.clamp(1e-300, 1.0) };
    // Not the negative zero.
    0.0 - p.log10()
}

/// The chance that the least likely of so many things that were looked at is at most so likely.
pub(in crate::indicators) fn least_of(p: f64, looked_at: usize) -> f64 {
    // One less the chance that none is, without losing the digits of a small p.
    -(float(looked_at) * (-p.min(1.0)).ln_1p()).exp_m1()
}
