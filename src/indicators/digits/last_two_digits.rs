#![doc = include_str!("last_two_digits.md")]

use super::digit_test::{DigitTest, Look, Which};
use crate::indicators::card::{Card, Class, Scale, Scheme};
use crate::indicators::indicator::Indicator;
use crate::ledger::subject::Grain;

pub(super) static INDICATOR: Indicator = Indicator::of::<DigitTest<LastTwo>>(Card {
    name: "last_two_digits",
    title: "Last two digits unusual",
    title_zh: "末两位数字分布异常",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    faces: &["invented_amounts"],
    page: include_str!("last_two_digits.md"),
    page_zh: include_str!("last_two_digits.zh.md"),
});

#[derive(Debug)]
struct LastTwo;

impl Which for LastTwo {
    const LOOK: Look = Look::Ending;
    const MINIMUM: usize = 100;
}
