//! The sheet of the rows of registers behind the leads of an office.

use crate::ledger::contract::cell::{Cell as _, Fen};
use crate::report::office::Office;
use crate::report::workbook::grid::{Cell, Simple};
use crate::words::table::Word;

/// A row for each row of a register behind a lead.
pub(super) fn sheet(office: &Office<'_>) -> Simple {
    let lang = office.run.lang;
    let titles =
        [Word::Lead, Word::VillageCode, Word::RegisterOf, Word::RegisterSays, Word::RegisterMoney];
    let all =
        office.leads.iter().flat_map(|(_, lead)| lead.records.iter().map(move |it| (lead, it)));
    let rows = all.map(|(lead, record)| {
        vec![
            Cell::Text(lead.id.clone()),
            Cell::Text(record.village.clone()),
            Cell::Text(record.title(lang)),
            Cell::Wrapped(record.line(lang)),
            Cell::Money(if record.money == Fen(0) { Fen::NONE } else { record.money }),
        ]
    });
    Simple {
        word: Word::RegisterRows,
        widths: vec![11, 14, 18, 70, 14],
        table: (titles.map(|word| word.to(lang).to_owned()).into(), rows.collect()),
    }
}
