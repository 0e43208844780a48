//! Land is leased to an officer's kin far below the usual rent. Look-alike: a tendered long lease of poor land.

use super::scheme::Scheme;
use super::trail::{director, workers};
use crate::simulate::chance::{Dice, Draw};
use crate::simulate::manner::Manner;
use crate::simulate::ordinary::leases;
use crate::simulate::records::{Kind, Subject};
use crate::simulate::village::Village;

#[derive(Debug)]
pub(super) struct LeaseBelowMarket;

impl Scheme for LeaseBelowMarket {
    fn name(&self) -> &'static str {
        "lease_below_market"
    }

    fn has_twin(&self) -> bool {
        false
    }

    fn act(&self, village: &mut Village<'_>, dice: &mut Dice, manner: &Manner) -> Option<()> {
        let (officer, ..) = director(village);
        let kin: Vec<usize> = village
            .kin
            .near(officer, 2)
            .into_iter()
            .filter(|who| village.person(*who).death.is_none())
            .collect();
        let mut payees: Vec<usize> =
            kin.into_iter().filter_map(|who| village.payee_of(who)).collect();
        dice.shuffle(&mut payees);
        let tenant = *payees.first()?;
        let subjects = [Subject::Village, Subject::Payee(tenant), Subject::Official(officer)];
        village.begin(self.name(), manner.kind, &subjects);
        let share = dice.share(0.25, 0.5);
        plant(village, dice, (tenant, share), false);
        Some(())
    }

    fn look_alike(&self, village: &mut Village<'_>, dice: &mut Dice) -> Option<()> {
        let tenant = *workers(village, dice).first()?;
        village.begin(self.name(), Kind::LookAlike, &[Subject::Village, Subject::Payee(tenant)]);
        let share = dice.share(0.35, 0.65);
        plant(village, dice, (tenant, share), true);
        Some(())
    }
}

/// Leases an asset at a share of the usual rent, and collects the rent.
fn plant(
    village: &mut Village<'_>,
    dice: &mut Dice,
    (tenant, share): (usize, f64),
    tendered: bool,
) {
    let (asset, market, area) =
        dice.one_of([("farmland", 520.0, 40.0), ("pond", 800.0, 20.0), ("forest", 90.0, 180.0)]);
    let area = dice.log_normal(area, 0.4);
    let lease = leases::let_asset(village, dice, (asset, tenant, area, market * share), tendered);
    for year in village.span.all_years() {
        leases::collect_one(village, dice, lease, year);
    }
}
