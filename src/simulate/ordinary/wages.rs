//! Wages of officials and cleaners, accrued at month end and paid in the next month.

use crate::ledger::contract::cell::Day;
use crate::simulate::calendar::day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::Use;
use crate::simulate::payment::Purchase;
use crate::simulate::price::round_to;
use crate::simulate::records::Post;
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Line, Voucher, Words};

/// Monthly wage of a post, in fen.
pub(crate) fn standard(post: Post) -> i64 {
    match post {
        Post::Secretary => 320_000,
        Post::Director => 300_000,
        Post::Committee => 260_000,
        Post::Supervisor => 120_000,
        Post::Clerk => 180_000,
    }
}

pub(crate) fn pay(village: &mut Village<'_>, dice: &mut Dice, year: i16) {
    let mut cleaners = village.adults(40, 66);
    dice.shuffle(&mut cleaners);
    cleaners.truncate(2);
    // Cleaners of public-service posts have a standard fee; otherwise the village agrees the fee.
    let by_standard = dice.chance(0.85);
    let fee = round_to(dice.between(60_000, 120_000), 5_000);
    for month in 1..=12 {
        let date = day(year, month, 8 + i8::try_from(dice.between(0, 4)).unwrap_or(0));
        roll(village, dice, date);
        for cleaner in cleaners.iter().copied() {
            let Some(payee) = village.payee_of(cleaner) else { continue };
            let summary = Words::Owned(format!("付{month}月保洁费"));
            let purchase = Purchase {
                usage: Use::Welfare,
                payee,
                amount: fee,
                summary,
                document: Document::List,
            };
            let voucher = village.spend(dice, day(year, month, 26), purchase);
            for slip in village.slips(voucher) {
                slip.fixed_standard = by_standard;
            }
        }
    }
}

/// The payroll of a month: accrued on the last day of the previous month, paid on `date`.
fn roll(village: &mut Village<'_>, dice: &mut Dice, date: Day) {
    let seats: Vec<(usize, Post)> = village
        .terms
        .iter()
        .filter(|term| term.start <= date && term.end.is_none_or(|end| date <= end))
        .map(|term| (term.person, term.post))
        .collect();
    let clerk = village.holder(Post::Clerk, 0, date);
    let mut lines: Vec<Line> = Vec::new();
    let mut paid: Vec<usize> = Vec::new();
    for (person, post) in seats {
        // A holder of two posts is paid for the first only.
        let Some(payee) = village.payee_of(person).filter(|payee| !paid.contains(payee)) else {
            continue;
        };
        paid.push(payee);
        let summary = Words::Borrowed("发放村干部报酬");
        let (usage, amount) = (Use::Wage, standard(post));
        let mut line = village.signed(
            dice,
            date,
            Purchase { usage, payee, amount, summary, document: Document::List },
        );
        if let Some(slip) = line.slip.as_deref_mut() {
            slip.fixed_standard = true;
            slip.handler = Some(clerk);
        }
        lines.push(line);
    }
    let sum = lines.iter().map(|line| line.amount).sum();
    let accrued = Day(date.0 - i32::from(date.date().day()));
    let accrued = village.span.clamp(accrued);
    village.book(Voucher::new(
        accrued,
        vec![
            Line::debit(Use::Admin.account(accrued), sum, "计提村干部报酬"),
            Line::credit(Use::Wage.account(accrued), sum, "计提村干部报酬"),
        ],
    ));
    village.pay(date, lines, false);
}
