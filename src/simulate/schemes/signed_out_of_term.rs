//! An officer continues to approve after the term. Look-alike: the weeks of a handover.

use super::cover::Family;
use super::scheme::Scheme;
use super::trail::plain;
use crate::ledger::contract::cell::Day;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct SignedOutOfTerm;

impl Scheme for SignedOutOfTerm {
    fn name(&self) -> &'static str {
        "signed_out_of_term"
    }

    fn own(&self) -> &'static [Family] {
        &[Family::Signer, Family::Approval]
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let payments = manner.count(dice, 6, 13);
        // Honest people also sign on, until the township agency knows the successor.
        let least = manner.days(dice, [(30, 60), (10, 30), (8, 40)]);
        let most = least + manner.days(dice, [(150, 300), (60, 150), (20, 160)]);
        plant(village, dice, (self.name(), manner.kind), (least, most), payments)
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let payments = dice.count(6, 13);
        plant(village, dice, (self.name(), Kind::LookAlike), (8, 28), payments)
    }
}

/// Lets a former officer approve payments made from `first` to `last` days after leaving.
fn plant(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (name, kind): (&'static str, Kind),
    (first, last): (i32, i32),
    payments: usize,
) -> Option<()> {
    let (former, left) = former(village)?;
    let found = plain(village, dice, |line, date| {
        line.amount > 20_000 && (left.0 + first..=left.0 + last).contains(&date.0)
    });
    found.first()?;
    let act = village.begin(name, kind, &[Subject::Official(former)]);
    for voucher in found.into_iter().take(payments) {
        for slip in village.slips(voucher) {
            slip.approver = Some(former);
            // Approval stays within these days, whatever the township's signing day is.
            slip.approved = slip.approved.map(|day| Day(day.0.max(left.0 + first - 6)));
        }
        village.mark(voucher, act);
    }
    Some(())
}

/// A person who left office and holds no post since, preferably a director, with the last day.
fn former(village: &Village<'_>) -> Option<(usize, Day)> {
    let stays = |person: usize| {
        village.terms.iter().any(|term| term.person == person && term.end.is_none())
    };
    let of = |post: Post| {
        let terms = village.terms.iter().filter(move |term| term.post == post);
        terms.filter_map(|term| Some((term.person, term.end?))).find(|(who, _)| !stays(*who))
    };
    [Post::Director, Post::Secretary, Post::Committee].into_iter().find_map(of)
}
