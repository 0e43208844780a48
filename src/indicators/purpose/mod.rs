//! What a payment was for, on what paper, in which account.

mod invoice_invalid;
mod papers;
mod purpose_account_mismatch;
mod rank;
mod rare_payee_account;
mod vague_purpose;
mod white_slip;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &invoice_invalid::INDICATOR,
    &purpose_account_mismatch::INDICATOR,
    &rare_payee_account::INDICATOR,
    &vague_purpose::INDICATOR,
    &white_slip::INDICATOR,
];
