//! A kind of act or placebo: what it does, and what is to be known of it.

use crate::indicators::card::Scheme;
use crate::ledger::book::index::LineIx;
use crate::planting::site::Site;

/// What a kind does in a village: the lines that it made or changed, or nothing where it finds no place.
///
/// It looks first and edits then: where it gives nothing, it has changed nothing.
type Plant = fn(&mut Site<'_, '_>) -> Option<Vec<LineIx>>;

/// A kind of act or placebo, as people read it.
#[derive(Debug, Clone, Copy)]
pub struct KindCard {
    /// Its one name.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// The same in Chinese.
    pub title_zh: &'static str,
    /// The scheme that it belongs to; of a placebo, the one that it could be taken for.
    pub scheme: Scheme,
    /// Whether it is an act; else a placebo.
    pub is_act: bool,
    /// What is edited.
    pub edits: &'static str,
    /// The tables (`limits`) and columns (`ledger.payee`) without which it cannot be planted.
    pub needs: &'static [&'static str],
    pub(in crate::planting) plant: Plant,
}
