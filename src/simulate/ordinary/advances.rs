//! Advances to officers for errands, and their settlement.

use crate::ledger::contract::cell::{Day, Fen};
use crate::simulate::calendar::Span;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::chart::{CASH, Use};
use crate::simulate::payment::Purchase;
use crate::simulate::price::{Habit, free, part};
use crate::simulate::records::{Advance, Post};
use crate::simulate::village::Village;
use crate::simulate::voucher::{Document, Line, Voucher, Words};

/// Books the advances of a year. A larger `patience` means later settlement, from 2 to 240 days.
pub(crate) fn lend(village: &mut Village<'_>, dice: &mut Dice, year: i16, patience: f64) {
    for _ in 0..dice.count(3, 8) {
        let month = i8::try_from(dice.between(1, 11)).unwrap_or(1);
        let date = Span::claim_day(dice, year, month);
        // The clerk usually holds the petty cash.
        let post = if dice.chance(0.75) { Post::Clerk } else { Post::Committee };
        let person = village.holder(post, usize::from(post == Post::Committee), date);
        let amount = free(dice, 1_100.0, 0.6, Habit::Hundreds);
        let days = part(dice.between(4, 40), patience).clamp(2, 240);
        let days = i32::try_from(days).unwrap_or(10);
        advance(village, dice, (person, date, amount), Some(Day(date.0 + days)));
    }
}

/// Books an advance, and its settlement if that is within the span.
pub(crate) fn advance(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (person, date, amount): (usize, Day, i64),
    settled: Option<Day>,
) -> Option<usize> {
    let payee = village.payee_of(person)?;
    // A person takes at most one advance a day.
    let taken =
        |day: Day| village.advances.iter().any(|row| (row.person, row.date) == (person, day));
    let date = (0..60).map(|later| Day(date.0 + later)).find(|day| !taken(*day))?;
    let summary = Words::Borrowed("借支备用金");
    let purchase =
        Purchase { usage: Use::Advance, payee, amount, summary, document: Document::SelfMade };
    let line = village.signed(dice, date, purchase);
    let voucher = village.pay(date, vec![line], amount < 200_000);
    let settled = settled.filter(|day| village.span.holds(*day));
    village.advances.push(Advance { person, date, amount: Fen(amount), settled });
    if let Some(day) = settled {
        let spent = part(amount, dice.share(0.6, 1.0)).min(amount);
        let mut lines = vec![Line::debit(Use::Admin.account(day), spent, "报销冲抵借支")];
        if spent < amount {
            lines.push(Line::debit(CASH, amount - spent, "退回借支余款"));
        }
        lines.push(settlement(payee, day, amount));
        village.book(Voucher::new(day, lines));
    }
    Some(voucher)
}

/// The line that settles an advance.
pub(crate) fn settlement(payee: usize, day: Day, amount: i64) -> Line {
    let mut line = Line::credit(Use::Advance.account(day), amount, "冲抵借支");
    line.payee = Some(payee);
    line
}
