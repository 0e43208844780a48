//! What digits and repetitions of amounts tell.

mod benford_first_digit;
mod benford_first_two;
mod first_digits;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] =
    &[&benford_first_digit::INDICATOR, &benford_first_two::INDICATOR];
