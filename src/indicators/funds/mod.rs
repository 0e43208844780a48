//! Advances, missing numbers, and entries that undo each other.

mod sequence_gap;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[&sequence_gap::INDICATOR];
