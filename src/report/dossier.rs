//! One lead as a person reads it: reasons in sentences, what else could explain it, what would clear it, its rows.
//!
//! A dossier holds plain cells, whether it was made from a book or read back from a published folder, and the
//! same templates turn it into the sheet, the page and the terminal's text.

use std::collections::{BTreeMap, BTreeSet};

use crate::convert::row32;
use crate::features::PLAIN;
use crate::indicators::card;
use crate::indicators::card::{Card, Class, Scheme, section};
use crate::indicators::indicator::Record;
use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, PaymentIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::level::Level;
use crate::ledger::subject::{Grain, Subject};
use crate::outcomes::grade::Route;
use crate::outcomes::history::Concluded;
use crate::report::cells::{count, format_message, money};
use crate::report::names::{paid_by, payee, person, village};
use crate::report::record::RecordView;
use crate::report::sentences::FactView;
use crate::report::voucher::Row;
use crate::scoring::evidence::counts::PAYMENTS;
use crate::words::mask::{shown, shown_key};
use crate::words::table::{Lang, Word, counted, fill, grain, scheme};
use crate::worklist::lead::{AsMuch, Before, Lead, Reason, background};
use crate::worklist::list::RANKING;

/// A lead with all that is shown of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadView {
    /// The lead's id.
    pub id: String,
    /// The level that verifies it.
    pub level: Level,
    /// The code of its office.
    pub office: String,
    /// The place on the list of its office.
    pub place: u32,
    /// How it came there.
    pub selection: Route,
    /// What kind of subject it is about.
    pub grain: Grain,
    /// The key of the subject.
    pub key: String,
    /// The subject's name, long numbers masked.
    pub name: String,
    /// The code of its village.
    pub village: String,
    /// The place in the ranking of its grain.
    pub rank: u32,
    /// Higher is more unusual.
    pub score: f64,
    /// How often a reference subject scores as much.
    pub p_value: f64,
    /// The share of false testing units to expect down to it.
    pub q_value: f64,
    /// Leads of its grain down to it that are false at most.
    pub false_at_most: u32,
    /// The largest probability that something is there.
    pub probability_at_most: f64,
    /// The money behind it.
    pub money: Fen,
    /// What can be expected to come back at most.
    pub recoverable: Fen,
    /// What the list is ordered by, for each hour.
    pub order_value: Fen,
    /// Minutes that it takes.
    pub minutes: f64,
    /// The scheme with the strongest evidence.
    pub scheme: Option<Scheme>,
    /// The day by which it is due.
    pub due: Day,
    /// What its conclusion will know beside its reasons.
    pub known: Vec<&'static str>,
    /// The day of the first list that it stood on.
    pub first_listed: Day,
    /// What was concluded about it before.
    pub before: Option<BeforeView>,
    /// The reasons, the strongest first.
    pub reasons: Vec<ReasonView>,
    /// Indicators that were asked and found nothing.
    pub clear: Vec<String>,
    /// The rows behind it, each once: those of the lead itself first, each part in the order of its days.
    pub rows: Vec<Row>,
    /// The rows of other tables behind it, each once.
    pub records: Vec<RecordView>,
}

/// An earlier conclusion, and what it did not know.
#[derive(Debug, Clone, PartialEq)]
pub struct BeforeView {
    /// The day.
    pub day: Day,
    /// The conclusion, as the table of outcomes has it.
    pub grade: String,
    /// The id of the lead that was verified.
    pub lead: String,
    /// How many payments it does not cover.
    pub uncovered: usize,
    /// Their sum.
    pub money: Fen,
    /// Rules and matches that it did not know.
    pub indicators: Vec<String>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReasonView {
    /// The indicator, the plain column, or `payments`.
    pub indicator: String,
    /// The scheme that it is evidence for.
    pub scheme: Option<Scheme>,
    /// What was measured.
    pub value: Option<f64>,
    /// The median of all subjects asked.
    pub peers_median: Option<f64>,
    /// The share of subjects that read at least as much.
    pub p: Option<f64>,
    /// How many subjects read at least as much, of how many.
    pub as_much: Option<AsMuch>,
    /// What it added to the score.
    pub contribution: f64,
    /// Places of its rows among those of the dossier.
    pub rows: Vec<usize>,
    /// Places of its rows of other tables among those of the dossier.
    pub records: Vec<usize>,
    /// What the rows show.
    pub facts: Vec<FactView>,
}

impl LeadView {
    /// The dossier of a lead as an office sees it: rows of villages outside are left out, an empty code sees all.
    pub fn of(book: &Book, lead: &Lead, office: &str) -> Self {
        let text = |id: Id| book.names.get(id);
        let line = |payment: &PaymentIx| book.payments.line[*payment];
        let mine: BTreeSet<LineIx> = lead.payments.iter().map(line).collect();
        let sees = |line: &LineIx| text(book.lines.village.at(*line)).starts_with(office);
        let row = |line: LineIx| Row::of(book, line, mine.contains(&line));
        let mut rows: Vec<(Row, LineIx)> =
            lead.rows().into_iter().filter(sees).map(|line| (row(line), line)).collect();
        // What the lead is about first, and then what else its reasons point at.
        rows.sort_by(|(a, _), (b, _)| b.belongs.cmp(&a.belongs).then_with(|| a.cmp(b)));
        let places: BTreeMap<LineIx, usize> =
            rows.iter().enumerate().map(|(place, (_, line))| (*line, place)).collect();
        let wide = |value: Option<f32>| value.map(f64::from);
        let places_of = |lines: &[LineIx]| {
            let mut own: Vec<usize> =
                lines.iter().filter_map(|line| places.get(line).copied()).collect();
            own.sort_unstable();
            own
        };
        let view = |record: Record| (RecordView::of(book, record), record);
        let records: Vec<(RecordView, Record)> =
            lead.records().into_iter().map(view).filter(|(view, _)| view.is_of(office)).collect();
        let records_of = |own: &[Record]| {
            let all = records.iter().enumerate().filter(|(_, (_, record))| own.contains(record));
            all.map(|(place, _)| place).collect()
        };
        let grounds = lead.reasons.iter().map(|reason| ReasonView {
            indicator: reason.indicator.clone(),
            scheme: reason.scheme,
            value: wide(reason.value),
            peers_median: wide(reason.peers_median),
            p: wide(reason.p),
            as_much: reason.as_much,
            contribution: reason.contribution,
            rows: places_of(&reason.rows),
            records: records_of(&reason.records),
            facts: facts(book, reason, &lead.village),
        });
        Self {
            id: lead.id.clone(),
            level: lead.level,
            office: lead.office.clone(),
            place: lead.place,
            selection: lead.selection,
            grain: lead.grain,
            key: lead.key.clone(),
            name: name_of(book, lead),
            village: lead.village.clone(),
            rank: lead.rank,
            score: lead.score,
            p_value: lead.p_value,
            q_value: lead.q_value,
            false_at_most: row32(lead.false_at_most),
            probability_at_most: lead.probability_at_most,
            money: lead.money,
            recoverable: lead.recoverable,
            order_value: lead.order_value,
            minutes: lead.minutes,
            scheme: lead.scheme,
            due: lead.due,
            known: lead.known.clone(),
            first_listed: lead.first_listed,
            before: lead.before.as_ref().map(|it| before(book, it)),
            reasons: grounds.collect(),
            clear: lead.clear.iter().map(|name| (*name).to_owned()).collect(),
            rows: rows.into_iter().map(|(row, _)| row).collect(),
            records: records.into_iter().map(|(view, _)| view).collect(),
        }
    }

    /// The key of its subject as a person may read it.
    pub fn shown_key(&self) -> String {
        shown_key(self.grain, &self.key)
    }

    /// The payments that are part of it.
    pub fn payments(&self) -> usize {
        self.rows.iter().filter(|row| row.belongs).count()
    }

    /// A reason in one sentence: what the rows show, which they are where they are not those of the lead, and, if
    /// `measures` is set, how many others read as much.
    pub(super) fn sentence(&self, reason: &ReasonView, (lang, measures): (Lang, bool)) -> String {
        let [colon, stop, end] = lang.of([[": ", "; ", "."], ["：", "；", "。"]]);
        let place = lang.of([0, 1]);
        let facts = reason.facts.iter().filter_map(|fact| fact.text.get(place).cloned());
        let mut parts: Vec<String> = facts.collect();
        // A background is about all of somebody's payments: its rows are in the table of vouchers.
        let background = background(&reason.indicator, self.grain);
        if parts.is_empty() || !(background.is_some() || self.are_own(&reason.rows)) {
            let rows = reason.rows.iter().filter_map(|place| self.rows.get(*place));
            parts.extend(rows_told(&rows.collect::<Vec<_>>(), lang));
        }
        let title = capital(&title(reason, lang));
        let mut text = match parts.as_slice() {
            [] => title,
            parts => format!("{title}{colon}{}", parts.join(stop)),
        };
        if let Some(told) = reason.as_much.filter(|_| measures).map(|it| compared(reason, it, lang))
        {
            let [open, close] = lang.of([[" (", ")"], ["（", "）"]]);
            text = format!("{text}{open}{told}{close}");
        }
        if let Some(about) = background {
            let grain = grain(about).to(lang).to_owned();
            text = format_message(Word::Background, lang, &[("grain", grain), ("text", text)]);
        }
        text + end
    }

    /// The indicators of its reasons, by name, and all others that its conclusion will know.
    pub fn indicators(&self) -> Vec<&str> {
        let names = self.reasons.iter().map(|reason| reason.indicator.as_str());
        let mut all: Vec<&str> = names.filter(|name| card(name).is_some()).collect();
        let further = self.known.iter().filter(|name| !all.contains(name));
        all.extend(further.copied().collect::<Vec<_>>());
        all
    }

    /// For each row the columns that a reason speaks of.
    pub fn marks(&self) -> Vec<BTreeSet<&str>> {
        let mut all = vec![BTreeSet::new(); self.rows.len()];
        for reason in &self.reasons {
            let columns = || reason.facts.iter().flat_map(|fact| &fact.columns);
            for row in &reason.rows {
                if let Some(own) = all.get_mut(*row) {
                    own.extend(columns().map(String::as_str));
                }
            }
        }
        all
    }

    /// Whether these rows are the payments of the lead, all of them and no others.
    fn are_own(&self, rows: &[usize]) -> bool {
        let own = (0..self.rows.len())
            .filter(|place| self.rows.get(*place).is_some_and(|row| row.belongs));
        own.eq(rows.iter().copied())
    }
}

fn before(book: &Book, before: &Before) -> BeforeView {
    let Concluded { closing, uncovered, .. } = &before.concluded;
    let amounts = uncovered.iter().map(|it| book.payments.amount[*it]);
    BeforeView {
        day: closing.day,
        grade: closing.grade.clone(),
        lead: closing.lead.clone(),
        uncovered: uncovered.len(),
        money: amounts.filter_map(Cell::some).sum(),
        indicators: before.indicators.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn facts(book: &Book, reason: &Reason, home: &str) -> Vec<FactView> {
    let view = |fact| FactView::of(book, (&reason.indicator, fact), home);
    reason.facts.iter().map(view).collect()
}

/// The name of a lead's subject.
fn name_of(book: &Book, lead: &Lead) -> String {
    match lead.grain.subject(lead.subject) {
        Subject::Payment(payment) => {
            let line = book.payments.line[payment];
            let summary = shown(book.names.get(book.lines.summary.at(line)));
            [paid_by(book, line), summary]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join(" · ")
        }
        Subject::Payee(payee_ix) => payee(book, book.payees[payee_ix]),
        Subject::Official(official) => person(book, book.officials[official]),
        Subject::Village(_) => village(book, &lead.key),
    }
}

/// A text with a capital letter in front.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// What an indicator, a plain column, or the count of payments is called.
pub fn title(ground: &ReasonView, lang: Lang) -> String {
    if ground.indicator == PAYMENTS {
        return scheme(ground.scheme).to(lang).to_owned();
    }
    indicator_title(&ground.indicator, lang).to_owned()
}

/// What an indicator or a plain column is called.
pub fn indicator_title(name: &str, lang: Lang) -> &str {
    let plain = PLAIN.iter().find(|it| it.name == name).map(|it| [it.title, it.title_zh]);
    let own = card(name).map(|it| [it.title(), it.title_zh()]);
    if name == RANKING {
        return Word::RankingModel.to(lang);
    }
    own.or(plain).map_or(name, |titles| lang.of(titles))
}

/// Voucher numbers that a sentence names at most.
const NAMED: usize = 3;

fn rows_told(rows: &[&Row], lang: Lang) -> Option<String> {
    let days = || rows.iter().map(|row| row.date);
    let (first, last) = (days().min()?, days().max()?);
    let sum: Fen = rows.iter().filter_map(|row| row.amount.some()).sum();
    let mut seen = BTreeSet::new();
    let mut vouchers = rows.to_vec();
    vouchers.retain(|row| {
        let row = *row;
        seen.insert((&row.village, row.date.year_month(), &row.voucher))
    });
    let first_ones = vouchers.iter().take(NAMED);
    let first_ones: Vec<String> =
        first_ones.map(|row| format!("{} {}", row.date.year_month(), row.voucher)).collect();
    let mut named = first_ones.join(lang.of([", ", "、"]));
    if vouchers.len() > NAMED {
        let cells = [("vouchers", named.as_str()), ("all", &vouchers.len().to_string())];
        named = fill(Word::AndMore.to(lang), &cells);
    }
    let word = if rows.len() == 1 { Word::TellRow } else { Word::TellRows };
    let (count, sum) = (rows.len().to_string(), money(sum));
    let (from, to) = (first.to_string(), last.to_string());
    let cells =
        [("count", &count), ("sum", &sum), ("from", &from), ("to", &to), ("vouchers", &named)];
    Some(fill(word.to(lang), &cells.map(|(name, cell)| (name, cell.as_str()))))
}

/// How many of those compared have a value as large, or break a rule as badly.
fn compared(reason: &ReasonView, AsMuch { grain, subjects, of }: AsMuch, lang: Lang) -> String {
    let class = card(&reason.indicator).map(|it| it.class);
    let is_stated = matches!(class, Some(Class::Rule | Class::Match));
    let word = match (is_stated, subjects) {
        (true, 1) => Word::TellOnly,
        (true, _) => Word::TellBroken,
        (false, 1) => Word::TellHighest,
        (false, _) => Word::TellAsMuch,
    };
    let [all, some] = counted(grain);
    let number =
        |word: Word, number: usize| format_message(word, lang, &[("count", count(number as u64))]);
    let cells = [("all", number(all, of)), ("subjects", number(some, subjects))];
    format_message(word, lang, &cells)
}

/// What else can cause a reading, as the indicator's page lists it.
pub fn causes(card: &Card, lang: Lang) -> Vec<String> {
    let [page, heading] =
        lang.of([[card.page, "What else can cause it"], [card.page_zh, "还有什么可能的原因"]]);
    let points = section(page, heading).split("\n- ").map(|point| point.trim_start_matches("- "));
    points.map(|point| joined(point, lang)).filter(|point| !point.is_empty()).collect()
}

/// The lines of a paragraph as one, names of indicators replaced by their titles.
fn joined(paragraph: &str, lang: Lang) -> String {
    let lines: Vec<&str> = paragraph.split_whitespace().collect();
    let text = lines.join(lang.of([" ", ""]));
    let parts = text.split('`').enumerate();
    parts
        .map(|(place, part)| if place % 2 == 1 { indicator_title(part, lang) } else { part })
        .collect()
}

/// The written rules that an indicator rests on.
pub fn rules(card: &Card, lang: Lang) -> Vec<&'static str> {
    card.basis.iter().map(|basis| lang.of([basis.title, basis.title_zh])).collect()
}
