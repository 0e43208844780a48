//! One invoice is claimed in several villages. Look-alike: common list prices and numbers of a printed pad.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::{from_payee, market_firms, shared, some_payee, spaced};
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::payee::Trade;
use crate::simulate::price::{Habit, free};
use crate::simulate::records::Kind;
use crate::simulate::village::Village;
use crate::simulate::voucher::Document;

#[derive(Debug)]
pub(super) struct InvoiceReused;

const TRADES: [Trade; 4] = [Trade::Print, Trade::Shop, Trade::Repair, Trade::Materials];

/// An invoice that several villages claim.
struct Invoice {
    firm: usize,
    number: i64,
    day: Day,
    amount: i64,
}

fn invoices(village: &Village<'_>, kind: Kind) -> Vec<Invoice> {
    let dice = &mut shared(village, "invoice_reused", kind);
    let firms = market_firms(village, &TRADES);
    let last = Day(village.span.last().0 - 120);
    let count = dice.count(3, 6);
    let days = spaced(dice, village.span.first(), last, count);
    let invoice = |day| {
        let firm = dice.any(&firms)?;
        let number = dice.between(10_000_000, 99_999_990);
        Some(Invoice { firm, number, day, amount: free(dice, 900.0, 0.8, Habit::Tens) })
    };
    days.into_iter().filter_map(invoice).collect()
}

/// Books a purchase up to 110 days after the invoice.
fn book(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (firm, day, amount): (usize, Day, i64),
) -> usize {
    let later = i32::try_from(dice.between(0, 110)).unwrap_or(30);
    let date = village.span.clamp(Day(day.0 + later));
    village.spend(dice, date, from_payee(village, firm, amount))
}

impl Scheme for InvoiceReused {
    fn name(&self) -> &'static str {
        "invoice_reused"
    }

    fn villages(&self) -> usize {
        4
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Papers]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let act = village.begin(self.name(), manner.kind, &[]);
        for Invoice { firm, number, day, amount } in invoices(village, manner.kind) {
            // Four in ten name a payee of the village, and some change the sum. Honest villages buy together on one
            // invoice, and each pays its part.
            let trade = village.payee(firm).trade;
            let local = some_payee(village, dice, trade).filter(|_| dice.chance(0.4));
            let is_same = manner.leaves(dice, [0.95, 0.6, 0.7]);
            let amount = if is_same { amount } else { amount + 1_000 * dice.between(-4, 9) };
            let amount = amount.max(5_000);
            let has_number = manner.leaves(dice, [1.0, 0.75, 0.45]);
            let has_date = manner.leaves(dice, [0.95, 0.6, 0.5]);
            let voucher = book(village, dice, (local.unwrap_or(firm), day, amount));
            for slip in village.slips(voucher) {
                slip.document = Document::Invoice;
                if has_number {
                    slip.document_no = Some(format!("{number:08}"));
                }
                if has_date {
                    slip.document_date = Some(day);
                }
            }
            village.mark(voucher, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let act = village.begin(self.name(), Kind::LookAlike, &[]);
        for Invoice { firm, number, day, amount } in invoices(village, Kind::LookAlike) {
            let voucher = book(village, dice, (firm, day, amount));
            // Half are receipts of pads that start at 1; half are invoices with consecutive numbers.
            let is_pad = number % 2 == 0;
            let own = number + i64::from(village.index % 9);
            for slip in village.slips(voucher) {
                slip.document = if is_pad { Document::Receipt } else { Document::Invoice };
                let number = if is_pad { number % 200 } else { own };
                let width = if is_pad { 5 } else { 8 };
                slip.document_no = Some(format!("{number:0width$}"));
            }
            village.mark(voucher, act);
        }
        Some(())
    }
}
