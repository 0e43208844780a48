//! The sheet of payments that meet an office's own rules.

use std::collections::BTreeMap;

use super::grid::{Cell, Simple, count};
use crate::ledger::book::index::PaymentIx;
use crate::report::names::village;
use crate::report::office::Office;
use crate::report::own_rules;
use crate::report::voucher::Row;
use crate::words::table::Word;

/// Payments that are shown for each own rule at most; how many meet it stands in the notes.
const OWN_ROWS: usize = 1_000;

/// The payments of an office's villages that meet its own rules.
pub(super) fn sheet(office: &Office<'_>) -> Simple {
    let (lang, run) = (office.run.lang, office.run);
    let listed: BTreeMap<PaymentIx, &str> = run
        .leads
        .iter()
        .flat_map(|lead| lead.payments.iter().map(|payment| (*payment, lead.id.as_str())))
        .collect();
    let of_village = |payment: &PaymentIx| {
        run.book.names.get(run.book.villages[run.book.payments.village[*payment]])
    };
    let mut rows = Vec::new();
    for hits in run.own {
        let met = hits.met.iter().filter(|it| of_village(it).starts_with(&office.code));
        rows.extend(met.take(OWN_ROWS).map(|payment| {
            let (own, code) = (hits.own, of_village(payment));
            let row = Row::of(run.book, run.book.payments.line[*payment], true);
            vec![
                Cell::Wrapped(own_rules::name(own, lang).to_owned()),
                count(own.rule.version as usize),
                Cell::Wrapped(own.rule.basis.clone()),
                Cell::Text(village(run.book, code)),
                Cell::Day(row.date),
                Cell::Text(row.voucher),
                Cell::Money(row.amount),
                Cell::Text(row.payee),
                Cell::Wrapped(own_rules::found(run.book, (own, *payment), lang)),
                Cell::Text(listed.get(payment).map_or("", |id| *id).to_owned()),
            ]
        }));
    }
    let titles = [
        Word::OwnRules,
        Word::OwnRuleVersion,
        Word::Basis,
        Word::VillageName,
        Word::Date,
        Word::VoucherNo,
        Word::Amount,
        Word::Payee,
        Word::OwnRuleFound,
        Word::Lead,
    ];
    Simple {
        word: Word::OwnRules,
        widths: vec![16, 5, 20, 10, 10, 10, 11, 16, 50, 10],
        table: (titles.map(|word| word.to(lang).to_owned()).into(), rows),
    }
}
