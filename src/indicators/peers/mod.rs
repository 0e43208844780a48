//! A village beside its own past and beside the others.

mod account_month_robust_z;
mod composition_shift;
mod multivariate_rarity;
mod regime_change_at_handover;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &account_month_robust_z::INDICATOR,
    &composition_shift::INDICATOR,
    &multivariate_rarity::INDICATOR,
    &regime_change_at_handover::INDICATOR,
];
