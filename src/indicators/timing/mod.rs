//! When money moved and when it was written down.

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[];
