//! What digits and repetitions of amounts tell.

mod amounts;
mod benford_drift;
mod benford_first_digit;
mod benford_first_two;
mod benford_second_digit;
mod county;
mod digit_test;
mod distortion_factor;
mod last_two_digits;
mod number_duplication;
mod round_number_excess;
mod second_order;
mod summation_test;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &benford_drift::INDICATOR,
    &benford_first_digit::INDICATOR,
    &benford_first_two::INDICATOR,
    &benford_second_digit::INDICATOR,
    &distortion_factor::INDICATOR,
    &last_two_digits::INDICATOR,
    &number_duplication::INDICATOR,
    &round_number_excess::INDICATOR,
    &second_order::INDICATOR,
    &summation_test::INDICATOR,
];
