//! Who handled, witnessed, signed and decided, when, and for whom.

mod kin_approval;
mod self_approval;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[&kin_approval::INDICATOR, &self_approval::INDICATOR];
