//! When money moved and when it was written down.

mod burst_activity;
mod dormant_revived;
mod pre_election_spike;
mod year_end_rush;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] =
    &[&pre_election_spike::INDICATOR, &year_end_rush::INDICATOR];
    &[&burst_activity::INDICATOR, &dormant_revived::INDICATOR];
