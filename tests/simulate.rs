//! A simulated dataset keeps the rules of double entry and of its own limits, and its answers are true.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that does not find what the test needs must fail the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type};
use arrow::record_batch::RecordBatch;
use mingzhang::ledger::contract::cell::{Cell, Day, Moment};
use mingzhang::ledger::contract::coerce;
use mingzhang::ledger::decode::read::ParquetFile;
use mingzhang::simulate::dataset::{clear, simulate};
use mingzhang::simulate::error::Error;
use mingzhang::simulate::settings::Settings;
use mingzhang::simulate::summary::{Planting, Summary};
use tempfile::TempDir;

/// One dataset that the tests look at; acts in most villages, so that few villages suffice.
struct Made {
    folder: TempDir,
    summary: Summary,
}

static COUNTY: LazyLock<Made> = LazyLock::new(|| make(&small()));

fn small() -> Settings {
    Settings { villages: 40, townships: 4, acts: 0.8, lines: 700, ..Settings::default() }
}

fn make(settings: &Settings) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let summary = simulate(settings, folder.path()).unwrap();
    Made { folder, summary }
}

fn parts(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<_> =
            fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in &entries {
            parts(entry, found);
        }
    } else {
        found.push(path.to_owned());
    }
}

/// All batches of a table.
fn batches(made: &Made, table: &str) -> Vec<RecordBatch> {
    let file = made.folder.path().join(format!("{table}.parquet"));
    let path = if file.is_file() { file } else { made.folder.path().join(table) };
    let mut files = Vec::new();
    parts(&path, &mut files);
    let mut all = Vec::new();
    for file in files {
        let file = ParquetFile::open(&file).unwrap();
        let columns: Vec<usize> = (0..file.schema().fields().len()).collect();
        for group in 0..file.row_groups().len() {
            all.extend(file.read(group, &columns).unwrap());
        }
    }
    all
}

/// A table as rows of texts; money in fen, dates as ISO.
fn rows(made: &Made, table: &str, columns: &[&str]) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for batch in batches(made, table) {
        let plain = |name: &&str| {
            let column = batch.column_by_name(name).unwrap();
            let is_text = matches!(column.data_type(), DataType::Dictionary(..));
            if is_text { cast(column, &DataType::Utf8).unwrap() } else { column.clone() }
        };
        let columns: Vec<_> = columns.iter().map(plain).collect();
        for row in 0..batch.num_rows() {
            rows.push(columns.iter().map(|column| cell(column.as_ref(), row)).collect());
        }
    }
    rows
}

fn cell(column: &dyn Array, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    if let Some(texts) = column.as_string_opt::<i32>() {
        return Some(texts.value(row).to_owned());
    }
    if let Some(money) = column.as_primitive_opt::<Decimal128Type>() {
        return Some(money.value(row).to_string());
    }
    if let Some(days) = column.as_primitive_opt::<Date32Type>() {
        return Some(Day(days.value(row)).to_string());
    }
    if let Some(flags) = column.as_boolean_opt() {
        return Some(flags.value(row).to_string());
    }
    if let Some(lists) = column.as_list_opt::<i32>() {
        let words = lists.value(row);
        let words: Vec<_> = words.as_string::<i32>().iter().flatten().collect();
        return Some(words.join(" "));
    }
    let ints = column.as_primitive::<arrow::datatypes::Int32Type>();
    Some(ints.value(row).to_string())
}

/// The rows of a table whose cells are all filled.
fn full(made: &Made, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let rows = rows(made, table, columns).into_iter();
    rows.map(|row| row.into_iter().map(Option::unwrap).collect()).collect()
}

/// A payment as the answers name it, with its columns.
#[derive(Debug, Clone, Default)]
struct Payment {
    date: String,
    account: String,
    amount: i64,
    payee: String,
    paid_to: Option<String>,
    approver: String,
    approved: String,
    document_no: Option<String>,
    fixed: bool,
}

fn payments(made: &Made) -> BTreeMap<String, Payment> {
    let columns = [
        "village",
        "voucher",
        "line",
        "date",
        "account",
        "side",
        "amount",
        "payee",
        "payee_account",
        "approver",
        "approved",
        "document_no",
        "fixed_standard",
    ];
    let mut vouchers: BTreeMap<String, Vec<Vec<Option<String>>>> = BTreeMap::new();
    for row in rows(made, "ledger", &columns) {
        let text = |place: usize| row[place].clone().unwrap();
        let key = format!("{}/{}/{}", text(0), &text(3)[..7], text(1));
        vouchers.entry(key).or_default().push(row);
    }
    let is_money = |account: &str| account == "101" || account == "102";
    let mut payments = BTreeMap::new();
    for (key, lines) in vouchers {
        let text = |row: &Vec<Option<String>>, place: usize| row[place].clone().unwrap_or_default();
        if !lines.iter().any(|row| is_money(&text(row, 4)) && text(row, 5) == "credit") {
            continue;
        }
        for row in lines.iter().filter(|row| !is_money(&text(row, 4)) && text(row, 5) == "debit") {
            let payment = Payment {
                date: text(row, 3),
                account: text(row, 4),
                amount: text(row, 6).parse().unwrap(),
                payee: text(row, 7),
                paid_to: row[8].clone(),
                approver: text(row, 9),
                approved: text(row, 10),
                document_no: row[11].clone(),
                fixed: text(row, 12) == "true",
            };
            payments.insert(format!("{key}/{}", text(row, 2)), payment);
        }
    }
    payments
}

/// The payments of each act or look-alike of a scheme.
fn planted(made: &Made, scheme: &str, kind: &str) -> BTreeMap<String, Vec<Payment>> {
    let payments = payments(made);
    let mut planted: BTreeMap<String, Vec<Payment>> = BTreeMap::new();
    for row in full(made, "answers", &["subject_grain", "subject", "act", "scheme", "kind"]) {
        if row[0] == "payment" && row[3] == scheme && row[4] == kind {
            planted.entry(row[2].clone()).or_default().push(payments[&row[1]].clone());
        }
    }
    assert!(!planted.is_empty(), "{scheme} {kind}");
    planted
}

/// Person by payee id: the person himself, and the owner.
fn behind(made: &Made) -> BTreeMap<String, [Option<String>; 2]> {
    let rows = rows(made, "payees", &["payee", "person", "owner"]);
    rows.into_iter()
        .map(|row| (row[0].clone().unwrap(), [row[1].clone(), row[2].clone()]))
        .collect()
}

#[test]
fn every_voucher_balances() {
    let mut sums: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for row in full(&COUNTY, "ledger", &["village", "date", "voucher", "side", "amount"]) {
        let amount: i64 = row[4].parse().unwrap();
        let amount = if row[3] == "debit" { amount } else { -amount };
        *sums.entry((row[0].clone(), row[1][..7].to_owned(), row[2].clone())).or_default() +=
            amount;
    }
    assert!(sums.len() > 10_000);
    assert!(sums.values().all(|sum| *sum == 0));
}

#[test]
fn every_account_belongs_to_the_chart_of_its_day() {
    let old = [
        "101", "102", "112", "113", "121", "151", "154", "202", "211", "502", "511", "522", "531",
        "541", "551",
    ];
    let new = [
        "101", "102", "112", "113", "121", "151", "153", "212", "241", "501", "503", "504", "511",
        "513", "514", "515",
    ];
    let mut seen = BTreeSet::new();
    for row in full(&COUNTY, "ledger", &["date", "account", "chart"]) {
        let (chart, accounts) =
            if row[0].as_str() < "2024" { ("2004", &old[..]) } else { ("2024", &new[..]) };
        assert_eq!(row[2], chart);
        assert!(accounts.contains(&row[1].as_str()), "{row:?}");
        seen.insert(chart);
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn cash_in_hand_is_never_below_zero_at_the_end_of_a_day() {
    let mut by_day: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in full(&COUNTY, "ledger", &["village", "date", "account", "side", "amount"]) {
        if row[2] == "101" {
            let amount: i64 = row[4].parse().unwrap();
            let amount = if row[3] == "debit" { amount } else { -amount };
            *by_day.entry((row[0].clone(), row[1].clone())).or_default() += amount;
        }
    }
    let mut running: BTreeMap<String, i64> = BTreeMap::new();
    for ((village, day), change) in by_day {
        let cash = running.entry(village.clone()).or_default();
        *cash += change;
        assert!(*cash >= 0, "{village} {day} {cash}");
    }
}

#[test]
fn limits_cover_every_payment() {
    let columns = ["region", "expense_class", "from_amount", "to_amount", "valid_from", "valid_to"];
    let limits = rows(&COUNTY, "limits", &columns);
    let class = |account: &str, date: &str| match (account, date < "2024") {
        ("502", true) | ("511", false) | ("121", _) => "production",
        ("151" | "153" | "154", _) => "construction",
        ("211", true) | ("212", false) => "wage",
        ("202", true) | ("241", false) => "subsidy",
        _ => "non-production",
    };
    // No limit speaks of what is taken back.
    for (key, payment) in payments(&COUNTY).into_iter().filter(|(_, one)| one.amount > 0) {
        let class = class(&payment.account, &payment.date);
        let covers = limits.iter().any(|band| {
            let text = |place: usize| band[place].clone().unwrap();
            key.starts_with(&text(0))
                && text(1) == class
                && text(2).parse::<i64>().unwrap() <= payment.amount
                && band[3].as_ref().is_none_or(|to| payment.amount < to.parse().unwrap())
                && text(4) <= payment.date
                && band[5].as_ref().is_none_or(|to| payment.date <= *to)
        });
        assert!(covers, "{key} {payment:?}");
    }
    assert!(limits.iter().any(|band| band[0].as_ref().unwrap().len() == 9));
}

#[test]
fn at_least_ten_schemes_are_planted_and_each_has_many_more_look_alikes() {
    for made in [&*COUNTY, &make(&Settings { lines: 300, ..Settings::default() })] {
        let planted = &made.summary.planted;
        assert!(planted.values().filter(|count| count.acts > 0).count() >= 10, "{planted:?}");
        for (scheme, count) in planted {
            assert!(count.look_alikes >= count.acts, "{scheme} {count:?}");
        }
        let sum = |of: fn(&Planting) -> u64| planted.values().map(of).sum::<u64>();
        assert!(sum(|count| count.look_alikes) > 9 * sum(|count| count.acts), "{planted:?}");
    }
}

#[test]
fn acts_are_few_and_what_looks_alike_is_ten_to_fifty_times_as_much() {
    let made = make(&Settings { villages: 60, ..Settings::default() });
    let planted = made.summary.planted.values();
    let [mut acts, mut alike] = [0, 0];
    for count in planted {
        acts += count.act_payments;
        alike += count.look_alike_payments;
    }
    let all = u64::try_from(payments(&made).len()).unwrap();
    assert!((3..=8).contains(&(acts * 1_000 / all)), "{acts} of {all}");
    assert!((10..=50).contains(&(alike / acts)), "{acts} acts, {alike} look-alikes");
}

#[test]
fn who_takes_care_has_more_papers_and_who_takes_none_has_fewer() {
    let agreed = |care: f64| {
        let made = make(&Settings { care, look_alikes: 1.0, lines: 500, ..small() });
        let answers = full(&made, "answers", &["subject", "kind"]);
        let acts: BTreeSet<String> = answers
            .into_iter()
            .filter(|row| row[1] == "act")
            .map(|mut row| row.remove(0))
            .collect();
        let columns = ["village", "voucher", "line", "date", "contract", "decision"];
        let rows = rows(&made, "ledger", &columns).into_iter().filter(|row| {
            let text = |place: usize| row[place].clone().unwrap();
            let key = format!("{}/{}/{}/{}", text(0), &text(3)[..7], text(1), text(2));
            acts.contains(&key)
        });
        let rows: Vec<_> = rows.collect();
        let papered = rows.iter().filter(|row| row[4].is_some() || row[5].is_some()).count();
        papered * 100 / rows.len()
    };
    let (careless, careful) = (agreed(0.0), agreed(1.0));
    assert!(careful > careless + 15, "{careless} % and {careful} %");
}

#[test]
fn an_honest_county_has_look_alikes_and_no_act() {
    let made = make(&Settings { honest: true, lines: 300, ..small() });
    let kinds = full(&made, "answers", &["kind"]);
    assert!(kinds.len() > 100);
    assert!(kinds.iter().all(|row| row[0] == "look_alike"));
    assert!(made.summary.planted.values().all(|count| count.acts == 0));
}

#[test]
fn every_subject_of_the_answers_exists() {
    let payments = payments(&COUNTY);
    let ids = |table, column| -> BTreeSet<String> {
        full(&COUNTY, table, &[column]).into_iter().map(|mut row| row.remove(0)).collect()
    };
    let (payees, posts, villages) =
        (ids("payees", "payee"), ids("posts", "person"), ids("villages", "village"));
    let mut grains = BTreeSet::new();
    for row in full(&COUNTY, "answers", &["subject_grain", "subject"]) {
        let is_there = match row[0].as_str() {
            "payment" => payments.contains_key(&row[1]),
            "payee" => payees.contains(&row[1]),
            "official" => posts.contains(&row[1]),
            "village" => villages.contains(&row[1]),
            other => panic!("{other}"),
        };
        assert!(is_there, "{row:?}");
        grains.insert(row[0].clone());
    }
    assert_eq!(grains.len(), 4);
}

#[test]
fn no_key_stands_twice() {
    for table in mingzhang::ledger::contract::schema::TABLES {
        if table.name == "outcomes" {
            continue;
        }
        let mut key = table.key.to_vec();
        if table.name == "ledger" {
            key.push("date");
        }
        let mut seen = BTreeSet::new();
        let all = rows(&COUNTY, table.name, &key);
        assert!(!all.is_empty(), "{}", table.name);
        for row in all {
            assert!(seen.insert(row.clone()), "{}: {row:?}", table.name);
        }
    }
}

#[test]
fn kin_and_officials_and_payees_are_people() {
    let people: BTreeSet<String> =
        full(&COUNTY, "people", &["person"]).into_iter().map(|mut row| row.remove(0)).collect();
    for row in full(&COUNTY, "kinship", &["a", "b", "degree"]) {
        assert!(people.contains(&row[0]) && people.contains(&row[1]), "{row:?}");
        assert!(["1", "2", "3"].contains(&row[2].as_str()));
    }
    assert!(full(&COUNTY, "posts", &["person"]).iter().all(|row| people.contains(&row[0])));
    for [person, owner] in behind(&COUNTY).into_values() {
        assert!([person, owner].iter().flatten().all(|who| people.contains(who)));
    }
    for roles in rows(
        &COUNTY,
        "ledger",
        &["handler", "witness", "approver", "cosigner", "township_reviewer", "clerk"],
    ) {
        assert!(roles.iter().flatten().all(|who| people.contains(who)), "{roles:?}");
    }
}

#[test]
fn the_bank_never_falls_below_zero_and_adds_up() {
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for row in full(&COUNTY, "bank", &["village", "amount", "balance"]) {
        let (amount, balance): (i64, i64) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        assert!(balance >= 0, "{row:?}");
        if let Some(before) = last.insert(row[0].clone(), balance) {
            assert_eq!(before + amount, balance, "{row:?}");
        }
    }
}

#[test]
fn in_self_approval_the_approver_is_the_payee() {
    let behind = behind(&COUNTY);
    for payment in planted(&COUNTY, "self_approval", "act").into_values().flatten() {
        assert_eq!(behind[&payment.payee][0].as_ref(), Some(&payment.approver));
        assert!(!payment.fixed);
    }
    // The pay roll that he signs as a whole, or small claims that nobody else is there to sign for.
    let honest = planted(&COUNTY, "self_approval", "look_alike").into_values().flatten();
    let honest: Vec<Payment> = honest.collect();
    for payment in &honest {
        assert_eq!(behind[&payment.payee][0].as_ref(), Some(&payment.approver));
    }
    assert!(honest.iter().any(|payment| payment.fixed));
    assert!(honest.iter().any(|payment| !payment.fixed));
}

#[test]
fn in_split_purchases_each_part_is_below_a_limit_and_one_payee_gets_all() {
    for parts in planted(&COUNTY, "split_purchase", "act").into_values() {
        assert!(parts.len() >= 4);
        assert!(
            parts
                .iter()
                .all(|part| part.payee == parts[0].payee && part.approver == parts[0].approver)
        );
        assert!(parts.iter().any(|part| part.amount != parts[0].amount));
    }
}

#[test]
fn in_duplicate_claims_one_invoice_is_paid_twice_and_of_its_look_alikes_most_have_two() {
    let pairs = |payments: &[Payment]| {
        let same = |one: &&Payment| {
            payments
                .iter()
                .filter(|other| other.document_no == one.document_no && other.payee == one.payee)
                .count()
                == 2
        };
        payments.iter().filter(same).count()
    };
    // With care the copy has a number of its own; honest people pay some invoices in two parts.
    let of = |kind: &str| {
        let planted = planted(&COUNTY, "duplicate_claim", kind);
        let all: usize = planted.values().map(Vec::len).sum();
        (planted.values().map(|one| pairs(one)).sum::<usize>(), all)
    };
    let ((twice, acts), (parts, honest)) = (of("act"), of("look_alike"));
    assert!(twice * 2 > acts, "{twice} of {acts}");
    assert!(parts * 4 < honest, "{parts} of {honest}");
}

#[test]
fn in_kin_supply_the_approver_is_near_kin_of_the_payee() {
    let behind = behind(&COUNTY);
    let mut degrees: BTreeMap<(String, String), String> = BTreeMap::new();
    for row in full(&COUNTY, "kinship", &["a", "b", "degree"]) {
        degrees.insert((row[0].clone(), row[1].clone()), row[2].clone());
        degrees.insert((row[1].clone(), row[0].clone()), row[2].clone());
    }
    for payment in planted(&COUNTY, "kin_supplier", "act").into_values().flatten() {
        let [person, owner] = behind[&payment.payee].clone();
        let degree = degrees.get(&(payment.approver.clone(), person.or(owner).unwrap()));
        assert!(degree.is_some_and(|degree| degree != "3"), "{payment:?}");
    }
}

#[test]
fn the_dead_are_paid_only_where_that_was_planted() {
    let dead: BTreeMap<String, String> = rows(&COUNTY, "people", &["person", "death_date"])
        .into_iter()
        .filter_map(|row| Some((row[0].clone()?, row[1].clone()?)))
        .collect();
    let behind = behind(&COUNTY);
    let late = |payment: &Payment| {
        behind[&payment.payee][0]
            .as_ref()
            .and_then(|who| dead.get(who))
            .is_some_and(|death| *death < payment.date)
    };
    let mut expected = 0;
    for kind in ["act", "look_alike"] {
        for payment in planted(&COUNTY, "deceased_payee", kind).into_values().flatten() {
            assert!(late(&payment), "{payment:?}");
            expected += 1;
        }
    }
    assert_eq!(payments(&COUNTY).values().filter(|payment| late(payment)).count(), expected);
}

#[test]
fn backdated_approvals_and_shared_accounts_are_what_they_are_called() {
    for payments in planted(&COUNTY, "shared_account", "act").into_values() {
        let accounts: BTreeSet<_> =
            payments.iter().map(|payment| payment.paid_to.clone().unwrap()).collect();
        let payees: BTreeSet<_> = payments.iter().map(|payment| &payment.payee).collect();
        assert!(accounts.len() == 1 && payees.len() >= 3);
    }
    for payments in planted(&COUNTY, "backdated_approval", "act").into_values() {
        assert!(payments.iter().any(|payment| payment.approved > payment.date));
    }
}

#[test]
fn numbers_are_missing_where_income_left_the_books_and_printed_numbers_rise() {
    let mut last: BTreeMap<(String, String), u32> = BTreeMap::new();
    for row in full(&COUNTY, "ledger", &["village", "date", "voucher"]) {
        let number: u32 = row[2].strip_prefix("记-").unwrap().parse().unwrap();
        let before = last.insert((row[0].clone(), row[1][..7].to_owned()), number).unwrap_or(0);
        assert!(number >= before, "{row:?}");
    }
    let removed = COUNTY.summary.planted["income_off_book"];
    assert!(removed.acts > 0 && removed.act_payments == 0);
}

#[test]
fn the_bytes_are_the_same_whatever_the_threads() {
    let settings = Settings {
        villages: 9,
        townships: 3,
        years: 2,
        lines: 400,
        acts: 1.0,
        ..Settings::default()
    };
    let bytes = |threads: usize| -> BTreeMap<PathBuf, Vec<u8>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let made = pool.install(|| make(&settings));
        let mut files = Vec::new();
        parts(made.folder.path(), &mut files);
        let name = |file: &PathBuf| file.strip_prefix(made.folder.path()).unwrap().to_owned();
        files.iter().map(|file| (name(file), fs::read(file).unwrap())).collect()
    };
    let one = bytes(1);
    assert!(one.len() > 15);
    for threads in [2, 8] {
        let other = bytes(threads);
        assert!(one.keys().eq(other.keys()));
        for (name, bytes) in &one {
            assert!(bytes == &other[name], "{} differs at {threads} threads", name.display());
        }
    }
}

#[test]
fn moments_of_entry_are_of_the_contracts_own_type() {
    let mut filled = 0;
    for batch in batches(&COUNTY, "ledger") {
        let entered = coerce::moment(batch.column_by_name("entered").unwrap()).unwrap();
        assert!(entered.faults.is_empty() && entered.converted.is_none(), "{entered:?}");
        // On the clock of an office, by day, but for what is keyed at night.
        let by_day = |moment: &&Moment| (6..24).contains(&(moment.0.rem_euclid(86_400) / 3_600));
        let recorded: Vec<_> = entered.cells.iter().filter(|cell| **cell != Moment::NONE).collect();
        let at_night = recorded.iter().filter(|moment| !by_day(moment)).count();
        assert!(at_night * 100 < recorded.len(), "{at_night} of {}", recorded.len());
        filled += recorded.len();
    }
    assert!(filled > 0);
}

#[test]
fn many_shapes_of_a_county_can_be_simulated() {
    let usual = Settings { lines: 300, ..Settings::default() };
    let shapes = [
        Settings { villages: 1, townships: 1, acts: 1.0, ..usual.clone() },
        Settings { villages: 3, townships: 3, years: 1, acts: 1.0, ..usual.clone() },
        Settings { villages: 12, years: 6, first_year: 2020, acts: 1.0, seed: 9, ..usual.clone() },
        Settings { counties: 2, villages: 4, townships: 2, acts: 0.0, ..usual.clone() },
        Settings { villages: 30, years: 1, first_year: 2005, acts: 1.0, seed: 77, ..usual.clone() },
        Settings { villages: 2, townships: 2, lines: 20_000, acts: 1.0, ..usual },
    ];
    for shape in shapes {
        let made = make(&shape);
        assert_eq!(
            made.summary.rows["villages"],
            u64::from(shape.counties * shape.villages * shape.years)
        );
        let acts: u64 = made.summary.planted.values().map(|count| count.acts).sum();
        assert_eq!(acts > 0, shape.acts > 0.0, "{shape:?}");
    }
}

#[test]
fn only_a_simulated_dataset_is_replaced() {
    let settings =
        Settings { villages: 1, townships: 1, years: 1, lines: 300, ..Settings::default() };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ledger.csv"), "not ours").unwrap();
    assert!(matches!(simulate(&settings, folder.path()), Err(Error::Occupied { .. })));
    assert!(matches!(clear(folder.path()), Err(Error::Occupied { .. })));
    fs::remove_file(folder.path().join("ledger.csv")).unwrap();

    simulate(&settings, folder.path()).unwrap();
    fs::write(folder.path().join("notes.txt"), "ours").unwrap();
    assert!(matches!(simulate(&settings, folder.path()), Err(Error::Occupied { .. })));
    clear(folder.path()).unwrap();
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
}
