//! Results of audits as lines of a table, for page, sheet and terminal.

use crate::indicators::card::Scheme;
use crate::ledger::contract::cell::Day;
use crate::ledger::level::Level;
use crate::outcomes::grade::Route;
use crate::outcomes::results::{Results, Tally};
use crate::report::cells::percent;
use crate::words::table::{Lang, Word, scheme};

/// The titles of the columns: what the cases have in common, and what is counted of them.
pub const TITLES: [Word; 7] = [
    Word::Results,
    Word::Concluded,
    Word::Confirmed,
    Word::HitRate,
    Word::Recovered,
    Word::Unrectified,
    Word::Overdue,
];

/// A line of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What its cases have in common.
    pub title: String,
    /// The counts.
    pub tally: Tally,
    /// Leads without a conclusion whose day has passed; none where lists are not divided so, or no list is at hand.
    pub overdue: Option<usize>,
}

impl Line {
    /// The hit rate with its interval; empty without a conclusion.
    pub fn rate(&self, lang: Lang) -> String {
        let [open, to, close] = lang.of([[" (", " to ", ")"], ["（", "至", "）"]]);
        self.tally.hit_rate().map_or_else(String::new, |it| {
            format!("{}{open}{}{to}{}{close}", percent(it.share), percent(it.low), percent(it.high))
        })
    }
}

/// The lines: all cases, by route, by township, by scheme. `open` holds the office and the due day of each lead that
/// nobody concluded; none if no list is at hand.
pub fn lines(
    results: &Results,
    open: Option<&[(String, Day)]>,
    (as_of, lang): (Day, Lang),
) -> Vec<Line> {
    let overdue = |office: &str| {
        let is_late = |(own, due): &&(String, Day)| own.starts_with(office) && *due < as_of;
        Some(open?.iter().filter(is_late).count())
    };
    let line = |title: String, tally: &Tally, overdue: Option<usize>| Line {
        title,
        tally: *tally,
        overdue,
    };
    let mut all = vec![line(Word::All.to(lang).to_owned(), &results.all, overdue(""))];
    let routes = Route::ALL.iter().filter_map(|it| Some((it, results.routes.get(it.word())?)));
    all.extend(
        routes.map(|(route, tally)| line(titled(Word::PickedBy, route.label(), lang), tally, None)),
    );
    let mut townships: Vec<&str> = results.townships.keys().map(String::as_str).collect();
    townships.extend(
        open.unwrap_or(&[])
            .iter()
            .map(|(office, _)| Level::Township.office(office))
            .filter(|it| it.len() == 9),
    );
    townships.sort_unstable();
    townships.dedup();
    all.extend(townships.into_iter().filter(|it| !it.is_empty()).map(|code| {
        let tally = results.townships.get(code).copied().unwrap_or_default();
        line(format!("{} {code}", Word::Township.to(lang)), &tally, overdue(code))
    }));
    all.extend(results.schemes.iter().map(|(word, tally)| {
        let name = match Scheme::of(word) {
            Some(own) => scheme(Some(own)),
            None => Word::NotRecorded,
        };
        line(titled(Word::SchemeOf, name, lang), tally, None)
    }));
    all
}

fn titled(what: Word, which: Word, lang: Lang) -> String {
    format!("{}{}{}", what.to(lang), lang.of([": ", "："]), which.to(lang))
}
