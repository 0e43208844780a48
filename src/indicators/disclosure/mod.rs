//! What was posted for the villagers beside the ledger and the days by which it is due.

mod disclosure_ledger_mismatch;
mod disclosure_missing_or_late;
mod disclosure_opaque;
mod disclosure_overexposed;
mod disclosure_removed_or_changed;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &disclosure_ledger_mismatch::INDICATOR,
    &disclosure_missing_or_late::INDICATOR,
    &disclosure_opaque::INDICATOR,
    &disclosure_overexposed::INDICATOR,
    &disclosure_removed_or_changed::INDICATOR,
];
