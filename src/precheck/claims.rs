//! What else is paid to the same payee: before, and by other rows of the file.

use super::records::Records;
use super::said::{Cell, Said};
use super::voucher::Voucher;
use crate::ledger::book::chart::Class;
use crate::ledger::book::limit_words::Duty;
use crate::ledger::contract::cell::{Cell as _, Day, Fen, Id};
use crate::registers::steps::Band;
use crate::words::precheck::Saying;

/// Payments to one payee within this many days are taken together.
const TOGETHER_DAYS: i32 = 10;

/// A voucher of the file with a payee on record.
#[derive(Debug, Clone, Copy)]
struct Claim<'r> {
    village: Id,
    payee: Id,
    line: u64,
    day: Day,
    amount: Fen,
    class: Class,
    document_no: Option<&'r str>,
}

/// The vouchers of a file by village and payee.
#[derive(Debug)]
pub(super) struct Claims<'r>(Vec<Claim<'r>>);

impl<'r> Claims<'r> {
    pub(super) fn of<'v>(vouchers: impl Iterator<Item = &'v Voucher<'r>>) -> Self
    where
        'r: 'v,
    {
        let claim = |voucher: &Voucher<'r>| Claim {
            village: voucher.village,
            payee: voucher.payee_id(),
            line: voucher.line(),
            day: voucher.day,
            amount: voucher.amount,
            class: voucher.class,
            document_no: voucher.text("document_no"),
        };
        let mut all: Vec<Claim<'r>> =
            vouchers.map(claim).filter(|claim| claim.payee != Id::NONE).collect();
        all.sort_unstable_by_key(|claim| (claim.village, claim.payee, claim.line));
        Self(all)
    }

    /// The other vouchers of the payee.
    fn others(&self, voucher: &Voucher<'_>) -> impl Iterator<Item = &Claim<'r>> {
        let key = (voucher.village, voucher.payee_id());
        let from = self.0.partition_point(|claim| (claim.village, claim.payee) < key);
        let to = self.0.partition_point(|claim| (claim.village, claim.payee) <= key);
        let line = voucher.line();
        self.0.get(from..to).unwrap_or(&[]).iter().filter(move |claim| claim.line != line)
    }
}

/// The same claim on record or in another row.
pub(super) fn paid_twice(
    voucher: &Voucher<'_>,
    claims: &Claims<'_>,
    records: &Records,
) -> Vec<Said> {
    let Some(number) = voucher.text("document_no").filter(|_| voucher.payee_id() != Id::NONE)
    else {
        return Vec::new();
    };
    let names = &records.data.names;
    let own = names.find(number);
    let before = records.paid(voucher.village, voucher.payee_id()).iter().find(|paid| {
        paid.amount == voucher.amount && own.is_some_and(|own| paid.document_no == own)
    });
    let before = before.map(|paid| {
        let number = Cell::Text(names.get(paid.voucher).to_owned());
        Said::of(Saying::PaidBefore, [("day", Cell::Day(paid.day)), ("voucher", number)])
    });
    let mut same = claims
        .others(voucher)
        .filter(|claim| claim.amount == voucher.amount && claim.document_no == Some(number));
    let twice = same.next().map(|claim| {
        let line = i64::try_from(claim.line).unwrap_or(i64::MAX);
        Said::of(Saying::WrittenTwice, [("line", Cell::Count(line))])
    });
    before.into_iter().chain(twice).collect()
}

/// What the band of the sum with other payments of these days asks for besides.
pub(super) fn together(
    voucher: &Voucher<'_>,
    (own, carried): (Option<&Band>, impl Fn(Duty) -> bool),
    (claims, records): (&Claims<'_>, &Records),
) -> Option<Said> {
    if voucher.payee_id() == Id::NONE || matches!(voucher.class, Class::Wage | Class::Subsidy) {
        return None;
    }
    let days = voucher.day.0.saturating_sub(TOGETHER_DAYS - 1)..=voucher.day.0;
    let before = records.paid(voucher.village, voucher.payee_id()).iter();
    let before = before
        .filter(|paid| days.contains(&paid.day.0) && paid.class == voucher.class)
        .map(|paid| paid.amount);
    let beside = claims
        .others(voucher)
        .filter(|claim| days.contains(&claim.day.0) && claim.class == voucher.class)
        .map(|claim| claim.amount);
    let others: Vec<Fen> = before.chain(beside).collect();
    let sum: Fen = others.iter().copied().chain([voucher.amount]).sum();
    let village = records.data.names.get(voucher.village);
    let band = records.steps().band_of(village, (voucher.class, voucher.day), sum)?;
    let is_higher = own.is_none_or(|own| own.from < band.from);
    let asked = |duty: &Duty| own.is_none_or(|own| !own.duties.contains(duty)) && !carried(*duty);
    let more: Vec<Duty> = band.duties.iter().copied().filter(asked).collect();
    (is_higher && !others.is_empty() && !more.is_empty()).then(|| {
        let count = i64::try_from(others.len()).unwrap_or(i64::MAX);
        Said::of(
            Saying::TogetherOver,
            [
                ("count", Cell::Count(count)),
                ("days", Cell::Count(i64::from(TOGETHER_DAYS))),
                ("sum", Cell::Money(sum)),
                ("from", Cell::Money(band.from)),
                ("duties", Cell::Duties(more)),
            ],
        )
    })
}
