//! Where something is planted: which villages have acts, which have look-alikes, and of what scheme.

use super::chance::{Draw, Purpose, dice};
use super::schemes::SCHEMES;
use super::settings::Settings;

/// What is planted in one village, as places in the list of schemes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) acts: Vec<usize>,
    pub(crate) look_alikes: Vec<usize>,
}

/// The plans of a county's villages, in their order.
///
/// Every scheme has more look-alikes than acts, and the look-alikes of an honest county are those
/// of the county with acts that has the same seed.
pub(crate) fn plan(settings: &Settings, county: u32) -> Vec<Plan> {
    let villages = usize::try_from(settings.villages).unwrap_or(usize::MAX);
    let mut dice = dice(settings.seed, Purpose::Plan, &[u64::from(county)]);
    let mut order: Vec<usize> = (0..villages).collect();
    dice.shuffle(&mut order);
    let share = f64::from(settings.villages) * settings.acts;
    let chosen = order
        .iter()
        .enumerate()
        .filter(|(rank, _)| f64::from(u32::try_from(*rank).unwrap_or(u32::MAX)) < share);
    let chosen: Vec<usize> = chosen.map(|(_, village)| *village).collect();
    let mut all = vec![Plan::default(); villages];
    let mut schemes: Vec<usize> = (0..SCHEMES.len()).collect();
    dice.shuffle(&mut schemes);
    let mut queue = schemes.iter().copied().cycle();
    let mut acts = vec![0_usize; SCHEMES.len()];
    for village in chosen {
        let own = dice.count(1, 3);
        for scheme in queue.by_ref().take(own) {
            if let (Some(plan), Some(count)) = (all.get_mut(village), acts.get_mut(scheme)) {
                plan.acts.push(scheme);
                *count += 1;
            }
        }
    }
    for (scheme, count) in acts.iter().enumerate() {
        // Half as many again, and one more, so that a village that lacks what it takes does no harm.
        for _ in 0..count + count / 2 + 1 {
            let village = dice.count(0, villages - 1);
            if let Some(plan) = all.get_mut(village) {
                plan.look_alikes.push(scheme);
            }
        }
    }
    if settings.honest {
        for plan in &mut all {
            plan.acts.clear();
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::plan;
    use crate::simulate::settings::Settings;

    #[test]
    fn an_honest_county_has_the_same_look_alikes_and_no_act() {
        let settings = Settings::default();
        let honest = Settings { honest: true, ..settings.clone() };
        let (with, without) = (plan(&settings, 0), plan(&honest, 0));
        assert!(with.iter().any(|plan| !plan.acts.is_empty()));
        assert!(without.iter().all(|plan| plan.acts.is_empty()));
        assert!(with.iter().zip(&without).all(|(one, other)| one.look_alikes == other.look_alikes));
    }
}
