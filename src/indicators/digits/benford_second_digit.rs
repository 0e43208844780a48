#![doc = include_str!("benford_second_digit.md")]

use super::digit_test::{DigitTest, Look, Which};
use crate::indicators::card::{Card, Class, Scale, Scheme};
use crate::indicators::indicator::Indicator;
use crate::ledger::subject::Grain;
use crate::stats::digits::Digits;

pub(super) static INDICATOR: Indicator = Indicator::of::<DigitTest<Second>>(Card {
    name: "benford_second_digit",
    title: "Second digits unusual",
    title_zh: "第二位数字分布异常",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    faces: &["invented_amounts"],
    page: include_str!("benford_second_digit.md"),
    page_zh: include_str!("benford_second_digit.zh.md"),
});

#[derive(Debug)]
struct Second;

impl Which for Second {
    const LOOK: Look = Look::Leading(Digits::Second);
    const MINIMUM: usize = 100;
}
