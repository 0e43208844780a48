//! Payments of subsidies beside the rosters that they are made by.

mod standards;
mod subsidy_amount_mismatch;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[&subsidy_amount_mismatch::INDICATOR];
