//! Tests of planting on a small county with every table and on a register of payments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Planted, Role, Settings, kinds, plant};
use crate::ledger::book::Book;
use crate::ledger::book::conform::Entry;
use crate::ledger::book::index::LineIx;
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::Day;
use crate::ledger::sample;
use crate::planting::kinds::{Kind, lacking};

/// Number of days in the test county.
const DAYS: i32 = 1_090;

fn day(number: i32) -> String {
    // Day 0 is 2023-01-02, a Monday.
    Day(19_359 + number).to_string()
}

/// The tables of a test county as CSV.
struct Tables {
    ledger: String,
    people: String,
    payees: String,
    kinship: String,
    posts: String,
    advances: String,
    decisions: String,
    contracts: String,
    /// The month and the number of the last voucher.
    number: (i32, i32),
}

#[derive(Clone, Copy)]
struct Village(i32);

impl Village {
    fn code(self) -> String {
        format!("99010110120{}", self.0)
    }

    fn person(self, person: i32) -> String {
        format!("R{}{person:03}", self.0)
    }

    /// The signature columns, then decision, contract, scheme and whether a standard sets the amount.
    fn signed(self, at: i32, decision: &str, contract: &str, scheme: &str) -> String {
        let people = [36, 39, 30, 33].map(|person| self.person(person)).join(",");
        let is_fixed = !scheme.is_empty();
        let (approved, keyed) = (day(at + 1), day(at + 3));
        format!(
            "{people},T1,{approved},true,{decision},{contract},{scheme},K1,{keyed} 09:00:00,{is_fixed}"
        )
    }
}

impl Tables {
    fn new() -> Self {
        let header = |header: &str| format!("{header}\n");
        Self {
            ledger: header(
                "village,voucher,line,date,account,side,amount,summary,payee,payee_name,\
                 payee_account,method,document,document_no,document_date,attachments,handler,\
                 witness,approver,cosigner,township_reviewer,approved,committee_stamp,decision,\
                 contract,scheme,clerk,entered,fixed_standard",
            ),
            people: header("person,name,sex,birth_year,death_date,village,household"),
            payees: header("payee,kind,name,person,owner,phone,address,first_seen"),
            kinship: header("a,b,relation,degree,source"),
            posts: header("person,village,post,start"),
            advances: header("village,person,date,amount,settled"),
            decisions: header("decision,village,item,amount,proposed,voted"),
            contracts: header("contract,village,payee,kind,amount,signed,start,end"),
            number: (0, 0),
        }
    }

    fn register(&mut self, village: Village) {
        let (own, code) = (village.0, village.code());
        for person in 0..60 {
            let birth = 1935 + person + i32::from(person > 55) * 22;
            let death = if person % 9 == 4 { day(40 * person) } else { String::new() };
            let id = village.person(person);
            let household = person / 3;
            _ = writeln!(self.people, "{id},王{person},M,{birth},{death},{code},H{household}");
            _ = writeln!(
                self.payees,
                "Z{own}{person:03},person,王{person},{id},,139{person:08},{person}号,2018-01-01"
            );
            let degree = person % 3;
            if degree > 0 {
                let head = village.person(person - degree);
                _ = writeln!(self.kinship, "{head},{id},kin,{degree},register");
            }
        }
        let posts = ["secretary", "director", "committee", "clerk"];
        for (post, person) in posts.iter().zip([30, 33, 36, 39]) {
            _ = writeln!(self.posts, "{},{code},{post},2020-01-01", village.person(person));
        }
        for firm in 0..8 {
            let is_owned = firm % 2 == 0;
            let owner = if is_owned { village.person(31 + firm * 2) } else { String::new() };
            _ = writeln!(
                self.payees,
                "F{own}{firm:03},firm,永兴商店{firm},,{owner},138{firm:08},{firm}号,2016-05-01"
            );
        }
    }

    /// Adds a voucher; each row is account, side, amount and further columns.
    fn voucher(&mut self, village: Village, at: i32, rows: &[String]) {
        let month = Day(19_359 + at).month();
        let goes_on = self.number.0 == month;
        self.number = (month, if goes_on { self.number.1 + 1 } else { 1 });
        for (line, row) in (1..).zip(rows) {
            let (code, number, on) = (village.code(), self.number.1, day(at));
            _ = writeln!(self.ledger, "{code},记-{number:04},{line},{on},{row}");
        }
    }

    /// Adds a voucher that is paid from the bank or in cash.
    fn paid(&mut self, village: Village, at: i32, mut rows: Vec<String>, sum: i32, from: &str) {
        let keyed = day(at + 3);
        rows.push(format!("{from},credit,{sum},付款,,,,,,,,,,,,,,,,,,,K1,{keyed} 09:00:00,"));
        self.voucher(village, at, &rows);
    }

    fn purchase(&mut self, village: Village, at: i32) {
        let own = village.0;
        // The eighth firm sells in the first year only.
        let firm = match (at / 3) % 8 {
            7 if at > 300 => 0,
            firm => firm,
        };
        let amount = 90 + (at * 37) % 900;
        let account = if firm % 2 == 0 { "513" } else { "511" };
        let text = if firm == 2 { "工作餐" } else { "支付办公用品" };
        let number = 10_000_000 + firm * 100_000 + at;
        let row = format!(
            "{account},debit,{amount},{text},F{own}{firm:03},永兴商店{firm},\
             aa{firm}{own}c510bc{firm},transfer,invoice,{number},{},1,{}",
            day(at - 2),
            village.signed(at, "", "", "")
        );
        self.paid(village, at, vec![row], amount, "102");
    }

    fn works(&mut self, village: Village, at: i32) {
        let (own, code) = (village.0, village.code());
        let decision = format!("D{own}{at:04}");
        let contract = format!("C{own}{:02}", at / 200);
        let (proposed, voted) = (day(at - 20), day(at - 10));
        _ = writeln!(self.decisions, "{decision},{code},修路,5000,{proposed},{voted}");
        if at % 200 == 5 {
            let days = [at - 9, at, at + 190].map(day).join(",");
            _ = writeln!(self.contracts, "{contract},{code},F{own}001,works,30000,{days}");
        }
        let row = format!(
            "513,debit,2500,修路工程款,F{own}001,永兴商店1,aa1{own}c510bc1,transfer,invoice,{},{},2,{}",
            20_000_000 + at,
            day(at - 1),
            village.signed(at, &decision, &contract, "")
        );
        self.paid(village, at, vec![row], 2_500, "102");
    }

    fn list(&mut self, village: Village, at: i32, text: &str, account: &str, scheme: &str) {
        let own = village.0;
        let row = |row: i32| {
            let person = if scheme.is_empty() { 20 + row + (at / 60) % 5 } else { row };
            format!(
                "{account},debit,{},{text},Z{own}{person:03},王{person},bb{person:02}{own}c51,\
                 transfer,list,,{},1,{}",
                100 + row % 2 * 20,
                day(at),
                village.signed(at, "", "", scheme)
            )
        };
        self.paid(village, at, (0..8).map(row).collect(), 880, "102");
    }

    fn advance(&mut self, village: Village, at: i32) {
        let (own, code) = (village.0, village.code());
        let (on, settled) = (day(at), day(at + 20));
        _ = writeln!(self.advances, "{code},{},{on},300,{settled}", village.person(36));
        let row = format!(
            "112,debit,300,借款,Z{own}036,王36,bb36{own}c51,cash,receipt,{at:07},{on},1,{}",
            village.signed(at, "", "", "")
        );
        self.paid(village, at, vec![row], 300, "101");
    }

    fn settlement(&mut self, village: Village, at: i32) {
        let keyed = format!(",,,,,,,,,,,,,,,,,K1,{} 09:00:00,", day(at));
        let cash = format!("101,debit,300,还款,,{keyed}");
        let owed = format!("112,credit,300,还款,Z{}036,王36{keyed}", village.0);
        self.voucher(village, at, &[cash, owed]);
    }
}

/// A county with every table: four villages, three years, purchases, works, lists and advances.
fn rich() -> Book {
    let mut county = Tables::new();
    for village in (0..4).map(Village) {
        county.register(village);
        county.number = (0, 0);
        for at in 0..DAYS {
            if at % 3 == 0 {
                county.purchase(village, at);
            }
            if at % 20 == 5 {
                county.works(village, at);
            }
            if at % 60 == 7 {
                county.list(village, at, "高龄补贴", "241", "old");
            }
            if at % 60 == 15 {
                county.list(village, at, "清理水沟用工", "511", "");
            }
            if at % 90 == 33 {
                county.advance(village, at);
            }
            if at % 90 == 53 {
                county.settlement(village, at);
            }
        }
    }
    let limits = "region,expense_class,from_amount,to_amount,valid_from,requires,cash_max\n\
        990101,non-production,0,1000,2020-01-01,approver,500\n\
        990101,non-production,1000,,2020-01-01,approver+decision,500\n\
        990101,production,0,800,2020-01-01,approver,500\n\
        990101,production,800,,2020-01-01,approver+decision,500\n";
    let tables = [
        ("ledger", county.ledger.as_str()),
        ("people", &county.people),
        ("payees", &county.payees),
        ("kinship", &county.kinship),
        ("posts", &county.posts),
        ("advances", &county.advances),
        ("decisions", &county.decisions),
        ("contracts", &county.contracts),
        ("limits", limits),
    ];
    sample::kept_as(Entry::Double, &tables)
}

/// A register of payments with dates, amounts and payees only.
fn poor() -> Book {
    let mut ledger = String::from("date,amount,payee\n");
    for row in 0..900 {
        _ = writeln!(ledger, "{},{},P{}", day(row), 50 + row * 13 % 700, row % 17);
    }
    sample::book(&[("ledger", &ledger)])
}

fn many() -> Settings {
    Settings { acts: 0.15, placebos: 1.5, ..Settings::default() }
}

fn in_threads(threads: usize, book: &Book) -> Planted {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| plant(book, &many(), 11))
}

/// Every line as a text, without its voucher's number.
fn texts(book: &Book) -> Vec<String> {
    let text = |line: usize| {
        let lines = &book.lines;
        let ids = [
            &lines.village,
            &lines.account,
            &lines.summary,
            &lines.payee,
            &lines.payee_account,
            &lines.method,
            &lines.document,
            &lines.document_no,
            &lines.handler,
            &lines.witness,
            &lines.approver,
            &lines.cosigner,
            &lines.decision,
            &lines.contract,
            &lines.scheme,
            &lines.clerk,
        ];
        let ids = ids.map(|column| book.names.get(column.at(line)));
        format!(
            "{ids:?} {} {:?} {:?} {:?}",
            lines.date.at(line),
            lines.approved.at(line),
            lines.committee_stamp.at(line),
            lines.entered.at(line)
        )
    };
    (0..book.lines.rows).map(text).collect()
}

#[test]
fn a_kind_can_be_left_out() {
    let book = rich();
    let kinds = |settings: &Settings| -> BTreeSet<&str> {
        plant(&book, settings, 1).edits.iter().map(|edit| edit.kind.name()).collect()
    };
    let names = ["claimed_twice", "honest_repeat"];
    let without = names.map(|name| Kind::named(name).unwrap()).into();
    let (all, less) = (kinds(&many()), kinds(&Settings { without, ..many() }));
    assert!(names.iter().all(|name| all.contains(name) && !less.contains(name)));
}

#[test]
fn every_voucher_balances_and_no_number_or_line_is_used_twice() {
    let planted = plant(&rich(), &many(), 3).book;
    let mut keys = BTreeSet::new();
    for voucher in 0..planted.vouchers.len() - 1 {
        let lines = LineIx::within(&planted.voucher(voucher));
        let signed = |line: LineIx| {
            let amount = planted.lines.amount.at(line).0;
            if planted.sides[line] == Side::Debit { amount } else { -amount }
        };
        let sum: i64 = lines.clone().map(signed).sum();
        assert_eq!(sum, 0, "{}", planted.line_key(planted.voucher(voucher).start));
        for line in lines {
            assert!(keys.insert(planted.line_key(line)), "{}", planted.line_key(line));
        }
    }
}

#[test]
fn series_have_no_gap_and_run_with_the_days() {
    let planted = plant(&rich(), &many(), 3).book;
    let mut months: BTreeMap<(String, i32), Vec<(String, Day)>> = BTreeMap::new();
    for voucher in 0..planted.vouchers.len() - 1 {
        let line = planted.voucher(voucher).start;
        let date = planted.lines.date.at(line);
        let village = planted.names.get(planted.lines.village.at(line)).to_owned();
        let number = planted.names.get(planted.lines.voucher.at(line)).to_owned();
        months.entry((village, date.month())).or_default().push((number, date));
    }
    for (key, vouchers) in months {
        for (number, (printed, _)) in (1..).zip(&vouchers) {
            assert_eq!(*printed, format!("记-{number:04}"), "{key:?}");
        }
        assert!(vouchers.is_sorted_by_key(|(_, day)| *day), "{key:?}");
    }
}

#[test]
fn threads_change_nothing_and_a_seed_changes_much() {
    let book = rich();
    let (one, four) = (in_threads(1, &book), in_threads(4, &book));
    assert_eq!(texts(&one.book), texts(&four.book));
    assert_eq!((&one.roles, &one.edits), (&four.roles, &four.edits));
    assert_ne!(texts(&plant(&book, &many(), 12).book), texts(&one.book));
}

#[test]
fn a_rich_county_holds_every_kind() {
    let book = rich();
    assert_eq!(lacking(&book), []);
    let mut seen = BTreeSet::new();
    let settings = Settings { acts: 0.08, placebos: 1.5, ..Settings::default() };
    for seed in 0..24 {
        let planted = plant(&book, &settings, seed);
        for edit in planted.edits {
            assert!(!edit.payments.is_empty(), "{}", edit.kind.name());
            assert_eq!(edit.is_act, edit.kind.card().is_act);
            seen.insert(edit.kind);
        }
    }
    let missing: Vec<_> = Kind::all().filter(|kind| !seen.contains(kind)).map(Kind::name).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn a_poor_register_holds_some_kinds_and_names_what_the_others_lack() {
    let book = poor();
    let planted = plant(&book, &many(), 5);
    let of = |name: &str| {
        let found = planted.lacking.iter().find(|(kind, _)| kind.name() == name);
        found.map(|(_, need)| *need)
    };
    assert_eq!(of("kin_firm"), Some("kinship"));
    assert_eq!(of("split_over_days"), Some("limits"));
    assert_eq!(of("claimed_twice"), None);
    assert!(planted.edits.iter().any(|edit| edit.is_act));
    assert!(planted.edits.iter().any(|edit| !edit.is_act));
    // Columns that the book does not record stay empty.
    let recorded = |book: &Book| {
        let filled = book.lines.filled().into_iter().filter(|(_, rows)| *rows > 0);
        filled.map(|(field, _)| field).collect::<Vec<_>>()
    };
    assert_eq!(recorded(&book), recorded(&planted.book));
}

#[test]
fn untouched_payments_keep_their_cells() {
    let book = rich();
    let planted = plant(&book, &many(), 8);
    let before = texts(&book);
    let after = texts(&planted.book);
    let mut left: BTreeMap<String, i32> = BTreeMap::new();
    for line in &book.payments.line {
        let key = format!("{} {}", before[usize::from(*line)], book.lines.amount.at(*line));
        *left.entry(key).or_default() += 1;
    }
    let payments = &planted.book.payments;
    for (line, role) in payments.line.iter().zip(&planted.roles) {
        if *role == Role::Untouched {
            let amount = planted.book.lines.amount.at(*line);
            let key = format!("{} {amount}", after[usize::from(*line)]);
            let count = left.get_mut(&key).unwrap_or_else(|| panic!("not in the book: {key}"));
            *count -= 1;
            assert!(*count >= 0, "{key}");
        }
    }
}

#[test]
fn as_many_payments_as_asked_for_and_every_village_takes_part() {
    let book = rich();
    let settings = Settings { acts: 0.05, placebos: 1.0, ..Settings::default() };
    let planted = plant(&book, &settings, 1);
    let share = |is_asked: fn(&Role) -> bool| {
        let count = planted.roles.iter().filter(|role| is_asked(role)).count();
        f64::from(u32::try_from(count).unwrap())
            / f64::from(u32::try_from(book.payments.len()).unwrap())
    };
    let acts = share(|role| matches!(role, Role::Act(_)));
    let placebos = share(|role| matches!(role, Role::Placebo(_)));
    assert!(
        (0.035..0.07).contains(&acts) && (0.035..0.07).contains(&placebos),
        "{acts} {placebos}"
    );
    let villages: BTreeSet<_> = planted.edits.iter().map(|edit| edit.village).collect();
    assert_eq!(villages.len(), book.villages.len());
}

#[test]
fn nothing_is_planted_where_nothing_is_asked_for() {
    let book = rich();
    let planted = plant(&book, &Settings { acts: 0.0, placebos: 1.5, ..Settings::default() }, 1);
    assert!(planted.edits.is_empty());
    assert_eq!(texts(&planted.book), texts(&book));
}

#[test]
fn names_of_kinds_differ_and_what_they_need_is_of_the_contract() {
    let names: BTreeSet<_> = kinds().iter().map(|card| card.name).collect();
    assert_eq!(names.len(), kinds().len());
    for card in kinds() {
        assert_eq!(Kind::named(card.name).map(Kind::name), Some(card.name));
        for need in card.needs {
            let (table, field) = need.split_once('.').map_or((*need, None), |(t, f)| (t, Some(f)));
            let table =
                crate::ledger::contract::schema::TABLES.iter().find(|own| own.name == table);
            let table = table.unwrap_or_else(|| panic!("{}: {need}", card.name));
            assert!(
                field.is_none_or(|field| table.field(field).is_some()),
                "{}: {need}",
                card.name
            );
        }
    }
}

/// The table of `docs/planting.md`.
fn page() -> String {
    let mut page = String::from(
        "| kind | | scheme | what is edited | needs |\n| --- | --- | --- | --- | --- |\n",
    );
    for card in kinds() {
        let role = if card.is_act { "act" } else { "placebo" };
        let needs: Vec<String> = card.needs.iter().map(|need| format!("`{need}`")).collect();
        _ = writeln!(
            page,
            "| `{}`: {} {} | {role} | {} | {} | {} |",
            card.name,
            card.title,
            card.title_zh,
            card.scheme.word(),
            card.edits,
            needs.join(", ")
        );
    }
    page
}

#[test]
fn the_page_lists_every_kind_as_it_is() {
    let text = include_str!("../../docs/planting.md");
    assert!(text.ends_with(&page()), "the table of docs/planting.md should be:\n{}", page());
}
