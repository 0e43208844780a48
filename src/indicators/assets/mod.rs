//! Leases, contracts and assets beside what was due, agreed and usual.

mod contract_variants;
mod lease_below_market;
mod lease_overdue_or_term;
mod project_change_order;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &contract_variants::INDICATOR,
    &lease_overdue_or_term::INDICATOR,
    &lease_below_market::INDICATOR,
    &project_change_order::INDICATOR,
];
