//! Who was paid: who is behind a payee, what repeats, what stands out.

mod duplicate_exact;
mod payee_is_cadre_or_kin;
mod payee_multi_village_pattern;
mod same_same_different;
mod shared_identifier;

use super::indicator::Indicator;

/// The indicators of this family.
pub(super) static MEMBERS: &[&Indicator] = &[
    &duplicate_exact::INDICATOR,
    &payee_is_cadre_or_kin::INDICATOR,
    &payee_multi_village_pattern::INDICATOR,
    &same_same_different::INDICATOR,
    &shared_identifier::INDICATOR,
];
