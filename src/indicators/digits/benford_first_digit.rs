#![doc = include_str!("benford_first_digit.md")]

use super::digit_test::{DigitTest, Look, Which};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::Indicator;
use crate::ledger::subject::Grain;
use crate::stats::digits::Digits;

pub(super) static INDICATOR: Indicator = Indicator::of::<DigitTest<First>>(card! {
    "benford_first_digit",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["invented_amounts"],
});

#[derive(Debug)]
struct First;

impl Which for First {
    const LOOK: Look = Look::Leading(Digits::First);
    const MINIMUM: usize = 50;
}
