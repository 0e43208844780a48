//! The accounts of a notice with their amounts, by the measure that the county's notices have.

use std::collections::BTreeMap;

use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::VillageIx;
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Cell as _, Fen, Id};
use crate::registers::booked::{Booked, Measure};
use crate::registers::notices::word;
use crate::registers::posting::Postings;
use crate::report::posting::content::{Item, Posting};

/// What is posted of an account where nobody in the county posts it: income by its credits; expenses, fixed assets and
/// works by their debits.
fn usual(chart: Chart, code: &str) -> Option<Measure> {
    match chart.series(code) {
        501..=504 => Some(Measure::Credit),
        511..=513 | 515 | 521 | 151 | 153 => Some(Measure::Debit),
        _ => None,
    }
}

/// The accounts of a village's notice.
pub fn items(book: &Book, village: VillageIx, period: Period) -> Vec<Item> {
    let county = Postings::of(book);
    let own = &county.notices[village];
    let mut posted: Vec<Id> = own.iter().filter_map(|it| it.account.some()).collect();
    let roots = county.booked[village].accounts().iter();
    posted.extend(roots.filter_map(|it| book.names.find(Chart::root(book.names.get(*it)))));
    posted.sort_unstable();
    posted.dedup();
    let booked = Booked::of(book, village, &posted);
    let chart = Chart::on(period.first);
    let sections = sections(&county, chart);
    let is_posted = |account: Id| own.iter().any(|it| it.account == account);
    let item = |account: &Id| {
        let code = book.names.get(*account);
        let known = county.practice.measure(chart, *account);
        let known =
            known.filter(|_| is_posted(*account) || county.practice.is_expected(chart, *account));
        let measure = known.or_else(|| usual(chart, code))?;
        let amount = Fen(booked.sums(*account, period).of(measure));
        let is_income = matches!(measure, Measure::Credit | Measure::Received | Measure::NetCredit);
        let section = sections.get(account).and_then(|it| it.some());
        let section =
            section.map_or(if is_income { "income" } else { "expense" }, |it| book.names.get(it));
        let section = section.to_owned();
        (amount.0 != 0).then(|| Item { account: code.to_owned(), section, is_income, amount })
    };
    booked.accounts().iter().filter_map(item).collect()
}

/// The section under which most of the county's notices have an account.
fn sections(postings: &Postings, chart: Chart) -> BTreeMap<Id, Id> {
    let mut counts: BTreeMap<(Id, Id), usize> = BTreeMap::new();
    for notice in postings.notices.iter().flatten() {
        if Chart::on(notice.period.first) == chart {
            *counts.entry((notice.account, notice.section)).or_default() += 1;
        }
    }
    let mut all: Vec<(usize, Id, Id)> =
        counts.into_iter().map(|((account, section), count)| (count, account, section)).collect();
    all.sort_unstable();
    all.into_iter().map(|(_, account, section)| (account, section)).collect()
}

/// The rows of the table `disclosures` that a notice stands for.
///
/// # Errors
/// If a row cannot be written, which would be a fault of ours.
pub fn rows(posting: &Posting) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["village", "period", "section", "posted", "account", "amount"])?;
    let (period, posted) = (word(posting.period), posting.posted.to_string());
    for item in &posting.items {
        let amount = item.amount.to_string();
        let cells = [&posting.code, &period, &item.section, &posted, &item.account, &amount];
        writer.write_record(cells)?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
