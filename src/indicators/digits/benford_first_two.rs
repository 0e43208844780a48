#![doc = include_str!("benford_first_two.md")]

use super::digit_test::{DigitTest, Look, Which};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::Indicator;
use crate::ledger::subject::Grain;
use crate::stats::digits::Digits;

pub(super) static INDICATOR: Indicator = Indicator::of::<DigitTest<FirstTwo>>(card! {
    "benford_first_two",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["invented_amounts"],
});

#[derive(Debug)]
struct FirstTwo;

impl Which for FirstTwo {
    const LOOK: Look = Look::Leading(Digits::FirstTwo);
    const MINIMUM: usize = 300;
}
