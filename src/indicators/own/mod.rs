//! An office's own rules: conditions on the columns of a payment, as indicators without code.
//!
//! A rule is known by id and version, which are its name in every table. Cards of the catalogue are found by name from
//! everywhere, and so are these: a rule that was read stays known until the process ends, and one name has one meaning.

pub mod condition;
pub mod page;
mod rule;

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use jiff::civil::Date;

use super::basis::Basis;
use super::card::{Card, Class, Scale};
use super::fact::{Fact, Value};
use super::indicator::{Configured, Group, Measure, Out, WithCard};
use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::subject::Grain;
use condition::Condition;
pub use rule::Rule;

/// A rule that was read, with its card.
#[derive(Debug)]
pub struct OwnRule {
    /// The rule.
    pub rule: Rule,
    /// Its card.
    pub card: Card,
    /// The columns that its conditions read.
    columns: &'static [&'static str],
}

/// The rules that were read, each allocated once for the life of the process.
static READ: RwLock<Vec<&'static OwnRule>> = RwLock::new(Vec::new());

/// The rule of this name, if one was read.
pub fn named(name: &str) -> Option<&'static OwnRule> {
    let read = READ.read().unwrap_or_else(PoisonError::into_inner);
    read.iter().find(|own| own.card.name == name).copied()
}

impl Rule {
    /// The rule as an indicator of payments; nothing if another rule with this id and version was read before.
    pub fn configured(self) -> Option<Box<dyn Configured>> {
        let own = self.known()?;
        Some(Box::new(WithCard { card: own.card, measure: own }))
    }

    fn known(self) -> Option<&'static OwnRule> {
        let mut read = READ.write().unwrap_or_else(PoisonError::into_inner);
        let key = self.key();
        if let Some(known) = read.iter().find(|own| own.card.name == key) {
            return (known.rule == self).then_some(*known);
        }
        let (card, fields) = (self.card(), self.conditions.iter().flat_map(Condition::fields));
        let columns = fields.map(|field| field.name).collect::<Vec<_>>().leak();
        let own: &'static OwnRule = Box::leak(Box::new(OwnRule { rule: self, card, columns }));
        read.push(own);
        Some(own)
    }

    fn card(&self) -> Card {
        let leaked = |text: String| -> &'static str { text.leak() };
        let [page, page_zh] = self.pages().map(leaked);
        let fields: BTreeSet<&str> =
            self.conditions.iter().flat_map(Condition::fields).map(|field| field.name).collect();
        let requires = fields.iter().map(|field| leaked(format!("ledger.{field}")));
        let title = leaked(self.basis.clone());
        let (from, to) = self.days;
        let basis = Basis { title, title_zh: title, from: from.unwrap_or(Date::MIN), to };
        Card {
            name: leaked(self.key()),
            grain: Grain::Payment,
            class: Class::Rule,
            scheme: self.scheme,
            #[expect(clippy::cast_possible_truncation, reason = "a share has few digits")]
            scale: Scale::rule(self.most as f32),
            requires: requires.collect::<Vec<_>>().leak(),
            basis: vec![basis].leak(),
            simulated_schemes: &[],
            page,
            page_zh,
        }
    }

    /// Whether a line meets all conditions; none where one of them is not met for certain and another cannot be decided.
    fn holds(&self, book: &Book, line: LineIx) -> Option<bool> {
        let mut decided = true;
        for condition in &self.conditions {
            match condition.holds(book, line) {
                Some(false) => return Some(false),
                Some(true) => (),
                None => decided = false,
            }
        }
        decided.then_some(true)
    }
}

impl OwnRule {
    /// What a line that meets it holds.
    pub fn fact(&self, book: &Book, line: LineIx) -> Fact {
        let mut cells: Vec<(&'static str, Value)> = Vec::new();
        for (name, value) in self.rule.conditions.iter().flat_map(|it| it.cells(book, line)) {
            if !cells.iter().any(|(known, _)| *known == name) {
                cells.push((name, value));
            }
        }
        Fact { sentence: page::MET, columns: self.columns, cells }
    }
}

impl Measure for &'static OwnRule {
    type Context = ();
    type Groups = VillageIx;

    fn context(&self, _: &Book) {}

    fn measure(&self, book: &Book, (): &(), group: Group<'_, VillageIx>, out: &mut Out) {
        for payment in group.payments {
            let line = book.payments.line[*payment];
            let Some(is_met) = self.rule.holds(book, line) else { continue };
            out.put(*payment, f64::from(u8::from(is_met)), 1, || is_met.then_some(line));
            out.tell(*payment, || is_met.then(|| self.fact(book, line)));
        }
    }
}

#[cfg(test)]
mod tests;
