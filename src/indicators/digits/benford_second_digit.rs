#![doc = include_str!("benford_second_digit.md")]

use super::digit_test::{DigitTest, Look, Which};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::Indicator;
use crate::ledger::subject::Grain;
use crate::stats::digits::Digits;

pub(super) static INDICATOR: Indicator = Indicator::of::<DigitTest<Second>>(card! {
    "benford_second_digit",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["invented_amounts"],
});

#[derive(Debug)]
struct Second;

impl Which for Second {
    const LOOK: Look = Look::Leading(Digits::Second);
    const MINIMUM: usize = 100;
}
