//! Determines the form of a sheet's amounts, and which sheets belong to one mapping.

use std::collections::BTreeMap;

use super::survey::Survey;
use super::words::Role;
use crate::import::reading::Reading;
use crate::import::value;
use crate::ledger::contract::cell::Cell;

/// How a sheet records account, side and amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Amounts {
    /// One column of debit and one of credit amounts.
    Sides,
    /// Both accounts in one row.
    Pair,
    /// One column of receipts and one of payments.
    CashBook,
    /// A column of amounts for each account.
    Spread,
    /// A column of sides and one of amounts.
    SideAndAmount,
    /// Only amounts: each row is a payment.
    Register,
}

/// The form of a sheet; `None` if the sheet is not a journal.
pub(super) fn amounts(survey: &Survey) -> Option<Amounts> {
    let has = |role: Role| survey.place(role).is_some();
    let has_day = has(Role::Field("date")) || (has(Role::Month) && has(Role::DayOfMonth));
    if !has_day {
        return None;
    }
    let amount = has(Role::Field("amount"));
    let has_account = has(Role::Field("account")) || has(Role::Account) || has(Role::AccountName);
    let names = survey.header.titles.iter().chain([&survey.told]);
    let is_book = names.into_iter().any(|name| name.contains("日记账"));
    Some(match () {
        () if has(Role::DebitAccount) && has(Role::CreditAccount) && amount => Amounts::Pair,
        () if survey.spread.len() > 1 && total(survey).is_some() => Amounts::Spread,
        () if is_book && has(Role::Debit) && has(Role::Credit) && !has_account => Amounts::CashBook,
        () if has(Role::Debit) && has(Role::Credit) => Amounts::Sides,
        () if has(Role::Income) && has(Role::Expense) => Amounts::CashBook,
        () if amount && has(Role::Field("side")) => Amounts::SideAndAmount,
        () if !amount && survey.spread.len() > 1 && !has(Role::Debit) && !has(Role::Expense) => {
            Amounts::Spread
        }
        () if amount || has(Role::Expense) || has(Role::Debit) => Amounts::Register,
        () => return None,
    })
}

/// The column that equals the sum of the account columns in most entries, if there is one.
pub(super) fn total(survey: &Survey) -> Option<usize> {
    let fen = |record: &csv::StringRecord, place: usize| {
        let fen = value::amount(record.get(place).unwrap_or_default(), &Reading::default());
        fen.ok().and_then(Cell::some).map_or(0, |fen| fen.0)
    };
    let roles = [
        Role::Total,
        Role::Field("amount"),
        Role::Debit,
        Role::Credit,
        Role::Expense,
        Role::Income,
    ];
    roles.into_iter().filter_map(|role| survey.place(role)).find(|place| {
        let agrees = |record: &&csv::StringRecord| {
            let sum: i64 = survey.spread.iter().map(|place| fen(record, *place)).sum();
            sum != 0 && sum == fen(record, *place)
        };
        survey.entries.iter().filter(agrees).count() * 10 >= survey.entries.len() * 6
    })
}

/// The sheets of the form with the most entries, and remarks on the others.
pub(super) fn journals(surveys: Vec<Survey>) -> (Vec<Survey>, Vec<String>) {
    let mut entries: BTreeMap<Amounts, usize> = BTreeMap::new();
    for survey in &surveys {
        if let Some(form) = amounts(survey) {
            *entries.entry(form).or_default() += survey.entries.len();
        }
    }
    let most = entries.iter().max_by_key(|(_, entries)| **entries).map(|(form, _)| *form);
    let (kept, others): (Vec<_>, Vec<_>) =
        surveys.into_iter().partition(|survey| most.is_some() && amounts(survey) == most);
    let others = others.iter().map(|survey| match amounts(survey) {
        None => format!("{}: no day or no amount; it looks like no journal", survey.told),
        Some(_) => format!(
            "{}: it gives its amounts in another form than most; import it by a mapping of its own, into a dataset of its own",
            survey.told
        ),
    });
    (kept, others.collect())
}
