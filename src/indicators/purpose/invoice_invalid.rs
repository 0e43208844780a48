#![doc = include_str!("invoice_invalid.md")]

use std::ops::RangeInclusive;

use super::papers::Papers;
use crate::indicators::basis::{ACCOUNTING_BASICS, INVOICES};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
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

/// Days after the voucher that may come from a year that was written wrong.
const YEAR: RangeInclusive<i32> = 335..=395;

impl InvoiceInvalid {
    /// Days from the voucher to the invoice, if it came too late.
    fn late(&self, book: &Book, one: Seen) -> Option<i32> {
        let written = book.lines.document_date.at(one.line).some()?;
        let after = written.0.saturating_sub(one.day.0);
        (after > self.days && !one.is_agreed(book)).then_some(after)
    }

    /// Days from the invoice to the voucher, if it is too old.
    fn too_old(&self, book: &Book, one: Seen) -> Option<i32> {
        let written = book.lines.document_date.at(one.line).some()?;
        let before = one.day.0.saturating_sub(written.0);
        (before > self.years * 366).then_some(before)
    }

    /// What is out of order on an invoice.
    fn facts(&self, book: &Book, papers: &Papers, one: Seen) -> Vec<Fact> {
        let dated = |sentence, days: i32| {
            let written = book.lines.document_date.at(one.line);
            let fact = fact!(
                "late", ["date", "document_date"],
                document: written, day: one.day, days: days,
            );
            Fact { sentence, ..fact }
        };
        let late = self.late(book, one);
        let late =
            late.map(|days| dated(if YEAR.contains(&days) { "late_year" } else { "late" }, days));
        let old = self.too_old(book, one).map(|days| dated("old", days));
        let lacks_number = papers.keeps_numbers(one.village) && one.document_no(book) == Id::NONE;
        let (with, of) = papers.numbered(one.village);
        let unnumbered =
            lacks_number.then(|| fact!("unnumbered", ["document_no"], with: with, of: of));
        late.into_iter().chain(old).chain(unnumbered).collect()
    }

    /// How much is out of order on an invoice; nothing where nothing can be looked at.
    fn fault_of(&self, book: &Book, papers: &Papers, one: Seen) -> Option<f64> {
        let line = one.line;
        let number = papers
            .keeps_numbers(one.village)
            .then(|| book.lines.document_no.at(line) == Id::NONE)
            .map(|is_missing| if is_missing { self.unnumbered } else { 0.0 });
        let date = book.lines.document_date.at(line).some().map(|_| {
            if self.late(book, one).is_some() {
                1.0
            } else if self.too_old(book, one).is_some() {
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
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Papers {
        Papers::of(book)
    }

    fn measure(&self, book: &Book, papers: &Papers, group: Group<'_, VillageIx>, out: &mut Out) {
        let invoices = seen(book, group.payments)
            .filter(|one| one.amount > 0 && papers.is_invoice(book.lines.document.at(one.line)));
        for one in invoices {
            let Some(value) = self.fault_of(book, papers, one) else { continue };
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
            out.tell(one.payment, || self.facts(book, papers, one));
        }
    }
}
