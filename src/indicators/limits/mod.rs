//! Amounts next to approval limits, and matters cut to fit under them.

mod just_below_limit;
mod limit_bunching;
mod near;
mod split_same_payee_window;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &just_below_limit::INDICATOR,
    &limit_bunching::INDICATOR,
    &split_same_payee_window::INDICATOR,
];
