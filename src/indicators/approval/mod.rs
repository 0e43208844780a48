//! Who handled, witnessed, signed and decided, when, and for whom.

mod approval_outside_term;
mod backdated_approval;
mod collective_decision_missing;
mod handler_is_witness;
mod kin_approval;
mod kin_chain;
mod missing_countersign;
mod over_authority;
mod rubber_stamp;
mod self_approval;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &approval_outside_term::INDICATOR,
    &backdated_approval::INDICATOR,
    &collective_decision_missing::INDICATOR,
    &handler_is_witness::INDICATOR,
    &kin_approval::INDICATOR,
    &kin_chain::INDICATOR,
    &missing_countersign::INDICATOR,
    &over_authority::INDICATOR,
    &rubber_stamp::INDICATOR,
    &self_approval::INDICATOR,
];
