//! What a payment was for, on what paper, in which account.

mod rare_payee_account;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[&rare_payee_account::INDICATOR];
