//! Who was paid: who is behind a payee, what repeats, what stands out.

mod duplicate_exact;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[&duplicate_exact::INDICATOR];
