//! Amounts next to approval limits, and matters cut to fit under them.

mod annual_aggregate_over_tender_limit;
mod just_below_limit;
mod limit_bunching;
mod limit_hugging_after_change;
mod near;
mod paid;
mod split_across_accounts;
mod split_across_approvers;
mod split_same_payee_window;
mod split_sequential_vouchers;
mod together_over_limit;
mod turns;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &annual_aggregate_over_tender_limit::INDICATOR,
    &just_below_limit::INDICATOR,
    &limit_bunching::INDICATOR,
    &limit_hugging_after_change::INDICATOR,
    &split_across_accounts::INDICATOR,
    &split_across_approvers::INDICATOR,
    &split_same_payee_window::INDICATOR,
    &split_sequential_vouchers::INDICATOR,
    &together_over_limit::INDICATOR,
];
