#![doc = include_str!("benford_first_digit.md")]

use super::digit_test::{DigitTest, Look, Which};
use crate::indicators::card::{Card, Class, Scale, Scheme};
use crate::indicators::indicator::Indicator;
use crate::ledger::subject::Grain;
use crate::stats::digits::Digits;

pub(super) static INDICATOR: Indicator = Indicator::of::<DigitTest<First>>(Card {
    name: "benford_first_digit",
    title: "Leading digits unusual",
    title_zh: "首位数字分布异常",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    faces: &["invented_amounts"],
    page: include_str!("benford_first_digit.md"),
    page_zh: include_str!("benford_first_digit.zh.md"),
});

#[derive(Debug)]
struct First;

impl Which for First {
    const LOOK: Look = Look::Leading(Digits::First);
    const MINIMUM: usize = 50;
}
