//! Which payments stand, and which a red entry took back.

use crate::indicators::seen::Seen;

/// The payments that stand, and those that were taken back: a red entry takes back the latest payment of
/// its amount in its village that stands before it. Both sorted by amount, village and day.
pub(super) fn settled(mut all: Vec<Seen>) -> (Vec<Seen>, Vec<Seen>) {
    let alike = |one: &Seen| (one.amount.unsigned_abs(), one.village);
    all.sort_by_key(|one| (alike(one), one.day, one.line));
    let (mut kept, mut taken_back) = (Vec::new(), Vec::new());
    for equal in all.chunk_by(|a, b| alike(a) == alike(b)) {
        let before = kept.len();
        for one in equal {
            if one.amount > 0 {
                kept.push(*one);
            } else if kept.len() > before {
                taken_back.extend(kept.pop());
            }
        }
    }
    (kept, taken_back)
}
