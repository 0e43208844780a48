//! The description of a kind of act or placebo.

use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::planting::site::Site;

/// Applies a kind in a village and returns the lines that it added or changed.
///
/// On `None`, nothing may have been changed.
type Plant = fn(&mut Site<'_, '_>) -> Option<Vec<LineIx>>;

/// The description of a kind of act or placebo.
#[derive(Debug, Clone, Copy)]
pub struct KindCard {
    /// The unique name.
    pub name: &'static str,
    /// A short title.
    pub title: &'static str,
    /// The title in Chinese.
    pub title_zh: &'static str,
    /// The scheme; for a placebo, the scheme that it resembles.
    pub scheme: Scheme,
    /// True for an act, false for a placebo.
    pub is_act: bool,
    /// What is edited.
    pub edits: &'static str,
    /// The tables (`limits`) and columns (`ledger.payee`) that the kind requires.
    pub needs: &'static [&'static str],
    pub(in crate::planting) plant: Plant,
}
