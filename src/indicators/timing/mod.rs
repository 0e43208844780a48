//! When money moved and when it was written down.

mod after_hours_entry;
mod habit;
mod posting_lag;
mod weekend_holiday_posting;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] =
    &[&after_hours_entry::INDICATOR, &posting_lag::INDICATOR, &weekend_holiday_posting::INDICATOR];
