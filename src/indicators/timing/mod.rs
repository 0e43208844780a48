//! When money moved and when it was written down.

mod burst_activity;
mod dormant_revived;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] =
    &[&burst_activity::INDICATOR, &dormant_revived::INDICATOR];
