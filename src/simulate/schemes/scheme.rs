//! What a scheme is: an act that an official hides, and its innocent look-alike.

use std::fmt::Debug;

use super::cover::Family;
use crate::simulate::chance::Dice;
use crate::simulate::manner::Manner;
use crate::simulate::village::Village;

/// A scheme with its look-alikes. All are planted after the village has lived its span.
pub(crate) trait Scheme: Debug + Sync {
    /// The word in the answers.
    fn name(&self) -> &'static str;

    /// In how many villages of one township it is planted at a time, at most; two at least if not in one.
    fn villages(&self) -> usize {
        1
    }

    /// Whether honest people do what has the very shape of the act: its twin.
    fn has_twin(&self) -> bool {
        true
    }

    /// The families of columns that tell of this scheme, which its own file sees to.
    fn own(&self) -> &'static [Family] {
        &[]
    }

    /// Plants one act, or what honest people do in the same shape, as the manner has it, or this village's part
    /// of it; no if the village lacks what it takes.
    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()>;

    /// Plants one look-alike that is in order on paper, or this village's part of it; no if the village lacks
    /// what it takes.
    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()>;
}
