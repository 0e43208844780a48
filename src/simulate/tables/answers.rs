//! The table `answers`: planted acts and look-alikes with their subjects.

use super::columns::{money, words};
use super::village::Rows;
use crate::ledger::book::line_key;
use crate::ledger::contract::cell::Fen;
use crate::ledger::contract::schema::ANSWERS;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

/// A planted act or look-alike with its subjects.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    pub(crate) scheme: &'static str,
    pub(crate) kind: Kind,
    /// Grain, key and amount of each subject.
    pub(crate) subjects: Vec<(&'static str, String, Option<Fen>)>,
}

/// The acts and look-alikes of a village whose books are closed.
pub(crate) fn planted(village: &Village<'_>) -> Vec<Planted> {
    let mut planted: Vec<Planted> = village
        .acts
        .iter()
        .map(|act| Planted { scheme: act.scheme, kind: act.kind, subjects: Vec::new() })
        .collect();
    for voucher in &village.vouchers {
        for (place, line) in voucher.lines.iter().enumerate() {
            for act in &line.acts {
                let key = line_key((&village.code, voucher.date), &voucher.printed(), place + 1);
                if let Some(planted) = planted.get_mut(*act) {
                    planted.subjects.push(("payment", key, Some(Fen(line.amount))));
                }
            }
        }
    }
    for (planted, act) in planted.iter_mut().zip(&village.acts) {
        // Without payments, as for a lease, the amount is unknown.
        let sum = planted.subjects.iter().filter_map(|(.., amount)| *amount);
        let sum = sum.reduce(|sum, more| Fen(sum.0 + more.0));
        for subject in &act.subjects {
            planted.subjects.push(match subject {
                Subject::Payee(payee) => ("payee", village.payee(*payee).id.clone(), sum),
                Subject::Official(who) => ("official", village.person(*who).id.clone(), sum),
                Subject::Village => ("village", village.code.clone(), sum),
            });
        }
    }
    planted
}

/// The rows of the `answers` table; each item comes with its id.
pub(crate) fn rows(planted: &[(String, Planted)]) -> Rows {
    let mut rows = Vec::new();
    for (id, planted) in planted {
        rows.extend(planted.subjects.iter().map(|subject| (id, planted, subject)));
    }
    let columns = vec![
        words(rows.iter().map(|(.., (grain, ..))| *grain)),
        words(rows.iter().map(|(.., (_, key, _))| key)),
        words(rows.iter().map(|(id, ..)| *id)),
        words(rows.iter().map(|(_, planted, _)| planted.scheme)),
        words(rows.iter().map(|(_, planted, _)| planted.kind.word())),
        money(rows.iter().map(|(.., (.., amount))| *amount)),
    ];
    (&ANSWERS, columns, rows.len())
}
