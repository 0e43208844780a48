//! The table of a drafted mapping that locates side and amount in the sheets.

use super::choose::{self, Amounts};
use super::codes::{CODE_BEFORE_NAME, code_in};
use super::parts::{names, quoted};
use super::survey::Survey;
use super::words::{ACCOUNTS, Role, meaning, unit};
use crate::import::reading::Reading;
use crate::import::reading::TODO;
use crate::import::value::amount;
use crate::ledger::contract::clean::is_han;

/// A table of amounts in the mapping.
#[derive(Debug)]
pub(super) struct AmountTable {
    /// The name of the table.
    pub(super) name: &'static str,
    /// Its keys with their values in TOML.
    pub(super) keys: Vec<(&'static str, String)>,
    /// The lines of its subtable `columns`.
    pub(super) columns: Vec<(String, String)>,
}

pub(super) fn table(form: Amounts, surveys: &[Survey]) -> Option<AmountTable> {
    let named = |roles: &[Role]| {
        let names: Vec<String> = roles.iter().flat_map(|role| all_names(surveys, *role)).collect();
        self::names(&names)
    };
    let table = |name, keys| Some(AmountTable { name, keys, columns: Vec::new() });
    match form {
        Amounts::Sides => {
            let mut keys =
                vec![("debit", named(&[Role::Debit])), ("credit", named(&[Role::Credit]))];
            keys.extend(reading(surveys, Role::Debit));
            table("sides", keys)
        }
        Amounts::Pair => {
            let [debit, credit] =
                [Role::DebitAccount, Role::CreditAccount].map(|role| pair_account(surveys, role));
            table("pair", vec![("debit", debit), ("credit", credit)])
        }
        Amounts::CashBook => {
            let mut keys = vec![
                ("account", book_account(surveys)),
                ("income", named(&[Role::Income, Role::Debit])),
                ("expense", named(&[Role::Expense, Role::Credit])),
            ];
            if surveys.iter().all(|survey| survey.place(Role::Balance).is_some()) {
                keys.push(("balance", named(&[Role::Balance])));
            }
            let is_sided = all_names(surveys, Role::Income).is_empty();
            keys.extend(reading(surveys, if is_sided { Role::Debit } else { Role::Income }));
            table("cash_book", keys)
        }
        Amounts::Spread => Some(spread(surveys)),
        Amounts::SideAndAmount | Amounts::Register => None,
    }
}

/// The different column names of a role in all sheets.
fn all_names(surveys: &[Survey], role: Role) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let names =
        surveys.iter().filter_map(|survey| survey.place(role).map(|place| survey.name(place)));
    for name in names {
        if !all.iter().any(|known| known == name) {
            all.push(name.to_owned());
        }
    }
    all
}

/// The keys for parsing amounts that differ from the default.
fn reading(surveys: &[Survey], role: Role) -> Vec<(&'static str, String)> {
    let has_comma =
        |survey: &Survey| survey.place(role).is_some_and(|place| has_decimal_comma(survey, place));
    let comma = surveys.iter().any(has_comma).then(|| ("decimal_comma", "true".to_owned()));
    let mut units: Vec<Option<&str>> = surveys.iter().map(|survey| unit_of(survey, role)).collect();
    units.dedup();
    let unit = match units.as_slice() {
        [None] | [] => None,
        [Some(unit)] => Some(("unit", quoted(unit))),
        // Files with different units need separate mappings.
        _ => Some(("unit", quoted(TODO))),
    };
    comma.into_iter().chain(unit).collect()
}

/// The account column of one side, for rows that name both accounts.
fn pair_account(surveys: &[Survey], role: Role) -> String {
    let name = quoted(all_names(surveys, role).first().map_or("", String::as_str));
    let has_names = surveys.iter().any(|survey| {
        survey
            .place(role)
            .is_some_and(|place| survey.cells(place).any(|cell| cell.chars().any(is_han)))
    });
    if has_names { format!("{{ column = {name}, pattern = {CODE_BEFORE_NAME} }}") } else { name }
}

/// The account of a cash book.
fn book_account(surveys: &[Survey]) -> String {
    let says = |survey: &Survey, words: &[&str]| {
        let sheet = survey.sheet.as_deref().unwrap_or_default();
        let titles = survey.header.titles.iter().map(String::as_str);
        titles
            .chain([survey.file.as_str(), sheet])
            .any(|text| words.iter().any(|word| text.contains(word)))
    };
    let of_bank = |survey: &&Survey| says(survey, &["银行", "存款", "基本户"]);
    let says_cash = |survey: &Survey| says(survey, &["现金"]);
    match surveys.iter().filter(of_bank).count() {
        0 if surveys.iter().any(says_cash) => quoted("101"),
        0 => quoted("101") + " # check: nothing says whether it is a book of cash or of the bank",
        all if all == surveys.len() => quoted("102"),
        // Cash and bank books have different accounts.
        _ => {
            let says = |survey: &Survey| survey.sheet.as_deref().is_some_and(names_cash_or_bank);
            let place = if surveys.iter().all(says) { "sheet" } else { "title" };
            format!(
                r#"{{ from = "{place}", pattern = '(现金|银行)', values = {{ "现金" = "101", "银行" = "102" }} }}"#
            )
        }
    }
}

/// Whether a text names cash or bank.
fn names_cash_or_bank(text: &str) -> bool {
    text.contains("现金") || text.contains("银行")
}

/// The unit of a sheet's amounts, from the column name or a title.
pub(super) fn unit_of(survey: &Survey, role: Role) -> Option<&'static str> {
    let own = survey.place(role).and_then(|place| unit(survey.name(place)));
    let says_yuan = survey.place(role).is_some_and(|place| survey.name(place).contains("(元)"));
    let of_title = survey
        .header
        .titles
        .iter()
        .filter(|title| title.contains("单位"))
        .find_map(|title| unit(title));
    own.or(of_title.filter(|_| !says_yuan))
}

/// Whether a column has decimal commas: all its amounts can be parsed so, and some only so.
pub(super) fn has_decimal_comma(survey: &Survey, place: usize) -> bool {
    let comma = Reading { decimal_comma: true, ..Reading::default() };
    let reads = |reading: &Reading| {
        survey.cells(place).filter(|cell| amount(cell, reading).is_ok()).count()
    };
    let with_comma = reads(&comma);
    with_comma > reads(&Reading::default()) && with_comma * 20 > survey.entries.len() * 19
}

/// The table of columns of amounts, one for each account.
fn spread(surveys: &[Survey]) -> AmountTable {
    let mut columns: Vec<(String, String)> = Vec::new();
    let mut total = Vec::new();
    for survey in surveys {
        let place = choose::total(survey);
        total.extend(
            place.map(|place| survey.name(place).to_owned()).filter(|name| !total.contains(name)),
        );
        let is_credit = place.is_some()
            && [Role::Credit, Role::Income].iter().any(|role| survey.place(*role) == place);
        let of_title = survey.header.titles.iter().find_map(|title| {
            let (_, behind) = title.split_once("科目").or_else(|| title.split_once("账户"))?;
            code_in(behind)
        });
        for place in &survey.spread {
            let name = survey.name(*place).to_owned();
            if columns.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let own = code_in(&name);
            let parts = name.rsplit(['/', '-']);
            let code = own.or(of_title.clone()).or_else(|| {
                parts.map(|part| meaning(ACCOUNTS, part)).find_map(|code| code.map(str::to_owned))
            });
            let code = quoted(&code.unwrap_or_else(|| TODO.to_owned()));
            let of_income = is_credit || ["收入", "收益"].iter().any(|word| name.contains(word));
            let rule =
                if of_income { format!("{{ account = {code}, side = \"credit\" }}") } else { code };
            columns.push((name, rule));
        }
    }
    let keys = if total.is_empty() { Vec::new() } else { vec![("total", names(&total))] };
    AmountTable { name: "spread", keys, columns }
}
