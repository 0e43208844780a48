//! When money moved and when it was written down.

mod after_hours_entry;
mod burst_activity;
mod dormant_revived;
mod habit;
mod posting_lag;
mod pre_election_spike;
mod weekend_holiday_posting;
mod year_end_rush;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &after_hours_entry::INDICATOR,
    &burst_activity::INDICATOR,
    &dormant_revived::INDICATOR,
    &posting_lag::INDICATOR,
    &pre_election_spike::INDICATOR,
    &weekend_holiday_posting::INDICATOR,
    &year_end_rush::INDICATOR,
];
