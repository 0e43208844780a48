#![doc = include_str!("benford_first_two.md")]

use serde::Deserialize;

use super::first_digits::{County, Test};
use crate::indicators::card::{Card, Class, Grain, Scale, Scheme};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::ledger::book::Book;
use crate::stats::digits::Digits;

pub(super) static INDICATOR: Indicator = Indicator::of::<BenfordFirstTwo>(Card {
    name: "benford_first_two",
    title: "Leading two digits unusual",
    title_zh: "前两位数字分布异常",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::Surprise,
    requires: &[],
    basis: &[],
    faces: &["invented_amounts"],
    page: include_str!("benford_first_two.md"),
    page_zh: include_str!("benford_first_two.zh.md"),
});

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct BenfordFirstTwo {
    minimum: usize,
    from: f64,
    prior: f64,
    seed: u64,
}

impl Default for BenfordFirstTwo {
    fn default() -> Self {
        Self { minimum: 300, from: 10.0, prior: 100.0, seed: 1 }
    }
}

impl BenfordFirstTwo {
    fn test(&self) -> Test {
        let Self { minimum, from, prior, seed } = *self;
        Test { digits: Digits::FirstTwo, minimum, from, prior, seed }
    }
}

impl Measure for BenfordFirstTwo {
    type Ground = County;
    const GROUPS: Groups = Groups::ByVillage;

    fn fault(&self) -> Option<String> {
        self.test().fault()
    }

    fn ground(&self, book: &Book) -> County {
        self.test().county(book)
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_>, out: &mut Out) {
        self.test().measure(book, county, group, out);
    }
}
