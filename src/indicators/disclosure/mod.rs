//! What was posted for the villagers beside the ledger and the days by which it is due.

mod disclosure_ledger_mismatch;
mod disclosure_missing_or_late;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] =
    &[&disclosure_ledger_mismatch::INDICATOR, &disclosure_missing_or_late::INDICATOR];
