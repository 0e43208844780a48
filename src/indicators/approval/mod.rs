//! Who handled, witnessed, signed and decided, when, and for whom.

mod approver_payee_community;
mod approver_payee_concentration;
mod approver_peer_deviation;
mod charge;
mod kin_approval;
mod reciprocal_approval;
mod self_approval;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &approver_payee_community::INDICATOR,
    &approver_payee_concentration::INDICATOR,
    &approver_peer_deviation::INDICATOR,
    &kin_approval::INDICATOR,
    &reciprocal_approval::INDICATOR,
    &self_approval::INDICATOR,
];
