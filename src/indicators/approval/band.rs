//! The band of the limits that holds a payment, as facts name it.

use crate::indicators::fact::Value;
use crate::indicators::seen::Seen;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::Fen;

/// The blanks of a sentence that names the band.
pub(super) type Band = [(&'static str, Value); 5];

/// The payment's class and amount, and where the band that holds it begins, where it applies, and since when.
pub(super) fn band(book: &Book, one: Seen) -> Option<Band> {
    let (limits, row) = (&book.companions.limits, book.limit_row(one.payment)?);
    Some([
        ("class", one.class.into()),
        ("amount", Fen(one.amount).into()),
        ("limit", limits.from_amount.at(row).into()),
        ("region", Value::Region(limits.region.at(row))),
        ("since", limits.valid_from.at(row).into()),
    ])
}
