//! What an office's own rules found, for its lists and for the terminal.

use crate::features::own_hits::OwnHits;
use crate::indicators::fact::Fact;
use crate::indicators::own::OwnRule;
use crate::indicators::own::page::FOUND;
use crate::ledger::book::Book;
use crate::ledger::book::index::PaymentIx;
use crate::report::cells::{count, format_message, money, percent};
use crate::report::sentences::FactView;
use crate::words::table::{Lang, Word};

/// How many payments meet a rule, and whether that is more than it states.
pub fn summary(hits: &OwnHits, lang: Lang) -> String {
    let cells = [
        ("name", name(hits.own, lang).to_owned()),
        ("version", hits.own.rule.version.to_string()),
        ("met", count(hits.met.len() as u64)),
        ("asked", count(hits.asked as u64)),
        ("share", percent(hits.share())),
        ("sum", money(hits.money)),
        ("most", percent(hits.own.rule.most)),
    ];
    let mut text = format_message(Word::OwnRuleMet, lang, &cells);
    if hits.is_too_wide() {
        text.push_str(&format_message(Word::OwnRuleWide, lang, &cells));
    }
    text
}

/// What a rule is called.
pub fn name(own: &OwnRule, lang: Lang) -> &str {
    lang.of([&own.rule.name_en, &own.rule.name])
}

/// What a payment that meets a rule holds.
pub fn found(book: &Book, (own, payment): (&OwnRule, PaymentIx), lang: Lang) -> String {
    let fact = Fact { sentence: FOUND, ..own.fact(book, book.payments.line[payment]) };
    let home = book.names.get(book.villages[book.payments.village[payment]]);
    lang.of(FactView::of(book, (own.card.name, &fact), home).text)
}
