//! Contracts and leases of the collective beside what was paid for them.

mod contract_variants;
mod lease_below_market;
mod project_change_order;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &contract_variants::INDICATOR,
    &lease_below_market::INDICATOR,
    &project_change_order::INDICATOR,
];
