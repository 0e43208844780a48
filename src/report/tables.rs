//! The published tables of one county.

use std::path::{Path, PathBuf};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::convert::row32;
use crate::features::Measured;
use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::SubjectIx;
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Id};
use crate::ledger::contract::defect::{Action, Defect};
use crate::ledger::decode::write::Error;
use crate::ledger::subject::Grain;
use crate::ledger::subject::payments_of;
use crate::ledger::subject::{money_of, village_of};
use crate::outcomes::outcome::Outcome;
use crate::report::disclosure::{self, NoticeView};
use crate::report::dossier::{BeforeView, LeadView, ReasonView};
use crate::report::income::{DueView, income};
use crate::report::party::Parties;
use crate::report::party_table::parties;
use crate::report::record::RecordView;
use crate::report::sheet::Sheet;
use crate::report::voucher::{RECORDED, Row, published, title};
use crate::scoring::ranking::Ranking;
use crate::words::table::Lang;
use crate::words::translate::chinese;
use crate::worklist::lead::AsMuch;
use crate::worklist::previous::Dropped;

/// What is published of one county.
#[derive(Debug, Clone, Copy)]
pub struct County<'a> {
    /// Its book.
    pub book: &'a Book,
    /// Its readings.
    pub measured: &'a [Measured<'a>],
    /// Its rankings.
    pub rankings: &'a [Ranking],
    /// Its work lists.
    pub dossiers: &'a [LeadView],
    /// The persons and firms that they name across villages.
    pub parties: &'a Parties,
    /// The notices of its villages beside the ledger.
    pub notices: &'a [NoticeView],
    /// What the previous list has beside them.
    pub dropped: &'a [Dropped],
    /// What must have come in, and what is booked of it.
    pub dues: &'a [DueView],
}

/// Where a county's part of a table lies: `payments.parquet` where there is one county, and
/// `payments/county=990101/part-0.parquet` where there are several.
pub fn path(folder: &Path, table: &str, county: Option<&str>) -> PathBuf {
    match county {
        None => folder.join(format!("{table}.parquet")),
        Some(county) => folder.join(table).join(format!("county={county}")).join("part-0.parquet"),
    }
}

/// What makes one table of a county.
pub type MakeSheet = fn(County<'_>) -> Sheet;

/// Every published table of a county.
pub const SHEETS: [(&str, MakeSheet); 12] = [
    ("payments", payments),
    ("payees", |county| subjects(county, Grain::Payee)),
    ("officials", |county| subjects(county, Grain::Official)),
    ("villages", |county| subjects(county, Grain::Village)),
    ("leads", |county| leads(county.dossiers)),
    ("evidence", |county| evidence(county.dossiers)),
    ("records", |county| records(county.dossiers)),
    ("parties", |county| parties(&county.parties.all)),
    ("disclosures", |county| disclosure::sheet(county.notices)),
    ("dropped", |county| dropped(county.dropped)),
    ("income", |county| income(county.dues)),
    ("readings", readings),
];

/// Writes every table of a county.
///
/// # Errors
/// If a file cannot be written.
pub fn write(county: County<'_>, folder: &Path, part: Option<&str>) -> Result<(), Error> {
    let write =
        |(table, sheet): &(&str, MakeSheet)| sheet(county).write(&path(folder, table, part));
    SHEETS.par_iter().map(write).collect()
}

fn ranking(county: County<'_>, grain: Grain) -> Option<&Ranking> {
    county.rankings.iter().find(|ranking| ranking.grain == grain)
}

fn scores(sheet: Sheet, ranking: Option<&Ranking>) -> Sheet {
    let Some(ranking) = ranking else { return sheet };
    let mut sheet = sheet
        .reals(
            "score",
            "higher stands first: what the ranking model says, and without one the sum of -log10 p over schemes",
            ranking.score.iter().copied(),
        )
        .reals(
            "p_value",
            "how often a reference subject scores as much",
            ranking.p_values.p_value.iter().copied(),
        )
        .reals(
            "q_value",
            "share of false testing units to expect among all with a p-value as small, told of the most \
             unusual payment of each payee in a village; 1 at its others",
            ranking.q_value.iter().copied(),
        )
        .counts("rank", "1 is the most unusual", ranking.rank.iter().copied());
    for (scheme, p) in &ranking.evidence.schemes {
        let name = format!("p_{}", scheme.word());
        sheet = sheet.tails(&name, "combined p-value of the scheme", p.iter().copied());
    }
    for (scheme, share) in &ranking.likely {
        let name = format!("likely_{}", scheme.word());
        let about = "probability of an act of the scheme, by the ranking model; its level rests on audits of the random sample, and before them on a guess";
        sheet = sheet.tails(&name, about, share.iter().copied());
    }
    if !ranking.evidence.unusual.is_empty() {
        let p = ranking.evidence.unusual.iter().copied();
        sheet = sheet.tails("p_unusual", "p-value of what the model finds unusual", p);
    }
    sheet
}

fn payments(county: County<'_>) -> Sheet {
    let book = county.book;
    let lines = || book.payments.line.iter().copied();
    let text = |id: Id| book.names.get(id);
    let payee = book.payments.payee.iter();
    let payee = payee.map(|it| it.map_or("", |payee| text(book.payees[payee])));
    let approver = book.payments.approver.iter();
    let approver = approver.map(|it| it.map_or("", |person| text(book.officials[person])));
    let sheet = Sheet::default()
        .text("village", "division code", lines().map(|line| text(book.lines.village.at(line))))
        .text(
            "voucher",
            "voucher number as printed",
            lines().map(|line| text(book.lines.voucher.at(line))),
        )
        .ints(
            "line",
            "line in the voucher",
            lines().map(|line| book.lines.line.at(line).some().map(|it| it.0)),
        )
        .days("date", "voucher date", lines().map(|line| book.lines.date.at(line)))
        .text("payee", "payee id, or name where there is no id", payee)
        .text("approver", "person id", approver)
        .money("amount", "amount paid", book.payments.amount.iter().copied());
    scores(sheet, ranking(county, Grain::Payment))
}

fn subjects(county: County<'_>, grain: Grain) -> Sheet {
    let book = county.book;
    let all = || grain.all(book);
    let mut sheet = Sheet::default();
    if grain != Grain::Village {
        sheet = sheet.text(grain.word(), "key of the subject", all().map(|it| grain.key(book, it)));
    }
    let count = |subject: SubjectIx| row32(payments_of(book, grain, subject).len());
    sheet = sheet
        .text(
            "village",
            "division code; for others than villages where most payments lie",
            all().map(|it| village_of(book, grain, it)),
        )
        .counts("payments", "payments of the subject", all().map(count))
        .money("money", "sum of the subject's payments", all().map(|it| money_of(book, grain, it)));
    scores(sheet, ranking(county, grain))
}

/// The word of a scheme, or of what the model finds unusual beside them.
fn word(scheme: Option<Scheme>) -> &'static str {
    scheme.map_or("unusual", Scheme::word)
}

fn before<T>(lead: &LeadView, of: impl Fn(&BeforeView) -> T) -> Option<T> {
    lead.before.as_ref().map(of)
}

/// The leads of the previous list that are not on this one, and those of earlier lists that nobody concluded.
pub fn dropped(all: &[Dropped]) -> Sheet {
    let listed = || all.iter().map(|it| &it.listed);
    let why = |it: &Dropped| match (it.is_concluded, it.listed.is_listed) {
        (true, _) => "concluded",
        (false, true) => "not_listed",
        (false, false) => "earlier",
    };
    Sheet::default()
        .text("lead", "lead id", listed().map(|it| &it.id))
        .text("office", "code of its office", listed().map(|it| &it.office))
        .text("grain", "kind of subject", listed().map(|it| it.grain.word()))
        .text("subject", "key of the subject", listed().map(|it| &it.key))
        .text("name", "name of the subject, long numbers masked", listed().map(|it| &it.name))
        .days(
            "first_listed",
            "day of the first list that it stood on",
            listed().map(|it| it.first_listed),
        )
        .days("due", "day by which it was due", listed().map(|it| it.due))
        .text(
            "why",
            "concluded; not_listed where other leads took its place since the last list; earlier where they did before and \
             nobody concluded it",
            all.iter().map(why),
        )
}

fn compared(reason: &ReasonView, of: impl Fn(AsMuch) -> usize) -> Option<i32> {
    reason.as_much.and_then(|it| i32::try_from(of(it)).ok())
}

fn facts(reason: &ReasonView) -> String {
    serde_json::to_string(&reason.facts).unwrap_or_default()
}

/// The lists of offices, a row for each lead.
pub fn leads(all: &[LeadView]) -> Sheet {
    let reasons = || all.iter().flat_map(|lead| &lead.reasons);
    let narrow = |value: Option<f64>| {
        #[expect(clippy::cast_possible_truncation, reason = "it was an f32")]
        value.map(|value| value as f32)
    };
    let rows = Sheet::default()
        .text(
            "indicator",
            "indicator, plain column, or payments",
            reasons().map(|it| it.indicator.as_str()),
        )
        .text("scheme", "scheme that it is evidence for", reasons().map(|it| word(it.scheme)))
        .shorts("value", "what was measured", reasons().map(|it| narrow(it.value)))
        .shorts(
            "peers_median",
            "median of all subjects asked",
            reasons().map(|it| narrow(it.peers_median)),
        )
        .shorts(
            "p",
            "share of subjects that read at least as much",
            reasons().map(|it| narrow(it.p)),
        )
        .ints("as_much", "subjects that read at least as much", reasons().map(|it| compared(it, |of| of.subjects)))
        .ints("of", "subjects that were compared", reasons().map(|it| compared(it, |of| of.of)))
        .reals("contribution", "what it added to the score", reasons().map(|it| it.contribution))
        .text("facts", "what the rows show, as JSON: key of the sentence, columns, values, and the sentence in both languages", reasons().map(facts));
    let lengths: Vec<usize> = all.iter().map(|lead| lead.reasons.len()).collect();
    let clear =
        Sheet::default().text("indicator", "indicator", all.iter().flat_map(|lead| &lead.clear));
    let clear_lengths: Vec<usize> = all.iter().map(|lead| lead.clear.len()).collect();
    Sheet::default()
        .text("lead", "lead id", all.iter().map(|it| &it.id))
        .text("level", "level of supervision that verifies it", all.iter().map(|it| it.level.word()))
        .text("office", "code of the office of that level", all.iter().map(|it| &it.office))
        .counts("place", "place on the list of its office", all.iter().map(|it| it.place))
        .text("picked_by", "list, or random where drawn in the random sample", all.iter().map(|it| it.selection.word()))
        .text("grain", "kind of subject", all.iter().map(|it| it.grain.word()))
        .text("subject", "key of the subject", all.iter().map(|it| &it.key))
        .text("name", "name of the subject, long numbers masked", all.iter().map(|it| &it.name))
        .text("village", "division code", all.iter().map(|it| &it.village))
        .counts("rank", "place in the ranking of its grain", all.iter().map(|it| it.rank))
        .reals("score", "higher is more unusual", all.iter().map(|it| it.score))
        .reals("p_value", "how often a reference subject scores as much", all.iter().map(|it| it.p_value))
        .reals(
            "q_value",
            "share of false testing units to expect among all with a p-value as small; 1 if another payment \
             stands for its testing unit",
            all.iter().map(|it| it.q_value),
        )
        .counts(
            "false_at_most",
            "leads of this grain, from the first of its office's list to this one, that are false at most; \
             with 90 % confidence at all lines at once",
            all.iter().map(|it| it.false_at_most),
        )
        .reals(
            "probability_at_most",
            "the largest probability that something is there which the p-value allows for",
            all.iter().map(|it| it.probability_at_most),
        )
        .money("money", "amounts that belong together or stand behind it", all.iter().map(|it| it.money))
        .money("recoverable", "what may come back of the money at most", all.iter().map(|it| it.recoverable))
        .money("order_value", "what the list is ordered by, for each hour", all.iter().map(|it| it.order_value))
        .reals("minutes", "what it takes", all.iter().map(|it| it.minutes))
        .in_unit("minutes")
        .text("scheme", "scheme with the strongest evidence", all.iter().map(|it| word(it.scheme)))
        .lists("reasons", "the strongest first", &lengths, rows)
        .lists("clear", "indicators that were asked and found nothing", &clear_lengths, clear)
        .days("due", "day by which it is due", all.iter().map(|it| it.due))
        .days("first_listed", "day of the first list that it stood on", all.iter().map(|it| it.first_listed))
        .days("concluded", "day of the latest conclusion about it or its payments", all.iter().map(|it| before(it, |it| it.day).unwrap_or(Day::NONE)))
        .text("concluded_grade", "that conclusion", all.iter().map(|it| before(it, |it| it.grade.clone()).unwrap_or_default()))
        .text("concluded_lead", "lead that was verified then", all.iter().map(|it| before(it, |it| it.lead.clone()).unwrap_or_default()))
        .ints("uncovered", "payments that the conclusion does not cover", all.iter().map(|it| before(it, |it| i32::try_from(it.uncovered).ok()).flatten()))
        .money("uncovered_money", "their sum", all.iter().map(|it| before(it, |it| it.money).unwrap_or(Fen::NONE)))
        .text("new_indicators", "rules and matches that the conclusion did not know", all.iter().map(|it| before(it, |it| it.indicators.join(" ")).unwrap_or_default()))
}

/// What the reasons of leads point at, with lead and reason: the places of a reason among all that its lead shows.
fn cited<'l, T: 'l>(
    all: &'l [LeadView],
    shown: fn(&LeadView) -> &Vec<T>,
    places: fn(&ReasonView) -> &Vec<usize>,
) -> impl Iterator<Item = (&'l LeadView, &'l ReasonView, &'l T)> {
    let reasons = all.iter().flat_map(|lead| lead.reasons.iter().map(move |it| (lead, it)));
    reasons.flat_map(move |(lead, reason)| {
        let own = places(reason).iter().filter_map(move |place| shown(lead).get(*place));
        own.map(move |it| (lead, reason, it))
    })
}

/// The rows behind leads, one for each reason that points at them.
pub fn evidence(all: &[LeadView]) -> Sheet {
    let rows: Vec<(&LeadView, &ReasonView, &Row)> =
        cited(all, |lead| &lead.rows, |reason| &reason.rows).collect();
    let lines = || rows.iter().map(|(.., row)| *row);
    let sheet = Sheet::default()
        .text("lead", "lead id", rows.iter().map(|(lead, ..)| &lead.id))
        .text(
            "indicator",
            "whose reading the row is behind",
            rows.iter().map(|(_, it, _)| &it.indicator),
        )
        .text("scheme", "scheme of the reason", rows.iter().map(|(_, it, _)| word(it.scheme)))
        .flags(
            "belongs",
            "it is one of the payments that belong together",
            lines().map(|row| Some(row.belongs)),
        )
        .text("village", "division code", lines().map(|row| &row.village))
        .text("voucher", "voucher number as printed", lines().map(|row| &row.voucher))
        .ints("line", "line in the voucher", lines().map(|row| Some(row.line)))
        .days("date", "voucher date", lines().map(|row| row.date))
        .text("account", "account code", lines().map(|row| &row.account))
        .money("amount", "amount", lines().map(|row| row.amount))
        .text(
            "payee",
            "payee's name, or id where there is none, masked",
            lines().map(|row| &row.payee),
        )
        .text("approver", "approver's name, or id, masked", lines().map(|row| &row.approver))
        .text("summary", "purpose, masked", lines().map(|row| &row.summary));
    RECORDED.iter().fold(sheet, |sheet, column| {
        let cells = lines().map(|row| row.recorded.get(column).map_or("", String::as_str));
        sheet.text(
            published(column),
            &format!("{}; accounts and names masked", title(column, Lang::En)),
            cells,
        )
    })
}

/// The rows of registers behind leads, one for each reason that points at them.
pub fn records(all: &[LeadView]) -> Sheet {
    let rows: Vec<(&LeadView, &ReasonView, &RecordView)> =
        cited(all, |lead| &lead.records, |reason| &reason.records).collect();
    let own = || rows.iter().map(|(.., record)| *record);
    let cells: Vec<&(String, String)> = own().flat_map(|it| &it.cells).collect();
    let lengths: Vec<usize> = own().map(|it| it.cells.len()).collect();
    let of_row = Sheet::default()
        .text("column", "column of the table", cells.iter().map(|(column, _)| column))
        .text(
            "cell",
            "what it holds; accounts masked, names for persons",
            cells.iter().map(|(_, cell)| cell),
        );
    Sheet::default()
        .text("lead", "lead id", rows.iter().map(|(lead, ..)| &lead.id))
        .text(
            "indicator",
            "whose reading the row is behind",
            rows.iter().map(|(_, it, _)| &it.indicator),
        )
        .text("scheme", "scheme of the reason", rows.iter().map(|(_, it, _)| word(it.scheme)))
        .text("table", "table of the dataset", own().map(|it| &it.table))
        .text("village", "division code; empty where none is recorded", own().map(|it| &it.village))
        .money(
            "money",
            "money that the row stands for and no payment does",
            own().map(|it| it.money),
        )
        .lists("cells", "the columns that hold something", &lengths, of_row)
}

/// Readings of payees, officials and villages in full; of payments those above 0, since the others say
/// nothing and would be most of the folder (their number is in `coverage.json`).
fn readings(county: County<'_>) -> Sheet {
    let mut rows: Vec<(usize, SubjectIx)> = Vec::new();
    for (place, Measured { card, readings, .. }) in county.measured.iter().enumerate() {
        let all = SubjectIx::all(readings.len());
        let says = |subject: &SubjectIx| {
            card.grain != Grain::Payment
                || readings.get(*subject).is_some_and(|reading| reading.value > 0.0)
        };
        rows.extend(all.filter(says).map(|subject| (place, subject)));
    }
    let of = |(place, subject): &(usize, SubjectIx)| {
        let measured = county.measured.get(*place)?;
        Some((measured.card, *subject, measured.readings.get(*subject)))
    };
    let cells: Vec<_> = rows.iter().filter_map(of).collect();
    let status = |has: bool| if has { "value" } else { "not_applicable" };
    Sheet::default()
        .text("indicator", "indicator", cells.iter().map(|(card, ..)| card.name))
        .text("grain", "kind of subject", cells.iter().map(|(card, ..)| card.grain.word()))
        .text(
            "subject",
            "key of the subject",
            cells.iter().map(|(card, it, _)| card.grain.key(county.book, *it)),
        )
        .shorts(
            "value",
            "larger is more unusual",
            cells.iter().map(|(.., it)| it.map(|it| it.value)),
        )
        .ints(
            "sample",
            "how much stands behind the value",
            cells.iter().map(|(.., it)| it.and_then(|it| i32::try_from(it.sample).ok())),
        )
        .text(
            "status",
            "value or not_applicable",
            cells.iter().map(|(.., it)| status(it.is_some())),
        )
}

/// The rows that were refused, the cells that were emptied and the words that are not understood.
pub fn quarantine(defects: &[Defect]) -> Sheet {
    let action = |action: Action| match action {
        Action::RowRefused => "row_refused",
        Action::CellEmptied => "cell_emptied",
        Action::WordUnknown => "word_unknown",
    };
    Sheet::default()
        .text("table", "table of the contract", defects.iter().map(|it| it.table))
        .text("file", "file below the dataset's folder", defects.iter().map(|it| &it.file))
        .counts("row", "row of the file, from 1", defects.iter().map(|it| row32(it.row)))
        .text("column", "column", defects.iter().map(|it| &it.column))
        .text(
            "action",
            "row_refused, cell_emptied or word_unknown",
            defects.iter().map(|it| action(it.action)),
        )
        .text("value", "the value as it stood, masked", defects.iter().map(|it| &it.value))
        .text("reason", "what is wrong with it", defects.iter().map(|it| &it.reason))
        .text("reason_zh", "the same in Chinese", defects.iter().map(|it| chinese(&it.reason)))
}

/// What audits found, as the table `outcomes` of the contract.
pub fn outcomes(all: &[Outcome]) -> Sheet {
    Sheet::default()
        .text(
            "subject_grain",
            "payment, payee, official or village",
            all.iter().map(|it| &it.grain),
        )
        .text("subject", "key of the subject", all.iter().map(|it| &it.subject))
        .text("period", "period looked at", all.iter().map(|it| &it.period))
        .text(
            "grade",
            "none, error, irregularity, discipline or criminal",
            all.iter().map(|it| &it.grade),
        )
        .money("amount_recovered", "amount recovered", all.iter().map(|it| it.recovered))
        .text(
            "route",
            "list, random, complaint, routine or inspector",
            all.iter().map(|it| &it.route),
        )
        .days("closed", "day on which it was closed", all.iter().map(|it| it.closed))
        .text("lead", "id of the lead that was verified", all.iter().map(|it| &it.lead))
        .text("verified_by", "who verified it", all.iter().map(|it| &it.verified_by))
        .text("remark", "what was remarked", all.iter().map(|it| &it.remark))
        .text("scheme", "scheme of the lead", all.iter().map(|it| &it.scheme))
        .text("indicators", "indicators of the lead's reasons", all.iter().map(|it| &it.indicators))
        .flags(
            "rectified",
            "evidence of the rectification was seen",
            all.iter().map(|it| it.rectified.some().map(|it| it == Flag::Yes)),
        )
}
