//! The ledger and the bank journal of one village.

use super::columns::{Columns, days, flags, ints, moments, money, ordinal, text, words};
use crate::ledger::contract::cell::{Day, Fen};
use crate::simulate::chart::{BANK, chart};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Line, Slip, Voucher};

/// The rows of the `ledger` table, and their number.
pub(crate) fn ledger(village: &Village<'_>) -> (Columns, usize) {
    let mut rows: Vec<(&Voucher, &str, usize, &Line)> = Vec::with_capacity(village.lines);
    let printed: Vec<String> = village.vouchers.iter().map(Voucher::printed).collect();
    for (voucher, printed) in village.vouchers.iter().zip(&printed) {
        let lines = voucher.lines.iter().enumerate();
        rows.extend(lines.map(|(place, line)| (voucher, printed.as_str(), place, line)));
    }
    let line = || rows.iter().map(|(.., line)| *line);
    let slip = || line().map(|line| line.slip.as_deref());
    let person = |of: fn(&Slip) -> Option<usize>| {
        text(slip().map(move |slip| slip.and_then(of).map(|who| village.person(who).id.as_str())))
    };
    let payee = || {
        line().map(|line| {
            let behind = line.slip.as_ref().map(|slip| slip.payee).or(line.payee);
            behind.map(|payee| village.payee(payee))
        })
    };
    let account = slip().map(|slip| {
        let slip = slip.filter(|slip| !slip.in_cash)?;
        Some(slip.account.as_deref().unwrap_or(&village.payee(slip.payee).account))
    });
    let contract = line().map(|line| {
        let of_slip = line.slip.as_ref().and_then(|slip| slip.contract.as_deref());
        of_slip.or(line.contract.as_deref())
    });
    let columns = vec![
        words(rows.iter().map(|_| village.code.as_str())),
        words(rows.iter().map(|(_, printed, ..)| *printed)),
        ints(rows.iter().map(|(_, _, place, _)| Some(ordinal(*place)))),
        days(rows.iter().map(|(voucher, ..)| Some(voucher.date))),
        words(line().map(|line| line.account)),
        words(rows.iter().map(|(voucher, ..)| chart(voucher.date))),
        words(line().map(|line| if line.is_debit { "debit" } else { "credit" })),
        money(line().map(|line| Some(Fen(line.amount)))),
        words(line().map(|line| line.summary.as_ref())),
        text(payee().map(|payee| payee.map(|payee| payee.id.as_str()))),
        text(payee().map(|payee| payee.map(|payee| payee.name.as_str()))),
        text(account),
        text(slip().map(|slip| slip.map(|slip| if slip.in_cash { "cash" } else { "transfer" }))),
        text(slip().map(|slip| slip.map(|slip| slip.document.word()))),
        text(slip().map(|slip| slip.and_then(|slip| slip.document_no.as_deref()))),
        days(slip().map(|slip| slip.and_then(|slip| slip.document_date))),
        ints(slip().map(|slip| slip.map(|slip| slip.attachments))),
        person(|slip| slip.handler),
        person(|slip| slip.witness),
        person(|slip| slip.approver),
        person(|slip| slip.cosigner),
        person(|slip| slip.reviewer),
        days(slip().map(|slip| slip.and_then(|slip| slip.approved))),
        flags(slip().map(|slip| slip.and_then(|slip| slip.stamp))),
        text(slip().map(|slip| slip.and_then(|slip| slip.decision.as_deref()))),
        text(contract),
        text(slip().map(|slip| slip.and_then(|slip| slip.project.as_deref()))),
        text(slip().map(|slip| slip.and_then(|slip| slip.scheme))),
        text(
            rows.iter()
                .map(|(voucher, ..)| voucher.clerk.map(|clerk| village.person(clerk).id.as_str())),
        ),
        moments(rows.iter().map(|(voucher, ..)| voucher.entered)),
        flags(slip().map(|slip| slip.map(|slip| slip.fixed_standard))),
    ];
    (columns, rows.len())
}

/// The rows of the `bank` table, and their number. The opening balance prevents overdrafts.
pub(crate) fn bank(village: &Village<'_>) -> (Columns, usize) {
    let mut rows: Vec<(Day, i32, i64, Option<&str>)> = Vec::new();
    for voucher in &village.vouchers {
        let change = voucher.change(BANK);
        if change == 0 {
            continue;
        }
        let seq = rows
            .last()
            .filter(|(date, ..)| *date == voucher.date)
            .map_or(1, |(_, seq, ..)| seq + 1);
        let slip = voucher.lines.first().and_then(|line| line.slip.as_deref());
        let other =
            slip.map(|slip| slip.account.as_deref().unwrap_or(&village.payee(slip.payee).account));
        rows.push((voucher.date, seq, change, other));
    }
    let running = |opening: i64| {
        rows.iter().scan(opening, |balance, (_, _, change, _)| {
            *balance += change;
            Some(*balance)
        })
    };
    let least = running(0).min().unwrap_or(0).min(0);
    let columns = vec![
        words(rows.iter().map(|_| village.code.as_str())),
        days(rows.iter().map(|(date, ..)| Some(*date))),
        ints(rows.iter().map(|(_, seq, ..)| Some(*seq))),
        money(rows.iter().map(|(_, _, change, _)| Some(Fen(*change)))),
        money(running(1_000_000 - least).map(|balance| Some(Fen(balance)))),
        text(rows.iter().map(|(.., other)| *other)),
    ];
    (columns, rows.len())
}
