//! Villagers' subsidies go to an officer's account. Look-alike: old people who use a child's account.

use super::scheme::Scheme;
use super::trail::director;
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::subsidies::LAND;
use crate::simulate::records::{Kind, Post, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct SubsidyDiverted;

impl Scheme for SubsidyDiverted {
    fn name(&self) -> &'static str {
        "subsidy_diverted"
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, ..) = director(village);
        let clerk = village.holder(Post::Clerk, 0, village.span.last());
        let behind = if dice.chance(0.5) { officer } else { clerk };
        // Careful offenders use a relative's account; honest neighbours, some of them officers, collect for the old.
        let own_account = manner.leaves(dice, [0.95, 0.5, 0.25]);
        let mut relatives = village.kin.near(behind, 3);
        relatives.retain(|who| village.is_of_age(*who) && !village.is_official(*who));
        let drawer = dice.any(&relatives).filter(|_| !own_account).unwrap_or(behind);
        let mut drawers = drawers(village, dice);
        drawers.retain(|who| village.kin.degree(*who, behind).is_none_or(|degree| degree > 1));
        let many = manner.count(dice, 2, 4);
        drawers.truncate(many);
        drawers.first()?;
        let subjects = drawers.iter().filter_map(|who| village.payee_of(*who)).map(Subject::Payee);
        let subjects: Vec<Subject> = subjects.chain([Subject::Official(behind)]).collect();
        let act = village.begin(self.name(), manner.kind, &subjects);
        let account = village.person(drawer).account.clone();
        for who in drawers {
            redirect(village, who, &account, act);
        }
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for who in drawers(village, dice) {
            let mut near = village.kin.near(who, 1);
            near.retain(|other| {
                !village.is_official(*other) && village.person(*other).death.is_none()
            });
            if let Some(other) = near.first() {
                pairs.push((who, *other));
            }
        }
        pairs.truncate(dice.count(3, 6));
        pairs.first()?;
        let payees = pairs.iter().filter_map(|(who, _)| village.payee_of(*who));
        let subjects: Vec<Subject> = payees.map(Subject::Payee).collect();
        let act = village.begin(self.name(), Kind::LookAlike, &subjects);
        for (who, other) in pairs {
            let account = village.person(other).account.clone();
            redirect(village, who, &account, act);
        }
        Some(())
    }
}

/// Living recipients of subsidies who hold no post, in random order; those of the land subsidy first.
fn drawers(village: &Village<'_>, dice: &mut Dice) -> Vec<usize> {
    let mut drawers: Vec<usize> = village.subsidies.iter().map(|row| row.person).collect();
    drawers.sort_unstable();
    drawers.dedup();
    drawers.retain(|who| !village.is_official(*who) && village.person(*who).death.is_none());
    dice.shuffle(&mut drawers);
    let has_land =
        |who: &usize| village.subsidies.iter().any(|row| row.person == *who && row.scheme == LAND);
    drawers.sort_by_key(|who| !has_land(who));
    drawers
}

/// Pays all subsidies of a person into this account.
fn redirect(village: &mut Village<'_>, who: usize, account: &str, act: usize) {
    let payee = village.payee_of(who);
    for line in village.vouchers.iter_mut().flat_map(|voucher| &mut voucher.lines) {
        let Some(slip) = line.slip.as_deref_mut() else { continue };
        if slip.scheme.is_some() && Some(slip.payee) == payee {
            slip.account = Some(account.to_owned());
            line.acts.push(act);
        }
    }
    for row in village.subsidies.iter_mut().filter(|row| row.person == who) {
        account.clone_into(&mut row.account);
    }
}
