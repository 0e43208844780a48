//! The trait of schemes: an act that an official hides, and its innocent look-alike.

use std::fmt::Debug;

use super::cover::Family;
use crate::simulate::chance::Dice;
use crate::simulate::manner::Manner;
use crate::simulate::village::Village;

/// A scheme with its look-alikes. They are planted after the ordinary transactions are booked.
pub(crate) trait Scheme: Debug + Sync {
    /// The name in the answers.
    fn name(&self) -> &'static str;

    /// Most villages of a township in which it is planted at a time. Above 1, it is planted in at least two.
    fn villages(&self) -> usize {
        1
    }

    /// Whether honest people may do the same as the act (`act` with an honest manner).
    fn has_twin(&self) -> bool {
        true
    }

    /// The families of columns that this scheme sets itself.
    fn own(&self) -> &'static [Family] {
        &[]
    }

    /// Plants an act or the same behaviour of honest people, depending on `manner`, or this village's part of it.
    /// `None` if the village lacks a requirement.
    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()>;

    /// Plants a look-alike with its papers in order, or this village's part of it. `None` if the village lacks a
    /// requirement.
    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()>;
}
