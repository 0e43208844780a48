//! Payments of subsidies beside the rosters that they are made by.

mod needs;
pub(super) mod relatives;
mod standards;
mod subsidy_amount_mismatch;
mod subsidy_diverted_account;
mod subsidy_duplicate;
mod subsidy_ineligible;
mod subsidy_kin_overrepresentation;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &subsidy_amount_mismatch::INDICATOR,
    &subsidy_diverted_account::INDICATOR,
    &subsidy_duplicate::INDICATOR,
    &subsidy_ineligible::INDICATOR,
    &subsidy_kin_overrepresentation::INDICATOR,
];
