//! A voucher line behind a lead with all that is recorded of it.

use std::collections::BTreeMap;

use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::LineIx;
use crate::ledger::book::side::Side;
use crate::ledger::book::{Book, line_key};
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id};
use crate::ledger::contract::schema::LEDGER;
use crate::report::cells::{money, plain};
use crate::report::names::{paid_by, person};
use crate::words::mask::{masked_account, shown};
use crate::words::table::{Lang, Word, value};

/// Columns of the ledger that are shown where they are recorded, beside those that every row has, and the other
/// entries of the voucher, in the order of display.
pub const RECORDED: [&str; 21] = [
    "counter_entries",
    "document",
    "document_no",
    "document_date",
    "attachments",
    "handler",
    "witness",
    "cosigner",
    "township_reviewer",
    "committee_stamp",
    "approved",
    "entered",
    "clerk",
    "method",
    "payee_account",
    "decision",
    "contract",
    "project",
    "scheme",
    "fixed_standard",
    "chart",
];

/// Other entries of a voucher that are shown at most.
const ENTRIES: usize = 4;

/// Stands before the number of entries that are not shown.
const MORE: &str = "+";

/// The name of a column of [`RECORDED`] in `evidence.parquet`, where `scheme` is the scheme of the reason.
pub fn published(column: &'static str) -> &'static str {
    if column == "scheme" { "subsidy_scheme" } else { column }
}

/// One voucher line behind a lead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The voucher's day.
    pub date: Day,
    /// The village's code.
    pub village: String,
    /// The voucher number as printed.
    pub voucher: String,
    /// The line in the voucher.
    pub line: i32,
    /// The account code.
    pub account: String,
    /// The amount.
    pub amount: Fen,
    /// The payee's name, masked.
    pub payee: String,
    /// The approver's name, masked.
    pub approver: String,
    /// The purpose, masked.
    pub summary: String,
    /// Whether it is one of the payments that are part of the lead.
    pub belongs: bool,
    /// What is recorded in the columns of [`RECORDED`], masked, with names for persons.
    pub recorded: BTreeMap<&'static str, String>,
}

impl Row {
    /// The row of a line of the book.
    pub fn of(book: &Book, line: LineIx, belongs: bool) -> Self {
        let lines = &book.lines;
        let text = |id: Id| book.names.get(id);
        let recorded = RECORDED.iter().map(|column| (*column, recorded(book, line, column)));
        Self {
            date: lines.date.at(line),
            village: text(lines.village.at(line)).to_owned(),
            voucher: text(lines.voucher.at(line)).to_owned(),
            line: lines.line.at(line).some().map_or(0, |line| line.0),
            account: text(lines.account.at(line)).to_owned(),
            amount: lines.amount.at(line),
            payee: paid_by(book, line),
            approver: person(book, lines.approver.at(line)),
            summary: shown(text(lines.summary.at(line))),
            belongs,
            recorded: recorded.filter(|(_, cell)| !cell.is_empty()).collect(),
        }
    }

    /// The key of the payment that it is, as it stands in published tables.
    pub fn key(&self) -> String {
        line_key((&self.village, self.date), &self.voucher, self.line)
    }

    /// The account with the name of its first level.
    pub fn account_named(&self, lang: Lang) -> String {
        self.named(&self.account, lang)
    }

    /// What is recorded in the columns of [`RECORDED`], as a person reads it: the column, its title and the cell.
    pub fn all_shown(&self, lang: Lang) -> impl Iterator<Item = (&'static str, String, String)> {
        let shown = move |column: &'static str| {
            Some((column, title(column, lang), self.shown(column, lang)?))
        };
        RECORDED.into_iter().filter_map(shown)
    }

    /// The same in one line.
    pub fn recorded_line(&self, lang: Lang) -> String {
        let [colon, stop] = lang.of([[": ", "; "], ["：", "；"]]);
        let cell = |(_, title, cell)| format!("{title}{colon}{cell}");
        self.all_shown(lang).map(cell).collect::<Vec<String>>().join(stop)
    }

    /// What is recorded in a column of [`RECORDED`], as a person reads it; none where nothing is.
    pub fn shown(&self, column: &str, lang: Lang) -> Option<String> {
        let cell = self.recorded.get(column)?;
        if column == "counter_entries" {
            return Some(self.entries(cell, lang));
        }
        Some(value(column, cell).map_or_else(|| cell.clone(), |word| word.to(lang).to_owned()))
    }

    /// The other entries of the voucher: side, account with name, and amount.
    fn entries(&self, cell: &str, lang: Lang) -> String {
        let entry = |entry: &str| {
            if let Some(more) = entry.strip_prefix(MORE) {
                return Some(format!("… +{more}"));
            }
            let mut parts = entry.splitn(3, ' ');
            let side = parts.next().and_then(|side| value("side", side))?.to(lang);
            let (account, amount) = (parts.next()?, parts.next()?);
            let colon = lang.of([" ", "："]);
            Some(format!("{side}{colon}{} {amount}", self.named(account, lang)))
        };
        let all: Vec<String> = cell.split("; ").filter_map(entry).collect();
        all.join(lang.of(["; ", "；"]))
    }

    /// An account with the name of its first level in the chart that the line is booked by.
    fn named(&self, account: &str, lang: Lang) -> String {
        let chart = self.recorded.get("chart").and_then(|name| Chart::named(name));
        match chart.and_then(|chart| chart.name(account)) {
            Some(names) => format!("{account} {}", lang.of(names)),
            None => account.to_owned(),
        }
    }
}

/// What a column of the ledger is called in lists, in a sheet or a page.
pub fn title(column: &str, lang: Lang) -> String {
    if column == "counter_entries" {
        return Word::CounterEntries.to(lang).to_owned();
    }
    match lang {
        Lang::En => column.replace('_', " "),
        Lang::Zh => LEDGER.field(column).map_or(column, |field| field.zh).to_owned(),
    }
}

/// What a line holds in a column of [`RECORDED`]; empty where nothing is recorded.
fn recorded(book: &Book, line: LineIx, column: &str) -> String {
    let lines = &book.lines;
    let text = |id: Id| shown(book.names.get(id));
    // An auditor looks these up: they are shown in full.
    let number = |id: Id| plain(book.names.get(id));
    let name = |id: Id| id.some().map_or_else(String::new, |id| person(book, id));
    let day = |day: Day| day.some().map_or_else(String::new, |day| day.to_string());
    let flag = |flag: Flag| match flag {
        Flag::Yes => "yes".to_owned(),
        Flag::No => "no".to_owned(),
        Flag::Unknown => String::new(),
    };
    match column {
        "counter_entries" => others(book, line),
        "document" => text(lines.document.at(line)),
        "document_no" => number(lines.document_no.at(line)),
        "document_date" => day(lines.document_date.at(line)),
        "attachments" => {
            lines.attachments.at(line).some().map_or_else(String::new, |it| it.0.to_string())
        }
        "handler" => name(lines.handler.at(line)),
        "witness" => name(lines.witness.at(line)),
        "cosigner" => name(lines.cosigner.at(line)),
        "township_reviewer" => name(lines.township_reviewer.at(line)),
        "committee_stamp" => flag(lines.committee_stamp.at(line)),
        "approved" => day(lines.approved.at(line)),
        "entered" => lines.entered.at(line).some().map_or_else(String::new, |it| it.to_string()),
        "clerk" => name(lines.clerk.at(line)),
        "method" => text(lines.method.at(line)),
        "payee_account" => masked_account(book.names.get(lines.payee_account.at(line))),
        "decision" => number(lines.decision.at(line)),
        "contract" => number(lines.contract.at(line)),
        "project" => number(lines.project.at(line)),
        "scheme" => number(lines.scheme.at(line)),
        "fixed_standard" => flag(lines.fixed_standard.at(line)),
        "chart" => book.charts[line].word().to_owned(),
        _ => String::new(),
    }
}

/// The other lines of a line's voucher, and how many more there are: `credit 102 1,280.00; debit 541 80.00; +3`.
fn others(book: &Book, line: LineIx) -> String {
    let voucher = book.vouchers.partition_point(|first| *first <= line).saturating_sub(1);
    let all = || LineIx::within(&book.voucher(voucher)).filter(|other| *other != line);
    let entry = |other: LineIx| {
        let side = match book.sides[other] {
            Side::Debit => "debit",
            Side::Credit => "credit",
        };
        let account = book.names.get(book.lines.account.at(other));
        format!("{side} {account} {}", money(book.lines.amount.at(other)))
    };
    let more = all().count().saturating_sub(ENTRIES);
    let more = (more > 0).then(|| format!("{MORE}{more}"));
    all().take(ENTRIES).map(entry).chain(more).collect::<Vec<String>>().join("; ")
}
