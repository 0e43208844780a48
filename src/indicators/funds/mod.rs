//! Advances, cash, income that is not booked, missing numbers, and entries that undo each other.

mod advance_overdue_pool;
mod cadre_loan_outstanding;
mod cash;
mod cash_impossible;
mod cash_over_limit;
mod contra_and_reversal;
mod direct_spend_of_receipts;
mod expected_income_missing;
mod loans;
mod sequence_gap;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &advance_overdue_pool::INDICATOR,
    &cadre_loan_outstanding::INDICATOR,
    &cash_impossible::INDICATOR,
    &cash_over_limit::INDICATOR,
    &contra_and_reversal::INDICATOR,
    &direct_spend_of_receipts::INDICATOR,
    &expected_income_missing::INDICATOR,
    &sequence_gap::INDICATOR,
];
