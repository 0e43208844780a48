#![doc = include_str!("disclosure_overexposed.md")]

use std::collections::BTreeMap;

use crate::convert::{float, row32};
use crate::indicators::basis::PIPL;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::params;
use crate::registers::exposed::{Number, exposed};
use crate::registers::notices::{Notice, notices, word};

pub(super) static INDICATOR: Indicator = Indicator::of::<DisclosureOverexposed>(card! {
    "disclosure_overexposed",
    grain: Grain::Village,
    class: Class::Rule,
    scheme: Scheme::Disclosure,
    scale: Scale::rule(0.02),
    requires: &["disclosures.text"],
    basis: &[PIPL],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct DisclosureOverexposed {}
}

/// A notice with numbers of persons in its text.
#[derive(Debug)]
struct Shows {
    notice: Notice,
    numbers: Vec<Number>,
}

/// What is computed once for a county.
#[derive(Debug)]
struct Texts {
    /// For each village the notices that have a text; none where the rule was not in force.
    read: IxVec<VillageIx, usize>,
    shows: IxVec<VillageIx, Vec<Shows>>,
}

impl Shows {
    /// The number is not repeated: who reads the reason would see what nobody should.
    fn facts(&self) -> impl Iterator<Item = Fact> + '_ {
        let of = |kind: Number| self.numbers.iter().filter(|it| **it == kind).count();
        let period = || word(self.notice.period);
        let fact = move |kind: Number| {
            let count = of(kind);
            let fact = match kind {
                Number::Identity => fact!("identity", [], period: period(), count: count),
                Number::Card => fact!("card", [], period: period(), count: count),
                Number::Telephone => fact!("telephone", [], period: period(), count: count),
            };
            (count > 0).then_some(fact)
        };
        [Number::Identity, Number::Card, Number::Telephone].into_iter().filter_map(fact)
    }
}

impl Measure for DisclosureOverexposed {
    type Context = Texts;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Texts {
        let texts = &book.companions.disclosures.text;
        let mut known: BTreeMap<Id, Vec<Number>> = BTreeMap::new();
        let (mut read, mut shows) = (Vec::new(), Vec::new());
        for own in &notices(book) {
            let mut found = Vec::new();
            let mut count = 0;
            for notice in own {
                let day = notice.posted.some().unwrap_or(notice.period.last);
                let Some(text) = texts.at(notice.row).some() else { continue };
                if !PIPL.days().contains(&day) {
                    continue;
                }
                count += 1;
                // Many notices have the same text.
                let numbers = known.entry(text).or_insert_with(|| exposed(book.names.get(text)));
                if !numbers.is_empty() {
                    found.push(Shows { notice: *notice, numbers: numbers.clone() });
                }
            }
            read.push(count);
            shows.push(found);
        }
        Texts { read: read.into(), shows: shows.into() }
    }

    fn measure(&self, _: &Book, county: &Texts, group: Group<'_, VillageIx>, out: &mut Out) {
        let (read, shows) = (county.read[group.number], &county.shows[group.number]);
        if read == 0 {
            return;
        }
        let numbers: usize = shows.iter().map(|it| it.numbers.len()).sum();
        out.put(group.number, float(numbers), read, || None::<LineIx>);
        out.cite(group.number, || {
            let row = |it: &Shows| row32(it.notice.row);
            let record = |it| Record { table: "disclosures", row: row(it), money: Fen(0) };
            shows.iter().map(record).collect::<Vec<_>>()
        });
        out.tell(group.number, || shows.iter().flat_map(Shows::facts).collect::<Vec<_>>());
    }
}
