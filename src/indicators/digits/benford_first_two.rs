#![doc = include_str!("benford_first_two.md")]

use super::digit_test::{DigitTest, Look, Which};
use crate::indicators::card::{Card, Class, Scale, Scheme};
use crate::indicators::indicator::Indicator;
use crate::ledger::subject::Grain;
use crate::stats::digits::Digits;

pub(super) static INDICATOR: Indicator = Indicator::of::<DigitTest<FirstTwo>>(Card {
    name: "benford_first_two",
    title: "Leading two digits unusual",
    title_zh: "前两位数字分布异常",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    faces: &["invented_amounts"],
    page: include_str!("benford_first_two.md"),
    page_zh: include_str!("benford_first_two.zh.md"),
});

#[derive(Debug)]
struct FirstTwo;

impl Which for FirstTwo {
    const LOOK: Look = Look::Leading(Digits::FirstTwo);
    const MINIMUM: usize = 300;
}
