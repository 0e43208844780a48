//! What a scheme is: an act that an official hides, and its innocent look-alike.

use std::fmt::Debug;

use crate::simulate::chance::Dice;
use crate::simulate::village::Village;

/// A scheme with its look-alike. Both are planted after the village has lived its span.
pub(crate) trait Scheme: Debug + Sync {
    /// The word in the answers.
    fn name(&self) -> &'static str;

    /// In how many villages of one township it is planted at a time, at most; two at least if not in one.
    fn villages(&self) -> usize {
        1
    }

    /// Plants one act, or this village's part of it; no if the village lacks what it takes.
    fn act(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()>;

    /// Plants one look-alike, or this village's part of it; no if the village lacks what it takes.
    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()>;
}
