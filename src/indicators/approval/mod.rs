//! Who handled, witnessed, signed and decided, when, and for whom.

mod approval_outside_term;
mod approver_payee_community;
mod approver_payee_concentration;
mod approver_peer_deviation;
mod backdated_approval;
mod band;
mod charge;
mod collective_decision_missing;
mod handler_is_witness;
mod kin_approval;
mod kin_chain;
mod missing_countersign;
mod over_authority;
mod reciprocal_approval;
mod relative_signed;
mod rubber_stamp;
mod self_approval;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &approval_outside_term::INDICATOR,
    &approver_payee_community::INDICATOR,
    &approver_payee_concentration::INDICATOR,
    &approver_peer_deviation::INDICATOR,
    &backdated_approval::INDICATOR,
    &collective_decision_missing::INDICATOR,
    &handler_is_witness::INDICATOR,
    &kin_approval::INDICATOR,
    &kin_chain::INDICATOR,
    &missing_countersign::INDICATOR,
    &over_authority::INDICATOR,
    &reciprocal_approval::INDICATOR,
    &relative_signed::INDICATOR,
    &rubber_stamp::INDICATOR,
    &self_approval::INDICATOR,
];
