#![doc = include_str!("invoice_invalid.md")]

use super::papers::Papers;
use crate::indicators::basis::{ACCOUNTING_BASICS, INVOICES};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<InvoiceInvalid>(card! {
    "invoice_invalid",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Procedure,
    scale: Scale::rule(0.01),
    requires: &["ledger.document"],
    basis: &[ACCOUNTING_BASICS, INVOICES],
    simulated_schemes: &["papers_out_of_order"],
});

params! {
    struct InvoiceInvalid {
        days: i32 = 3, within(0..=366),
            "days allowed after the voucher",
            "可以晚于凭证日期的天数";
        years: i32 = 3, within(1..=50),
            "years allowed before it",
            "可以早于凭证日期的年数";
        unnumbered: f64 = 0.5, within(0.0..=1.0),
            "value without a number",
            "没有号码时的指标值";
        old: f64 = 0.5, within(0.0..=1.0),
            "value if too old",
            "开票过早时的指标值";
    }
}

impl InvoiceInvalid {
    /// How much is out of order on an invoice; nothing where nothing can be looked at.
    fn fault_of(&self, book: &Book, papers: &Papers, one: Seen) -> Option<f64> {
        let line = one.line as usize;
        let number = papers
            .keeps_numbers(one.village)
            .then(|| book.lines.document_no.at(line) == Id::NONE)
            .map(|is_missing| if is_missing { self.unnumbered } else { 0.0 });
        let date = book.lines.document_date.at(line).some().map(|written| {
            let after = i64::from(written.0) - i64::from(one.day.0);
            if after > i64::from(self.days) && !one.is_agreed(book) {
                1.0
            } else if -after > i64::from(self.years) * 366 {
                self.old
            } else {
                0.0
            }
        });
        match (number, date) {
            (None, None) => None,
            (number, date) => Some(number.unwrap_or(0.0_f64).max(date.unwrap_or(0.0))),
        }
    }
}

impl Measure for InvoiceInvalid {
    type Context = Papers;
    const GROUPS: Groups = Groups::ByVillage;

    fn context(&self, book: &Book) -> Papers {
        Papers::of(book)
    }

    fn measure(&self, book: &Book, papers: &Papers, group: Group<'_>, out: &mut Out) {
        let invoices = seen(book, group.payments).filter(|one| {
            one.amount > 0 && papers.is_invoice(book.lines.document.at(one.line as usize))
        });
        for one in invoices {
            let Some(value) = self.fault_of(book, papers, one) else { continue };
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
        }
    }
}
