//! Leases, contracts and assets beside what was due, agreed and usual.

mod lease_overdue_or_term;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[&lease_overdue_or_term::INDICATOR];
