#![doc = include_str!("white_slip.md")]

use super::papers::Papers;
use crate::indicators::basis::{ACCOUNTING_BASICS, INVOICES};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::VillageIx;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{at_least, params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<WhiteSlip>(card! {
    "white_slip",
    grain: Grain::Payment,
    class: Class::Rule,
    scheme: Scheme::Procedure,
    scale: Scale::rule(0.02),
    requires: &["ledger.document"],
    basis: &[ACCOUNTING_BASICS, INVOICES],
    simulated_schemes: &["white_slips"],
});

params! {
    struct WhiteSlip {
        floor: f64 = 300.0, at_least(0.0),
            "smallest amount checked, in yuan",
            "考察的最小金额（元）";
        self_made: f64 = 0.7, within(0.0..=1.0),
            "value of an own slip, not to a person",
            "自制凭条付给非个人时的指标值";
        claim: f64 = 0.2, within(0.0..=1.0),
            "value of an own slip to a person",
            "自制凭条付给个人时的指标值";
    }
}

impl WhiteSlip {
    fn value(&self, book: &Book, context: &Context, one: Seen) -> f64 {
        let line = one.line;
        let document = book.lines.document.at(line);
        let is_looked_at = book.lines.township_reviewer.at(line) != Id::NONE;
        if context.papers.is_none(document) || context.is_bare(book, one) {
            1.0
        } else if !context.papers.is_self_made(document) || is_looked_at {
            0.0
        } else if context.is_person(book, one) {
            self.claim
        } else {
            self.self_made
        }
    }
}

/// What stands behind a payment instead of an invoice or receipt.
fn paper(book: &Book, context: &Context, one: Seen) -> Fact {
    let document = book.lines.document.at(one.line);
    let amount = Fen(one.amount);
    if context.papers.is_none(document) {
        return fact!("none", ["amount", "document"], amount: amount);
    }
    if context.is_bare(book, one) {
        let (with, of) = context.papers.attached(one.village);
        return fact!(
            "bare", ["amount", "document_no", "attachments"],
            amount: amount, with: with, of: of,
        );
    }
    match one.payee(book) {
        Some(payee) if context.is_person(book, one) => fact!(
            "claim", ["amount", "document", "payee", "township_reviewer"],
            amount: amount, payee: payee,
        ),
        Some(payee) => fact!(
            "self_made", ["amount", "document", "payee", "township_reviewer"],
            amount: amount, payee: payee,
        ),
        None => {
            fact!("to_nobody", ["amount", "document", "township_reviewer"], amount: amount)
        }
    }
}

/// The papers of a county, and the word for a person in its register of payees.
#[derive(Debug)]
struct Context {
    papers: Papers,
    person: Option<Id>,
    /// Money lent or passed on, for each payment: the expense and its paper come later.
    advances: Vec<Id>,
}

impl Context {
    /// The paper has neither number nor attachment, in a township that counts attachments.
    fn is_bare(&self, book: &Book, one: Seen) -> bool {
        let attachments = book.lines.attachments.at(one.line).some();
        one.document_no(book) == Id::NONE
            && attachments.is_some_and(|count| count.0 == 0)
            && self.papers.counts_attachments(one.village)
    }

    fn is_person(&self, book: &Book, one: Seen) -> bool {
        let row = one.payee(book).and_then(|payee| book.companions.payee(book.payees[payee]));
        let kind = row.map(|row| book.companions.payees.kind.at(row));
        kind.is_some_and(|kind| Some(kind) == self.person)
    }

    fn is_expense(&self, book: &Book, one: Seen) -> bool {
        one.is_chosen() && !self.advances.contains(&book.payments.account[one.payment])
    }
}

impl Measure for WhiteSlip {
    type Context = Context;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Context {
        let mut advances: Vec<Id> = Vec::new();
        let mut last = Id::NONE;
        for account in &book.payments.account {
            let is_advance = *account != last
                && matches!(Chart::root(book.names.get(*account)), "112" | "113")
                && !advances.contains(account);
            last = *account;
            if is_advance {
                advances.push(*account);
            }
        }
        Context { papers: Papers::of(book), person: book.names.find("person"), advances }
    }

    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^53 fen")]
    fn measure(&self, book: &Book, context: &Context, group: Group<'_, VillageIx>, out: &mut Out) {
        let asked = seen(book, group.payments).filter(|one| {
            context.is_expense(book, *one)
                && one.amount as f64 >= self.floor * 100.0
                && book.lines.document.at(one.line) != Id::NONE
        });
        for one in asked {
            let value = self.value(book, context, one);
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
            out.tell(one.payment, || (value > 0.0).then(|| paper(book, context, one)));
        }
    }
}
