//! `disclosures.parquet` and the sheet of notices beside the ledger.

use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::registers::notices::{due, word};
use crate::registers::posting::{Compared, GRACE, Postings, State};
use crate::report::names::village;
use crate::report::sheet::Sheet;
use crate::words::mask::shown;
use crate::words::table::Word;

/// Between sections of one account.
const BETWEEN: &str = "; ";

/// An account of a village's notice beside the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeView {
    /// The division code of the village.
    pub village: String,
    /// Its name.
    pub name: String,
    /// The period.
    pub period: String,
    /// The sections in which the account is posted.
    pub section: String,
    /// The account; empty for a whole period without a notice.
    pub account: String,
    /// What is posted; empty where nothing is.
    pub posted: Fen,
    /// What is booked; empty for a whole period without a notice.
    pub booked: Fen,
    /// Posted less booked; empty for a whole period without a notice.
    pub difference: Fen,
    /// Days beyond [`GRACE`] after the end of the period, where the day of the notice is recorded.
    pub days_late: Option<i32>,
    /// What comes of the comparison.
    pub state: State,
}

impl NoticeView {
    /// Whether notice and ledger differ beyond rounding and cut-off, or the notice was not there when it was due.
    pub fn differs(&self) -> bool {
        !matches!(self.state, State::Agrees | State::Rounded | State::CutOff)
    }
}

/// The notices of a county beside its ledger, by village, period and account; none if it has no notices.
pub fn notices(book: &Book) -> Vec<NoticeView> {
    if book.companions.disclosures.rows == 0 {
        return Vec::new();
    }
    let postings = Postings::of(book);
    let due = due(book, &postings.notices, GRACE);
    let of_village = |at: VillageIx| {
        let mut all = postings.compare(book, at);
        let missing = due[at].iter().flatten().filter(|it| it.posted.is_none());
        all.extend(missing.map(|it| Compared {
            period: it.period,
            account: Id::NONE,
            rows: Vec::new(),
            posted: Fen::NONE,
            booked: Fen::NONE,
            days: None,
            state: State::Missing,
        }));
        all.sort_by_key(|it| (it.period, it.account));
        let code = book.names.get(book.villages[at]);
        let name = village(book, code);
        all.into_iter().map(move |it| view(book, (code, &name), &it)).collect::<Vec<_>>()
    };
    VillageIx::all(book.villages.len()).flat_map(of_village).collect()
}

fn view(book: &Book, (code, name): (&str, &str), it: &Compared) -> NoticeView {
    let table = &book.companions.disclosures;
    let section = |row: &usize| shown(book.names.get(table.section.at(*row)));
    let mut sections: Vec<String> = it.rows.iter().map(section).collect();
    sections.dedup();
    let is_told = it.account != Id::NONE;
    NoticeView {
        village: code.to_owned(),
        name: name.to_owned(),
        period: word(it.period),
        section: sections.join(BETWEEN),
        account: it.account.some().map_or(String::new(), |it| shown(book.names.get(it))),
        posted: it.posted,
        booked: it.booked,
        difference: if is_told { Fen(it.difference()) } else { Fen::NONE },
        days_late: it.days.map(|days| (days - GRACE).max(0)),
        state: it.state,
    }
}

/// The table.
pub fn sheet(all: &[NoticeView]) -> Sheet {
    Sheet::default()
        .text("village", "division code", all.iter().map(|it| &it.village))
        .text("period", "period, as 2024Q3", all.iter().map(|it| &it.period))
        .text(
            "section",
            "sections in which the account is posted; empty where it is not",
            all.iter().map(|it| &it.section),
        )
        .text(
            "account",
            "account code; empty for a period without any notice",
            all.iter().map(|it| &it.account),
        )
        .money("posted", "what the notices come to", all.iter().map(|it| it.posted))
        .money(
            "booked",
            "what the ledger has, by what most notices of the county state of the account",
            all.iter().map(|it| it.booked),
        )
        .money("difference", "posted less booked", all.iter().map(|it| it.difference))
        .ints(
            "days_late",
            "days beyond 30 after the end of the period until it was posted",
            all.iter().map(|it| it.days_late),
        )
        .text(
            "state",
            "agrees, rounded, cut_off, late, removed, changed, aggregated, missing or different",
            all.iter().map(|it| it.state.word()),
        )
}

/// What a person reads of a state.
pub fn label(state: State) -> Word {
    match state {
        State::Agrees => Word::NoticeAgrees,
        State::Rounded => Word::NoticeRounded,
        State::CutOff => Word::NoticeCutOff,
        State::Late => Word::NoticeLate,
        State::Removed => Word::NoticeRemoved,
        State::Changed => Word::NoticeChanged,
        State::Aggregated => Word::NoticeAggregated,
        State::Missing => Word::NoticeMissing,
        State::Different => Word::NoticeDifferent,
    }
}

#[cfg(test)]
mod tests {
    use super::notices;
    use crate::ledger::contract::cell::{Cell, Fen};
    use crate::ledger::sample;
    use crate::registers::posting::State;

    #[test]
    fn a_period_without_a_notice_is_a_row_and_no_table_is_none() {
        let ledger =
            "date,account,amount\n2024-02-01,513,50\n2024-05-01,513,60\n2024-08-01,513,70\n";
        let disclosures = "village,period,section,posted,account,amount\n\
                           990101101201,2024Q1,expense,2024-05-10,513,50\n";
        let book = sample::book(&[("ledger", ledger), ("disclosures", disclosures)]);
        let all = notices(&book);
        let told: Vec<_> =
            all.iter().map(|it| (it.period.as_str(), it.state, it.days_late)).collect();
        let expected = [("2024Q1", State::Late, Some(10)), ("2024Q2", State::Missing, None)];
        assert_eq!(told, expected);
        assert_eq!((all[0].difference, all[1].difference), (Fen(0), Fen::NONE));
        assert!(all.iter().all(super::NoticeView::differs));
        assert_eq!(notices(&sample::book(&[("ledger", ledger)])), []);
    }
}
