//! The sheet of rent that fell due and is not booked in full and in time.

use crate::report::income::{DueView, summary, unbooked};
use crate::report::office::Office;
use crate::report::workbook::grid::{Cell, Simple};
use crate::words::table::Word;

/// The dues of an office's villages; without any, a sentence that says so.
pub(super) fn sheet(office: &Office<'_>) -> Simple {
    let lang = office.run.lang;
    let columns = [
        (Word::VillageCode, 14),
        (Word::VillageName, 12),
        (Word::LeaseNo, 20),
        (Word::Tenant, 14),
        (Word::RentAsset, 10),
        (Word::RentDue, 11),
        (Word::RentAmount, 13),
        (Word::RentPaid, 13),
        (Word::RentLacking, 13),
        (Word::RentDays, 8),
        (Word::RentState, 22),
        (Word::RentVouchers, 30),
        (Word::RentWaiver, 18),
    ];
    let row = |it: &DueView| {
        vec![
            Cell::Text(it.village.clone()),
            Cell::Wrapped(it.name.clone()),
            Cell::Text(it.lease.clone()),
            Cell::Wrapped(it.tenant.clone()),
            Cell::Text(it.asset.clone()),
            Cell::Day(it.due.day),
            Cell::Money(it.due.amount),
            Cell::Money(it.due.booked()),
            Cell::Money(it.due.open()),
            Cell::Number(it.due.days().into()),
            Cell::Wrapped(it.state(lang).to_owned()),
            Cell::Wrapped(it.vouchers().join("\n")),
            Cell::Text(it.waiver.clone()),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = unbooked(office.dues()).into_iter().map(row).collect();
    if rows.is_empty() {
        rows.push(vec![Cell::Text(summary(office.dues(), lang))]);
    }
    Simple {
        word: Word::ExpectedIncome,
        widths: columns.map(|(_, width)| width).into(),
        table: (columns.map(|(word, _)| word.to(lang).to_owned()).into(), rows),
    }
}
