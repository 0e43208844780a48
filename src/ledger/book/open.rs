//! Loading: from a source of files to its books.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;
use thiserror::Error;

use crate::ledger::book::calendar::Calendar;
use crate::ledger::book::chart::{Chart, Class, Classes};
use crate::ledger::book::companions::Companions;
use crate::ledger::book::conform::{Conformed, Entry, Settings, conform};
use crate::ledger::book::index::{IxVec, LineIx, PayeeIx, PaymentIx, PersonIx, VillageIx};
use crate::ledger::book::kin::Kin;
use crate::ledger::book::limit_words::not_understood;
use crate::ledger::book::limits::LimitIndex;
use crate::ledger::book::side::{Flow, Side};
use crate::ledger::book::terms::Terms;
use crate::ledger::book::view::Views;
use crate::ledger::book::{Book, Payments};
use crate::ledger::contract::cell::{Cell, Day, Id};
use crate::ledger::contract::defect::{Action, Defect, Totals, masked};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::schema::{LEDGER, LIMITS, Lines};
use crate::ledger::contract::table::{Col, Table};
use crate::ledger::decode::dataset::Source;
use crate::ledger::decode::{self, Raw, read_tables};
use crate::ledger::delivery::notice::Notice;

/// Errors of loading a source.
#[derive(Debug, Error)]
pub enum Error {
    /// A table cannot be read.
    #[error(transparent)]
    Decode(#[from] decode::Error),
    /// There is no ledger.
    #[error(
        "{folder}: there is no ledger; expected a dataset's folder, with `ledger.parquet` or a \
         folder `ledger/` of Parquet files in it"
    )]
    NoLedger {
        /// The folder searched.
        folder: String,
    },
    /// No row is left after rejections.
    #[error("no row that can be used: the ledger has {rows} rows, and all were refused")]
    Empty {
        /// The number of rows read.
        rows: usize,
    },
    /// Too many rows were rejected.
    #[error(
        "{refused} of {rows} ledger rows were refused, more than the {limit} that `ledger.max_refused` \
         allows; most often: {reason}; run `mingzhang check` to see them all"
    )]
    TooFaulty {
        /// The number of rejected rows.
        refused: usize,
        /// The number of rows read.
        rows: usize,
        /// The allowed share, in percent.
        limit: String,
        /// The most frequent reason.
        reason: String,
    },
}

/// The intake report: faults, totals, and contents of the tables.
#[derive(Debug, Default, Serialize)]
pub struct Intake {
    /// Ledger rows and sums as read.
    pub read: Totals,
    /// Ledger rows and sums in the books.
    pub kept: Totals,
    /// The number of rejected ledger rows.
    pub refused_rows: usize,
    /// The number of emptied cells in all tables.
    pub emptied_cells: usize,
    /// Rejected ledger rows by column and reason.
    pub refusals: BTreeMap<String, usize>,
    /// Emptied cells by table, column and reason.
    pub emptied: BTreeMap<String, usize>,
    /// For each reference between tables, the share of filled cells that match a row.
    pub match_rates: BTreeMap<&'static str, f64>,
    /// Lines with accounts that are not in their chart, by account.
    pub strange_accounts: BTreeMap<String, usize>,
    /// Notices to show before any results.
    #[serde(skip)]
    pub notices: Vec<Notice>,
    /// Rows and columns of each delivered table.
    pub tables: BTreeMap<&'static str, TableIntake>,
    /// All defects, in the order of files and rows.
    #[serde(skip)]
    pub defects: Vec<Defect>,
}

/// The contents of a delivered table.
#[derive(Debug, Default, Serialize)]
pub struct TableIntake {
    /// The number of rows read.
    pub rows: usize,
    /// For each column with any value, the share of rows with a value.
    pub filled: BTreeMap<String, f64>,
    /// Columns that are not in the contract; they are ignored.
    pub unknown_columns: Vec<String>,
    /// Conversions, and columns that could not be used.
    pub notes: Vec<String>,
}

/// The books of a source, one per county, and the intake report.
///
/// `last_day` is the last valid day of a voucher if the settings do not give one.
///
/// # Errors
/// If a file cannot be read, there is no ledger, or too many rows are rejected.
pub fn books(
    source: &Source,
    settings: &Settings,
    last_day: Day,
) -> Result<(Vec<Book>, Intake), Error> {
    let (books, intake) = examine(source, settings, last_day)?;
    would_stop(&books, &intake, settings)?;
    Ok((books, intake))
}

/// Checks that enough rows were accepted.
///
/// # Errors
/// If too many rows were rejected, or none is left.
pub fn would_stop(books: &[Book], intake: &Intake, settings: &Settings) -> Result<(), Error> {
    let (rows, refused) = (intake.read.rows, intake.refused_rows);
    #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
    let share = refused as f64 / rows.max(1) as f64;
    if share > settings.max_refused {
        let most = intake.refusals.iter().max_by_key(|(_, count)| **count);
        return Err(Error::TooFaulty {
            refused,
            rows,
            limit: format!("{} %", settings.max_refused * 100.0),
            reason: most.map_or_else(String::new, |(reason, _)| reason.clone()),
        });
    }
    if books.is_empty() {
        return Err(Error::Empty { rows });
    }
    Ok(())
}

/// As [`books`], but with any number of rejected rows, to report all faults.
///
/// # Errors
/// If a file cannot be read, or there is no ledger.
pub fn examine(
    source: &Source,
    settings: &Settings,
    last_day: Day,
) -> Result<(Vec<Book>, Intake), Error> {
    let (names, raws) = read_tables(source)?;
    let assembled = assemble(names, raws, source.county.as_deref(), settings, last_day);
    assembled.ok_or_else(|| Error::NoLedger { folder: source.root.display().to_string() })
}

/// Assembles decoded tables; `None` without a ledger.
pub(in crate::ledger) fn assemble(
    names: Names,
    raws: Vec<(&'static Table, Raw)>,
    county: Option<&str>,
    settings: &Settings,
    last_day: Day,
) -> Option<(Vec<Book>, Intake)> {
    let names = Arc::new(names);
    let mut intake = Intake::default();
    let mut ledger = None;
    let mut others = Vec::new();
    let mut limit_files = Vec::new();
    for (table, raw) in raws {
        note(&mut intake, table.name, &raw);
        if table.name == LEDGER.name {
            ledger = Some(raw);
        } else {
            emptied(&mut intake, table.name, &raw);
            if table.name == LIMITS.name {
                limit_files.clone_from(&raw.spans);
            }
            others.push((table.name, raw));
        }
    }
    let companions = Companions::from_raw(others);
    let strange = LimitIndex::strange_classes(&companions.limits, &names);
    if let Some(limits) = intake.tables.get_mut("limits").filter(|_| !strange.is_empty()) {
        let strange = strange.join(", ");
        limits.notes.push(format!("rows of these classes of expense are not used: {strange}"));
    }
    let (defects, notices) = not_understood(&companions.limits, &names, &limit_files);
    intake.defects.extend(defects);
    intake.notices.extend(notices);
    let last_day = settings.to.map_or(last_day, Day::of);
    let conformed = conform(ledger?, &names, settings, last_day, county);
    tell(&mut intake, &conformed, &companions);
    Some((split(conformed, &names, companions, settings), intake))
}

fn note(intake: &mut Intake, table: &'static str, raw: &Raw) {
    let filled = BTreeMap::new();
    let (unknown_columns, notes) = (raw.unknown.clone(), raw.notes.clone());
    intake.tables.insert(table, TableIntake { rows: raw.rows, filled, unknown_columns, notes });
}

/// Reports emptied cells of a companion table.
fn emptied(intake: &mut Intake, table: &'static str, raw: &Raw) {
    for fault in &raw.faults {
        let (file, row) = raw.origin(fault.row);
        intake.defects.push(Defect {
            table,
            file: file.to_owned(),
            row,
            column: fault.field.name.to_owned(),
            action: Action::CellEmptied,
            value: masked(&fault.value),
            reason: fault.reason.clone(),
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
fn tell(intake: &mut Intake, conformed: &Conformed, companions: &Companions) {
    intake.read = conformed.read;
    intake.kept = conformed.kept;
    intake.refused_rows = conformed.read.rows - conformed.kept.rows;
    intake.defects.extend(conformed.defects.iter().cloned());
    intake.emptied_cells =
        intake.defects.iter().filter(|defect| defect.action == Action::CellEmptied).count();
    intake.refusals = by_kind(&intake.defects, Action::RowRefused);
    intake.emptied = by_kind(&intake.defects, Action::CellEmptied);
    intake.match_rates = match_rates(&conformed.lines, companions);
    intake.strange_accounts.clone_from(&conformed.strange_accounts);
    intake.notices.extend(Notice::of_chart(&conformed.strange_accounts, conformed.kept.rows));
    let ledger =
        conformed.lines.filled().into_iter().map(|(field, rows)| (LEDGER.name, field, rows));
    for (table, field, filled) in ledger.chain(companions.filled()) {
        let rows = if table == LEDGER.name {
            conformed.lines.rows
        } else {
            intake.tables.get(table).map_or(0, |table| table.rows)
        };
        if let Some(table) = intake.tables.get_mut(table).filter(|_| filled > 0) {
            table.filled.insert(field.to_owned(), filled as f64 / rows.max(1) as f64);
        }
    }
}

/// Stands before a fault that stands for others of its kind.
pub const EXAMPLE: &str = "for example, ";

/// Faults by column and reason. Those that differ in their numbers alone count as one kind, which its first fault stands
/// for.
fn by_kind(defects: &[Defect], action: Action) -> BTreeMap<String, usize> {
    let mut kinds: BTreeMap<String, (&Defect, bool, usize)> = BTreeMap::new();
    for defect in defects.iter().filter(|defect| defect.action == action) {
        let Defect { table, column, reason, .. } = defect;
        let kind = format!("{table}.{column}: {}", without_numbers(reason));
        let (first, differ, count) = kinds.entry(kind).or_insert((defect, false, 0));
        *differ |= first.reason != *reason;
        *count += 1;
    }
    let told = |(Defect { table, column, reason, .. }, differ, count): (&Defect, bool, usize)| {
        let example = if differ { EXAMPLE } else { "" };
        (format!("{table}.{column}: {example}{reason}"), count)
    };
    kinds.into_values().map(told).collect()
}

/// Replaces every number of a reason by `#`, so that faults of the same kind are counted together.
fn without_numbers(reason: &str) -> String {
    let mut kind = String::new();
    for letter in reason.chars() {
        if !letter.is_ascii_digit() {
            kind.push(letter);
        } else if !kind.ends_with('#') {
            kind.push('#');
        }
    }
    kind.replace("#.#", "#").replace("#-#-#", "#")
}

/// The share of ids in one table that occur in another; only for delivered tables.
fn match_rates(lines: &Lines, companions: &Companions) -> BTreeMap<&'static str, f64> {
    let Companions { people, payees, kinship, posts, decisions, contracts, .. } = companions;
    let references = [
        ("ledger.payee in payees", &lines.payee, &payees.payee),
        ("ledger.approver in people", &lines.approver, &people.person),
        ("ledger.handler in people", &lines.handler, &people.person),
        ("ledger.decision in decisions", &lines.decision, &decisions.decision),
        ("ledger.contract in contracts", &lines.contract, &contracts.contract),
        ("payees.person in people", &payees.person, &people.person),
        ("kinship.a in people", &kinship.a, &people.person),
        ("kinship.b in people", &kinship.b, &people.person),
        ("posts.person in people", &posts.person, &people.person),
    ];
    let rate = |(name, from, to): (&'static str, &Col<Id>, &Col<Id>)| {
        let known = distinct(to.cells());
        let filled = from.cells().iter().filter(|id| **id != Id::NONE);
        let found = filled.clone().filter(|id| known.binary_search(id).is_ok()).count();
        #[expect(clippy::cast_precision_loss, reason = "a share needs no 53 bits")]
        let rate = found as f64 / filled.count().max(1) as f64;
        (from.is_recorded() && to.is_recorded()).then_some((name, rate))
    };
    references.into_iter().filter_map(rate).collect()
}

/// Splits the lines by county. Lines are sorted by village, so each county is a contiguous range.
fn split(
    conformed: Conformed,
    names: &Arc<Names>,
    companions: Companions,
    settings: &Settings,
) -> Vec<Book> {
    let indexes = Indexes {
        limits: Arc::new(LimitIndex::of(&companions.limits, names)),
        kin: Arc::new(Kin::of(&companions.kinship)),
        terms: Arc::new(Terms::of(&companions.posts)),
        calendar: Arc::new(Calendar::of(&companions.calendar, names)),
        companions: Arc::new(companions),
    };
    let Conformed { lines, sides, charts, vouchers, .. } = conformed;
    let parts = counties(&lines, &vouchers, names);
    let is_one = parts.len() == 1;
    let mut lines = lines;
    let mut books = Vec::new();
    for (county, range) in parts {
        // A single county takes the columns without copying.
        let own = if is_one { std::mem::take(&mut lines) } else { lines.slice(&range) };
        let starts = vouchers.iter().map(|line| usize::from(*line));
        let inside = starts.filter(|line| (range.start..=range.end).contains(line));
        let vouchers = inside.map(|line| LineIx::from(line - range.start)).collect();
        let lines_of = LineIx::from(range.start)..LineIx::from(range.end);
        let part = Part {
            county,
            lines: own,
            sides: sides.within(&lines_of).to_vec().into(),
            charts: charts.within(&lines_of).to_vec().into(),
            vouchers,
        };
        books.push(book(part, names.clone(), &indexes, settings));
    }
    books
}

/// The counties with their lines.
fn counties(lines: &Lines, vouchers: &[LineIx], names: &Names) -> Vec<(String, Range<usize>)> {
    let county = |line: usize| {
        let code = names.get(lines.village.at(line));
        code.get(..6).unwrap_or(code)
    };
    let mut parts: Vec<(String, Range<usize>)> = Vec::new();
    for line in vouchers.iter().map(|line| usize::from(*line)).filter(|line| *line < lines.rows) {
        if parts.last().is_some_and(|(last, _)| last == county(line)) {
            continue;
        }
        if let Some((_, range)) = parts.last_mut() {
            range.end = line;
        }
        parts.push((county(line).to_owned(), line..lines.rows));
    }
    parts
}

/// The companion tables and their indices, shared by all counties of a dataset.
pub(crate) struct Indexes {
    pub(crate) companions: Arc<Companions>,
    pub(crate) limits: Arc<LimitIndex>,
    pub(crate) kin: Arc<Kin>,
    pub(crate) terms: Arc<Terms>,
    pub(crate) calendar: Arc<Calendar>,
}

/// The lines of one county.
pub(crate) struct Part {
    pub(crate) county: String,
    pub(crate) lines: Lines,
    pub(crate) sides: IxVec<LineIx, Side>,
    pub(crate) charts: IxVec<LineIx, Chart>,
    pub(crate) vouchers: Vec<LineIx>,
}

/// Builds the book of one county from its lines, sorted by village, month, voucher and line.
pub(crate) fn book(part: Part, names: Arc<Names>, indexes: &Indexes, settings: &Settings) -> Book {
    let flows = flows(&part, settings.entry, &names);
    let Part { county, lines, sides, charts, vouchers } = part;
    let villages: IxVec<VillageIx, Id> = distinct(lines.village.cells()).into();
    let mut order: IxVec<PaymentIx, LineIx> = flows
        .iter_enumerated()
        .filter_map(|(line, flow)| (*flow == Flow::Out).then_some(line))
        .collect();
    order.raw.sort_by_key(|line| (lines.village.at(*line), lines.date.at(*line), *line));
    let payee_of =
        |line: &LineIx| lines.payee.at(*line).some().unwrap_or(lines.payee_name.at(*line));
    let payee_ids: Vec<Id> = order.iter().map(payee_of).collect();
    let approver_ids = order.iter().map(|line| lines.approver.at(*line));
    let payees: IxVec<PayeeIx, Id> = distinct(&payee_ids).into();
    let officials = officials(&lines, &order, &indexes.companions, (&county, &names));
    let class = class_of(&names, &settings.classes);
    let village_ids = order.iter().map(|line| lines.village.at(*line));
    let payments = Payments {
        village: places(village_ids, &villages).into_iter().flatten().collect(),
        day: order.iter().map(|line| lines.date.at(*line)).collect(),
        amount: order.iter().map(|line| lines.amount.at(*line)).collect(),
        payee: places(payee_ids.into_iter(), &payees),
        approver: places(approver_ids, &officials),
        class: order.iter().map(|line| class(charts[*line], lines.account.at(*line))).collect(),
        account: order.iter().map(|line| lines.account.at(*line)).collect(),
        line: order,
    };
    Book {
        county,
        names,
        lines,
        sides,
        flows,
        charts,
        vouchers,
        payments,
        villages,
        payees,
        officials,
        companions: indexes.companions.clone(),
        limits: indexes.limits.clone(),
        kin: indexes.kin.clone(),
        terms: indexes.terms.clone(),
        calendar: indexes.calendar.clone(),
        settings: settings.clone(),
        views: Views::default(),
    }
}

/// Everyone who approved, handled, witnessed, cosigned, reviewed or entered a payment in these lines, and everyone who
/// holds or held a post in the county, even if also a payee.
fn officials(
    lines: &Lines,
    payments: &IxVec<PaymentIx, LineIx>,
    companions: &Companions,
    (county, names): (&str, &Names),
) -> IxVec<PersonIx, Id> {
    let mut all: Vec<Id> = Vec::new();
    for role in lines.signers() {
        let signed: Vec<Id> = payments.iter().map(|line| role.at(*line)).collect();
        all.extend(distinct(&signed));
    }
    let posts = &companions.posts;
    let in_county = |row: &usize| names.get(posts.village.at(*row)).starts_with(county);
    all.extend((0..posts.rows).filter(in_county).map(|row| posts.person.at(row)));
    distinct(&all).into()
}

/// The class of each account, computed once per string.
fn class_of(names: &Names, classes: &Classes) -> impl Fn(Chart, Id) -> Class + use<> {
    let table = |chart: Chart| names.map(|code| classes.of(chart, code));
    let (old, new) = (table(Chart::Of2004), table(Chart::Of2024));
    move |chart, account| {
        let table = if chart == Chart::Of2004 { &old } else { &new };
        table.get(account.0 as usize).copied().unwrap_or(Class::Other)
    }
}

/// The distinct nonempty ids, sorted.
fn distinct(ids: &[Id]) -> Vec<Id> {
    let mut all = ids.to_vec();
    all.dedup();
    all.sort_unstable();
    all.dedup();
    all.retain(|id| *id != Id::NONE);
    all
}

/// The index of each id among the sorted ids, if present.
fn places<K>(ids: impl Iterator<Item = Id>, sorted: &IxVec<K, Id>) -> IxVec<PaymentIx, Option<K>>
where
    K: Copy + From<usize> + Into<usize>,
{
    let mut last = (Id::NONE, None);
    let place = |id: Id| {
        if id != last.0 {
            last = (id, sorted.place(&id));
        }
        last.1
    };
    ids.map(place).collect()
}

/// The cash flow of each line, from the side of its voucher's cash and bank lines.
///
/// If cash is credited, the debits of other accounts are outflows; if cash is debited, the credits of other accounts
/// are inflows. In a single-entry register every debit is an outflow.
fn flows(part: &Part, entry: Entry, names: &Names) -> IxVec<LineIx, Flow> {
    let Part { lines, sides, vouchers, .. } = part;
    let cash = names.map(Chart::is_cash);
    let is_cash =
        |line: LineIx| cash.get(lines.account.at(line).0 as usize).copied().unwrap_or(false);
    let mut flows = IxVec::of(Flow::Internal, lines.rows);
    for bounds in vouchers.windows(2) {
        let [from, to] = *bounds else { continue };
        let voucher = LineIx::within(&(from..to));
        let has = |side: Side| voucher.clone().any(|line| sides[line] == side && is_cash(line));
        let pays = entry == Entry::Single || has(Side::Credit);
        let takes = has(Side::Debit);
        for line in voucher {
            flows[line] = match sides[line] {
                Side::Debit if pays && !is_cash(line) => Flow::Out,
                Side::Credit if takes && !is_cash(line) => Flow::In,
                _ => Flow::Internal,
            };
        }
    }
    flows
}
