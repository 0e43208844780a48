#![doc = include_str!("last_two_digits.md")]

use super::digit_test::{DigitTest, Look, Which};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::indicator::Indicator;
use crate::ledger::subject::Grain;

pub(super) static INDICATOR: Indicator = Indicator::of::<DigitTest<LastTwo>>(card! {
    "last_two_digits",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::InventedAmounts,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["invented_amounts"],
});

#[derive(Debug)]
struct LastTwo;

impl Which for LastTwo {
    const LOOK: Look = Look::Ending;
    const MINIMUM: usize = 100;
}
