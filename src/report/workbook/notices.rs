//! The sheet of notices beside the ledger: only what differs.

use crate::ledger::contract::cell::{Cell as _, Fen};
use crate::registers::posting::State;
use crate::report::disclosure::{NoticeView, label};
use crate::report::office::Office;
use crate::report::workbook::grid::{Cell, Simple};
use crate::words::table::Word;

/// The sheet; none where nothing differs.
pub(super) fn sheet(office: &Office<'_>) -> Option<Simple> {
    let lang = office.run.lang;
    let mut differing: Vec<NoticeView> =
        office.notices().filter(|it| it.differs()).map(whole).collect();
    differing.dedup();
    if differing.is_empty() {
        return None;
    }
    let columns = [
        (Word::VillageCode, 14),
        (Word::VillageName, 12),
        (Word::Period, 12),
        (Word::Section, 16),
        (Word::Account, 12),
        (Word::Posted, 14),
        (Word::Booked, 14),
        (Word::Difference, 14),
        (Word::DaysLate, 9),
        (Word::NoticeState, 30),
    ];
    let row = |it: NoticeView| {
        let days = it.days_late.filter(|days| *days > 0);
        let mut cells: Vec<Cell> = [it.village, it.name, it.period].map(Cell::Text).into();
        cells.extend([Cell::Wrapped(it.section), Cell::Text(it.account)]);
        cells.extend([it.posted, it.booked, it.difference].map(Cell::Money));
        cells.push(days.map_or(Cell::Text(String::new()), |days| Cell::Number(days.into())));
        cells.push(Cell::Text(label(it.state).to(lang).to_owned()));
        cells
    };
    Some(Simple {
        word: Word::NoticesAndBooks,
        widths: columns.map(|(_, width)| width).into(),
        table: (
            columns.map(|(word, _)| word.to(lang).to_owned()).into(),
            differing.into_iter().map(row).collect(),
        ),
    })
}

/// Of a late notice the period alone: its amounts are in order.
fn whole(it: &NoticeView) -> NoticeView {
    let it = it.clone();
    if it.state != State::Late {
        return it;
    }
    NoticeView {
        section: String::new(),
        account: String::new(),
        posted: Fen::NONE,
        booked: Fen::NONE,
        difference: Fen::NONE,
        ..it
    }
}
