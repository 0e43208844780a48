//! Finds the source of a contract column in a sheet.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::amounts::{has_decimal_comma, unit_of};
use super::choose::Amounts;
use super::codes::CODE_BEFORE_NAME;
use super::parts::{DraftedSource, quoted};
use super::repeats::{first_line, repeated};
use super::survey::Survey;
use super::words::{ACCOUNTS, ACCOUNTS_2004, DOCUMENTS, FLAGS, METHODS, Role, SIDES, meaning};
use crate::import::reading::{Calendar, Reading, TODO, key};
use crate::import::value::{self, is_placeholder};
use crate::ledger::book::chart::Chart;
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::clean::{Form, clean, is_han};
use crate::ledger::contract::table::{Field, Kind};

/// The maximum number of different texts in a list of words.
const WORDS: usize = 60;

/// The maximum number of names in a chart of accounts.
const NAMES: usize = 3_000;

/// The source of a column and a remark for a person; `None` if the sheet does not have it.
pub(super) fn source(
    field: &'static Field,
    form: Amounts,
    survey: &Survey,
) -> Option<(DraftedSource, Option<String>)> {
    match field.name {
        "date" => day(survey),
        "voucher" => Some(voucher(survey)),
        "account" => account(survey, form),
        "amount" => {
            let roles = [Role::Field("amount"), Role::Expense, Role::Debit];
            let role = roles.into_iter().find(|role| survey.place(*role).is_some())?;
            let place = survey.place(role)?;
            let source = DraftedSource::column(survey.name(place));
            let source = match unit_of(survey, role) {
                Some(unit) => source.with("unit", quoted(unit)),
                None => source,
            };
            let has_comma = has_decimal_comma(survey, place);
            Some((
                if has_comma { source.with("decimal_comma", "true".to_owned()) } else { source },
                None,
            ))
        }
        "side" if form == Amounts::Register => None,
        "side" => worded(survey, Role::Field("side"), SIDES, TODO),
        "method" => worded(survey, Role::Field("method"), METHODS, "other"),
        "document" => worded(survey, Role::Field("document"), DOCUMENTS, "other"),
        "committee_stamp" | "fixed_standard" => {
            worded(survey, Role::Field(field.name), FLAGS, TODO)
        }
        name => {
            let place = survey.place(Role::Field(name))?;
            let own = is_readable(field, survey, place)
                .then(|| DraftedSource::column(survey.name(place)))?;
            Some((repeated(own, survey, &[place]), first_line(survey, place)))
        }
    }
}

/// Whether a column is not empty and most cells can be parsed as its kind.
fn is_readable(field: &Field, survey: &Survey, place: usize) -> bool {
    let cells = survey
        .cells(place)
        .filter(|cell| !cell.is_empty() && !is_placeholder(field.kind, cell, &[]));
    let cells: Vec<&str> = cells.collect();
    let readable =
        cells.iter().filter(|cell| value::read(field.kind, cell, &Reading::default()).is_ok());
    !cells.is_empty() && readable.count() * 2 > cells.len()
}

/// The day: from one column, or from columns of year, month and day.
fn day(survey: &Survey) -> Option<(DraftedSource, Option<String>)> {
    if let Some(place) = survey.place(Role::Field("date")) {
        let source = repeated(DraftedSource::column(survey.name(place)), survey, &[place]);
        let cells: Vec<&str> = survey.cells(place).filter(|cell| !cell.is_empty()).collect();
        // A year of two digits may be a year of the Republic; parsed literally it would be in antiquity.
        let is_recent = |value: value::Value| matches!(value, value::Value::Day(day) if day >= Day::of(date(2000, 1, 1)));
        let recent = |reading: &Reading| {
            cells
                .iter()
                .filter(|cell| value::read(Kind::Day, cell, reading).is_ok_and(is_recent))
                .count()
        };
        let reads = |reading: &Reading| recent(reading) * 2 > cells.len();
        if reads(&Reading::default()) {
            return Some((source, None));
        }
        if reads(&Reading { calendar: Calendar::Minguo, ..Reading::default() }) {
            let note = "years of the Republic (民国); verify a few days".to_owned();
            return Some((source.with("calendar", quoted("minguo")), Some(note)));
        }
        let forms = [
            "%d/%m/%Y",
            "%m/%d/%Y",
            "%d.%m.%Y",
            "%d-%m-%Y",
            "%Y年%m月%d",
            "%y.%m.%d",
            "%y-%m-%d",
            "%y/%m/%d",
            "%m/%d/%y",
            "%d/%m/%y",
            "%y年%m月%d日",
            "%y%m%d",
        ];
        let all = |form: &str| {
            let reading = Reading { format: Some(form.to_owned()), ..Reading::default() };
            recent(&reading) * 20 > cells.len() * 19
        };
        let fitting: Vec<&str> = forms.into_iter().filter(|form| all(form)).collect();
        return match fitting.as_slice() {
            [] => Some((source, Some("few of its cells are days: give a `format`".to_owned()))),
            [one] => {
                Some((source.with("format", quoted(one)), Some("verify a few days".to_owned())))
            }
            more => {
                let note = format!("its cells may be days in any of the forms {}", more.join(", "));
                Some((source.with("format", quoted(TODO)), Some(note)))
            }
        };
    }
    let (month, last) = (survey.place(Role::Month)?, survey.place(Role::DayOfMonth)?);
    let year = match survey.place(Role::Year).filter(|year| *year != month && *year != last) {
        Some(year) => quoted(survey.name(year)),
        // The year may be in the name of the month column, in the title or in the file name.
        None => match year_in(survey.name(month)) {
            Some(year) => format!("{{ text = {} }}", quoted(&year)),
            None if years_in_titles(survey) > 1 => format!("{{ text = {} }}", quoted(TODO)),
            None if years_in_titles(survey) == 1 => {
                r#"{ from = "title", pattern = '(\d{4})\s*年' }"#.to_owned()
            }
            None if year_in(&survey.file).is_some() => {
                r#"{ from = "file", pattern = '(20\d{2})' }"#.to_owned()
            }
            None => format!("{{ text = {} }}", quoted(TODO)),
        },
    };
    let parts = [year, quoted(survey.name(month)), quoted(survey.name(last))];
    Some((repeated(DraftedSource::joined(&parts, "-"), survey, &[month, last]), None))
}

/// The chart of accounts in force on the latest day of a sheet.
pub(super) fn chart(survey: &Survey) -> Chart {
    let place = survey.place(Role::Field("date"));
    let days =
        place.into_iter().flat_map(|place| survey.cells(place)).filter_map(
            |cell| match value::read(Kind::Day, cell, &Reading::default()) {
                Ok(value::Value::Day(day)) => Some(day),
                _ => None,
            },
        );
    days.max().map_or(Chart::Of2024, Chart::on)
}

/// The number of different years in the titles, without the print date.
fn years_in_titles(survey: &Survey) -> usize {
    let told = survey.header.titles.iter().flat_map(|title| title.split_whitespace());
    let told = told.filter(|text| !["打印", "制表", "导出"].iter().any(|word| text.contains(word)));
    told.flat_map(years).collect::<BTreeSet<_>>().len()
}

/// The first year from 1900 to 2099 in a text.
fn year_in(text: &str) -> Option<String> {
    years(text).next().map(str::to_owned)
}

/// The years from 1900 to 2099 in a text.
fn years(text: &str) -> impl Iterator<Item = &str> {
    let numbers = text.split(|letter: char| !letter.is_ascii_digit());
    numbers.filter(|part| part.len() == 4 && (part.starts_with("20") || part.starts_with("19")))
}

/// The voucher number, with the voucher type if that has its own column.
fn voucher(survey: &Survey) -> (DraftedSource, Option<String>) {
    let number = survey.place(Role::Field("voucher"));
    let word = survey.place(Role::VoucherWord);
    match (word, number) {
        (Some(word), Some(number)) if is_number(survey, number) => {
            let parts = [word, number].map(|place| quoted(survey.name(place)));
            (repeated(DraftedSource::joined(&parts, "-"), survey, &[word, number]), None)
        }
        (_, Some(number)) => {
            (repeated(DraftedSource::column(survey.name(number)), survey, &[number]), None)
        }
        (_, None) => {
            let note = "no column of voucher numbers: each row is a voucher of its own";
            let source = match survey.place(Role::Sequence) {
                Some(place) => DraftedSource::column(survey.name(place)),
                None => DraftedSource::default()
                    .with("row_number", quoted("P-{}"))
                    .with("digits", "6".to_owned()),
            };
            (source, Some(note.to_owned()))
        }
    }
}

/// Whether most cells of a column are plain numbers.
fn is_number(survey: &Survey, place: usize) -> bool {
    let filled: Vec<&str> = survey.cells(place).filter(|cell| !cell.is_empty()).collect();
    let numbers = filled
        .iter()
        .filter(|cell| clean(cell, Form::Code).bytes().all(|byte| byte.is_ascii_digit()));
    numbers.count() * 2 > filled.len()
}

/// The account: a code, a code with its name, or a name whose code is known.
fn account(survey: &Survey, form: Amounts) -> Option<(DraftedSource, Option<String>)> {
    let own = [Role::Field("account"), Role::Account, Role::AccountName];
    // In a cash book the offset account is the account of the entry; elsewhere it belongs to the other side.
    let other = Some(Role::CounterAccount).filter(|_| form == Amounts::CashBook);
    let place = other.into_iter().chain(own).find_map(|role| survey.place(role))?;
    let cells: Vec<String> = survey
        .cells(place)
        .filter(|cell| !cell.is_empty())
        .map(|cell| clean(cell, Form::Code).into_owned())
        .collect();
    let source = repeated(DraftedSource::column(survey.name(place)), survey, &[place]);
    let with_digits = cells
        .iter()
        .filter(|cell| cell.chars().take(8).any(|letter| letter.is_ascii_digit()))
        .count();
    if with_digits * 2 > cells.len() {
        if cells.iter().any(|cell| cell.chars().any(is_han)) {
            return Some((
                source.with("pattern", CODE_BEFORE_NAME.to_owned()),
                Some("the code before the name".to_owned()),
            ));
        }
        return Some((source, None));
    }
    let chart = chart(survey);
    let note = format!(
        "the codes of names are those of the chart of {}: verify them",
        if chart == Chart::Of2004 { 2004 } else { 2024 }
    );
    let known = if chart == Chart::Of2004 { ACCOUNTS_2004 } else { ACCOUNTS };
    let coded = |name: &str| {
        // Look up the first level of the name, then the whole name.
        let first = name.split(['/', '-', '—', '_', '\\', ':']).next().unwrap_or(name);
        meaning(known, first).or_else(|| meaning(known, name))
    };
    let values = words(cells.iter().map(String::as_str), NAMES)?;
    let values = values.into_iter().map(|name| {
        let code = coded(&name).unwrap_or(TODO).to_owned();
        (name, code, true)
    });
    Some((DraftedSource { values: values.collect(), ..source }, Some(note)))
}

/// The different texts of cells; `None` if there are more than `most`.
fn words<'t>(cells: impl Iterator<Item = &'t str>, most: usize) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for cell in cells.map(key).filter(|cell| !cell.is_empty()) {
        if !words.contains(&cell) {
            words.push(cell);
        }
        if words.len() > most {
            return None;
        }
    }
    Some(words)
}

/// A column of words with their meanings; an unknown word is mapped to `other`.
fn worded(
    survey: &Survey,
    role: Role,
    known: &'static [(&'static str, &'static str)],
    other: &str,
) -> Option<(DraftedSource, Option<String>)> {
    let place = survey.place(role)?;
    let words = words(survey.cells(place), WORDS)?;
    if words.is_empty() {
        return None;
    }
    let values = words.into_iter().map(|word| match meaning(known, &word) {
        Some(meaning) => (word, meaning.to_owned(), false),
        None => (word, other.to_owned(), true),
    });
    let source =
        DraftedSource { values: values.collect(), ..DraftedSource::column(survey.name(place)) };
    Some((repeated(source, survey, &[place]), None))
}

#[cfg(test)]
mod tests {
    use super::year_in;

    #[test]
    fn years_are_found_in_names() {
        assert_eq!(year_in("2024年/月").as_deref(), Some("2024"));
        assert_eq!(year_in("凭证_1-2月"), None);
    }
}
